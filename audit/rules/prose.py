# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The words by which READMEs speak of licences (``rules/prose.yaml``)."""

import re
from functools import cache, cached_property
from typing import Literal

from audit import resources
from audit.rules.loading import Strict, load_one

_PIECE = re.compile(r"[A-Za-z']+|\d+(?:\.\d+)*|[^\s\w]|[^\W\d_]+|_")


class ProseWords(Strict):
    """Words by what they do in a sentence about a licence; lower case, one word each.

    ``forms`` maps a phrase to what it counts as in a name of a licence; ``words`` has the
    classes that the grammar asks for. ``headings`` are words of titles that name nothing, and
    ``riders`` conditions by name that are put beside a licence. ``commerce`` has classes of its
    own, so that its words stay what they are elsewhere.
    """

    schema_version: Literal[1]
    names: list[str]
    of_data: frozenset[str]
    bare: frozenset[str]
    families: dict[str, str]
    nouns: frozenset[str]
    headings: frozenset[str]
    altering: frozenset[str]
    likening: frozenset[str]
    adding: frozenset[str]
    riders: frozenset[str]
    filling: frozenset[str]
    commerce: dict[str, frozenset[str]]
    words: dict[str, frozenset[str]]
    phrases: dict[str, str]

    @cached_property
    def forms(self) -> dict[tuple[str, ...], str]:
        """Phrases, as tuples of words, to what they count as."""
        return {tuple(_PIECE.findall(phrase)): form for phrase, form in self.phrases.items()}

    @cached_property
    def classes(self) -> dict[str, frozenset[str]]:
        """The classes of each word."""
        found: dict[str, set[str]] = {}
        for name, listed in self.words.items():
            for word in listed:
                found.setdefault(word, set()).add(name)
        return {word: frozenset(names) for word, names in found.items()}

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every word and form."""
        loose: tuple[frozenset[str], ...] = (
            self.nouns,
            self.altering,
            self.likening,
            self.adding,
            self.filling,
        )
        loose += tuple(self.commerce.values())
        return frozenset().union(self.classes, *loose, *(map(tuple, self.forms)))


@cache
def prose_words() -> ProseWords:
    """Return the words, as they are used."""
    return load_one(resources.tree("rules") / "prose.yaml", ProseWords)
