# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The licence table (``rules/licenses/``) and the names others use (``rules/aliases.yaml``)."""

from functools import cache
from typing import Literal

from audit import resources
from audit.rules.facts import LicenseFacts
from audit.rules.loading import Strict, load_all, load_one


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
    """Return the licence table by SPDX id (or ``LicenseRef-``)."""
    return {facts.id: facts for facts in load_all("licenses", LicenseFacts)}


def license_facts(symbol: str) -> LicenseFacts | None:
    """Return the facts of a licence id, or of the edition that has the same terms."""
    table = licenses()
    if symbol in table:
        return table[symbol]
    return next((facts for facts in table.values() if symbol in facts.same_terms), None)


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
