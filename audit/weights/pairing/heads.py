# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads attention layers as sets of heads, for the test that lets the basis move."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.folding import Folding, leading_directions
from audit.weights.model.slots import Layout, Slot
from audit.weights.pairing.pairs import LayerMap, drawn, layer_maps, pair_up, spread_evenly
from audit.weights.pairing.planting import Circuits

if TYPE_CHECKING:
    from torch import Tensor

MAX_LAYERS = 6
"""Layers that are read of the largest models, as they are drawn."""
MAX_VALUES = 1 << 25
"""Of the products of one kind, up to which more layers are read."""
MAX_HEADS = 64
"""More heads are not read: their products would take too much memory."""
MIN_WIDTH = 16
WIDTH = 192
"""Leading dimensions of the residual stream in which heads are compared."""
_SAMPLED = 256
"""Rows of every matrix from which the leading dimensions are taken."""
_ROLES = ("attn.q", "attn.k", "attn.v", "attn.o")

Layer = dict[str, Slot]


def read_circuits(
    layouts: tuple[Layout, Layout], checkpoints: tuple[Checkpoint, Checkpoint], seed: int
) -> tuple[list[dict[int, Circuits]], list[list[tuple[int, int]]]] | Absent:
    """Read the heads of both models, and which of their layers correspond under each layer map."""
    sides = [_layers(layout) for layout in layouts]
    if not all(sides):
        return Absent(Said("no attention layers with whole heads are known by role in both models"))
    if min(_width(side) for side in sides) < MIN_WIDTH:
        return Absent(
            Said("attention heads are matched from {least} residual dimensions on", least=MIN_WIDTH)
        )
    width = min(WIDTH, *(_width(side) for side in sides))
    most = max(MAX_LAYERS, MAX_VALUES // (max(map(_heads, sides)) * width**2))
    tries = [drawn_pairs(_pairs(layouts, sides, one), most, seed) for one in layer_maps(*layouts)]
    models = []
    for at, (layout, checkpoint) in enumerate(zip(layouts, checkpoints, strict=True)):
        wanted = {pair[at] for pairs in tries for pair in pairs}
        reader = _Reader(Folding(layout, checkpoint), sides[at], width)
        models.append({layer: reader.circuits(layer) for layer in sorted(wanted)})
    return models, tries


def _layers(layout: Layout) -> dict[int, Layer]:
    """Layers of which all four matrices are known, and divide into heads of one size."""
    found: dict[int, Layer] = defaultdict(dict)
    for slot in layout.slots:
        if slot.role in _ROLES and slot.layer is not None and len(slot.shape) == 2:
            found[slot.layer][slot.role] = slot
    return {layer: slots for layer, slots in sorted(found.items()) if _has_heads(slots)}


def _has_heads(layer: Layer) -> bool:
    if set(layer) != set(_ROLES):
        return False
    groups = layer["attn.v"].value_heads
    q, k, v, o = (units(layer[role]) for role in _ROLES)
    whole = bool(groups) and k == v and q == o and not v % (groups or 1) and not q % v
    return whole and q * (groups or 1) <= MAX_HEADS * v


def _width(side: dict[int, Layer]) -> int:
    slot = next(iter(side.values()))["attn.q"]
    return slot.shape[slot.hidden_axis]


def _pairs(
    layouts: tuple[Layout, Layout], sides: list[dict[int, Layer]], which: LayerMap
) -> list[tuple[int, int]]:
    """Layers that correspond under the map."""
    pairs: dict[int, int] = {}
    for pair in pair_up(*layouts, which):
        own, other = pair.suspect.layer, pair.reference.layer
        if pair.role == "attn.q" and own in sides[0] and other in sides[1]:
            pairs[own] = other
    return sorted(pairs.items())


def drawn_pairs(pairs: list[tuple[int, int]], most: int, seed: int) -> list[tuple[int, int]]:
    """Some of the pairs, where there are more."""
    kept = drawn({own for own, _ in pairs}, most, seed)
    return [pair for pair in pairs if pair[0] in kept]


def _heads(side: dict[int, Layer]) -> int:
    """Query heads of a layer."""
    layer = next(iter(side.values()))
    size = units(layer["attn.v"]) // (layer["attn.v"].value_heads or 1)
    return units(layer["attn.q"]) // size


class _Reader:
    """Reads the heads of one model in the leading dimensions of what they read and write."""

    def __init__(self, folding: Folding, layers: dict[int, Layer], width: int) -> None:
        self._folding = folding
        self._layers = layers
        self._basis = self._leading(width) if width < _width(layers) else None

    def circuits(self, layer: int) -> Circuits:
        """Query-key and value-output products of every head of a layer."""
        slots = self._layers[layer]
        groups = slots["attn.v"].value_heads or 1
        q, k, v, o = (self._rows(slots[role], units(slots[role])) for role in _ROLES)
        size = v.shape[0] // groups
        q, k, v, o = (m.reshape(-1, size, m.shape[1]) for m in (q, k, v, o))
        k, v = (m.repeat_interleave(len(q) // groups, 0) for m in (k, v))
        return Circuits.of(q.transpose(1, 2) @ k, o.transpose(1, 2) @ v)

    def _rows(self, slot: Slot, count: int) -> Tensor:
        rows = self._folding.rows(slot, 0, count)
        return rows if self._basis is None else rows @ self._basis

    def _leading(self, width: int) -> Tensor:
        """Leading directions of rows of every matrix, spread over the depth."""
        import torch

        some = spread_evenly(set(self._layers), MAX_LAYERS)
        rows = [
            self._folding.rows(slot, 0, _SAMPLED)
            for layer in sorted(some)
            for slot in self._layers[layer].values()
        ]
        units_ = [r / r.norm(dim=1, keepdim=True).clamp_min(1e-12) for r in rows]
        return leading_directions(torch.cat(units_), width)
