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
    from torch import Generator, Tensor

MAX_VALUES = 1 << 22
_LEADING = 16
_MOST_Z = 4.0
"""Neighbours that resemble each other by more standard deviations are not exchangeable."""


def unit_values(slot: Slot, units: Units, checkpoint: Checkpoint, *, whole: bool = False) -> Tensor:
    """Read one matrix as (values, units); of large ones every so many values.

    The values of a unit stand by channel and then by place in the kernel, however a library lays
    them out. What a unit takes from its own number (the diagonal, where a tensor gives as many
    units as it takes) is left out but for ``whole``: models that start at the identity share it.
    """
    import torch

    values = checkpoint.slab(slot.header, 0, slot.header.shape[0]).float()
    count = slot.header.shape[units.axis] // units.blocks
    if units.beside is not None:
        values = values.movedim((units.axis, units.beside), (-1, 0))
        if values.shape[0] == values.shape[-1] == count and not whole:
            values = values.clone()
            values[torch.arange(count), ..., torch.arange(count)] = 0
    else:
        values = values.movedim(units.axis, -1)
    columns = values.reshape(-1, count)
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


def spectrum(columns: Tensor) -> Tensor:
    """Log of the leading singular values, which no order of rows or columns changes."""
    import torch

    gram = (columns.T @ columns).double()
    found: Tensor = torch.linalg.eigvalsh(gram).clamp_min(1e-12).flip(0)[:_LEADING].log() / 2
    return found


def planted(columns: Tensor, correlation: float, rng: Generator) -> Tensor:
    """Return a child whose values correlate so with the parent's, unit by unit."""
    import torch

    noise = torch.randn(columns.shape, generator=rng).to(columns.device)
    size = columns.std(0, keepdim=True, correction=0)
    mean = columns.mean(0, keepdim=True)
    rest = (1 - correlation**2) ** 0.5
    child: Tensor = mean + correlation * (columns - mean) + rest * size * noise
    return child
