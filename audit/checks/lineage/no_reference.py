# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Nothing was there to compare with: said, so that silence is not read as a result."""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding
from audit.provenance.nodes import is_declaration
from audit.record.findings import Finding, FindingStatus
from audit.record.said import Said
from audit.rules import CheckRule

ID = "WGT003"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report an audit without a reference."""
    if case.references:
        return ()
    traces = tuple(
        Said("{origin}: {parent}", origin=parent.origin, parent=clip(parent.name))
        for parent in case.missing_parents
        if not is_declaration(parent)
    )
    return (
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED,
            title=Said("No reference was compared"),
            message=_message(case, traces),
            evidence=traces,
        ),
    )


def _message(case: Case, traces: tuple[Said, ...]) -> Said:
    if traces:
        return Said(
            "No reference was compared; nothing was established about lineage. Tools left the"
            " name of a model that the weights may come from: {traces:semicolons}.",
            traces=traces,
        )
    if case.library is not None and case.library.able:
        return Said("No reference was compared; fingerprints alone were asked about lineage.")
    return Said("No reference was compared; nothing was established about lineage.")
