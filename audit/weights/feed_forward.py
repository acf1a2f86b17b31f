# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads feed-forward blocks as sets of neurons, for the test that lets them move."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from audit.weights.alignment import spread_evenly
from audit.weights.checkpoint import Checkpoint, units
from audit.weights.layout import Layout, Slot
from audit.weights.statistics import gram_matching
from audit.weights.statistics.gram_matching import GramMatch
from audit.weights.statistics.split_matching import (
    Neurons,
    Place,
    SplitAgreement,
    split_matching,
)

if TYPE_CHECKING:
    from torch import Tensor

ROLES = ("mlp.gate", "mlp.up", "mlp.down")
MAX_BLOCKS = 6
MAX_EXPERTS = 4
GRAM_BLOCKS = 3
GRAM_CANDIDATES = 8
MAX_MAPPED = 96
MAX_PRODUCTS = 2 << 40
"""Multiplications for which every block of the suspect is searched for."""
MAX_NEURONS = 256
"""Of the suspect; the reference's blocks are read whole."""
MAX_STRIDED = 1 << 24
"""Writers keep their neurons in columns; larger ones would be read whole for a few."""

Blocks = dict[Place, dict[str, Slot]]


def measure_split(
    layouts: tuple[Layout, Layout], checkpoints: tuple[Checkpoint, Checkpoint], *, seed: int
) -> SplitAgreement | str:
    """Test whether the suspect's neurons stand anywhere in the reference's blocks."""
    import torch

    mine, theirs = _blocks(layouts[0]), _blocks(layouts[1])
    if not mine or not theirs:
        return "no feed-forward blocks are known by role in both models"
    suspect = [
        (place, neurons)
        for place in _affordable(mine, theirs)
        if (neurons := _read(mine[place], checkpoints[0], MAX_NEURONS))
    ]
    return split_matching(
        suspect,
        list(theirs),
        lambda place: _read(theirs[place], checkpoints[1], None),
        rng=torch.Generator().manual_seed(seed),
    )


def measure_gram(
    layouts: tuple[Layout, Layout], checkpoints: tuple[Checkpoint, Checkpoint]
) -> tuple[GramMatch, ...] | str:
    """Look for the suspect's blocks in the reference whatever the basis, order and scale."""
    mine, theirs = _blocks(layouts[0]), _blocks(layouts[1])
    widest = max(
        (units(s) for b in (mine, theirs) for x in b.values() for s in x.values()), default=0
    )
    if not mine or not theirs:
        return "no feed-forward blocks are known by role in both models"
    if widest > gram_matching.MAX_NEURONS:
        return f"blocks of {widest} neurons are wider than this version searches"
    folded = [
        _Folded(layout, checkpoint) for layout, checkpoint in zip(layouts, checkpoints, strict=True)
    ]
    suspect = [(place, folded[0].read(place, mine[place])) for place in _few(mine, GRAM_BLOCKS)]
    return gram_matching.gram_matching(
        suspect,
        _few(theirs, GRAM_CANDIDATES),
        lambda place: folded[1].read(place, theirs[place]),
    )


def _few(blocks: Blocks, layers: int) -> list[Place]:
    """At most ``layers`` layers, spread over the depth, and the first two experts of each."""
    chosen = spread_evenly({layer for layer, _ in blocks}, layers)
    return [p for p in blocks if p[0] in chosen and (p[1] is None or p[1] < 2)]


class _Folded:
    """Reads blocks with the gains of the norms around them multiplied in."""

    def __init__(self, layout: Layout, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._norms = layout.norms
        self._gains = {(s.role, s.layer): s for s in layout.slots if len(s.shape) == 1}

    def read(self, place: Place, block: dict[str, Slot]) -> Neurons:
        """All neurons of one block, each vector scaled as the forward pass scales it."""
        rows = _read(block, self._checkpoint, None)
        return {role: values * self._gain(role, place[0]) for role, values in rows.items()}

    def _gain(self, role: str, layer: int) -> Tensor | float:
        if self._norms is None:
            return 1.0
        name = self._norms.before.get(role) or self._norms.after.get(role)
        slot = self._gains.get((name, layer)) if name else None
        if slot is None:
            return 1.0
        return self._checkpoint.rows(slot, 0, 1).float() + self._norms.offset


def _blocks(layout: Layout) -> Blocks:
    found: Blocks = defaultdict(dict)
    for slot in layout.slots:
        if slot.role in ROLES and slot.layer is not None and len(slot.shape) == 2:
            found[slot.layer, slot.expert][slot.role] = slot
    whole = {place: slots for place, slots in found.items() if _same_neurons(slots)}
    return dict(sorted(whole.items(), key=lambda item: (item[0][0], item[0][1] or 0)))


def _same_neurons(slots: dict[str, Slot]) -> bool:
    """Whether all matrices of a block have the same neurons; others cannot be matched."""
    return len({units(slot) for slot in slots.values()}) == 1


def _affordable(mine: Blocks, theirs: Blocks) -> list[Place]:
    """All blocks where that costs little, so that the map is whole; else a spread of them."""
    sizes = [max(s.parameters for s in block.values()) for block in theirs.values()]
    cost = len(ROLES) * MAX_NEURONS * sum(sizes)
    if len(mine) <= MAX_MAPPED and cost * len(mine) <= MAX_PRODUCTS:
        return list(mine)
    return _sampled(mine)


def _sampled(blocks: Blocks) -> list[Place]:
    layers = spread_evenly({layer for layer, _ in blocks}, MAX_BLOCKS)
    experts = spread_evenly({e for _, e in blocks if e is not None}, MAX_EXPERTS)
    return [p for p in blocks if p[0] in layers and (p[1] is None or p[1] in experts)]


def _read(block: dict[str, Slot], checkpoint: Checkpoint, most: int | None) -> Neurons:
    """Rows of every role that can be read contiguously; not-finite neurons become zero."""
    import torch

    out: dict[str, Tensor] = {}
    for role, slot in block.items():
        if slot.hidden_axis == 0 and slot.parameters > MAX_STRIDED:
            continue
        count = units(slot) if most is None else min(most, units(slot))
        values = checkpoint.rows(slot, 0, count).float()
        out[role] = torch.where(values.isfinite().all(1, keepdim=True), values, 0.0)
    return out
