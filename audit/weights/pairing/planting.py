# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A small part of the reference's weights, kept while they are read, and children planted in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.nulls.neuron_shapes import ROLES, Neurons, Place
from audit.weights.pairing.block import Block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Generator, Tensor

NOTHING_KEPT = Absent(Said("no weights were kept to plant in"))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Windows of a few layers per role.

    Fewer dimensions and layers mean less power than the run itself had, never more.
    ``suspect`` of every block is the reference's too until a child is planted in it. ``dropped``
    counts the rows of all that was read whose values are not finite.
    """

    matrices: tuple[Block, ...] = ()
    tables: tuple[Block, ...] = ()
    vectors: tuple[Block, ...] = ()
    circuits: Mapping[int, Circuits] = field(default_factory=dict)
    dropped: int = 0

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child of the reference, planted in ``sample``, whose weights correlate at ``correlation``.

    A test establishes it where its log10 p-value is at most ``bar``; ``component`` says of which
    part it is asked.
    """

    sample: Sample
    component: str
    correlation: float
    bar: float
    rng: Generator

    def planted(self, block: Block) -> Block:
        """Return the block with the child as its suspect."""
        return replace(block, suspect=self._of(block.reference))

    def shuffled(self, neurons: Neurons) -> Neurons:
        """Its neurons stand in another order, the same in every role."""
        import torch

        count = next(iter(neurons.values())).shape[0]
        order = torch.randperm(count, generator=self.rng)
        return {role: self._of(rows)[order] for role, rows in neurons.items()}

    def rotated(self, neurons: Neurons) -> Neurons:
        """It stands in another orthogonal basis, its neurons reordered and rescaled."""
        import torch

        moved = self.shuffled(neurons)
        count, width = next(iter(moved.values())).shape
        basis = torch.linalg.qr(torch.randn(width, width, generator=self.rng))[0]
        scale = torch.exp(torch.randn(count, 1, generator=self.rng))
        _, up, down = ROLES
        out = {role: rows @ basis for role, rows in moved.items()}
        if up in out and down in out:
            out |= {up: out[up] * scale, down: out[down] / scale}
        return out

    def turned(self, layers: Mapping[int, Circuits]) -> dict[int, Circuits]:
        """It stands in another orthogonal basis, its heads reordered.

        A product of two matrices that both kept the correlation keeps its square.
        """
        import torch

        kept = self.correlation**2
        width = next(iter(layers.values())).kinds[0].shape[1]
        basis = torch.linalg.qr(torch.randn(width, width, generator=self.rng))[0]
        out = {}
        for layer, heads in layers.items():
            order = torch.randperm(heads.kinds[0].shape[0], generator=self.rng)
            moved = []
            for kind in heads.kinds:
                noise = torch.randn(kind.shape, generator=self.rng)
                noise = noise / noise.flatten(1).norm(dim=1)[:, None, None]
                moved.append(basis.T @ (kept * kind + (1 - kept**2) ** 0.5 * noise)[order] @ basis)
            out[layer] = Circuits.of(*moved)
        return out

    def _of(self, reference: Tensor) -> Tensor:
        """The correlation times the reference plus noise of each column's own size, as bfloat16."""
        import torch

        if reference.shape[0] == 1:  # a gain or bias: its own spread is that of its values
            mean, size = reference.mean(), reference.std(correction=0)
        else:
            mean = reference.mean(0, keepdim=True)
            size = reference.std(0, keepdim=True, correction=0)
        noise = torch.randn(reference.shape, generator=self.rng)
        rho = self.correlation
        child = mean + rho * (reference - mean) + (1 - rho**2) ** 0.5 * size * noise
        rounded: Tensor = child.to(torch.bfloat16).float()
        return rounded
