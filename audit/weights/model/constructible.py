# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Recognises tensors that anybody would write down the same: equality of those says nothing.

Sinusoidal positions, masks, one-hot tables, untouched ones and zeros are identical in
models that have nothing to do with each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.record.said import Said

if TYPE_CHECKING:
    from torch import Tensor

_TOLERANCE = 1e-2  # rounding to bfloat16 stays below it, any training goes beyond


def constructible(block: Tensor) -> Said | None:
    """Say how ``block`` (rows, width) could be written down without training.

    Returns ``None`` for values that only training (or a random generator) gives.
    """
    import torch

    if block.numel() == 0:
        return Said("empty")
    distinct = int(torch.unique(block).numel())
    if distinct == 1:
        return Said("constant")
    if distinct == 2:
        return Said("two-valued (a mask or one-hot table)")
    for axis, name in ((0, "rows"), (1, "columns")):
        if block.shape[axis] >= 8 and _is_recurrent(block.movedim(axis, 0)):
            return Said("a regular grid or sinusoid along its {name}", name=name)
    return None


def _is_recurrent(series: Tensor) -> bool:
    """Whether every column of ``series`` follows ``x[t+1] = a x[t] - x[t-1] + b``.

    That recurrence holds for sampled sinusoids (``a = 2 cos w``), for straight lines and,
    with an offset, for the usual window functions. ``a`` and ``b`` are fitted by least
    squares per column.
    """
    x = series.double().reshape(series.shape[0], -1)
    middle, ends = x[1:-1], x[2:] + x[:-2]
    centred = middle - middle.mean(0)
    spread = (centred**2).sum(0).clamp_min(1e-30)
    slope = (centred * (ends - ends.mean(0))).sum(0) / spread
    residual = ends - ends.mean(0) - slope * centred
    allowed = _TOLERANCE * x.std(0) + 1e-6 * x.abs().max()
    return bool(((residual**2).mean(0).sqrt() <= allowed).all())


def few_directions(block: Tensor) -> bool:
    """Whether a table of many rows has hardly any directions, as computed grids of axes have.

    Two- and three-dimensional sinusoids, products and sums of one-dimensional tables have a
    rank far below their size; a trained table has none that is exactly zero.
    """
    import torch

    rows = block[:, :256].double()
    if min(rows.shape) < 32:
        return False
    values = torch.linalg.svdvals(rows - rows.mean(0))
    return int((values > 1e-5 * values[0]).sum()) < min(rows.shape) // 3
