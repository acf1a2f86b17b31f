# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Copyleft or non-commercial code in a release that is offered under other terms.

A file says it in its header, a folder of somebody else's code in a LICENSE of its own; the
second is a question, since the folder may be meant to be outside of what the release offers.
"""

from pathlib import PurePosixPath

from audit.checks.case import Case
from audit.checks.licenses.license_place import at, place
from audit.checks.make import clip, listed, make_finding, severity_for, strings
from audit.licenses.conclude import stated
from audit.licenses.declared.prose import LIMIT
from audit.licenses.detected.own_words import PROPRIETARY
from audit.licenses.expressions import fold, readings, symbols
from audit.licenses.holders import parties, spelt_alike
from audit.licenses.release_files import is_release_license
from audit.obligations.terms import offers as offers_of
from audit.record.findings import Finding, FindingStatus, Severity
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said
from audit.rules import CheckRule, license_facts

ID = "COP005"
_WITH = " WITH "


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each expression found in code that is stricter than an offer."""
    offers = [offer for offer in offers_of(case.licenses) if offer is not None]
    closed = bool(offers) and all(_is_limited(offer, rule) for offer in offers)
    found = _in_code(case, rule, closed=closed)
    built = _build_aids(found, rule)
    copyleft = [c for c in found if _is_copyleft(c.expression, rule) and c.path not in built]
    limited = [c for c in found if c not in copyleft and _is_limited(c.expression, rule, c.field)]
    if offers and all(_is_copyleft(offer, rule) for offer in offers):
        copyleft = []
    spoken = {c.expression for c in stated(case.licenses.claims) if c.scope in (None, "code")}
    if all(_is_limited(offer, rule) for offer in offers or spoken):  # or that is not known
        limited = []
    light = severity_for(rule, "severity_if_non_commercial")
    apart = [c for c in copyleft if _is_apart(c, case)]
    copyleft = [c for c in copyleft if c not in apart]
    question = severity_for(rule, "severity_if_apart")
    return (
        *(_finding(rule, same, offers, None) for same in _by_expression(copyleft)),
        *(_finding(rule, same, offers, question, proven=False) for same in _by_expression(apart)),
        *(_finding(rule, same, offers, light) for same in _by_expression(limited)),
    )


def _by_expression(claims: list[LicenseClaim]) -> list[list[LicenseClaim]]:
    keys = sorted({(claim.expression, claim.field) for claim in claims})
    return [[c for c in claims if (c.expression, c.field) == key] for key in keys]


def _in_code(case: Case, rule: CheckRule, *, closed: bool) -> list[LicenseClaim]:
    """Return what headers say, and the LICENSE of non-commercial folders that hold code.

    Where the release is ``closed`` to commerce, copyleft folders count too, which forbid that.
    What a README says of its parts is a map of them, and no contradiction. Whoever the LICENSE
    names as holder may give under it what their headers keep back.
    """
    code = case.code_files
    folders = {folder.as_posix() for path in code for folder in PurePosixPath(path).parents}
    folders.discard(".")
    mapped = {symbol for c in stated(case.licenses.claims) for symbol in readings(c.expression)}
    own = _own_files(case)
    found = []
    for claim in case.licenses.of_source(ClaimSource.DETECTED):
        limited = _is_limited(claim.expression, rule, claim.field)
        told = claim.expression != NOASSERTION and readings(claim.expression) <= mapped
        part = (
            claim.origin is ClaimOrigin.PART_FILE
            and (limited or (closed and _is_strong(claim.expression, rule)))
            and not _lists(claim.expression, rule)
            and is_release_license(str(claim.path), frozenset(folders))
        )
        theirs = claim.expression != NOASSERTION or claim.path not in own
        if (claim.path in code or part) and theirs and not (limited and told):
            found.append(claim)
    return found


