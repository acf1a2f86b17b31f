# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A header that names only another holder, where the right one is named elsewhere."""

from audit.checks.case import Case
from audit.checks.code.derived_code import explained, headers, holder_of, notice_of, quotation
from audit.checks.make import clip, listed, make_finding
from audit.record.code import CodeMatch
from audit.record.findings import Confidence, Finding, Location
from audit.record.licenses import Copyright
from audit.record.said import Said
from audit.rules import CheckRule

ID = "COP002"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each project whose holder is named elsewhere in the release.

    Where nobody names the holder, that is COP001's, which says what the header names.
    """
    grouped: dict[str, list[tuple[CodeMatch, list[Copyright]]]] = {}
    for match in case.code.matches:
        statements = headers(case, match)
        if statements and explained(match):
            grouped.setdefault(match.families[0].project, []).append((match, statements))
    return tuple(_finding(rule, grouped[project]) for project in sorted(grouped))


def _finding(rule: CheckRule, found: list[tuple[CodeMatch, list[Copyright]]]) -> Finding:
    family = found[0][0].families[0]
    files = listed(match.path for match, _ in found)
    named = listed(statement.holder for _, statements in found for statement in statements)
    return make_finding(
        rule,
        confidence=Confidence.MEDIUM,
        title=Said("Header names only another holder: {project}", project=clip(family.project)),
        message=Said(
            "{files}: the header names {named}, and not {holders}, though the file"
            " contains code that also stands in {label}. This is evidence to be"
            " explained.",
            files=files,
            named=named,
            holders=holder_of(family),
            label=clip(family.label),
        ),
        locations=(
            Location(path=match.path, line=statements[0].line) for match, statements in found
        ),
        evidence=(quotation(match) for match, _ in found),
        files=files,
        holder=notice_of(family),
    )
