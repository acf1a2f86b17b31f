# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence table (``rules/licenses/``) and the names others use (``rules/aliases.yaml``)."""

from datetime import date
from functools import cache
from typing import Literal

from audit import resources
from audit.errors import RulesError
from audit.record.said import Said
from audit.rules.facts import LicenseFacts
from audit.rules.known_texts import built_texts
from audit.rules.loading import Strict, load_all, load_one

_SCANCODE = "LicenseRef-scancode-"
STALE_AFTER_DAYS = 180
"""Age at which a row should be read against the text again."""


class Aliases(Strict):
    """What cards and package metadata write for licences (``rules/aliases.yaml``).

    ``licenses`` maps a whole string, lower case, to an SPDX id or a ``LicenseRef-``;
    ``ambiguous`` lists ids that name no one licence.
    """

    schema_version: Literal[1]
    licenses: dict[str, str]
    ambiguous: list[str]


@cache
def licenses() -> dict[str, LicenseFacts]:
    """Return the licence table by SPDX id (or ``LicenseRef-``).

    Raises
    ------
    RulesError
        If a row is not valid, or was read from another text than the one that is recognised.
    """
    table = {facts.id: facts for facts in load_all("licenses", LicenseFacts)}
    for id_, text in built_texts().items():
        read = table[id_].status.sha256 if id_ in table else text.sha256
        if read != text.sha256:
            raise RulesError(
                f"{id_}: status.sha256: the facts were read from another text than the one that"
                " rules/texts holds.",
                advice="Read the facts against that text again.",
            )
    return table


def license_facts(symbol: str) -> LicenseFacts | None:
    """Return the facts of a licence id, of an edition with the same terms, or of scancode's key."""
    return _by_symbol().get(symbol)


@cache
def _by_symbol() -> dict[str, LicenseFacts]:
    rows = licenses().values()
    keys = {_SCANCODE + key: facts for facts in rows for key in facts.aliases.scancode}
    same = {symbol: facts for facts in reversed(tuple(rows)) for symbol in facts.same_terms}
    return {**keys, **same, **licenses()}


@cache
def aliases() -> dict[str, str]:
    """Return what cards and metadata write for a licence, lower case, to its SPDX id."""
    own = {
        alias.casefold(): facts.id for facts in licenses().values() for alias in facts.aliases.card
    }
    return {**_aliases().licenses, **own}


@cache
def ambiguous_licenses() -> frozenset[str]:
    """Return the ids, lower case, that name no one licence (``other``, ``cc``, ...)."""
    return frozenset(_aliases().ambiguous)


def _aliases() -> Aliases:
    return load_one(resources.tree("rules") / "aliases.yaml", Aliases)


def stale_facts(today: date) -> tuple[str, ...]:
    """Return the ids of the rows older than ``STALE_AFTER_DAYS`` on a day, sorted."""
    return tuple(
        sorted(
            facts.id
            for facts in licenses().values()
            if (today - facts.status.verified).days > STALE_AFTER_DAYS
        )
    )


def stale_remark(today: date) -> Said | None:
    """Return one sentence about all stale rows together, or ``None`` if there is none."""
    stale = stale_facts(today)
    if not stale:
        return None
    return Said(
        "{old} of {all} rows of licence facts were established more than {days} days ago and "
        "should be read against the texts again.",
        old=len(stale),
        all=len(licenses()),
        days=STALE_AFTER_DAYS,
    )
