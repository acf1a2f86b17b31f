# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads matrices as the forward pass scales them, for tests that no change of basis disturbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.slots import Layout, Slot, gains_after, gains_before

if TYPE_CHECKING:
    from torch import Tensor


class Folding:
    """One model whose gains are multiplied into the matrices before and after them."""

    def __init__(self, layout: Layout, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._offset = layout.norms.offset if layout.norms else 0.0
        self._gains = {**gains_before(layout), **gains_after(layout)}

    def rows(self, slot: Slot, start: int, stop: int) -> Tensor:
        """Read units ``start:stop`` in float32; what is not finite in a row makes it zero."""
        import torch

        values = self._checkpoint.rows(slot, start, stop).float()
        gain = self.gain(slot)
        if gain is not None:
            values = values * gain
        finite = values.sum(1).isfinite()  # a look at every value takes longer than reading it
        return values if bool(finite.all()) else torch.where(finite[:, None], values, 0.0)

    def gain(self, slot: Slot) -> Tensor | None:
        """Read what scales the residual axis of a matrix, shape (1, width), if anything does."""
        gain = self._gains.get(slot)
        if gain is None:
            return None
        return self._checkpoint.rows(gain, 0, 1).float() + self._offset


def leading_directions(rows: Tensor, rank: int) -> Tensor:
    """Leading right singular vectors by subspace iteration (Halko, Martinsson, Tropp 2011)."""
    import torch

    draw = torch.Generator().manual_seed(0)
    found = torch.randn(rows.shape[1], rank + 16, generator=draw).to(rows.device)
    for _ in range(3):
        found = torch.linalg.qr(rows.T @ (rows @ found)).Q
    within = torch.linalg.eigh((rows @ found).T @ (rows @ found)).eigenvectors
    basis: Tensor = found @ within[:, -rank:]
    return basis
