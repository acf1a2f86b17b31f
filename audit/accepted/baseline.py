# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What stood before: findings about papers that an earlier record already had.

Only papers: a release's licences can be mended step by step, and a gate on new findings keeps
them from getting worse. Where weights come from is no debt to be worked off, so lineage always
counts in full, and so does what the policy requires to be looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from audit import rules
from audit.record.findings import Finding
from audit.record.said import Said
from audit.record.waivers import State

if TYPE_CHECKING:
    from audit.record.document import AuditRecord

PAPERS = ("LIC", "COP", "DAT", "POL")
"""Beginnings of the ids of checks that look at papers, not at weights."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier record: its digest, and what it found about papers, by fingerprint."""

    digest: str
    findings: dict[str, Finding]

    @classmethod
    def of(cls, data: bytes, record: "AuditRecord") -> "Baseline":
        """Take what counts of a record; a finding that a waiver excused needs its waiver again."""
        excused = {e.target for e in record.exceptions if e.state is State.APPLIED}
        stood = (f for f in record.findings if f.fingerprint not in excused)
        papers = {f.fingerprint: f for f in stood if f.check.startswith(PAPERS)}
        return cls(sha256(data).hexdigest(), papers)

    def accept(self, findings: Iterable[Finding], required: tuple[str, ...]) -> tuple[Finding, ...]:
        """Mark what stood before and is no worse; ``required`` is what a policy requires."""
        return tuple(self._marked(one, required) for one in findings)

    def _marked(self, finding: Finding, required: tuple[str, ...]) -> Finding:
        before = self.findings.get(finding.fingerprint)
        if before is None or finding.waived or finding.severity.rank > before.severity.rank:
            return finding
        if finding.status is not before.status or _is_required(finding, required):
            return finding
        said = Said("it stood in the baseline, record {digest}", digest=self.digest[:12])
        return replace(finding, waived=said)


def _is_required(finding: Finding, required: tuple[str, ...]) -> bool:
    rule = rules.checks().get(finding.check)
    return rule is not None and rule.required_by in required
