# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The local tables of well-known models and data sets, and the words that cards use."""

from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

from audit import resources
from audit.rules.loading import Strict, Words, load_one


class KnownWork(Strict):
    """What a public model or data set is under, by its hub id.

    ``id`` is a hub id in lower case, with ``*`` for any ending. ``names`` are what prose
    calls it. ``bases`` are models that it was made from, ``made_by`` models whose outputs it
    holds. ``read`` is the day on which somebody read ``source``; without it the row informs
    and stops no release.
    """

    id: Words
    license: Words
    names: tuple[Words, ...] = ()
    bases: tuple[Words, ...] = ()
    made_by: tuple[Words, ...] = ()
    source: Words
    read: Words | None = None


class _Known(Strict):
    schema_version: Literal[1]
    works: list[KnownWork]


class ProvenanceWords(Strict):
    """How cards speak of where a model comes from (``rules/provenance.yaml``)."""

    schema_version: Literal[1]
    teacher: list[Words]
    """Phrases after which a teacher stands."""
    outputs: list[Words]
    """Phrases after which a model stands whose outputs were used; they need a context."""
    context: list[Words]
    takes_back: list[Words]
    """Words before a phrase, or anywhere in its sentence, that take it back."""
    in_dataset_names: list[Words]
    """Words in the name of a data set that make a model's name in it that of its maker."""
    teacher_fields: list[Words]
    """Fields of a card's front matter that name a teacher."""
    changed: list[Words]
    """Beginnings of words that say that something was changed."""
    kinds: dict[str, Words]
    """A comparison's kind of derivation, and the relation that it stands for; else finetune."""


@cache
def known_models() -> tuple[KnownWork, ...]:
    """Return the table of well-known models, in the order in which it is searched."""
    return tuple(load_one(resources.tree("rules") / "models.yaml", _Known).works)


@cache
def known_datasets() -> tuple[KnownWork, ...]:
    """Return the table of well-known data sets, in the order in which it is searched."""
    return tuple(load_one(resources.tree("rules") / "datasets.yaml", _Known).works)


@cache
def provenance_words() -> ProvenanceWords:
    """Return the words by which cards are read."""
    return load_one(resources.tree("rules") / "provenance.yaml", ProvenanceWords)


def known(name: str, table: tuple[KnownWork, ...]) -> KnownWork | None:
    """Return the first row for a hub id, or for the whole name that prose gives a model.

    A revision after ``@`` does not matter. A part of a name is never looked up: a folder
    called like a model need not be it.
    """
    wanted = name.strip().split("@")[0].casefold()
    return next((row for row in table if _is_called(wanted, row)), None)


def _is_called(wanted: str, row: KnownWork) -> bool:
    by_name = wanted in (called.casefold() for called in row.names)
    return by_name or fnmatchcase(wanted, row.id.casefold())
