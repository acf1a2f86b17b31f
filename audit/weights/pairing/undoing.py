# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Applies a map of the residual dimensions, and tests the layers where the map was not made.

The map comes from tables outside the layers. What is exchangeable inside the layers (neurons,
value dimensions, heads, experts) then has an exact null whatever the map is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.slots import Slot
from audit.weights.nulls.permutation import permutation_moments
from audit.weights.pairing.pairs import Block, Pair, Pairing, read, sampled, spread_evenly
from audit.weights.pairing.tables import is_beyond_noise, is_confident
from audit.weights.statistics import shared_start
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement
from audit.weights.statistics.monotone_matching import MonotoneMatch, monotone_matching
from audit.weights.statistics.neuron_order import LayerNeurons, NeuronOrder, neuron_order
from audit.weights.statistics.undone_experts import ExpertUnits, neuron_gram, undone_experts
from audit.weights.statistics.undone_heads import HeadRows, undone_heads
from audit.weights.statistics.undone_permutation import (
    UndoneAgreement,
    undo,
    undone_permutation,
    unit,
)

if TYPE_CHECKING:
    from torch import Tensor

MAX_LAYERS = 4
"""Layers of which whole matrices are read, for heads, experts and pruned neurons."""
MOST_ROWS = 8192
MOST_SUSPECT_ROWS = 512
MAX_GRAM_WIDTH = 128
_IN_PLACE_Z = 6.0
_NEURONS = ("mlp.gate", "mlp.up")
_HEADS = ("attn.q", "attn.k", "attn.v", "attn.o")


@dataclass(slots=True, kw_only=True)
class Undone:
    """What the layers say once the map is applied.

    ``source`` is the role of the tables that gave the map of ``agreement``, ``confident``
    whether they match well; ``rows`` has one result per
    component; ``containment`` is that of ``shared_start``, on rows that agree in place or,
    where they do not, on matched rows.
    """

    source: str
    agreement: EmbeddingAgreement
    confident: bool
    rows: dict[str, UndoneAgreement | str] = field(default_factory=dict)
    heads: UndoneAgreement | str = "no attention heads are known in both models"
    experts: UndoneAgreement | str | None = None
    order: NeuronOrder | str | None = None
    containment: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def in_order(self) -> bool:
        """Whether the map only left dimensions out."""
        return self.agreement.in_order


def measure_undone(pairing: Pairing, agreement: EmbeddingAgreement, source: str) -> Undone:
    """Apply the map of ``agreement``, which was made on tables of role ``source``.

    Whole layers are read only where the tables match beyond chance.
    """
    found = agreement.column_map
    confident = is_confident(agreement)
    out = Undone(source=source, agreement=agreement, confident=confident)
    chosen = [p for p in sampled(pairing.pairs) if not p.is_vector and _has_rows(p.suspect)]
    for component, group in groupby(chosen, key=lambda p: p.component):
        pairs = list(group)
        blocks = (_block(p, pairing) for p in pairs)
        out.rows[component] = undone_permutation(_noted(blocks, found, out), found)
    if not is_beyond_noise(agreement):
        out.heads = "the tables outside the layers do not match beyond chance"
        return out
    out.heads = undone_heads(_heads(pairing, found))
    if all(layout.has_experts for layout in pairing.layouts):
        out.experts = undone_experts(_experts(pairing, found, with_router=source != "router"))
    if any(units(p.suspect) != units(p.reference) for p in chosen if p.suspect.neuron_rows):
        out.order = neuron_order(_neurons(pairing, found))
    return out


def _has_rows(slot: Slot) -> bool:
    return slot.neuron_rows or slot.value_heads is not None


def _block(pair: Pair, pairing: Pairing) -> Block:
    return read(pair, *pairing.checkpoints)


def _noted(blocks: Iterator[Block], found: MonotoneMatch, out: Undone) -> Iterator[Block]:
    """Pass blocks on, noting how much of one model each contains of the other."""
    for block in blocks:
        if block.suspect.shape[0] < shared_start.MIN_ROWS:
            yield block
            continue
        x, y = undo(block.suspect, block.reference, found)
        scores = unit(x) @ unit(y).T
        if permutation_moments(scores).z < _IN_PLACE_Z:
            rows = monotone_matching(scores)
            x, y = x[rows.own], y[rows.partner]
        if x.numel():
            out.containment[block.pair.component].append(shared_start.containment(x, y))
        yield block


