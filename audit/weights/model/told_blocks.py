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
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from audit.formats.tensors import TensorHeader
from audit.weights.model.order import NUMBER, first_difference, layer_numbers
from audit.weights.model.slots import Layout, Slot, unreadable

_WEIGHT = re.compile(r"[._/]?(weight|kernel|w)(:0)?$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+")
_FUSED = frozenset({"qkv", "in_proj", "inproj", "c_attn"})
_PARTS = {
    "attn.kv": frozenset({"kv"}),
    "attn.q": frozenset({"q", "query", "wq"}),
    "attn.k": frozenset({"k", "key", "wk"}),
    "attn.v": frozenset({"v", "value", "wv"}),
    "attn.o": frozenset({"o", "out", "output", "proj", "dense", "wo"}),
}
"""Words of libraries; what tells a part before others comes first."""
_HEADS = re.compile(r"(?i)(num_attention_heads|n_?heads?|num_heads|attention_heads|encoder_heads)$")
_READS = frozenset({"wi", "up", "in", "fc1", "w1", "w_1", "lin1", "linear1", "dense1", "fc"})
"""Words by which a feed-forward layer without biases calls the matrix that reads the stream."""
_LEVELS = 12
"""Modules inside modules that are looked into."""
_SEGMENT = re.compile(r"[./]")
_DEPTH = 8
"""Objects inside objects of ``config.json`` in which a number of heads is looked for."""
_ATTENTION = ("attn.q", "attn.k", "attn.v", "attn.o")
_SPLIT = {"attn.qkv": _ATTENTION[:3], "attn.kv": _ATTENTION[1:3]}
"""Matrices that hold several, one after another."""
_WHOLE = (set(_ATTENTION), {"attn.qkv", "attn.o"}, {"attn.q", "attn.kv", "attn.o"})
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
    layers = _by_layer(slots)
    blocks = {layer: _feed_forwards(of_layer, tensors) for layer, of_layer in layers.items()}
    parts = [part for of_layer in blocks.values() for block in of_layer for part in block]
    reads = {s.hidden_axis for s in parts if s.neuron_rows}
    if len(reads) != 1:
        return slots
    first = 1 + max(layers, default=-1)
    free = [s for s in slots if s.header.name not in {part.header.name for part in parts}]
    free += _squares(tensors, width, *reads)
    heads = _heads(config)
    attentions = {
        layer: _attentions([s for s in of_layer if _part(s) is not None], width, heads)
        for layer, of_layer in _by_layer(free if "attention" in only else []).items()
    }
    if "feed-forward" not in only:
        blocks = {}
    found: dict[str, list[Slot]] = defaultdict(list)
    for slot in [*_placed(blocks, first), *_placed(attentions, first)]:
        found[slot.header.name].append(slot)
    known = {slot.header.name for slot in slots}
    more = [s for s in free if s.header.name not in known and s.header.name not in found]
    more += [part for name, parts in found.items() if name not in known for part in parts]
    return [part for s in slots for part in found.get(s.header.name, [s])] + more


def _placed(blocks: Mapping[int, list[list[Slot]]], first: int) -> list[Slot]:
    """Number blocks that are not the only ones of their layer as layers of their own.

    A decoder has two attentions in a layer, a conformer two feed-forward layers.
    """
    placed, following = [], first
    for _, of_layer in sorted(blocks.items()):
        for place, block in enumerate(of_layer):
            placed += [replace(s, layer=following) if place else s for s in block]
            following += place > 0
    return placed


def _by_layer(slots: list[Slot]) -> dict[int, list[Slot]]:
    layers: dict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        if slot.layer is not None and len(slot.shape) == 2 and slot.parameters:
            layers[slot.layer].append(slot)
    return layers


def _feed_forwards(layer: list[Slot], tensors: Mapping[str, TensorHeader]) -> list[list[Slot]]:
    """Feed-forward blocks of a layer, the largest first; those of experts together as one."""
    by_size: dict[int, list[Slot]] = defaultdict(list)
    for slot in layer:
        by_size[_units(slot)].append(slot)
    told = [
        block
        for n, some in by_size.items()
        for block in _by_module(some, partial(_block, neurons=n, tensors=tensors))
    ]
    told = told or _by_module(layer, _fused)
    experts = [block for block in told if _is_expert(block)]
    alone = [[replace(s, expert=None) for s in b] for b in told if not _is_expert(b)]
    numbers = {block[0].expert for block in experts}
    routed = [slot for block in experts for slot in block] if len(numbers) == len(experts) else []
    blocks = [*alone, routed] if routed else alone
    return sorted(blocks, key=lambda block: -sum(slot.parameters for slot in block))


def _is_expert(block: list[Slot]) -> bool:
    return all(slot.expert is not None and "expert" in slot.header.name.lower() for slot in block)


def _by_module(
    slots: list[Slot], told: Callable[[list[Slot]], list[Slot]], level: int = 0
) -> list[list[Slot]]:
    """Return the block that slots are, else those of the modules among them, by their names."""
    if block := told(slots):
        return [block]
    if level == _LEVELS or len(slots) < 2:
        return []
    paths = [_SEGMENT.split(slot.header.name)[:-1] for slot in slots]
    columns = enumerate(zip(*paths, strict=False))
    shared = next((n for n, of in columns if len(set(of)) > 1), min(map(len, paths)))
    inside: dict[str, list[Slot]] = defaultdict(list)
    for slot, path in zip(slots, paths, strict=True):
        if len(path) > shared:
            inside[path[shared]].append(slot)
    modules = [some for _, some in sorted(inside.items())]
    return [block for some in modules for block in _by_module(some, told, level + 1)]


