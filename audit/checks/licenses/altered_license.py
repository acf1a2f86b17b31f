# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A licence text that is near a known one and is not that text; says where they differ."""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding, severity_for
from audit.record.findings import Finding, FindingStatus, Location, Severity
from audit.record.licenses import LicenseClaim
from audit.record.said import Said, joined
from audit.rules import CheckRule
from audit.rules.known_texts import text_name

ID = "LIC004"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding per text that is near a known one, or differs from it by slips."""
    slight = severity_for(rule, "severity_if_slight")
    found = []
    for claim in case.licenses.claims:
        if claim.near is not None:
            found.append(_finding(rule, claim, claim.near, rule.severity))
        elif claim.differences:
            found.append(_finding(rule, claim, claim.expression, slight))
    return tuple(found)


def _finding(rule: CheckRule, claim: LicenseClaim, id_: str, severity: Severity) -> Finding:
    name, path = text_name(id_) or id_, str(claim.path)
    near = claim.near is not None
    return make_finding(
        rule,
        severity=severity,
        status=FindingStatus.UNDETERMINED if near else FindingStatus.VIOLATED,
        title=(
            Said("{path} is near {name}, and is not that text", path=clip(path), name=name)
            if near
            else Said("{path} is {name} with slips", path=clip(path), name=name)
        ),
        message=Said(
            "{score:share} of the word runs of {path} and of {name} agree."
            " It is not that text: {differences}."
            if near
            else "{score:share} of the word runs of {path} and of {name} agree."
            " It is that text but for slips: {differences}.",
            score=claim.score,
            path=clip(path),
            name=name,
            differences=joined("; ", claim.differences[:3]),
        ),
        locations=(Location(path=path, line=claim.line),),
        evidence=(clip(each) for each in claim.differences),
        name=name,
    )