def _deep(pairing: Pairing) -> set[int]:
    """Layers of the suspect that are read whole, spread evenly."""
    layers = {p.suspect.layer for p in pairing.pairs if p.suspect.layer is not None}
    return spread_evenly(layers, MAX_LAYERS)


def _whole(slot: Slot, checkpoint: Checkpoint, most: int = MOST_ROWS) -> Tensor:
    """Rows of a matrix; a row that is not finite becomes zero."""
    import torch

    values = checkpoint.rows(slot, 0, min(most, units(slot))).float()
    return torch.where(values.isfinite().all(1, keepdim=True), values, 0.0)


def _heads(pairing: Pairing, found: MonotoneMatch) -> Iterator[HeadRows]:
    layers = _deep(pairing)
    pairs = [p for p in pairing.pairs if p.role in _HEADS and p.suspect.layer in layers]
    groups = {
        p.suspect.layer: (p.suspect.value_heads, p.reference.value_heads)
        for p in pairs
        if p.role == "attn.v"
    }
    for pair in pairs:
        heads, others = groups.get(pair.suspect.layer, (None, None))
        if heads is None or others is None or pair.suspect.layer is None:
            continue
        if max(units(pair.suspect), units(pair.reference)) > MOST_ROWS:
            continue
        x, y = undo(*_both(pair, pairing), found)
        yield HeadRows(
            layer=pair.suspect.layer,
            role=pair.role,
            suspect=x,
            reference=y,
            groups=(heads, others),
        )


def _both(pair: Pair, pairing: Pairing, most: int = MOST_ROWS) -> tuple[Tensor, Tensor]:
    suspect, reference = pairing.checkpoints
    return _whole(pair.suspect, suspect, most), _whole(pair.reference, reference, most)


def _experts(pairing: Pairing, found: MonotoneMatch, *, with_router: bool) -> Iterator[ExpertUnits]:
    """Describe every expert of a few mixture layers, in both models."""
    kept = _fewer(found, pairing.seed)
    for layer in sorted(_deep(pairing)):
        here = [p for p in pairing.pairs if p.suspect.layer == layer]
        sides: tuple[dict[str, list[Tensor]], ...] = defaultdict(list), defaultdict(list)
        for pair in sorted(here, key=lambda p: (p.role, p.suspect.expert or 0)):
            if pair.role not in _NEURONS or None in (pair.suspect.expert, pair.reference.expert):
                continue
            x, y = _both(pair, pairing, MOST_SUSPECT_ROWS)
            for side, values in zip(sides, undo(x, y, kept), strict=True):
                side[pair.role].append(neuron_gram(values))
        described = _stacked(sides[0]), _stacked(sides[1])
        router = next((p for p in here if p.role == "router" and not p.is_vector), None)
        if router is not None and with_router:
            x, y = undo(*_both(router, pairing), found)
            described[0]["router"], described[1]["router"] = x, y
        yield ExpertUnits(suspect=described[0], reference=described[1])


def _stacked(side: dict[str, list[Tensor]]) -> dict[str, Tensor]:
    import torch

    return {role: torch.stack(vectors) for role, vectors in side.items()}


def _fewer(found: MonotoneMatch, seed: int) -> MonotoneMatch:
    """Keep a random part of a large map, so that Gram matrices stay small."""
    import torch

    rng = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(found.mutual, generator=rng)[:MAX_GRAM_WIDTH].to(found.own.device)
    return replace(
        found, own=found.own[chosen], partner=found.partner[chosen], sign=found.sign[chosen]
    )


def _neurons(pairing: Pairing, found: MonotoneMatch) -> Iterator[LayerNeurons]:
    """Neurons of a few layers; the two models may have different numbers of them."""
    layers = _deep(pairing)
    here = [p for p in pairing.pairs if p.role in _NEURONS and p.suspect.layer in layers]
    here.sort(key=lambda p: (p.suspect.layer or 0, p.suspect.expert or 0, p.role))
    for (layer, expert), group in groupby(here, key=lambda p: (p.suspect.layer, p.suspect.expert)):
        if layer is None or (expert or 0) >= MAX_LAYERS:
            continue
        sides: tuple[dict[str, Tensor], dict[str, Tensor]] = {}, {}
        for pair in group:
            x = _whole(pair.suspect, pairing.checkpoints[0], MOST_SUSPECT_ROWS)
            y = _whole(pair.reference, pairing.checkpoints[1])
            sides[0][pair.role], sides[1][pair.role] = undo(x, y, found)
        yield LayerNeurons(layer=layer, suspect=sides[0], reference=sides[1])
