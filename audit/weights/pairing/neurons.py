# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads feed-forward blocks as sets of neurons, for the tests that let them move."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.folding import Folding, leading_directions
from audit.weights.model.slots import Layout, Slot
from audit.weights.nulls.columns import unit_rows
from audit.weights.nulls.neuron_shapes import ROLES, Neurons, Place
from audit.weights.pairing.pairs import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

MAX_BLOCKS = 6
"""Blocks of the suspect that are searched for where all of them would cost too much."""
MAX_EXPERTS = 2
MAX_MAPPED = 96
MAX_PRODUCTS = 2 << 40
"""Multiplications for which every block of the suspect is searched for."""
GRAM_CANDIDATES = 96
"""Blocks of each model; the statistic chooses by a glance at each."""
GRAM_WIDTH = 1024
GRAM_WINDOW = 2048
"""Neurons that are in memory at their full width at a time."""
MAX_NEURONS = 256
"""Of the suspect; the reference's blocks are read whole."""
FEWER_NEURONS = 128
"""Of the suspect, where not all of its blocks are searched for."""
MAX_STRIDED = 1 << 24
"""Writers keep their neurons in columns; larger ones would be read whole for a few."""

Blocks = dict[Place, dict[str, Slot]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedBlocks:
    """The feed-forward blocks of one model: their places, and how to read one.

    ``read`` takes a place and how many neurons are wanted, ``None`` for all. Gains are
    folded in; role -> (neurons, width). ``size`` is the number of values of the largest role.
    """

    places: tuple[Place, ...]
    size: int
    read: Callable[[Place, int | None], Neurons]
    roles: frozenset[str]

    def only(self, roles: frozenset[str]) -> FoldedBlocks:
        """The same blocks as if they had no other roles."""

        def read(place: Place, most: int | None) -> Neurons:
            return {role: v for role, v in self.read(place, most).items() if role in roles}

        return replace(self, read=read, roles=roles)

    @classmethod
    def of(cls, blocks: Mapping[Place, Neurons]) -> FoldedBlocks:
        """Wrap blocks that are in memory."""
        return cls(
            places=tuple(blocks),
            size=max((v.numel() for block in blocks.values() for v in block.values()), default=0),
            read=lambda place, most: {role: v[:most] for role, v in blocks[place].items()},
            roles=_common(blocks),
        )


def folded_blocks(layout: Layout, checkpoint: Checkpoint, seed: int) -> FoldedBlocks:
    """Return the feed-forward blocks of a model as its forward pass scales them."""
    blocks, folded = blocks_of(layout), _Folded(layout, checkpoint)
    return FoldedBlocks(
        places=tuple(_few(blocks, GRAM_CANDIDATES, seed)),
        size=max((s.parameters for block in blocks.values() for s in block.values()), default=0),
        read=lambda place, most: folded.read(blocks[place], most),
        roles=_common(blocks),
    )


def _common(blocks: Mapping[Place, Mapping[str, object]]) -> frozenset[str]:
    """Roles that every block has."""
    return frozenset(ROLES).intersection(*blocks.values())


def _few(blocks: Blocks, most: int, seed: int) -> list[Place]:
    """At most ``most`` blocks, drawn; of a mixture some experts per layer."""
    layers = drawn({layer for layer, _ in blocks}, most, seed)
    experts = drawn(
        {e for _, e in blocks if e is not None}, max(2, most // max(1, len(layers))), seed
    )
    return [p for p in blocks if p[0] in layers and (p[1] is None or p[1] in experts)]


class _Folded:
    """Reads blocks with the gains of the norms around them multiplied in."""

    def __init__(self, layout: Layout, checkpoint: Checkpoint) -> None:
        self._folding = Folding(layout, checkpoint)

    def read(self, block: dict[str, Slot], most: int | None = None) -> Neurons:
        """All or the first neurons, each vector scaled as the forward pass scales it.

        Wider blocks are given in their leading ``GRAM_WIDTH`` dimensions, every vector as
        long as it was: two bases of one block lead to the same leading dimensions.
        """
        slot = next(iter(block.values()))
        count = units(slot)
        if most is not None and most < count:
            return self._window(block, 0, most)
        if slot.shape[slot.hidden_axis] <= GRAM_WIDTH:
            return self._window(block, 0, count)
        basis = self._leading(block, count)
        starts = range(0, count, GRAM_WINDOW)
        ends = [(i, min(i + GRAM_WINDOW, count)) for i in starts]
        return _joined([_shortened(self._window(block, *end), basis) for end in ends])

    def _leading(self, block: dict[str, Slot], count: int) -> Tensor:
        """Leading directions of neurons taken all along the block."""
        import torch

        step = max(1, count // 4)
        size = min(GRAM_WINDOW // 4, step)
        sample = [self._window(block, i, i + size) for i in range(0, count - size + 1, step)]
        stacked = torch.cat([unit_rows(v) for part in sample for v in part.values()])
        return leading_directions(stacked, GRAM_WIDTH)

    def _window(self, block: dict[str, Slot], start: int, stop: int) -> Neurons:
        return {role: self._folding.rows(slot, start, stop) for role, slot in block.items()}


def _shortened(neurons: Neurons, basis: Tensor) -> Neurons:
    """Project onto the basis and give every vector the length that it had."""
    return {
        role: unit_rows(values @ basis) * values.norm(dim=1, keepdim=True)
        for role, values in neurons.items()
    }


def _joined(parts: list[Neurons]) -> Neurons:
    import torch

    return {role: torch.cat([part[role] for part in parts]) for role in parts[0]}


def blocks_of(layout: Layout) -> Blocks:
    """Feed-forward blocks whose matrices are known by role, by place."""
    found: Blocks = defaultdict(dict)
    for slot in layout.slots:
        if slot.role in ROLES and slot.layer is not None and len(slot.shape) == 2:
            found[slot.layer, slot.expert][slot.role] = slot
    whole = {place: _same_neurons(slots) for place, slots in found.items()}
    return dict(sorted(whole.items(), key=lambda item: (item[0][0], item[0][1] or 0)))


def _same_neurons(slots: dict[str, Slot]) -> dict[str, Slot]:
    """The most matrices of a block that have the same neurons; a spare one hides no others."""
    counts = Counter(units(slot) for slot in slots.values())
    ((count, _),) = counts.most_common(1)
    return {role: slot for role, slot in slots.items() if units(slot) == count}


def affordable(mine: Blocks, theirs: Blocks, seed: int) -> tuple[list[Place], int]:
    """All blocks where that costs little, so that the map is whole; else some that are drawn.

    With them the number of neurons of each that are searched for.
    """
    sizes = [max(s.parameters for s in block.values()) for block in theirs.values()]
    cost = len(ROLES) * MAX_NEURONS * sum(sizes)
    if len(mine) <= MAX_MAPPED and cost * len(mine) <= MAX_PRODUCTS:
        return list(mine), MAX_NEURONS
    return _sampled(mine, seed), FEWER_NEURONS


def _sampled(blocks: Blocks, seed: int) -> list[Place]:
    experts = drawn({e for _, e in blocks if e is not None}, MAX_EXPERTS, seed)
    layers = drawn({layer for layer, _ in blocks}, MAX_BLOCKS // max(1, len(experts)), seed)
    return [p for p in blocks if p[0] in layers and (p[1] is None or p[1] in experts)]


def read_block(block: dict[str, Slot], checkpoint: Checkpoint, most: int | None) -> Neurons:
    """Rows of every role that can be read contiguously, in the stored type.

    Neurons that are not finite become zero.
    """
    import torch

    out: dict[str, Tensor] = {}
    for role, slot in block.items():
        if slot.hidden_axis == 0 and slot.parameters > MAX_STRIDED:
            continue
        count = units(slot) if most is None else min(most, units(slot))
        values = checkpoint.rows(slot, 0, count)
        values = values if values.element_size() > 1 else values.float()
        finite = values.isfinite().all(1, keepdim=True)
        out[role] = values if bool(finite.all()) else torch.where(finite, values, 0.0)
    return out
