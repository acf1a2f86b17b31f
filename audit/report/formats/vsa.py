# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A SLSA verification summary v1, unsigned, for policy engines that read it.

It knows two answers: what could not be decided is FAILED. No build was looked at, so no level of
SLSA is stated; the levels are our own, and a pass in which no weights were compared has its own.
A signed report carries a summary in its attestation.
"""

from typing import Any, Final
from urllib.parse import quote

from audit.languages import Language
from audit.record.document import AuditRecord
from audit.record.verdict import LEVEL_PAPERS, LEVEL_WEIGHTS, Status
from audit.report.formats.in_toto import statement
from audit.report.formats.interface import Format
from audit.report.page import Page

PREDICATE: Final = "https://slsa.dev/verification_summary/v1"
VERIFIER: Final = "https://model-provenance-audit.dev/verifier"
"""A name, not a page; the one that signed summaries have."""


def render(page: Page, _language: Language) -> bytes:
    """Return the statement; without a custody it states no time, which readers may refuse."""
    record = page.record
    verdict, options = record.verdict, record.options
    passed = verdict.status is Status.PASS
    level = LEVEL_PAPERS if verdict.papers_only else LEVEL_WEIGHTS
    dated = {} if page.custody is None else {"timeVerified": page.custody.audited_at}
    summary: dict[str, Any] = {
        "verifier": {"id": VERIFIER},
        **dated,
        "resourceUri": _resource(record),
        "policy": {
            "uri": f"{VERIFIER}/policy/{quote(options.policy, safe='')}",
            "digest": {"sha256": options.policy_sha256},
        },
        "verificationResult": "PASSED" if passed else "FAILED",
        "verifiedLevels": [level if passed else "FAILED"],
        f"{VERIFIER}/record": {"digest": {"sha256": page.sha256}},
    }
    return statement(record, PREDICATE, summary)


def _resource(record: AuditRecord) -> str:
    """Name the model: its commit on a hub where that is known, else a package by its digest."""
    subject = record.subject
    source = subject.source
    if source is not None and source.address is not None and source.commit is not None:
        return f"{source.address}@{source.commit}"
    name = quote(subject.name, safe="")
    return f"pkg:generic/{name}?checksum=sha256:{subject.manifest_sha256}"


VSA = Format(name="vsa", suffix=".vsa.json", signed=False, render=render, spoken=False, dated=True)
