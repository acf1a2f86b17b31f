# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Several licences, and nothing says which part of the release is under which."""

from audit.checks.case import Case
from audit.checks.licenses.license_place import at, scoped_ids
from audit.checks.make import clip, listed, make_finding, strings
from audit.licenses.conclude import offers_choice
from audit.licenses.expressions import readings
from audit.licenses.holders import parties, spelt_alike
from audit.record.findings import Finding, FindingStatus
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said
from audit.rules import CheckRule

ID = "LIC006"
_HEADERS = (ClaimOrigin.HEADER, ClaimOrigin.HEADER_TEXT)
_PROSE = (ClaimOrigin.CARD_STATEMENT, ClaimOrigin.CARD_PROSE)
_ABOVE = 6
"""Lines above a licence text in which the copyright line of its holder stands."""


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report licence files, or values of the card, that share no licence and have no map.

    A declared choice (``OR``) is a map of its own kind, and so is a file that names its
    scope. One licence may stay without a scope: it is then the licence of the rest.
    """
    unknown = _unknown_beside(case)
    known = _several(case, rule, least=1 if unknown else 2)
    claims = [*known, *unknown]
    ids = frozenset(symbol for claim in known for symbol in readings(claim.expression))
    ids |= {str(claim.path) for claim in claims if claim.expression == NOASSERTION}
    rest = ids - scoped_ids(case)
    if len(ids) < 2 or _is_choice(case, ids) or len(rest) <= 1 or _is_mapped(case, rest):
        return ()
    names = listed(_name(claim) for claim in claims)
    return (
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED,
            title=Said(
                "Several licences, and no word on what is under which: {names}", names=names
            ),
            message=Said(
                "The release names {names} in {paths}. Whether all"
                " of them hold together, one may be chosen, or each covers a part cannot be told.",
                names=names,
                paths=listed(str(c.path) for c in claims),
            ),
            locations=(at(claim) for claim in claims),
            evidence=(
                Said(
                    "{path} ({origin}): {expression}",
                    path=clip(str(c.path)),
                    origin=c.stated_in,
                    expression=_name(c),
                )
                for c in claims
            ),
        ),
    )


def _is_mapped(case: Case, ids: frozenset[str]) -> bool:
    """Whether the README names one of the licences, and files say that they are under the others.

    "The majority of X is licensed under MIT", and some headers have Apache-2.0.
    """
    claims = [c for c in case.licenses.claims if c.expression != NOASSERTION]
    of_files = {symbol for c in claims if c.origin in _HEADERS for symbol in readings(c.expression)}
    told = {symbol for c in claims if c.origin in _PROSE for symbol in readings(c.expression)}
    return any(ids - {one} <= of_files for one in ids & told)


def _name(claim: LicenseClaim) -> str:
    return str(claim.path) if claim.expression == NOASSERTION else claim.expression


def _unknown_beside(case: Case) -> list[LicenseClaim]:
    """Return the licence files of terms that nobody here knows, beside one that holds a licence."""
    files = [c for c in case.licenses.claims if c.origin == ClaimOrigin.LICENSE_FILE]
    held = {c.path for c in files if c.expression != NOASSERTION}
    own = [c for c in files if c.path not in held and c.near is None and c.scope is None]
    return own if held else []


def _is_of_others(case: Case, claim: LicenseClaim) -> bool:
    """Whether a text stands in a file under a copyright line of others than the file begins with.

    Such a file goes on, behind the release's own licence, with the notices of what it contains.
    """
    lines = [c for c in case.licenses.copyrights if c.path == claim.path and c.line and claim.line]
    above = [c for c in lines if 0 <= (claim.line or 0) - (c.line or 0) <= _ABOVE]
    own = [c for c in lines if c not in above]
    first = {party for c in own[:1] for party in map(spelt_alike, parties(c.holder))}
    named = {party for c in above[-1:] for party in map(spelt_alike, parties(c.holder))}
    return bool(named) and not named & first


def _several(case: Case, rule: CheckRule, *, least: int) -> list[LicenseClaim]:
    """Return the statements of distinct licences, by file or by value of the card's list.

    Files count from ``least`` of them.
    """
    claims = [c for c in case.licenses.claims if c.expression != NOASSERTION]
    listed_on_card = [c for c in claims if c.origin == ClaimOrigin.CARD_LICENSE]
    files = [c for c in claims if c.origin == ClaimOrigin.LICENSE_FILE]
    first = {
        path: min((c.line or 0) for c in files if c.path == path)
        for path in {c.path for c in files}
    }
    files = [c for c in files if c.line == first[c.path] or not _is_of_others(case, c)]
    found: list[LicenseClaim] = []
    for claim in files if len(files) >= least else listed_on_card:
        if not any(readings(claim.expression) & readings(other.expression) for other in found):
            found.append(claim)
    held = {symbol for claim in found for symbol in readings(claim.expression)}
    parts = dict(pair.split() for pair in strings(rule, "parts_of_another"))
    return [
        claim
        for claim in found
        if not any(parts.get(symbol) in held for symbol in readings(claim.expression))
    ]


def _is_choice(case: Case, ids: frozenset[str]) -> bool:
    return offers_choice(case.licenses.claims) or any(
        " OR " in claim.expression and readings(claim.expression) >= ids
        for claim in case.licenses.of_source(ClaimSource.DECLARED)
    )
