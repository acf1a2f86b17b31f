# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""In which order tensors stand, and which of two models' correspond by it."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from audit.formats.tensors import TensorHeader

_NUMBER = re.compile(r"(\d+)")
_MOST_PAIRS = 1 << 18
"""Runs are sought in a time that grows with the third power of their number."""


def natural(tensor: TensorHeader) -> tuple[tuple[int, str], ...]:
    """Return a key by which layer 10 follows layer 9."""
    parts = _NUMBER.split(tensor.name)
    return tuple((int(p), "") if p.isdecimal() else (-1, p) for p in parts)


def in_order(
    mine: Sequence[TensorHeader], theirs: Sequence[TensorHeader]
) -> list[tuple[TensorHeader, TensorHeader]]:
    """Pair tensors of one shape in runs that both have; of very many, each shape by its count."""
    if len(mine) * len(theirs) > _MOST_PAIRS:
        there = dict(zip(_counted(theirs), theirs, strict=True))
        return [(a, there[n]) for n, a in zip(_counted(mine), mine, strict=True) if n in there]
    shapes, others = [t.shape for t in mine], [t.shape for t in theirs]
    runs = SequenceMatcher(None, shapes, others, autojunk=False).get_matching_blocks()
    return [
        pair
        for a, b, size in runs
        for pair in zip(mine[a : a + size], theirs[b : b + size], strict=True)
    ]


def _counted(tensors: Sequence[TensorHeader]) -> list[tuple[tuple[int, ...], int]]:
    """Shape of each tensor, and how many of that shape stand before it."""
    before: Counter[tuple[int, ...]] = Counter()
    found = []
    for tensor in tensors:
        found.append((tensor.shape, before[tensor.shape]))
        before[tensor.shape] += 1
    return found
