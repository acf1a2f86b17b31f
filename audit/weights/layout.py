# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Gives every tensor of a checkpoint a role, a place and a residual axis.

With a family file the roles are exact. Without one the residual width is inferred from
the shapes, and only axes that are beyond doubt are used: that costs power, never honesty.
"""

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from pathlib import PurePosixPath
from typing import Any

from audit.inventory import Inventory, TensorHeader
from audit.weights.families import Family, load

FLOATS = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
"""Stored types whose values are weights; integers may be packed codes and are not compared."""

_NUMBER = re.compile(r"(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])")
_NORM = re.compile(
    r"(^|[._])(layer_?norm|rms_?norm|norm|ln)(_?\w{0,6})?\.(weight|bias|gamma|beta)$"
)
_WIDTH_KEYS = ("hidden_size", "d_model", "n_embd", "dim", "embed_dim", "hidden_dim")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One tensor with its meaning.

    ``hidden_axis`` is the index of the residual axis (0 or 1); ``value_heads`` is the
    number of value heads when rows are value dimensions that may be permuted inside a
    head, else ``None``; ``neuron_rows`` says that the other axis counts the neurons of
    one feed-forward layer.
    """

    header: TensorHeader
    role: str
    component: str
    layer: int | None
    expert: int | None
    hidden_axis: int
    value_heads: int | None = None
    neuron_rows: bool = False

    @property
    def parameters(self) -> int:
        """Number of elements."""
        return prod(self.header.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The checkpoint as the tests see it.

    ``width`` is the size of the residual stream, ``None`` with a ``problem`` when it
    could not be established. ``unused`` maps tensor names to the reason why they take
    no part. ``labelled_axis`` says why residual dimensions are distinguishable (fixed
    sinusoidal positions) or is ``None``.
    """

    family: str
    inferred: bool
    width: int | None
    slots: tuple[Slot, ...]
    unused: dict[str, str]
    parameters: int
    problem: str | None = None
    labelled_axis: str | None = None

    @property
    def layers(self) -> int:
        """Number of layers, counted by their indices."""
        return 1 + max((s.layer for s in self.slots if s.layer is not None), default=-1)

    @property
    def has_experts(self) -> bool:
        """Whether the feed-forward layers are split into experts."""
        return any(s.expert is not None for s in self.slots)


def describe(inventory: Inventory, *, infer: bool = False) -> Layout:
    """Map the tensors of a folder; ``infer`` skips the family files.

    Where several folders hold weights the one with the most parameters is the model.
    """
    tensors, extra = _main_model(inventory.tensors)
    config = json.loads(inventory.config) if inventory.config else {}
    total = sum(prod(t.shape) for t in inventory.tensors)
    if not tensors:
        return _nothing("none", "there are no safetensors weights in the folder", total)
    family = None if infer else _family(tensors, config)
    layout = _by_family(tensors, family, config) if family else _by_shape(tensors, config)
    unused = {**layout.unused, **extra}
    return Layout(
        family=layout.family,
        inferred=layout.inferred,
        width=layout.width,
        slots=layout.slots,
        unused=unused,
        parameters=total,
        problem=layout.problem,
        labelled_axis=_labelled_axis(config),
    )


def _nothing(family: str, problem: str, parameters: int) -> Layout:
    return Layout(
        family=family,
        inferred=True,
        width=None,
        slots=(),
        unused={},
        parameters=parameters,
        problem=problem,
    )


def _main_model(
    tensors: tuple[TensorHeader, ...],
) -> tuple[tuple[TensorHeader, ...], dict[str, str]]:
    sizes: Counter[str] = Counter()
    for tensor in tensors:
        sizes[_folder(tensor)] += prod(tensor.shape)
    if not sizes:
        return (), {}
    main = max(sorted(sizes), key=lambda folder: sizes[folder])
    extra = {
        f"{t.file}: {t.name}": "stands in another folder than the main model"
        for t in tensors
        if _folder(t) != main
    }
    return tuple(t for t in tensors if _folder(t) == main), extra


def _folder(tensor: TensorHeader) -> str:
    return PurePosixPath(tensor.file).parent.as_posix()


def _labelled_axis(config: dict[str, Any]) -> str | None:
    for key, value in sorted(config.items()):
        declared = "sinus" in key.lower() and value is True
        named = isinstance(value, str) and "sinus" in value.lower()
        if declared or named:
            return f"config.json declares sinusoidal positions ({key})"
    return None


def _family(tensors: tuple[TensorHeader, ...], config: dict[str, Any]) -> Family | None:
    """Choose the family that ``model_type`` names, else the one that explains every tensor."""
    names = [t.name for t in tensors]
    fitting = [f for f in load() if f.prefix(names) is not None]
    for family in fitting:
        if config.get("model_type") in family.model_types:
            return family
    for family in fitting:
        prefix = family.prefix(names) or ""
        if all(family.match(n, prefix) or family.is_buffer(n, prefix) for n in names):
            return family
    return None


def _by_family(tensors: tuple[TensorHeader, ...], family: Family, config: dict[str, Any]) -> Layout:
    prefix = family.prefix(t.name for t in tensors) or ""
    by_name = {t.name: t for t in tensors}
    anchor = family.match(prefix + family.anchor, prefix)
    shape = by_name[prefix + family.anchor].shape
    if anchor is None or len(shape) != len(anchor.rule.axes):
        return _nothing(family.family, "the embedding table has an unexpected shape", 0)
    width = shape[anchor.rule.axes.index("hidden")]
    slots, unused = [], {}
    for tensor in tensors:
        slot = _family_slot(tensor, family, prefix, width, config)
        if isinstance(slot, Slot):
            slots.append(slot)
        else:
            unused[tensor.name] = slot
    return Layout(
        family=family.family,
        inferred=False,
        width=width,
        slots=tuple(slots),
        unused=unused,
        parameters=0,
    )


def _family_slot(
    tensor: TensorHeader, family: Family, prefix: str, width: int, config: dict[str, Any]
) -> Slot | str:
    match = family.match(tensor.name, prefix)
    if match is None:
        fixed = family.is_buffer(tensor.name, prefix)
        return "a fixed table" if fixed else f"not explained by the family file {family.family}"
    axes = match.rule.axes
    if tensor.dtype not in FLOATS:
        return f"stored as {tensor.dtype}: integers may be packed codes"
    if len(tensor.shape) != len(axes):
        return f"has {len(tensor.shape)} axes, the family file says {len(axes)}"
    if "hidden" not in axes:
        return "has no residual axis"
    hidden_axis = axes.index("hidden")
    if tensor.shape[hidden_axis] != width:
        return f"its residual axis is {tensor.shape[hidden_axis]} wide, not {width}"
    return Slot(
        header=tensor,
        role=match.rule.role,
        component=match.rule.component,
        layer=match.layer,
        expert=match.expert,
        hidden_axis=hidden_axis,
        value_heads=_value_heads(family, config) if axes[0] == "value" else None,
        neuron_rows=axes[0] == "inter" and hidden_axis == 1,
    )


def _value_heads(family: Family, config: dict[str, Any]) -> int | None:
    keys = [family.heads.value] if isinstance(family.heads.value, str) else family.heads.value
    counts = [config[key] for key in keys if isinstance(config.get(key), int)]
    return counts[0] if counts and counts[0] > 0 else None


def _by_shape(tensors: tuple[TensorHeader, ...], config: dict[str, Any]) -> Layout:
    width = _infer_width(tensors, config)
    if width is None:
        return _nothing("unknown", "no residual width could be inferred from the shapes", 0)
    shared = _first_difference(tensors)
    roles = _inferred_roles(tensors)
    slots, unused = [], {}
    for tensor in tensors:
        slot = _shape_slot(tensor, width, shared, roles[tensor.name])
        if isinstance(slot, Slot):
            slots.append(slot)
        else:
            unused[tensor.name] = slot
    return Layout(
        family="unknown (residual axis inferred from the shapes)",
        inferred=True,
        width=width,
        slots=tuple(slots),
        unused=unused,
        parameters=0,
    )


def _infer_width(tensors: tuple[TensorHeader, ...], config: dict[str, Any]) -> int | None:
    """Return the length of the normalisation vectors, which every residual network repeats."""
    lengths = Counter(t.shape[0] for t in tensors if len(t.shape) == 1 and _NORM.search(t.name))
    sides = Counter(size for t in tensors if len(t.shape) == 2 for size in set(t.shape))
    declared = [config[k] for k in _WIDTH_KEYS if isinstance(config.get(k), int)]
    for width in declared:
        if sides[width] >= 2 and lengths[width] >= 1:
            return int(width)
    repeated = sorted(((n, size) for size, n in lengths.items() if n >= 2), reverse=True)
    distinct = len({n for n, _ in repeated[:2]}) == min(2, len(repeated))
    if repeated and distinct and sides[repeated[0][1]] >= 2:
        return repeated[0][1]
    return None


def _first_difference(tensors: tuple[TensorHeader, ...]) -> int:
    """How many leading name segments all tensors share."""
    names = [t.name.split(".") for t in tensors]
    shared = 0
    while all(len(n) > shared + 1 for n in names) and all(
        a[shared] == b[shared] for a, b in pairwise(names)
    ):
        shared += 1
    return shared


def _inferred_roles(tensors: tuple[TensorHeader, ...]) -> dict[str, str]:
    """Name each tensor's role by the end of its name, numbers as ``*``.

    Wrappers add and drop leading segments, so only what follows the list of layers is
    kept (the last two segments outside layers), unless two kinds of tensor then collide.
    """
    whole = {t.name: _NUMBER.sub("*", t.name) for t in tensors}
    short = {name: _ending(template) for name, template in whole.items()}
    kinds = defaultdict(set)
    for name, ending in short.items():
        kinds[ending].add(whole[name])
    return {n: end if len(kinds[end]) == 1 else whole[n] for n, end in short.items()}


def _ending(template: str) -> str:
    segments = template.split(".")
    first = segments.index("*") if "*" in segments else len(segments) - 1
    return ".".join(segments[max(0, first - 1) :])


def _shape_slot(tensor: TensorHeader, width: int, shared: int, role: str) -> Slot | str:
    if tensor.dtype not in FLOATS:
        return f"stored as {tensor.dtype}: integers may be packed codes"
    axes = [axis for axis, size in enumerate(tensor.shape) if size == width]
    if len(tensor.shape) not in (1, 2) or not axes:
        return f"no axis is {width} wide"
    if len(axes) == 2:
        return "both axes have the residual width, so the axis is ambiguous"
    if len(tensor.shape) == 1 and not _NORM.search(tensor.name):
        return "a vector that may not lie on the residual axis"
    numbers = [int(n) for n in _NUMBER.findall(tensor.name)]
    return Slot(
        header=tensor,
        role=role,
        component=tensor.name.split(".")[shared],
        layer=numbers[0] if numbers else None,
        expert=numbers[1] if len(numbers) > 1 else None,
        hidden_axis=axes[0],
    )


def unused_summary(layout: Layout) -> tuple[str, ...]:
    """Say which tensors took no part, grouped by reason, most frequent first."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for name, reason in layout.unused.items():
        by_reason[reason].append(name)
    ordered = sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        f"{len(names)} tensor{'s' if len(names) > 1 else ''} not tested ({reason}), "
        f"for example {sorted(names)[0]}"
        for reason, names in ordered
    )
