# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A header that names only another holder, on a file with code of a known project."""

from audit.checks.case import Case
from audit.checks.code.derived_code import explained, holder_of, notice_of, quotation
from audit.checks.make import clip, listed, make_finding, severity_for
from audit.record.code import CodeMatch
from audit.record.findings import Confidence, Finding, Location
from audit.record.licenses import Copyright
from audit.record.said import Said
from audit.rules import CheckRule

ID = "COP002"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each project; worse if nobody is named elsewhere either."""
    grouped: dict[tuple[str, bool], list[tuple[CodeMatch, list[Copyright]]]] = {}
    for match in case.code.matches:
        statements = [c for c in case.licenses.copyrights if c.path == match.path]
        family = match.families[0]
        in_header = any(match.path in f.named_in for f in match.families)
        if statements and family.holders and not in_header:
            alone = not explained(match)
            grouped.setdefault((family.project, alone), []).append((match, statements))
    return tuple(_finding(rule, grouped[key], alone=key[1]) for key in sorted(grouped))


def _finding(
    rule: CheckRule, found: list[tuple[CodeMatch, list[Copyright]]], *, alone: bool
) -> Finding:
    family = found[0][0].families[0]
    files = listed(match.path for match, _ in found)
    named = listed(statement.holder for _, statements in found for statement in statements)
    return make_finding(
        rule,
        severity=severity_for(rule, "severity_without_attribution") if alone else None,
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
