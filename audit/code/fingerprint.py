# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Winnowed fingerprints of tokens, in two views.

L1 keeps identifiers and replaces the file's own class prefix, so that a renamed family of
classes changes nothing. L2 blanks every identifier, so that no renaming does. Winnowing
(Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting",
SIGMOD 2003) finds every shared run of at least w + k - 1 tokens.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.code.tokens import Source, Token

IDENTIFIER = "I"
PREFIX = "~"
Keys = NDArray[np.uint32]
Lines = NDArray[np.int64]


class View(StrEnum):
    """What is kept of identifiers."""

    L1 = "L1"
    L2 = "L2"

    @property
    def gram(self) -> int:
        """Tokens per fingerprint, k."""
        return 12 if self is View.L1 else 25

    @property
    def window(self) -> int:
        """Fingerprints per window, w."""
        return 6 if self is View.L1 else 8


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """Fingerprints of one view of one file, in file order.

    ``keys`` are the low 32 bits of a 64-bit blake2b (winnowing compares all 64, so the
    low ones stay evenly spread); ``first`` and ``last`` are 1-based lines.
    """

    keys: Keys
    first: Lines
    last: Lines

    @property
    def distinct(self) -> int:
        """How many different fingerprints there are: a long table of data has few."""
        return len(np.unique(self.keys))


def neutral(name: str, prefix: str) -> str:
    """Return an identifier without the file's class prefix.

    Examples
    --------
    >>> neutral("ToyAttention", "Toy"), neutral("toy_loss", "Toy"), neutral("toys", "Toy")
    ('~Attention', '~_loss', 'toys')
    """
    if not prefix:
        return name
    if name.startswith(prefix):
        return PREFIX + name[len(prefix) :]
    for lower in (prefix.lower(), prefix.upper()):
        if name == lower or name.startswith(f"{lower}_"):
            return PREFIX + name[len(lower) :]
    return name


def words(tokens: tuple[Token, ...], view: View, prefix: str) -> list[str]:
    """Return what a view sees of each token."""
    if view is View.L2:
        return [IDENTIFIER if token.name else token.text for token in tokens]
    return [neutral(token.text, prefix) if token.name else token.text for token in tokens]


def prints(source: Source, view: View) -> Prints:
    """Fingerprint a file in one view; empty if it has fewer than k tokens."""
    hashes = _gram_hashes(words(source.tokens, view, source.prefix), view.gram)
    chosen = winnow(hashes, view.window)
    lines = np.array([token.line for token in source.tokens], dtype=np.int64)
    return Prints(
        keys=(hashes[chosen] & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        first=lines[chosen],
        last=lines[chosen + view.gram - 1] if len(chosen) else lines[:0],
    )


def _gram_hashes(seen: list[str], k: int) -> NDArray[np.uint64]:
    """Hash every run of k words; equal runs of equal words have equal hashes."""
    table = {
        word: blake2b(word.encode("utf-8", "replace"), digest_size=8).digest() for word in set(seen)
    }
    joined = b"".join(table[word] for word in seen)
    count = max(0, len(seen) - k + 1)
    digests = (blake2b(joined[8 * i : 8 * (i + k)], digest_size=8).digest() for i in range(count))
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def winnow(hashes: NDArray[np.uint64], w: int) -> NDArray[Any]:
    """Return the positions of the rightmost smallest hash of every window of w.

    Fewer hashes than w count as one window.
    """
    if not len(hashes):
        return np.zeros(0, dtype=np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, min(w, len(hashes)))
    width = windows.shape[1]
    rightmost = width - 1 - np.argmin(windows[:, ::-1], axis=1)
    return np.unique(np.arange(len(windows)) + rightmost)
