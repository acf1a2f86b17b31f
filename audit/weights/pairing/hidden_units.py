# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads the units of hidden layers as columns, and asks whether they are exchangeable."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.slots import Slot, Units
from audit.weights.nulls.columns import unit_columns

if TYPE_CHECKING:
    from torch import Tensor

MAX_VALUES = 1 << 22
_MOST_Z = 4.0
"""Neighbours that resemble each other by more standard deviations are not exchangeable."""


def unit_values(slot: Slot, units: Units, checkpoint: Checkpoint) -> Tensor:
    """Read one matrix as (values, units); of large ones every so many values.

    What a unit takes from its own number (the diagonal, where a tensor gives as many units as it
    takes) is left out: models that start at the identity share it.
    """
    import torch

    values = checkpoint.slab(slot.header, 0, slot.header.shape[0]).float()
    count = slot.header.shape[units.axis] // units.blocks
    if units.other is not None:
        values = values.clone()
        values.movedim((units.axis, units.other), (0, 1))[
            torch.arange(count), torch.arange(count)
        ] = 0
    moved = values.movedim(units.axis, -1)
    columns = moved.reshape(-1, units.blocks, count).reshape(-1, count)
    step = -(-columns.numel() // MAX_VALUES)
    return torch.where(columns[::step].isfinite(), columns[::step], 0.0)


def is_ordered(columns: Tensor) -> bool:
    """Whether the number of a unit says something about it: neighbours are alike.

    Pixels that were shuffled apart, frequencies of rotary positions, sorted units and bins of a
    spectrum are so. Asked of the direction of the units and of their lengths.
    """
    unit = unit_columns(columns)
    count = unit.shape[1]
    total = unit.sum(1)
    pairs = count * (count - 1)
    mean = (float(total @ total) - float((unit * unit).sum())) / pairs
    likeness = unit.T @ unit
    likeness.fill_diagonal_(mean)
    spread = float(((likeness - mean) ** 2).sum() / pairs) ** 0.5
    beside = float((unit[:, 1:] * unit[:, :-1]).sum()) / (count - 1)
    by_direction = (beside - mean) * sqrt(count - 1) / max(spread, 1e-12)
    lengths = columns.norm(dim=0).clamp_min(1e-20).log()
    centred = lengths - lengths.mean()
    by_length = float(
        (centred[1:] * centred[:-1]).sum() / (centred * centred).sum().clamp_min(1e-20)
    )
    most: float = max(by_direction, by_length * sqrt(count))
    return most > _MOST_Z
