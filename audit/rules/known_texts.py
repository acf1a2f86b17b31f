# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Texts of model licences, use policies and annexes that are known word by word.

``rules/texts.yaml`` is written by hand; ``rules/texts/built.yaml`` and the shingle files
beside it are made from the texts by ``scripts/known_texts.py``. The texts themselves are
not shipped: several licences do not say that they may be.
"""

from functools import cache
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from audit import resources
from audit.errors import RulesError
from audit.rules.loading import Strict, Words, load_one
from audit.text.shingles import WIDTH

Role = Literal["license", "use-policy", "annex"]
"""What a text is: a grant of its own, or a part that a grant refers to."""
LICENSE: Role = "license"
ANNEX: Role = "annex"


class TextEntry(Strict):
    """One known text as a person describes it.

    ``discriminators`` are phrases that this text has and its siblings (the texts of its
    ``family``) have not: title, version or date, the notice it quotes. ``scancode`` is the
    key under which the installed scancode data hold the wording, if they do; ``form_of`` the text
    that this one is, in other mark-up; ``begins``
    are the words of the line at which an annex starts in it. ``named_after`` are phrases after
    which a copy says which work it is for: a template, whose wording was built without a name.
    """

    id: Words
    file: Annotated[str, Field(pattern=r"^[a-z0-9.+-]+$")]
    name: Words
    family: Words
    role: Role
    source: Words
    form_of: Words | None = None
    scancode: Words | None = None
    begins: Words | None = None
    named_after: tuple[Words, ...] = ()
    discriminators: Annotated[tuple[Words, ...], Field(min_length=1)]


class TextList(Strict):
    """``rules/texts.yaml``: the known texts, and the words in which a copy may differ.

    ``works`` are words of which names of models are made, ``between_works`` what joins them.
    ``limiting`` are words, or parts of them, by which a paragraph beside a licence text may take
    back what that text grants.
    """

    schema_version: Literal[1]
    harmless: Annotated[tuple[Words, ...], Field(min_length=1)]
    works: Annotated[tuple[Words, ...], Field(min_length=1)]
    between_works: Annotated[tuple[Words, ...], Field(min_length=1)]
    limiting: Annotated[tuple[Words, ...], Field(min_length=1)]
    texts: tuple[TextEntry, ...]


class BuiltText(Strict):
    """What was computed from a text; ``foreign`` are its siblings' discriminators."""

    words: Annotated[int, Field(gt=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    foreign: tuple[Words, ...]


class BuiltTexts(Strict):
    """``rules/texts/built.yaml``, by id."""

    schema_version: Literal[1]
    texts: dict[str, BuiltText]


@cache
def text_list() -> TextList:
    """Return the hand-written list."""
    return load_one(resources.tree("rules") / "texts.yaml", TextList)


@cache
def built_texts() -> dict[str, BuiltText]:
    """Return what was computed from each text, by id."""
    return load_one(resources.tree("rules") / "texts" / "built.yaml", BuiltTexts).texts


class KnownWords(NamedTuple):
    """The word runs of a known text; ``order`` are their hashes by position, ``bag`` the set."""

    entry: TextEntry
    built: BuiltText
    order: tuple[int, ...]
    bag: frozenset[int]


@cache
def known_words() -> tuple[KnownWords, ...]:
    """Return every known text, by the order of ``rules/texts.yaml``.

    Raises
    ------
    RulesError
        If the list and what was built from it do not fit together.
    """
    built = built_texts()
    return tuple(_load(entry, built[entry.id]) for entry in text_list().texts)


@cache
def vocabulary() -> frozenset[int]:
    """Return the word runs of all known texts."""
    return frozenset().union(*(text.bag for text in known_words()))


def _load(entry: TextEntry, built: BuiltText) -> KnownWords:
    import numpy as np

    path = resources.tree("rules") / "texts" / f"{entry.file}.npy"
    order = tuple(np.load(path, allow_pickle=False).tolist())
    if len(order) != built.words - WIDTH + 1:
        raise RulesError(
            f"{path}: it does not hold the word runs of {entry.id}.",
            advice="Build it again with scripts/known_texts.py.",
        )
    return KnownWords(entry, built, order, frozenset(order))


def text_name(id_: str) -> str | None:
    """Return the name of a known text, or ``None`` if there is none of that id."""
    return next((entry.name for entry in text_list().texts if entry.id == id_), None)
