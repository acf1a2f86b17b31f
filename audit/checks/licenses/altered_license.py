# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A licence text that is near a known one and is not that text; says where they differ."""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding, severity_for
from audit.licenses.expressions import symbols
from audit.licenses.known.recognise import EDITIONS, RETITLED, UNDER_A_HEAD
from audit.record.findings import Finding, FindingStatus, Location, Severity
from audit.record.licenses import ClaimOrigin, LicenseClaim
from audit.record.said import Said, joined
from audit.rules import CheckRule
from audit.rules.known_texts import text_name

ID = "LIC004"
_IN_THE_FILE = (ClaimOrigin.LICENSE_FILE, ClaimOrigin.LICENSE_REMARK, ClaimOrigin.LICENSE_MENTION)


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding per text that is near a known one, or differs from it by slips.

    A text with another title, date or notice may be an edition; only if its words are those
    of the known one, closer than editions are, is the title what was changed.
    """
    slight = severity_for(rule, "severity_if_slight")
    retitled = severity_for(rule, "severity_if_retitled")
    found = []
    for claim in case.licenses.claims:
        if is_edition(claim):
            if is_retitled(claim):
                found.append(_finding(rule, claim, str(claim.near), retitled))
        elif claim.near is not None:
            found.append(_finding(rule, claim, claim.near, rule.severity))
        elif claim.differences:
            found.append(_finding(rule, claim, claim.expression, slight))
        elif _is_inexact(claim, case.licenses.claims):
            found.append(_inexact(rule, claim, slight))
    return tuple(found)


def _is_inexact(claim: LicenseClaim, claims: tuple[LicenseClaim, ...]) -> bool:
    """Whether the scanner found all of a file to be one licence, and not word for word."""
    alone = [c for c in claims if c.path == claim.path and c.origin in _IN_THE_FILE] == [claim]
    whole = claim.origin is ClaimOrigin.LICENSE_FILE and len(symbols(claim.expression)) == 1
    return alone and whole and claim.score < 1


def _inexact(rule: CheckRule, claim: LicenseClaim, severity: Severity) -> Finding:
    path = str(claim.path)
    return make_finding(
        rule,
        severity=severity,
        title=Said("{path} is {name} with slips", path=clip(path), name=claim.expression),
        message=Said(
            "The scanner takes {path} for {name}, and {score:share} of it agree: a word, the title"
            " or a date is another.",
            path=clip(path),
            name=claim.expression,
            score=claim.score,
        ),
        locations=(Location(path=path, line=claim.line),),
        evidence=(clip(claim.raw),),
        name=claim.expression,
    )


def is_edition(claim: LicenseClaim) -> bool:
    """Whether a text is like a known one and has a title, date or notice of its own."""
    return claim.near is not None and claim.detector in (EDITIONS, UNDER_A_HEAD)


def is_retitled(claim: LicenseClaim) -> bool:
    """Whether an edition has the known text's words, or nearly all, under another title."""
    return is_edition(claim) and (claim.score >= RETITLED or claim.detector == UNDER_A_HEAD)


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
            " It is not that text, or an edition that is not known here: {differences}."
            if is_edition(claim)
            else "{score:share} of the word runs of {path} and of {name} agree."
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
