# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Matrices that a release stores the other way round than its family does."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from audit.formats.tensors import TensorHeader

Axes = Mapping[str, tuple[Sequence[str], int | None]]
"""Name of a tensor -> what its family says of its axes, and its layer."""


def upright(tensors: tuple[TensorHeader, ...], known: Axes, width: int) -> tuple[TensorHeader, ...]:
    """Turn the matrices of layers round whose residual axis only then lies where it should.

    Shapes tell; a square matrix goes with the majority of its layer. A loader of the release's
    own may store them so, and a name that the family knows must not hide what is in it. A layer
    with matrices of another width altogether is left as it is.
    """
    turned: dict[str, bool] = {}
    square: dict[str, int] = {}
    foreign: set[int] = set()
    votes: dict[int, list[bool]] = defaultdict(list)
    for tensor in tensors:
        axes, layer = known.get(tensor.name, ((), None))
        plain = not (tensor.coded or tensor.order or tensor.interleaved)
        if layer is None or len(tensor.shape) != 2 or not plain:
            continue
        if len(axes) != 2 or axes.count("hidden") != 1:
            continue
        if width not in tensor.shape:
            foreign.add(layer)
        elif tensor.shape == (width, width):
            square[tensor.name] = layer
        else:
            turned[tensor.name] = tensor.shape[axes.index("hidden")] != width
            votes[layer].append(turned[tensor.name])
    for name, place in square.items():
        turned[name] = 2 * sum(votes[place]) > len(votes[place])
    wrong = {name for name, is_so in turned.items() if is_so and known[name][1] not in foreign}
    return tuple(
        replace(t, shape=t.shape[::-1], transposed=not t.transposed) if t.name in wrong else t
        for t in tensors
    )