def _is_apart(claim: LicenseClaim, case: Case) -> bool:
    """Whether code lies in a folder of its own that has the text of its licence, as a part.

    The GNU LGPL lets others link what stays under it; whether the release does so is a question.
    So is what is meant where a README names the licence of a part that the release's holder wrote.
    """
    library = all(symbol.startswith("LGPL-") for symbol in symbols(claim.expression))
    named = {
        symbol
        for c in case.licenses.claims
        if c.origin in (ClaimOrigin.CARD_STATEMENT, ClaimOrigin.CARD_PROSE)
        for symbol in readings(c.expression)
    }
    told = readings(claim.expression) <= named and claim.path in _own_files(case)
    if not (library or told):
        return False
    folders = {folder.as_posix() for folder in PurePosixPath(str(claim.path)).parents} - {"."}
    texts = (
        c
        for c in case.licenses.claims
        if c.origin is ClaimOrigin.PART_FILE
        and PurePosixPath(str(c.path)).parent.as_posix() in folders
    )
    return any(readings(c.expression) & readings(claim.expression) for c in texts)


def _lists(expression: str, rule: CheckRule) -> bool:
    """Whether a file names licences of several kinds together, as a list of data sets' does."""
    ids = symbols(expression)
    return len(ids) > 1 and not all(_is_limited(symbol, rule) for symbol in ids)


def _build_aids(claims: list[LicenseClaim], rule: CheckRule) -> frozenset[str | None]:
    """Return the files that an exception lets everybody pass on, such as ``ltmain.sh``.

    They hold what they are made of with its own notices, which the exception covers.
    """
    excused = tuple(f"{_WITH}{name}" for name in strings(rule, "excused_exceptions"))
    first: dict[str | None, LicenseClaim] = {}
    for claim in sorted(claims, key=lambda c: c.line or 0):
        first.setdefault(claim.path, claim)
    return frozenset(
        path for path, c in first.items() if any(name in c.expression for name in excused)
    )


def _own_files(case: Case) -> frozenset[str]:
    """Return the files whose headers name nobody but who holds the release by its LICENSE."""
    texts = {c.path for c in case.licenses.claims if c.origin == ClaimOrigin.LICENSE_FILE}
    lines = case.licenses.copyrights
    own = {spelt_alike(party) for c in lines if c.path in texts for party in parties(c.holder)}
    theirs = {
        c.path for c in lines if not {spelt_alike(party) for party in parties(c.holder)} <= own
    }
    return frozenset(c.path for c in lines) - theirs


def _is_limited(expression: str, rule: CheckRule, field: str = "") -> bool:
    """Whether every choice that an expression leaves forbids commercial use."""
    if expression == NOASSERTION:
        return field in (LIMIT, PROPRIETARY)
    kept_back = strings(rule, "kept_back")

    def leaf(symbol: str) -> bool:
        facts = license_facts(symbol)
        if facts is not None:
            return facts.non_commercial is not None
        return "-NC" in symbol or any(word in symbol.casefold() for word in kept_back)

    return bool(fold(expression, leaf, any_of=lambda a, b: a and b, all_of=lambda a, b: a or b))


def _is_copyleft(expression: str, rule: CheckRule) -> bool:
    """Whether every choice that an expression leaves is copyleft without an exception."""
    if expression == NOASSERTION:
        return False
    prefixes, excused = strings(rule, "copyleft"), strings(rule, "excused_exceptions")

    def leaf(symbol: str) -> bool:
        license_id, _, exception = symbol.partition(_WITH)
        return license_id.startswith(prefixes) and not exception.startswith(excused)

    return bool(fold(expression, leaf, any_of=lambda a, b: a and b, all_of=lambda a, b: a or b))


def _is_strong(expression: str, rule: CheckRule) -> bool:
    """Whether a licence is copyleft, and not for libraries."""
    return _is_copyleft(expression, rule) and "LGPL-" not in expression


def _in_words(field: str) -> Said:
    return Said("proprietary") if field == PROPRIETARY else Said("non-commercial")


def _finding(
    rule: CheckRule,
    claims: list[LicenseClaim],
    offers: list[str],
    severity: Severity | None,
    *,
    proven: bool = True,
) -> Finding:
    files = listed(place(claim) for claim in claims)
    headed = any(claim.origin is not ClaimOrigin.PART_FILE for claim in claims)
    offered = (
        Said("{offers}", offers=offers) if offers else Said("terms that could not be identified")
    )
    named = claims[0].expression
    expression = _in_words(claims[0].field) if named == NOASSERTION else named
    return make_finding(
        rule,
        severity=severity,
        status=FindingStatus.VIOLATED
        if offers and headed and proven
        else FindingStatus.UNDETERMINED,
        title=Said(
            "{expression:sentence} code in a release under {offered}",
            expression=expression,
            offered=offered,
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
