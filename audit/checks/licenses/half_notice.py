# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A copyright line without a licence, or a licence that needs a holder and names none."""

from collections import Counter

from audit.checks.case import Case
from audit.checks.licenses.license_place import at, place
from audit.checks.make import clip, listed, make_finding, strings
from audit.licenses.expressions import readings
from audit.licenses.holders import named, parties, spelt_alike
from audit.record.findings import Confidence, Finding
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, Copyright, LicenseClaim
from audit.record.said import Said
from audit.rules import CheckRule

ID = "COP004"
_LEAST_OWN_LINES = 5
"""Headers by which a holder is the release's own beside those whom its licence names."""


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report each half once: files of others without terms, and texts without a holder."""
    unlicensed, unheld = _without_license(case), _without_holder(case, rule)
    found = []
    if unlicensed:
        found.append(_no_license(rule, unlicensed))
    if unheld:
        found.append(_no_holder(rule, unheld))
    return tuple(found)


def _without_license(case: Case) -> list[Copyright]:
    """Return the copyright lines of others in source files that name no licence."""
    licensed = {
        c.path
        for c in case.licenses.claims
        if c.origin in (ClaimOrigin.HEADER, ClaimOrigin.HEADER_TEXT)
    }
    code = case.code_files
    lines = [c for c in case.licenses.copyrights if c.path in code]
    own = _own_holders(case, lines)
    noticed = {
        spelt_alike(party)
        for c in case.licenses.copyrights
        if c.path not in code
        for party in parties(c.holder)
    }  # by whoever wrote a notice file, with the terms
    return [
        c
        for c in lines
        if c.path not in licensed
        and own
        and not named([c.holder], own)
        and not {spelt_alike(party) for party in parties(c.holder)} <= noticed
    ]


def _own_holders(case: Case, lines: list[Copyright]) -> list[str]:
    """Return who holds the release: by its licence's copyright lines, and by most headers."""
    texts = {c.path for c in case.licenses.claims if c.origin == ClaimOrigin.LICENSE_FILE}
    legal = [c.holder for c in case.licenses.copyrights if c.path in texts]
    counted = Counter(party for line in lines for party in parties(line.holder))
    most = max(counted.values(), default=0)
    if legal:  # a file or two of others are not the most that it takes
        most = max(most, _LEAST_OWN_LINES)
    common = {party for party, number in counted.items() if number >= most}
    return sorted({party for holder in legal for party in parties(holder)} | common)


def _without_holder(case: Case, rule: CheckRule) -> list[LicenseClaim]:
    """Return the release's licence texts that have a place for a holder and no holder in it."""
    needing = frozenset(strings(rule, "licenses_with_a_holder"))
    held = {c.path for c in case.licenses.copyrights}
    if not case.licenses.of_source(ClaimSource.DETECTED):
        return []
    return [
        c
        for c in case.licenses.claims
        if c.origin == ClaimOrigin.LICENSE_FILE
        and c.expression != NOASSERTION
        and c.path not in held
        and readings(c.expression) <= needing
    ]


def _no_license(rule: CheckRule, lines: list[Copyright]) -> Finding:
    files = listed(place(line) for line in lines)
    holders = listed(line.holder for line in lines)
    return make_finding(
        rule,
        confidence=Confidence.MEDIUM,
        title=Said("Copyright of {holders}, and no licence named", holders=clip(holders)),
        message=Said(
            "{files} name {holders} as copyright holder, and no terms.",
            files=files,
            holders=holders,
        ),
        locations=(at(line) for line in lines),
        evidence=dict.fromkeys(
            Said("{place}: {statement}", place=clip(place(c)), statement=clip(c.statement))
            for c in lines
        ),
        fix=Said(
            "Find the licence under which {holders} gave {files} and add it to the header.",
            holders=holders,
            files=files,
        ),
    )


def _no_holder(rule: CheckRule, claims: list[LicenseClaim]) -> Finding:
    files = listed(str(claim.path) for claim in claims)
    return make_finding(
        rule,
        title=Said("{files} names no copyright holder", files=clip(files)),
        message=Said(
            "{files} holds the text of {expression}, which begins with"
            " a copyright line; there is none, so the text does not say who grants it.",
            files=files,
            expression=listed(c.expression for c in claims),
        ),
        locations=(at(claim) for claim in claims),
        evidence=(
            Said("{path}: {expression}", path=clip(str(c.path)), expression=c.expression)
            for c in claims
        ),
        fix=Said(
            "Put your copyright line (`Copyright (c) YEAR NAME`) at the top of {files}.",
            files=files,
        ),
    )
