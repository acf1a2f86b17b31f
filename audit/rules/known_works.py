# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The local tables of well-known models and data sets, and the words that cards use."""

import re
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal, NamedTuple, Self

from pydantic import model_validator

from audit import resources
from audit.rules.loading import Strict, Words, load_one

_LONGEST_NAME = 200
_WILD = re.compile(r"[*?[]")
"""Hub ids are not longer; more is somebody's text."""


class KnownWork(Strict):
    """What a public model or data set is under, by its hub id.

    ``id`` is a hub id in lower case, with ``*`` for any ending. ``names`` are what prose
    calls it. ``bases`` are models that it was made from, ``made_by`` models whose outputs it
    holds, ``modalities`` what it takes in, where a licence asks. ``read`` is the day on which
    somebody read ``source``, ``recalled`` that on which it was written down without; such a
    row informs and stops no release.
    """

    id: Words
    license: Words
    names: tuple[Words, ...] = ()
    bases: tuple[Words, ...] = ()
    made_by: tuple[Words, ...] = ()
    modalities: tuple[Words, ...] = ()
    source: Words
    read: Words | None = None
    recalled: Words | None = None

    @model_validator(mode="after")
    def _has_one_date(self) -> Self:
        if (self.read is None) is (self.recalled is None):
            raise ValueError("a row is either read or recalled, on a day")
        return self

    @property
    def is_text_only(self) -> bool:
        """Whether the model is known to take in nothing but text."""
        return self.modalities == ("text",)


class _Datasets(Strict):
    schema_version: Literal[2]
    works: tuple[KnownWork, ...]


class _Models(Strict):
    """``rules/models.yaml``; what the lists before ``works`` are for stands there."""

    schema_version: Literal[2]
    mirrors: frozenset[Words]
    renamed: dict[str, Words]
    conversions: tuple[Words, ...]
    variants: frozenset[Words]
    works: tuple[KnownWork, ...]


class Listed(NamedTuple):
    """The row for a name, and whether the name is a mirror's or a conversion's of that model.

    ``is_sure``: the publisher's own name, or that of a publisher of mirrors, and the row was read.
    """

    row: KnownWork
    as_mirror: bool
    is_sure: bool


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
    in_model_names: list[Words]
    """Families whose terms ask for their name in that of a derivative: with a version it tells."""
    teacher_fields: list[Words]
    """Fields of a card's front matter that name a teacher."""
    made_from: list[Words]
    """Patterns of words after which a model stands that the subject was made from."""
    made_from_label: list[Words]
    """Words before a colon and the name of such a model."""
    made_from_heading: list[Words]
    """Headings over the bare names of such models."""
    made_from_kin: list[Words]
    """Chinese words for a version of such a model in another language, before its name."""
    made_from_as: list[Words]
    """What such a model is used as, as patterns."""
    made_from_before: list[Words]
    """Chinese words before such a model; one of ``made_from_after`` follows it."""
    made_from_after: list[Words]
    made_from_alone: list[Words]
    """Chinese words before such a model that need no other after it."""
    made_from_families: dict[str, Words]
    """What prose calls models by, and the model that is meant."""
    made_from_no_families: list[Words]
    """Names of other things that begin like one of these."""
    made_from_gerund_of: list[Words]
    """What is "for fine-tuning X"."""
    made_from_gerund: list[Words]
    """What is done to such a model, where its README gives out what came of it."""
    near: list[Words]
    """Beginnings of words, as patterns, of a sentence about how the release was made."""
    near_objects: list[Words]
    """Those right before a model that was made into another."""
    far: list[Words]
    """Beginnings of words of a sentence about other models beside it."""
    far_used: list[Words]
    """Those of a sentence that may name models that were used in another way."""
    terms_of_one: dict[str, Words]
    """Families of terms that one publisher made for its own models, and what these are called."""
    offers_verbs: list[Words]
    """How "we" give models out."""
    offers_things: list[Words]
    offers_states: list[Words]
    """What given models are."""
    offers_not: list[Words]
    """Words between verb and thing by which something else is given."""
    offers_heading: list[Words]
    """Words of which headings over given models are made."""
    offers_heading_eastern: list[Words]
    offers_before: list[Words]
    """Chinese verbs, before and after what is given (``offers_eastern``)."""
    offers_after: list[Words]
    offers_eastern: list[Words]
    offers_eastern_adjective: Words
    """Characters after which such a verb is an adjective: "other open models"."""
    offers_eastern_not: list[Words]
    """What does not stand between verb and thing, nor after the thing."""
    offers_eastern_after_not: list[Words]
    offers_column: list[Words]
    """What heads the column of a table that says where a model is to be had."""
    changed: list[Words]
    """Beginnings of words that say that something was changed."""
    kinds: dict[str, Words]
    """A comparison's kind of derivation, and the relation that it stands for; else finetune."""


@cache
def _models() -> _Models:
    return load_one(resources.tree("rules") / "models.yaml", _Models)


def known_models() -> tuple[KnownWork, ...]:
    """Return the table of well-known models, in the order in which it is searched."""
    return _models().works


def present_name(organisation: str) -> str:
    """Return what an organisation is called now, in lower case."""
    name = organisation.casefold()
    return _models().renamed.get(name, name)


@cache
def publishers() -> frozenset[str]:
    """Return the organisations of the table, those that mirror models, and their former names."""
    models = _models()
    rows = {row.id.partition("/")[0].casefold() for row in models.works}
    return frozenset(rows | models.mirrors | set(models.renamed))


