# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Two tensors that correspond, and a window of their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.model.slots import Slot

if TYPE_CHECKING:
    from torch import Tensor


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
    def has_rows(self) -> bool:
        """Whether it is a matrix whose rows are neurons, or value dimensions inside heads."""
        rows = self.suspect.neuron_rows or self.suspect.value_heads is not None
        return rows and not self.is_vector


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