def _block(slots: list[Slot], neurons: int, tensors: Mapping[str, TensorHeader]) -> list[Slot]:
    """Return readers and writer with their roles; none where that is not beyond doubt."""
    axes = [slot.hidden_axis for slot in slots]
    if len(slots) == len(_GATED_ROLES) and sum(axes) in (1, 2):
        reads = 1 if sum(axes) == 2 else 0
        readers = sorted((s for s in slots if s.hidden_axis == reads), key=_gate_first)
        writer = next(s for s in slots if s.hidden_axis != reads)
        ends = {(_bias(slot, tensors) or neurons) == neurons for slot in readers}
        if ends != {True}:
            return []
        return _with_roles([*readers, writer], _GATED_ROLES)
    if len(slots) == len(_NEURON_ROLES) and sum(axes) == 1:
        biases = [_bias(slot, tensors) for slot in slots]
        given = [size == neurons for size in biases]
        if biases == [None, None]:
            given = [bool(_words(slot) & _READS) for slot in slots]
        if sum(given) == 1:
            reader = given.index(True)
            return _with_roles([slots[reader], slots[1 - reader]], _NEURON_ROLES)
    return []


def _words(slot: Slot) -> set[str]:
    """Words of the last part of a name that is no number: of ``a.fc_in.weight`` fc and in."""
    stem = _WEIGHT.sub("", slot.header.name)
    parts = [part for part in _SEGMENT.split(stem) if not part.isdecimal()]
    return set(re.findall(r"[a-z]+\d*", parts[-1].lower())) if parts else set()


def _fused(slots: list[Slot]) -> list[Slot]:
    """Halves of a reader that holds a gate and its counterpart, and the writer; none in doubt."""
    of_attention = (*_ATTENTION[:3], "attn.qkv")
    by_size: dict[tuple[int, int], list[Slot]] = defaultdict(list)
    for slot in slots:
        by_size[_units(slot), slot.hidden_axis].append(slot)
    pairs = (
        (reader, writer)
        for (n, axis), writers in by_size.items()
        for writer in writers
        for reader in by_size.get((2 * n, 1 - axis), ())
        if _part(reader) not in of_attention or "in_proj" in reader.header.name
    )
    found = list(islice(pairs, 2))
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
    return next((role for role, ways in _PARTS.items() if words & ways), None)


def _squares(tensors: Mapping[str, TensorHeader], width: int, reads: int) -> list[Slot]:
    """Matrices whose two axes are as wide as the stream; which is which, their words say.

    Without such words either will do: they are tested as they stand, in no other basis.
    """
    shared = first_difference(tuple(tensors.values()))
    layers = layer_numbers(tensors)
    found = []
    for name, header in tensors.items():
        if header.shape != (width, width) or unreadable(header) is not None:
            continue
        slot = Slot(
            header=header,
            role=NUMBER.sub("*", name),
            component=name.split(".")[shared],
            layer=layers[name],
            expert=None,
            hidden_axis=reads,
        )
        part = _part(slot) if slot.layer is not None else None
        axis = 1 - reads if part == "attn.o" else reads
        component = "attention" if part is not None else slot.component
        found.append(replace(slot, hidden_axis=axis, component=component))
    return found


def _attentions(slots: list[Slot], width: int, heads: int | None) -> list[list[Slot]]:
    """Attentions of a layer, each whole; one that is not gives what is square as it stands."""
    told = _by_module(slots, lambda some: _attention(some, heads))
    names = {slot.header.name for block in told for slot in block}
    left = [s for s in slots if set(s.shape) == {width} and s.header.name not in names]
    return [[*told[0], *left], *told[1:]] if told else [left]


def _attention(slots: list[Slot], heads: int | None) -> list[Slot]:
    """Matrices of one attention with their roles; none where they are not one, and whole."""
    parts: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        parts[_part(slot) or ""].append(slot)
    if len(slots) > len(_ATTENTION):
        parts = _of_one_pattern(parts)
    one = {role: of_role[0] for role, of_role in parts.items() if len(of_role) == 1}
    if len(one) < len(parts) or set(one) not in _WHOLE:
        return []
    for fused, roles in _SPLIT.items():
        if fused in one:
            whole = one.pop(fused)
            size, rest = divmod(_units(whole), len(roles))
            if rest:
                return []
            for place, role in enumerate(roles):
                one[role] = replace(whole, rows=(place * size, (place + 1) * size))
    queries, values = (_units(one[role]) for role in ("attn.q", "attn.v"))
    whole_heads = heads is not None and queries % heads == 0 and values % (queries // heads) == 0
    groups = values * heads // queries if heads is not None and whole_heads else 1
    named = [replace(one[r], role=r, component="attention", expert=None) for r in _ATTENTION]
    return [replace(s, value_heads=groups) if s.role == "attn.v" else s for s in named]


def _of_one_pattern(parts: dict[str, list[Slot]]) -> dict[str, list[Slot]]:
    """Keep the queries, keys and values whose names differ by that word alone.

    ``relative_k_proj`` stands beside ``q_proj``, ``k_proj`` and ``v_proj``, which are an attention.
    """
    patterns: dict[str, dict[str, list[Slot]]] = defaultdict(lambda: defaultdict(list))
    for role in _ATTENTION[:3]:
        for slot in parts.get(role, []):
            words = _WORD.split(slot.header.name)
            said = _WORD.findall(slot.header.name)
            blank = ["*" if word.lower() in _PARTS[role] else word for word in said]
            pattern = "".join(a + b for a, b in zip(words, [*blank, ""], strict=True))
            patterns[pattern][role].append(slot)
    whole = [of for of in patterns.values() if [len(of[r]) for r in _ATTENTION[:3]] == [1, 1, 1]]
    return {**whole[0], "attn.o": parts.get("attn.o", [])} if len(whole) == 1 else parts


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
