# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence is there only as a PDF or as an address."""

from audit.checks.case import Case
from audit.checks.licenses.license_place import addressed, elsewhere, has_text, pdfs
from audit.checks.make import clip, make_finding
from audit.record.findings import Finding
from audit.record.said import Said, joined
from audit.rules import CheckRule

ID = "LIC007"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report a release that says where the text of its licence, or of a part's, is to be had."""
    places = (*pdfs(case), *addressed(case)) if has_text(case) else elsewhere(case)
    if not places:
        return ()
    said = [clip(what) for _, what in places]
    return (
        make_finding(
            rule,
            title=Said("The licence is not in the folder as text"),
            message=Said(
                "The text of the licence is not in the release as text: {places}."
                " What stands there was not read.",
                places=joined("; ", said),
            ),
            locations=(location for location, _ in places),
            evidence=said,
        ),
    )
