# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds the units of hidden layers where no residual stream runs through the model.

Convolution channels, gates of recurrent cells and dense units are numbered as training left
them. An axis counts its units if its size stands in two or more matrices: what one layer gives
and the next one takes. Input planes, classes, places in a kernel and vocabularies stand once, or
beside an axis that stands more often.
"""

import re
from collections import Counter
from math import prod

from audit.formats.tensors import Format, TensorHeader
from audit.record.said import Said
from audit.weights.model.order import natural
from audit.weights.model.slots import Layout, Slot, Units, undescribed, unreadable

COMPONENT = "hidden units"
MIN_UNITS = 8
_MIN_OTHERS = 8
_GATES = (3, 4)
_DIRECTIONS = 2
_LARGEST_KERNEL = 15
_TRAILING = re.compile(r"(?i)(kernel|:0$|/w$|embeddings$)")
"""Names under which libraries keep the outputs on the last axis."""


def by_units(tensors: tuple[TensorHeader, ...]) -> Layout:
    """Describe a model by its hidden units; each matrix is a slot in natural order of names."""
    matrices = sorted((t for t in tensors if _channels(t) and unreadable(t) is None), key=natural)
    slots = []
    found = _chosen(matrices)
    for place, tensor in enumerate(matrices):
        if tensor.name in found:
            slots.append(
                Slot(
                    header=tensor,
                    role=tensor.name,
                    component=COMPONENT,
                    layer=place,
                    expert=None,
                    hidden_axis=found[tensor.name].axis,
                )
            )
    if len(slots) < 2:
        return undescribed("unknown", Said("no units of hidden layers could be told by the shapes"))
    named = {s.header.name for s in slots}
    left = [t.name for t in tensors if t.name not in named]
    return Layout(
        family="unknown (hidden units told by the shapes)",
        inferred=True,
        width=None,
        slots=tuple(slots),
        unused={name: Said("has no axis of hidden units") for name in left},
        parameters=sum(prod(t.shape) for t in tensors),
        units=found,
    )


def _channels(tensor: TensorHeader) -> tuple[int, ...]:
    """Axes of a tensor that count channels or units, what it gives first; none for vectors."""
    shape = tensor.shape
    axes = [axis for axis, size in enumerate(shape) if size > 1]
    if len(axes) < 2 or min(shape) == 0:
        return ()
    trailing = _gives_last(tensor)
    flat = len(shape) <= 3 or min(shape[axis] for axis in axes) > _LARGEST_KERNEL
    if len(axes) == 2 and flat:
        return tuple(reversed(axes)) if trailing else tuple(axes)
    if len(shape) == 3 and shape[0] == _DIRECTIONS:
        return (2, 1) if trailing else (1, 2)
    if tensor.format is Format.TFLITE:
        channels = (0, len(shape) - 1)
    else:
        channels = (len(shape) - 1, len(shape) - 2) if trailing else (0, 1)
    return tuple(axis for axis in channels if shape[axis] > 1)


def _gives_last(tensor: TensorHeader) -> bool:
    """Whether the last axis is what the tensor gives: by where its kernel lies, or by its name."""
    shape = tensor.shape
    if tensor.format is Format.ONNX or _ends_in_kernel(shape):
        return False
    if _TRAILING.search(tensor.name):
        return True
    if len(shape) == 3:
        return shape[0] < min(shape[1:]) and shape[0] != _DIRECTIONS
    first, last = set(shape[:2]), set(shape[-2:])
    square = len(shape) == 4 and len(first) == 1 < len(last) and max(first) <= _LARGEST_KERNEL
    return square and max(first) < max(last)


def _ends_in_kernel(shape: tuple[int, ...]) -> bool:
    """Whether the axes after the second are as short as a kernel's, and the first two are not."""
    return 2 < len(shape) < 5 and max(shape[2:]) <= _LARGEST_KERNEL < min(shape[:2])


def _chosen(matrices: list[TensorHeader]) -> dict[str, Units]:
    """Choose for each matrix the axis whose size stands in the most matrices, two at least."""
    gates = _gates(matrices)
    count: Counter[int] = Counter()
    for tensor in matrices:
        count.update({tensor.shape[a] for a in _channels(tensor)})
    found = {}
    for place, tensor in enumerate(matrices):
        axes = _channels(tensor)
        axis = max(axes, key=lambda a, shape=tensor.shape: count[shape[a]])  # type: ignore[misc]
        size = tensor.shape[axis]
        units = gates.get(size, size)
        tie = len({tensor.shape[a] for a in axes}) < len(axes)
        outer = place in (0, len(matrices) - 1)
        others = prod(tensor.shape) // units
        if count[size] < 2 or units < MIN_UNITS or others < _MIN_OTHERS or (tie and outer):
            continue
        beside = next((a for a in axes if a != axis), None)
        found[tensor.name] = Units(axis=axis, blocks=size // units, beside=beside)
    return found


def _gates(matrices: list[TensorHeader]) -> dict[int, int]:
    """Sizes that are three or four gates of a cell, with the size of the cell."""
    found = {}
    for tensor in matrices:
        channels = [tensor.shape[axis] for axis in _channels(tensor)]
        flat = len([n for n in tensor.shape if n > 1]) - (tensor.shape[0] == _DIRECTIONS) <= 2
        if flat and len(channels) == 2:
            gives, takes = channels
            if takes >= MIN_UNITS and gives % takes == 0 and gives // takes in _GATES:
                found[gives] = takes
    return found
