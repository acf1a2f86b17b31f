# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A small part of the reference's weights, kept while they are read, and children planted in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from audit.weights.pairing.neurons import ROLES
from audit.weights.pairing.pairs import Block

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from audit.weights.statistics.split_matching import Neurons, Place

ROWS = 128
TABLE_ROWS = 512
COLUMNS = 1024
LAYERS = 2
VECTORS = 16


@dataclass(slots=True, kw_only=True)
class ControlSample:
    """Windows of ``LAYERS`` layers per role, at most ``ROWS`` by ``COLUMNS`` of each.

    Fewer dimensions and layers mean less power than the run itself had, never more.
    ``suspect`` of every block is the reference's too until a child is planted in it.
    """

    matrices: list[Block] = field(default_factory=list)
    tables: list[Block] = field(default_factory=list)
    vectors: list[Block] = field(default_factory=list)
    _kept: Counter[str] = field(default_factory=Counter)

    def keep(self, block: Block) -> None:
        """Keep a part of the reference's side of a block, if its role is still wanted."""
        role = block.pair.role
        if not block.reference.numel() or block.reference.shape[1] < 2:
            return
        if self._kept[role] >= (VECTORS if block.pair.is_vector else LAYERS):
            return
        self._kept[role] += 1
        is_table = role == "embed" and not block.pair.is_vector
        rows = TABLE_ROWS if is_table else ROWS
        part = block.reference[:rows, :COLUMNS].clone()
        small = replace(block, suspect=part, reference=part, identical=0)
        if block.pair.is_vector:
            self.vectors.append(small)
        else:
            (self.tables if is_table else self.matrices).append(small)

    def of(self, component: str) -> list[Block]:
        """Blocks of one component that are matrices."""
        return [b for b in (*self.matrices, *self.tables) if b.pair.component == component]

    def neurons(self) -> dict[Place, Neurons]:
        """Feed-forward blocks by place; roles of one block have the same neurons."""
        found: dict[Place, Neurons] = {}
        for block in self.matrices:
            slot = block.pair.reference
            if slot.role in ROLES and slot.layer is not None:
                found.setdefault((slot.layer, slot.expert), {})[slot.role] = block.reference
        return {
            place: roles
            for place, roles in found.items()
            if len({x.shape for x in roles.values()}) == 1
        }


def planted(block: Block, rho: float, rng: Generator) -> Block:
    """Return the block with a child of correlation ``rho`` as its suspect."""
    return replace(block, suspect=_child(block.reference, rho, rng))


def shuffled(neurons: Neurons, rho: float, rng: Generator) -> Neurons:
    """A child whose neurons stand in another order, the same in every role."""
    import torch

    count = next(iter(neurons.values())).shape[0]
    order = torch.randperm(count, generator=rng)
    return {role: _child(rows, rho, rng)[order] for role, rows in neurons.items()}


def rotated(neurons: Neurons, rho: float, rng: Generator) -> Neurons:
    """A child in another orthogonal basis, its neurons reordered and rescaled."""
    import torch

    moved = shuffled(neurons, rho, rng)
    count, width = next(iter(moved.values())).shape
    basis = torch.linalg.qr(torch.randn(width, width, generator=rng))[0]
    scale = torch.exp(torch.randn(count, 1, generator=rng))
    up, down = "mlp.up", "mlp.down"
    out = {role: rows @ basis for role, rows in moved.items()}
    if up in out and down in out:
        out |= {up: out[up] * scale, down: out[down] / scale}
    return out


def _child(reference: Tensor, rho: float, rng: Generator) -> Tensor:
    """``rho`` times the reference plus noise of each column's own size, as bfloat16."""
    import torch

    if reference.shape[0] == 1:  # a gain or bias: its own spread is that of its values
        mean, size = reference.mean(), reference.std(correction=0)
    else:
        mean = reference.mean(0, keepdim=True)
        size = reference.std(0, keepdim=True, correction=0)
    noise = torch.randn(reference.shape, generator=rng)
    child = mean + rho * (reference - mean) + (1 - rho**2) ** 0.5 * size * noise
    rounded: Tensor = child.to(torch.bfloat16).float()
    return rounded
