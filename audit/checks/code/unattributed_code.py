# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Code that also stands in a known project or a reference, and nobody is named for it."""

from audit.checks.case import Case
from audit.checks.code.derived_code import (
    explained,
    headers,
    holder_of,
    license_of,
    notice_of,
    quotation,
)
from audit.checks.make import clip, listed, make_finding, severity_for
from audit.record.code import CodeMatch
from audit.record.findings import Confidence, Finding, FindingStatus, Location
from audit.record.licenses import Copyright
from audit.record.said import Said, by_number, joined
from audit.rules import CheckRule

ID = "COP001"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each project and cause."""
    grouped: dict[tuple[str, str, str], list[CodeMatch]] = {}
    for match in case.code.matches:
        if not explained(match):
            grouped.setdefault(_cause(match), []).append(match)
    return tuple(_finding(case, rule, grouped[key]) for key in sorted(grouped))


def _cause(match: CodeMatch) -> tuple[str, str, str]:
    family = match.families[0]
    if not family.holders:
        return family.project, family.license, "holder unknown"
    return family.project, family.license, "text" if family.named_in else "holder"


def _finding(case: Case, rule: CheckRule, matches: list[CodeMatch]) -> Finding:
    family = matches[0].families[0]
    files = listed(match.path for match in matches)
    labels = listed(match.families[0].label for match in matches)
    unknown = not family.holders
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED if unknown else FindingStatus.VIOLATED,
        severity=severity_for(rule, "severity_if_no_holder_is_known") if unknown else None,
        confidence=Confidence.MEDIUM if unknown else Confidence.HIGH,
        title=_title(matches[0]),
        message=by_number(
            "{files} contains code that also stands in {labels}, under {license}. {missing} This is"
            " evidence to be explained: a common source, a permission or an earlier version of"
            " one's own would explain it.",
            "{files} contain code that also stands in {labels}, under {license}. {missing} This is"
            " evidence to be explained: a common source, a permission or an earlier version of"
            " one's own would explain it.",
            n=len(matches),
            files=files,
            labels=labels,
            license=license_of(family),
            missing=_missing(matches, [h for m in matches for h in headers(case, m)]),
        ),
        locations=(
            Location(path=m.path, line=m.lines[0].first if m.lines else None) for m in matches
        ),
        evidence=(quotation(match) for match in matches),
        files=files,
        project=family.project,
        holder=notice_of(family),
        license=license_of(family),
    )


def _title(match: CodeMatch) -> Said:
    project = clip(match.families[0].project)
    if _cause(match)[2] == "text":
        return Said(
            "Licence text missing for code that also stands elsewhere: {project}", project=project
        )
    return Said("Code that also stands elsewhere, without attribution: {project}", project=project)


def _missing(matches: list[CodeMatch], others: list[Copyright]) -> Said:
    """Say what is missing, and whom the headers name instead."""
    family, cause = matches[0].families[0], _cause(matches[0])[2]
    if cause == "holder unknown":
        return Said("Whose it is was not found there, so whether they are named cannot be told.")
    said = [
        Said(
            "The holder is named ({named}); the text of {license} is not in the release.",
            named=listed(family.named_in),
            license=family.license,
        )
        if cause == "text"
        else Said(
            "No header of these files and no LICENSE, NOTICE or README of the release names its"
            " holder ({holders}).",
            holders=holder_of(family),
        )
    ]
    if others:
        named = listed(statement.holder for statement in others)
        said.append(Said("Their headers name {named} only.", named=named))
    return joined(" ", said)
