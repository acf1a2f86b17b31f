# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds the residual axis of an architecture that no family file describes.

The residual width is inferred from the shapes, and only axes that are beyond doubt are
used: that costs power, never honesty.
"""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from math import prod
from typing import Any

from audit.formats.tensors import TensorHeader
from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.model.order import NUMBER, first_difference, layer_numbers
from audit.weights.model.slots import Layout, Slot, undescribed, unreadable

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_OF_NORMS = re.compile(r"\w*norm|ln|bn|lnorm|layernorm\w*")
_ALONE = frozenset({"gamma", "beta"})
_WITH_NORM = frozenset({"weight", "bias", "scale", "offset", "gain", "w", "b", "g"})
_WIDTH_KEYS = ("hidden_size", "d_model", "n_embd", "dim", "embed_dim", "hidden_dim")


def is_norm(name: str) -> bool:
    """Whether a vector of this name is the gain or bias of a normalisation, in any spelling.

    >>> [is_norm(n) for n in ("a.LayerNorm.weight", "b/norm1/scale", "c/gamma:0", "x_ln_scale")]
    [True, True, True, True]
    >>> [is_norm(n) for n in ("q.bias", "weight_scale", "normal.kernel", "norm.running_mean")]
    [False, False, False, False]
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words:
        return False
    *_, last = words
    joined = {a + b for a, b in pairwise(words)}
    told = any(_OF_NORMS.fullmatch(word) for word in [*words, *joined])
    return last in _ALONE or (told and last in _WITH_NORM)


def by_shape(tensors: tuple[TensorHeader, ...], config: dict[str, Any]) -> Layout:
    """Describe a checkpoint of an unknown architecture; ``config`` may be empty."""
    tensors = tuple(map(_flat, tensors))
    width = _infer_width(tensors, config)
    if width is None:
        return undescribed("unknown", Said("no residual width could be inferred from the shapes"))
    shared = first_difference(tensors)
    roles = _inferred_roles(tensors)
    layers = layer_numbers({tensor.name: tensor for tensor in tensors})
    slots, unused = [], {}
    for tensor in tensors:
        slot = _shape_slot(tensor, width, shared, roles[tensor.name], layers[tensor.name])
        if isinstance(slot, Slot):
            slots.append(slot)
        else:
            unused[tensor.name] = slot.reason
    return Layout(
        family="unknown (residual axis inferred from the shapes)",
        inferred=True,
        width=width,
        slots=tuple(slots),
        unused=unused,
        parameters=0,
    )


def _flat(tensor: TensorHeader) -> TensorHeader:
    """Take a gain stored as a row or a column for a vector, a kernel of one place for a matrix."""
    odd = tensor.transposed or tensor.order or tensor.coded
    sizes = tuple(n for n in tensor.shape if n != 1)
    wanted = 1 if is_norm(tensor.name) else 2
    if odd or tensor.stored is None or not wanted == len(sizes) < len(tensor.shape):
        return tensor
    return replace(tensor, shape=sizes, stored=replace(tensor.stored, shape=sizes))


def _infer_width(tensors: tuple[TensorHeader, ...], config: dict[str, Any]) -> int | None:
    """Return the length of the normalisation vectors, which every residual network repeats.

    Two lengths that stand equally often are two streams; that of the larger matrices comes first.
    """
    lengths = Counter(t.shape[0] for t in tensors if len(t.shape) == 1 and is_norm(t.name))
    sides = Counter(size for t in tensors if len(t.shape) == 2 for size in set(t.shape))
    declared = [config[k] for k in _WIDTH_KEYS if isinstance(config.get(k), int)]
    for width in declared:
        if sides[width] >= 2 and lengths[width] >= 1:
            return int(width)
    held: Counter[int] = Counter()
    for tensor in tensors:
        if len(tensor.shape) == 2:
            held.update(dict.fromkeys(set(tensor.shape), prod(tensor.shape)))
    repeated = max(((n, held[size], size) for size, n in lengths.items() if n >= 2), default=None)
    return repeated[2] if repeated and sides[repeated[2]] >= 2 else None


def _inferred_roles(tensors: tuple[TensorHeader, ...]) -> dict[str, str]:
    """Name each tensor's role by the end of its name, numbers as ``*``.

    Wrappers add and drop leading segments, so only what follows the list of layers is
    kept (the last two segments outside layers), unless two kinds of tensor then collide.
    """
    whole = {t.name: NUMBER.sub("*", t.name) for t in tensors}
    short = {name: after_layers(template) for name, template in whole.items()}
    kinds = defaultdict(set)
    for name, ending in short.items():
        kinds[ending].add(whole[name])
    return {n: end if len(kinds[end]) == 1 else whole[n] for n, end in short.items()}


def after_layers(template: str) -> str:
    """Return what follows the list of layers (the last two segments outside layers)."""
    segments = template.split(".")
    first = segments.index("*") if "*" in segments else len(segments) - 1
    return ".".join(segments[max(0, first - 1) :])


def _shape_slot(
    tensor: TensorHeader, width: int, shared: int, role: str, layer: int | None
) -> Slot | Absent:
    reason = unreadable(tensor)
    if reason is not None:
        return Absent(reason)
    axes = [axis for axis, size in enumerate(tensor.shape) if size == width]
    if len(tensor.shape) not in (1, 2) or not axes:
        return Absent(Said("no axis is {width} wide", width=width))
    if len(axes) == 2:
        return Absent(Said("both axes have the residual width, so the axis is ambiguous"))
    if len(tensor.shape) == 1 and not is_norm(tensor.name):
        return Absent(Said("a vector that may not lie on the residual axis"))
    numbers = [int(n) for n in NUMBER.findall(tensor.name)]
    return Slot(
        header=tensor,
        role=role,
        component=tensor.name.split(".")[shared],
        layer=layer,
        expert=numbers[1] if len(numbers) > 1 else None,
        hidden_axis=axes[0],
    )
