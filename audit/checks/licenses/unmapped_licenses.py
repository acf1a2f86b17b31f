# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Several licences, and nothing says which part of the release is under which."""

from audit.checks.case import Case
from audit.checks.licenses.license_place import at, scoped_ids
from audit.checks.make import clip, listed, make_finding, strings
from audit.licenses.conclude import offers_choice
from audit.licenses.expressions import readings
from audit.record.findings import Finding, FindingStatus
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import Said
from audit.rules import CheckRule

ID = "LIC006"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report licence files, or values of the card, that share no licence and have no map.

    A declared choice (``OR``) is a map of its own kind, and so is a file that names its
    scope. One licence may stay without a scope: it is then the licence of the rest.
    """
    claims = _several(case, rule)
    ids = frozenset(symbol for claim in claims for symbol in readings(claim.expression))
    if len(ids) < 2 or _is_choice(case, ids) or len(ids - scoped_ids(case)) <= 1:
        return ()
    names = listed(claim.expression for claim in claims)
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
                    expression=c.expression,
                )
                for c in claims
            ),
        ),
    )


def _several(case: Case, rule: CheckRule) -> list[LicenseClaim]:
    """Return the statements of distinct licences, by file or by value of the card's list."""
    claims = [c for c in case.licenses.claims if c.expression != NOASSERTION]
    listed_on_card = [c for c in claims if c.origin == ClaimOrigin.CARD_LICENSE]
    files = [c for c in claims if c.origin == ClaimOrigin.LICENSE_FILE]
    found: list[LicenseClaim] = []
    for claim in files if len(files) > 1 else listed_on_card:
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
