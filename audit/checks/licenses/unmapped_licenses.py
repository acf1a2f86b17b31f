# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Several licences, and nothing says which part of the release is under which."""

from audit.checks.case import Case
from audit.checks.draft import clip, draft, listed, strings
from audit.checks.licenses.license_place import at, scoped_ids
from audit.licenses.conclude import offers_choice
from audit.licenses.declared.collect import CARD_LICENSE
from audit.licenses.detected.interpret import LICENSE_FILE
from audit.licenses.expressions import readings
from audit.record.findings import Finding, FindingStatus
from audit.record.licenses import NOASSERTION, ClaimSource, LicenseClaim
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
        draft(
            rule,
            status=FindingStatus.UNDETERMINED,
            title=f"Several licences, and no word on what is under which: {names}",
            message=(
                f"The release names {names} in {listed(str(c.path) for c in claims)}. Whether all"
                " of them hold together, one may be chosen, or each covers a part cannot be told."
            ),
            locations=(at(claim) for claim in claims),
            evidence=(f"{clip(str(c.path))} ({c.origin}): {c.expression}" for c in claims),
        ),
    )


def _several(case: Case, rule: CheckRule) -> list[LicenseClaim]:
    """Return the statements of distinct licences, by file or by value of the card's list."""
    claims = [c for c in case.licenses.claims if c.expression != NOASSERTION]
    listed_on_card = [c for c in claims if c.origin == CARD_LICENSE]
    files = [c for c in claims if c.origin == LICENSE_FILE]
    found: list[LicenseClaim] = []
    for claim in files if len({c.path for c in files}) > 1 else listed_on_card:
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
