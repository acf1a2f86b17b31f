# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Matrices that a release stores the other way round than its family does."""

from collections import defaultdict
from dataclasses import replace

from audit.formats.tensors import TensorHeader
from audit.weights.model.families import Family


def upright(
    tensors: tuple[TensorHeader, ...], family: Family, prefix: str, width: int
) -> tuple[TensorHeader, ...]:
    """Turn the matrices of layers round whose residual axis only then lies where it should.

    Shapes tell; a square matrix goes with the majority of its layer. A loader of the release's
    own may store them so, and a name that the family knows must not hide what is in it.
    """
    turned: dict[str, bool] = {}
    square: dict[str, int | None] = {}
    votes: dict[int | None, list[bool]] = defaultdict(list)
    for tensor in tensors:
        match = family.match(tensor.name, prefix)
        plain = not (tensor.packed or tensor.scaled or tensor.order or tensor.interleaved)
        if match is None or match.layer is None or len(tensor.shape) != 2 or not plain:
            continue
        axes = match.rule.axes
        if len(axes) != 2 or axes.count("hidden") != 1 or width not in tensor.shape:
            continue
        if tensor.shape == (width, width):
            square[tensor.name] = match.layer
        else:
            turned[tensor.name] = tensor.shape[axes.index("hidden")] != width
            votes[match.layer].append(turned[tensor.name])
    for name, layer in square.items():
        turned[name] = 2 * sum(votes[layer]) > len(votes[layer])
    return tuple(
        replace(t, shape=t.shape[::-1], transposed=not t.transposed) if turned.get(t.name) else t
        for t in tensors
    )
