# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Tells the blocks of a transformer that no family file describes.

A feed-forward block is two or three matrices of one layer that share an axis of neurons beside
the residual one: shapes tell it, whatever the names. Which of two reads the stream is told by
the bias that has one value per neuron, of three by what two of them have in common. Attention is
told by the words that libraries use for queries, keys, values and outputs; an axis as wide as
the stream then has a side.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from audit.formats.tensors import TensorHeader
from audit.weights.model.slots import NUMBER, Layout, Slot, unreadable

_WEIGHT = re.compile(r"[._/]?(weight|kernel|w)(:0)?$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+")
_FUSED = frozenset({"qkv", "in_proj", "inproj", "query_key_value", "c_attn"})
_QUERY, _KEY, _VALUE = frozenset({"q", "query"}), frozenset({"k", "key"}), frozenset({"v", "value"})
_OUT = frozenset({"o", "out", "output", "proj", "dense"})
_HEADS = re.compile(r"(?i)(num_attention_heads|n_?heads?|num_heads|attention_heads|encoder_heads)$")
_DEPTH = 8
"""Objects inside objects of ``config.json`` in which a number of heads is looked for."""
_ATTENTION = ("attn.q", "attn.k", "attn.v", "attn.o")
_NEURON_ROLES = ("mlp.up", "mlp.down")
_GATED_ROLES = ("mlp.gate", "mlp.up", "mlp.down")
_TOLD = frozenset({*_ATTENTION, *_GATED_ROLES})


PARTS = frozenset({"attention", "feed-forward"})


def told_parts(layout: Layout) -> frozenset[str]:
    """Parts of the layers that have roles; where one model lacks one, names alone pair both."""
    return PARTS & {slot.component for slot in layout.slots if slot.role in _TOLD}


def with_blocks(
    layout: Layout,
    tensors: tuple[TensorHeader, ...],
    config: dict[str, Any],
    only: frozenset[str],
) -> Layout:
    """Give the slots of the parts in ``only`` their roles in layers; add square matrices.

    Slots whose block is not beyond doubt keep the role that their name gave them.
    """
    if layout.width is None or not only:
        return layout
    headers = {tensor.name: tensor for tensor in tensors}
    slots = _told(list(layout.slots), headers, layout.width, config, only)
    used = {slot.header.name for slot in slots}
    unused = {name: why for name, why in layout.unused.items() if name not in used}
    return replace(layout, slots=tuple(slots), unused=unused)


def _told(
    slots: list[Slot],
    tensors: Mapping[str, TensorHeader],
    width: int,
    config: dict[str, Any],
    only: frozenset[str],
) -> list[Slot]:
    found: dict[str, list[Slot]] = defaultdict(list)
    for of_layer in _by_layer(slots).values():
        for slot in _blocks(of_layer, tensors):
            found[slot.header.name].append(slot)
    reads = {s.hidden_axis for parts in found.values() for s in parts if s.neuron_rows}
    if len(reads) != 1:
        return slots
    free = [s for s in slots if s.header.name not in found]
    free += _squares(tensors, width, *reads)
    heads = _heads(config)
    for of_layer in _by_layer(free if "attention" in only else []).values():
        found.update(_attention([s for s in of_layer if _part(s) is not None], width, heads))
    if "feed-forward" not in only:
        found = {n: ps for n, ps in found.items() if ps[0].component != "feed-forward"}
    known = {slot.header.name for slot in slots}
    more = [part for name, parts in found.items() if name not in known for part in parts]
    return [part for s in slots for part in found.get(s.header.name, [s])] + more


def _by_layer(slots: list[Slot]) -> dict[int, list[Slot]]:
    layers: dict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        if slot.layer is not None and len(slot.shape) == 2 and slot.parameters:
            layers[slot.layer].append(slot)
    return layers


def _blocks(layer: list[Slot], tensors: Mapping[str, TensorHeader]) -> list[Slot]:
    """Slots of a layer's feed-forward block, or of one to an expert; of several none is told."""
    by_size: dict[int, list[Slot]] = defaultdict(list)
    for slot in layer:
        by_size[_units(slot)].append(slot)
    whole = [block for n, some in by_size.items() if (block := _block(some, n, tensors))]
    if whole:
        return [replace(slot, expert=None) for slot in whole[0]] if len(whole) == 1 else []
    if fused := _fused(layer):
        return [replace(slot, expert=None) for slot in fused]
    by_expert: dict[tuple[int, int | None], list[Slot]] = defaultdict(list)
    for slot in layer:
        by_expert[_units(slot), slot.expert].append(slot)
    blocks = [block for (n, _), some in by_expert.items() if (block := _block(some, n, tensors))]
    of_experts: dict[int | None, list[Slot]] = defaultdict(list)
    for slot in layer:
        of_experts[slot.expert].append(slot)
    blocks += [block for some in of_experts.values() if (block := _fused(some))]
    experts = {block[0].expert for block in blocks}
    return [slot for block in blocks for slot in block] if len(experts) == len(blocks) else []


def _block(slots: list[Slot], neurons: int, tensors: Mapping[str, TensorHeader]) -> list[Slot]:
    """Return readers and writer with their roles; none where that is not beyond doubt."""
    axes = [slot.hidden_axis for slot in slots]
    if len(slots) == len(_GATED_ROLES) and sum(axes) in (1, 2):
        reads = 1 if sum(axes) == 2 else 0
        readers = sorted((s for s in slots if s.hidden_axis == reads), key=_gate_first)
        writer = next(s for s in slots if s.hidden_axis != reads)
        return _with_roles([*readers, writer], _GATED_ROLES)
    if len(slots) == len(_NEURON_ROLES) and sum(axes) == 1:
        biases = [_bias(slot, tensors) for slot in slots]
        given = [size == neurons for size in biases]
        if sum(given) == 1:
            reader = given.index(True)
            return _with_roles([slots[reader], slots[1 - reader]], _NEURON_ROLES)
    return []


