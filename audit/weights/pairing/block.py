# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Two tensors that correspond, and a window of their values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit.weights.model.constructible import constructible, written_table
from audit.weights.model.slots import Slot

if TYPE_CHECKING:
    from torch import Tensor

MAX_STRIDED = 1 << 22
"""Values of a matrix that is read for a window of its columns without a second thought."""
ON_DIAGONAL = 8.0
"""Standard errors of a diagonal's mean beyond which a matrix was started from the identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two tensors of the same role at corresponding places."""

    suspect: Slot
    reference: Slot

    @property
    def role(self) -> str:
        """Role of both tensors."""
        return self.suspect.role

    @property
    def component(self) -> str:
        """Component of both tensors."""
        return self.suspect.component

    @property
    def is_vector(self) -> bool:
        """Whether the pair is one-dimensional."""
        return len(self.suspect.shape) == 1

    @property
    def is_costly(self) -> bool:
        """Whether a window of it costs a whole large tensor: its units are columns of the file."""
        return any(map(_is_costly, (self.suspect, self.reference)))

    @property
    def has_rows(self) -> bool:
        """Whether it is a matrix whose rows are neurons, or value dimensions inside heads."""
        rows = self.suspect.neuron_rows or self.suspect.value_heads is not None
        return rows and not self.is_vector


def _is_costly(slot: Slot) -> bool:
    strided = (slot.hidden_axis == 0) is not slot.header.transposed
    return len(slot.shape) == 2 and strided and slot.parameters > MAX_STRIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Corresponding rows of a pair in float32, both ``(rows, width)``, all finite.

    ``identical`` counts equal values at the coarser stored type; ``dropped`` counts rows
    with a value that is not finite.
    """

    pair: Pair
    suspect: Tensor
    reference: Tensor
    identical: int
    dropped: int

    @property
    def elements(self) -> int:
        """Values that were compared, those of dropped rows among them."""
        return (self.reference.shape[0] + self.dropped) * self.reference.shape[1]

    @property
    def is_equal(self) -> bool:
        """Whether every value is equal."""
        return self.identical == self.elements

    @property
    def is_layer(self) -> bool:
        """Whether it is a matrix inside a layer."""
        return self.pair.suspect.layer is not None and not self.pair.is_vector


def coarser(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Cast the finer of two float tensors to the coarser stored type, back to float32.

    Values that were merely cast (float32 to bfloat16) are then equal.
    """
    import torch

    if a.dtype == b.dtype:
        return a.float(), b.float()
    coarse = a.dtype if torch.finfo(a.dtype).eps >= torch.finfo(b.dtype).eps else b.dtype
    return a.to(coarse).float(), b.to(coarse).float()


def without_identity(block: Block) -> Block:
    """Take the identity away that both matrices were started from.

    Some are: of value and output matrices what lies on the diagonal is no random start.
    """
    import torch

    sides = []
    for side in (block.suspect, block.reference):
        level = side.diagonal().mean()
        noise = side.std() / min(side.shape) ** 0.5 if min(side.shape) > 1 else level.abs() + 1
        if block.pair.is_vector or not bool(level.abs() > ON_DIAGONAL * noise):
            return block
        eye = torch.eye(*side.shape, dtype=side.dtype, device=side.device)
        sides.append(side - level * eye)
    return replace(block, suspect=sides[0], reference=sides[1])


def is_made(block: Block) -> bool:
    """Whether both sides are equal and could be constructed."""
    how = constructible if block.is_layer else written_table
    return block.is_equal and how(block.reference) is not None


def either_is_made(block: Block) -> bool:
    """Whether one side could be constructed."""
    return any(constructible(side) is not None for side in (block.suspect, block.reference))
