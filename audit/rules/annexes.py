# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What regulators and frameworks ask a release to say (``rules/annexes/``), row by row."""

from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from audit import resources
from audit.rules.loading import Strict, Words, load_one


class AnnexRow(Strict):
    """One element; ``fact`` names what a record can say about it, ``None`` if nothing."""

    id: Words
    what: Words
    fact: Words | None = None


class AnnexPart(Strict):
    """Rows of one article, annex or cluster; ``source`` says which."""

    title: Words
    source: Words
    rows: Annotated[tuple[AnnexRow, ...], Field(min_length=1)]


class Annex(Strict):
    """One list; ``basis`` says of which texts it was made, ``read`` when that was."""

    schema_version: Literal[1]
    title: Words
    read: date
    basis: Words
    notes: tuple[Words, ...]
    parts: tuple[AnnexPart, ...]


@cache
def annex(name: str) -> Annex:
    """Load the annex of a name; raises ``RulesError`` if its file is not valid."""
    return load_one(resources.tree("rules") / "annexes" / f"{name}.yaml", Annex)