def _fused(slots: list[Slot]) -> list[Slot]:
    """Halves of a reader that holds a gate and its counterpart, and the writer; none in doubt."""
    of_attention = (*_ATTENTION[:3], "attn.qkv")
    found = [
        (reader, writer)
        for reader in slots
        for writer in slots
        if _units(reader) == 2 * _units(writer)
        and reader.hidden_axis != writer.hidden_axis
        and _part(reader) not in of_attention
    ]
    if len(found) != 1:
        return []
    (reader, writer) = found[0]
    n = _units(writer)
    first, second = (replace(reader, rows=(i * n, (i + 1) * n)) for i in (0, 1))
    words = [word.lower() for word in _WORD.findall(reader.header.name)]
    if "up" in words and words.index("up") < [*words, "gate"].index("gate"):
        first, second = second, first
    return _with_roles([first, second, writer], _GATED_ROLES)


def _gate_first(slot: Slot) -> tuple[bool, str]:
    words = {word.lower() for word in _WORD.findall(slot.header.name)}
    return not words & {"gate", "glu"}, slot.header.name


def _bias(slot: Slot, tensors: Mapping[str, TensorHeader]) -> int | None:
    """Length of the bias that stands beside a matrix, by name."""
    stem = _WEIGHT.sub("", slot.header.name)
    for ending in (".bias", "_bias", "/bias", "/bias:0", "/b", ".b"):
        bias = tensors.get(stem + ending)
        if bias is not None and len(bias.shape) == 1:
            return bias.shape[0]
    return None


def _with_roles(slots: list[Slot], roles: tuple[str, ...]) -> list[Slot]:
    return [
        replace(slot, role=role, component="feed-forward", neuron_rows=role != "mlp.down")
        for slot, role in zip(slots, roles, strict=True)
    ]


def _part(slot: Slot) -> str | None:
    """Role in attention that the words of a name tell; ``attn.qkv`` of one that holds three."""
    name = slot.header.name.lower()
    words = set(_WORD.findall(name.replace("_proj", "")))
    if any(re.search(rf"(^|[^a-z]){fused}([^a-z]|$)", name) for fused in _FUSED):
        return "attn.qkv"
    for role, ways in (("attn.q", _QUERY), ("attn.k", _KEY), ("attn.v", _VALUE), ("attn.o", _OUT)):
        if words & ways:
            return role
    return None


def _squares(tensors: Mapping[str, TensorHeader], width: int, reads: int) -> list[Slot]:
    """Matrices whose two axes are as wide as the stream, in layers, by what their words say."""
    found = []
    for name, header in tensors.items():
        if header.shape != (width, width) or unreadable(header) is not None:
            continue
        numbers = [int(n) for n in NUMBER.findall(name)]
        if not numbers:
            continue
        slot = Slot(
            header=header,
            role=NUMBER.sub("*", name),
            component="attention",
            layer=numbers[0],
            expert=None,
            hidden_axis=reads,
        )
        part = _part(slot)
        if part is not None:
            axis = 1 - reads if part == "attn.o" else reads
            found.append(replace(slot, hidden_axis=axis))
    return found


def _attention(slots: list[Slot], width: int, heads: int | None) -> dict[str, list[Slot]]:
    """Return the matrices of a layer by name, with roles where it has one attention and no more."""
    parts: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        parts[_part(slot) or ""].append(slot)
    one = {role: of_role[0] for role, of_role in parts.items() if len(of_role) == 1}
    if len(one) < len(parts) or set(one) not in ({"attn.qkv", "attn.o"}, set(_ATTENTION)):
        return {s.header.name: [s] for s in slots if set(s.shape) == {width}}
    if "attn.qkv" in one:
        whole = one.pop("attn.qkv")
        size, rest = divmod(whole.shape[1 - whole.hidden_axis], 3)
        if rest:
            return {}
        thirds = [
            replace(whole, role=role, rows=(place * size, (place + 1) * size))
            for place, role in enumerate(_ATTENTION[:3])
        ]
        one.update({slot.role: slot for slot in thirds})
    queries, values = (_units(one[role]) for role in ("attn.q", "attn.v"))
    whole_heads = heads is not None and queries % heads == 0 and values % (queries // heads) == 0
    groups = values * heads // queries if heads is not None and whole_heads else 1
    found: dict[str, list[Slot]] = defaultdict(list)
    for role in _ATTENTION:
        slot = replace(one[role], role=role, component="attention", expert=None)
        slot = replace(slot, value_heads=groups) if role == "attn.v" else slot
        found[slot.header.name].append(slot)
    return found


def _units(slot: Slot) -> int:
    return slot.shape[1 - slot.hidden_axis]


def _heads(config: dict[str, Any]) -> int | None:
    """Look for the number of heads in ``config.json``, in inner objects after outer ones."""
    level: list[Any] = [config]
    for _ in range(_DEPTH):
        for values in level:
            for key, value in sorted(values.items()):
                if _HEADS.search(key) and type(value) is int and value > 0:
                    return value
        level = [v for values in level for v in values.values() if isinstance(v, dict)]
    return None
