# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""GPL, AGPL or LGPL code in a release that is offered under other terms."""

from audit.checks.case import Case
from audit.checks.licenses.license_place import at, place
from audit.checks.make import clip, listed, make_finding, strings
from audit.licenses.expressions import fold
from audit.obligations.terms import offers as offers_of
from audit.record.findings import Finding, FindingStatus
from audit.record.licenses import NOASSERTION, ClaimSource, LicenseClaim
from audit.record.said import Said
from audit.rules import CheckRule

ID = "COP005"
_WITH = " WITH "


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each copyleft expression found in code."""
    offers = [offer for offer in offers_of(case.licenses) if offer is not None]
    if offers and all(_is_copyleft(offer, rule) for offer in offers):
        return ()
    code = case.code_files
    grouped: dict[str, list[LicenseClaim]] = {}
    for claim in case.licenses.of_source(ClaimSource.DETECTED):
        if claim.path in code and _is_copyleft(claim.expression, rule):
            grouped.setdefault(claim.expression, []).append(claim)
    return tuple(_finding(rule, key, grouped[key], offers) for key in sorted(grouped))


def _is_copyleft(expression: str, rule: CheckRule) -> bool:
    """Whether every choice that an expression leaves is copyleft without an exception."""
    if expression == NOASSERTION:
        return False
    prefixes, excused = strings(rule, "copyleft"), strings(rule, "excused_exceptions")

    def leaf(symbol: str) -> bool:
        license_id, _, exception = symbol.partition(_WITH)
        return license_id.startswith(prefixes) and not exception.startswith(excused)

    return bool(fold(expression, leaf, any_of=lambda a, b: a and b, all_of=lambda a, b: a or b))


def _finding(
    rule: CheckRule, expression: str, claims: list[LicenseClaim], offers: list[str]
) -> Finding:
    files = listed(place(claim) for claim in claims)
    offered = (
        Said("{offers}", offers=offers) if offers else Said("terms that could not be identified")
    )
    return make_finding(
        rule,
        status=FindingStatus.VIOLATED if offers else FindingStatus.UNDETERMINED,
        title=Said(
            "{expression} code in a release under {offered}", expression=expression, offered=offered
        ),
        message=Said(
            "A {expression} notice stands in {files}; the release is offered under {offered}.",
            expression=expression,
            files=files,
            offered=offered,
        ),
        locations=(at(c) for c in claims),
        evidence=(Said("{place}: {raw}", place=clip(place(c)), raw=clip(c.raw)) for c in claims),
        files=files,
        expression=expression,
    )
