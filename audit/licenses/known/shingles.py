# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Word-5-shingles as 64-bit hashes, in the order of the text, and the files that hold them."""

import hashlib
from functools import cache
from typing import NamedTuple

from audit import resources
from audit.errors import RulesError
from audit.rules.texts import BuiltText, TextEntry, built_texts, text_list

WIDTH = 5
"""Words per shingle: long enough that chance hits are rare, short enough that a changed
word costs five."""


class Shingled(NamedTuple):
    """A known text as it ships; ``order`` are its hashes by position, ``bag`` the set."""

    entry: TextEntry
    built: BuiltText
    order: tuple[int, ...]
    bag: frozenset[int]


def shingles(forms: list[str]) -> list[int]:
    """Return the hash of each run of ``WIDTH`` words; none for a shorter text."""
    return [shingle(forms[i : i + WIDTH]) for i in range(len(forms) - WIDTH + 1)]


def shingle(run: list[str]) -> int:
    """Return the 64-bit hash of one run of words."""
    digest = hashlib.blake2b("\x1f".join(run).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def digest(forms: list[str]) -> str:
    """Return the SHA-256 of the words of a text, joined by single spaces."""
    return hashlib.sha256(" ".join(forms).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def known() -> tuple[Shingled, ...]:
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
    """Return the shingles of all known texts."""
    return frozenset().union(*(text.bag for text in known()))


def _load(entry: TextEntry, built: BuiltText) -> Shingled:
    import numpy as np

    path = resources.tree("rules") / "texts" / f"{entry.file}.npy"
    order = tuple(np.load(path, allow_pickle=False).tolist())
    if len(order) != built.words - WIDTH + 1:
        raise RulesError(
            f"{path}: it does not hold the word runs of {entry.id}.",
            advice="Build it again with scripts/known_texts.py.",
        )
    return Shingled(entry, built, order, frozenset(order))