@cache
def known_datasets() -> tuple[KnownWork, ...]:
    """Return the table of well-known data sets, in the order in which it is searched."""
    return load_one(resources.tree("rules") / "datasets.yaml", _Datasets).works


@cache
def provenance_words() -> ProvenanceWords:
    """Return the words by which cards are read."""
    return load_one(resources.tree("rules") / "provenance.yaml", ProvenanceWords)


class _Table:
    """The rows of one table, found without a look at each.

    A hub id, or the whole name that prose gives a work, fits the first row that it may fit. A
    revision after ``@`` does not matter. A part of a name is never looked up: a folder called
    like a model need not be it.
    """

    def __init__(self, works: tuple[KnownWork, ...]) -> None:
        self._works = works
        self._exact: dict[str, int] = {}
        self._wild: dict[str, list[tuple[int, str]]] = {}
        for number, row in enumerate(works):
            pattern = row.id.casefold()
            is_wild = _WILD.search(pattern) is not None
            for name in (*row.names, *(() if is_wild else (pattern,))):
                self._exact.setdefault(name.casefold(), number)
            if is_wild:
                of, slash, _ = pattern.partition("/")
                by_one = slash and not _WILD.search(of)
                self._wild.setdefault(of if by_one else "", []).append((number, pattern))

    def find(self, name: str) -> KnownWork | None:
        """Return the first row that a name fits."""
        wanted = name.strip().split("@")[0].casefold()
        found = [self._exact[wanted]] if wanted in self._exact else []
        if " " not in wanted:
            of = wanted.partition("/")[0]
            rows = (*self._wild.get(of, ()), *(self._wild.get("", ()) if of else ()))
            found += [number for number, pattern in rows if fnmatchcase(wanted, pattern)]
        return self._works[min(found)] if found else None


@cache
def _model_table() -> _Table:
    return _Table(known_models())


@cache
def _dataset_table() -> _Table:
    return _Table(known_datasets())


def known_dataset(name: str) -> KnownWork | None:
    """Return the row of a data set."""
    return _dataset_table().find(name)


@cache
def known_model(name: str) -> Listed | None:
    """Return the row of a model, also where a mirror or a conversion of it is named.

    Organisations are followed to their present names, and words at the end of a name that say
    how the same weights are written are left off. Where a publisher of mirrors stands before
    the name, or nobody, or such words at its end, only sizes, versions and the listed variants
    may stand for a ``*``.

    Examples
    --------
    >>> known_model("unsloth/Llama-3.2-1B-Instruct-bnb-4bit").row.license
    'llama3.2'
    >>> known_model("unsloth/Llama-3.2-1B-of-somebody-else") is None
    True
    """
    if len(name) > _LONGEST_NAME:
        return None
    called = _model_table().find(name)
    if called is not None:
        return Listed(called, as_mirror=False, is_sure=called.read is not None)
    wanted = "-".join(name.split("@", maxsplit=1)[0].split(":", maxsplit=1)[0].casefold().split())
    owner, _, own = wanted.rpartition("/")
    owner = _models().renamed.get(owner, owner)
    if "/" in owner or owner in (".", "..") or not own:
        return None
    names = tuple(dict.fromkeys((own, _unconverted(own))))
    for each in names:
        row = _model_table().find(f"{owner}/{each}" if owner else each)
        if row is not None:
            return Listed(row, as_mirror=False, is_sure=row.read is not None)
    mirror = owner in _models().mirrors
    if owner and not mirror and len(names) == 1:
        return None
    row = next((row for row in map(_mirrored, names) if row is not None), None)
    sure = mirror and row is not None and row.read is not None
    return None if row is None else Listed(row, as_mirror=True, is_sure=sure)


def _unconverted(name: str) -> str:
    """Leave off the words at the end of a name that say how the weights are written."""
    ending = re.compile(rf"[-_.](?:{'|'.join(_models().conversions)})$")
    while (shorter := ending.sub("", name)) != name:
        name = shorter
    return name


def _mirrored(name: str) -> KnownWork | None:
    """Return the row for a name without its organisation, or with it before ``_``."""
    owner, _, rest = name.partition("_")
    present = _models().renamed.get(owner, owner)
    row = _model_table().find(f"{present}/{rest}") if rest else None
    if row is not None:
        return row
    fitting = [row for row in known_models() if _is_variant(name, row)]
    return max(fitting, key=lambda row: len(row.id.rpartition("/")[2]), default=None)


def _is_variant(name: str, row: KnownWork) -> bool:
    called = row.id.casefold().rpartition("/")[2]
    start, star, rest = called.partition("*")
    if any(map(str.isalnum, rest)) and not fnmatchcase(name, called):
        return False  # "llava-1.5" is none of "llava-*-delta-*"
    if star and name == start.rstrip("-") and any(c.isdigit() for c in name):
        return True  # "llama-3" is a version, and no size of "llama-*"
    if not start or not name.startswith(start):
        return False
    words = re.split(r"[-_.]", name[len(start) :])
    return name == start or (bool(star) and all(map(is_variant_word, words)))


def is_variant_word(word: str) -> bool:
    """Whether a part of a model's name says its size or kind ("7b", "chat"), and names nobody."""
    size = re.fullmatch(r"(?:[vae]|\d+x)?\d*(?:[bmke]|hf)?", word)
    return size is not None or word in _models().variants
