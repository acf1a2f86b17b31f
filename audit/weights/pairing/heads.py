# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads attention layers as sets of heads, for the test that lets the basis move."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.folding import Folding, leading_directions
from audit.weights.model.slots import Layout, Slot
from audit.weights.pairing.pairs import LayerMap, layer_maps, pair_up, spread_evenly

if TYPE_CHECKING:
    from torch import Tensor

MAX_LAYERS = 6
MAX_HEADS = 64
"""More heads are not read: their products would take too much memory."""
MIN_WIDTH = 16
WIDTH = 192
"""Leading dimensions of the residual stream in which heads are compared."""
_SAMPLED = 256
"""Rows of every matrix from which the leading dimensions are taken."""
_ROLES = ("attn.q", "attn.k", "attn.v", "attn.o")

Layer = dict[str, Slot]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuits:
    """The heads of one attention layer, as what they do to the residual stream.

    ``kinds`` holds one tensor per kind of product (query-key, value-output), each of shape
    (heads, width, width), every head at unit Frobenius norm; ``sizes`` are the norms.
    """

    kinds: tuple[Tensor, ...]
    sizes: tuple[Tensor, ...]

    @classmethod
    def of(cls, *products: Tensor) -> Circuits:
        """Bring the products of every head to unit size."""
        sizes = tuple(p.flatten(1).norm(dim=1) for p in products)
        kinds = (
            p / s.clamp_min(1e-12)[:, None, None] for p, s in zip(products, sizes, strict=True)
        )
        return cls(kinds=tuple(kinds), sizes=sizes)


def read_circuits(
    layouts: tuple[Layout, Layout], checkpoints: tuple[Checkpoint, Checkpoint]
) -> tuple[list[dict[int, Circuits]], list[list[tuple[int, int]]]] | Absent:
    """Read the heads of both models, and which of their layers correspond under each layer map."""
    sides = [_layers(layout) for layout in layouts]
    if not all(sides):
        return Absent(Said("no attention layers with whole heads are known by role in both models"))
    if min(_width(side) for side in sides) < MIN_WIDTH:
        return Absent(
            Said("attention heads are matched from {least} residual dimensions on", least=MIN_WIDTH)
        )
    tries = [_pairs(layouts, sides, which) for which in layer_maps(*layouts)]
    width = min(WIDTH, *(_width(side) for side in sides))
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
    """Layers that correspond under the map, some of them, spread over the depth."""
    pairs: dict[int, int] = {}
    for pair in pair_up(*layouts, which):
        own, other = pair.suspect.layer, pair.reference.layer
        if pair.role == "attn.q" and own in sides[0] and other in sides[1]:
            pairs[own] = other
    return [(i, pairs[i]) for i in sorted(spread_evenly(set(pairs), MAX_LAYERS))]


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
