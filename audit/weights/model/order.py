# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What names say of place: layers and lists of them, the order in which tensors stand."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from audit.formats.tensors import TensorHeader

NUMBER = re.compile(r"(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])")
"""A number of a layer or an expert in the name of a tensor."""
_NUMBER = re.compile(r"(\d+)")
_MOST_LISTS = 256
"""Lists of layers that are told apart; of more, which no model has, all are one."""
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


def first_difference(tensors: tuple[TensorHeader, ...]) -> int:
    """How many leading name segments all tensors share."""
    names = [t.name.split(".") for t in tensors]
    shared = 0
    while all(len(n) > shared + 1 for n in names) and all(
        a[shared] == b[shared] for a, b in pairwise(names)
    ):
        shared += 1
    return shared


def layer_numbers(tensors: Mapping[str, TensorHeader]) -> dict[str, int | None]:
    """Number the layers of a model, from the first number in each name.

    Lists that hold matrices of one ending (an encoder and a decoder) are counted one after another;
    lists that hold different ones (attentions, feed-forwards) are parts of the same layers.
    """
    numbers: dict[str, int | None] = {}
    endings: dict[str, set[str]] = defaultdict(set)
    lengths: dict[str, int] = defaultdict(int)
    first = {name: NUMBER.search(name) for name in sorted(tensors)}
    for name, found in first.items():
        if found:
            before, number = name[: found.start()], int(found.group())
            lengths[before] = max(lengths[before], number + 1)
            if len(tensors[name].shape) > 1:
                endings[before].add(NUMBER.sub("*", name[found.end() :]))
    joined: list[tuple[set[str], list[str]]] = []
    several = len(lengths) <= _MOST_LISTS
    for before in lengths:
        home = next((j for j in joined if not several or not j[0] & endings[before]), None)
        if home is None:
            joined.append((set(endings[before]), [before]))
        else:
            home[0].update(endings[before])
            home[1].append(before)
    offsets, at = {}, 0
    for _, lists in joined:
        offsets.update(dict.fromkeys(lists, at))
        at += max(lengths[before] for before in lists)
    for name, found in first.items():
        numbers[name] = offsets[name[: found.start()]] + int(found.group()) if found else None
    return numbers
