# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A fingerprint as the tests see a model: slots that pair up as those of weights do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from audit.fingerprints.document import MOST_PARTS, STEP, Fingerprint, Part
from audit.formats.tensors import TensorHeader
from audit.weights.model.order import in_order, natural
from audit.weights.model.slots import Layout, Slot
from audit.weights.nulls.exchangeable import Structure, structures
from audit.weights.pairing.block import Pair
from audit.weights.pairing.pairs import layer_maps, pair_up
from audit.weights.pairing.withdrawal import MATRICES

if TYPE_CHECKING:
    from torch import Tensor


class Opened:
    """A fingerprint, its parts as slots, its arrays as tensors."""

    def __init__(self, found: Fingerprint) -> None:
        self.found = found
        self.parts = dict(enumerate(found.header.parts))
        self.layout = Layout(
            family=found.header.family,
            inferred=found.header.inferred,
            width=found.header.width,
            slots=tuple(self._slot(i, part) for i, part in self.parts.items()),
            unused={},
            parameters=found.header.parameters,
        )
        self.number = {slot: i for i, slot in enumerate(self.layout.slots)}

    def _slot(self, number: int, part: Part) -> Slot:
        width = self.found.header.width or 0
        shape = (width,) if part.vector is not None else (part.units, width)
        header = TensorHeader(name=part.name, file=str(number), dtype="I8", shape=shape)
        return Slot(
            header=header,
            role=part.role,
            component=part.component,
            layer=part.layer,
            expert=part.expert,
            hidden_axis=len(shape) - 1,
            value_heads=part.heads,
            neuron_rows=part.neurons,
        )

    def part(self, slot: Slot) -> Part:
        """Return what a slot was made of."""
        return self.parts[self.number[slot]]

    def looked_at(self) -> frozenset[Structure]:
        """What is wrong with the labels of the residual dimensions, said or seen in the arrays.

        Whoever made the file may have left it unsaid.
        """
        arrays = self.found.arrays
        matrices = len(arrays.get("columns", ()))
        step = -(-matrices // MATRICES) or 1
        drawn = [self.tensor("columns", i, i + 1)[0] for i in range(0, matrices, step)]
        gains = list(self.tensor("vectors", 0, MOST_PARTS))
        seen = structures(gains, drawn) if drawn or gains else frozenset()
        return frozenset(self.found.header.structures) | seen

    def tensor(self, name: str, start: int, stop: int) -> Tensor:
        """Return ``start:stop`` of an array along its first axis, in standard deviations."""
        import torch

        held = self.found.arrays.get(name)
        return torch.empty(0) if held is None else torch.from_numpy(held[start:stop]).float() / STEP


def common(a: Opened, b: Opened) -> frozenset[Structure]:
    """What is wrong with the labels of both models: a null holds if one of two is free of it.

    Asked of the arrays where either model says something of itself.
    """
    if not a.found.header.structures and not b.found.header.structures:
        return frozenset()
    return a.looked_at() & b.looked_at()


def paired(a: Opened, b: Opened) -> list[tuple[Pair, ...]]:
    """Pair by role under each layer map, and by the order of shapes where names tell of one only.

    A wrong pair costs power, never validity.
    """
    maps = [pair_up(a.layout, b.layout, which) for which in layer_maps(a.layout, b.layout)]
    if a.layout.inferred != b.layout.inferred:
        maps.append(tuple(_by_order(a, b)))
    return [pairs for pairs in maps if pairs]


def _by_order(a: Opened, b: Opened) -> Iterator[Pair]:
    """Pair by the order of shapes, where names tell of one model only what is what."""
    slots = [
        {s.header.file: s for s in one.layout.slots if one.part(s).matrix is not None}
        for one in (a, b)
    ]
    headers = (sorted((s.header for s in one.values()), key=natural) for one in slots)
    for mine, theirs in in_order(*headers):
        yield Pair(suspect=slots[0][mine.file], reference=slots[1][theirs.file])
