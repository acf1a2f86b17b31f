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

_GLANCE = 1024
"""Values that usually show that there are more than two."""
_COLUMNS = 16
_WINDOWED = 16
_WINDOWED_TOLERANCE = 1e-3
_MOST, _STRAIGHT = 0.9, 0.97
_TOLERANCE = 1e-2  # rounding to bfloat16 stays below it, any training goes beyond


def constructible(block: Tensor) -> Said | None:
    """Say how ``block`` (rows, width) could be written down without training.

    Returns ``None`` for values that only training (or a random generator) gives.
    """
    import torch

    if block.numel() == 0:
        return Said("empty")
    distinct = int(torch.unique(block.reshape(-1)[:_GLANCE]).numel())
    if distinct <= 2:
        distinct = int(torch.unique(block).numel())
    if distinct == 1:
        return Said("constant")
    if distinct == 2:
        return Said("two-valued (a mask or one-hot table)")
    for axis, name in ((0, "rows"), (1, "columns")):
        how = _along(block.movedim(axis, 0), name) if block.shape[axis] >= 8 else None
        if how is not None:
            return how
    return None


def _along(series: Tensor, name: str) -> Said | None:
    if _is_recurrent(series):
        return Said("a regular grid or sinusoid along its {name}", name=name)
    if series.shape[0] < _WINDOWED:
        return None
    if _is_windowed(series):
        return Said("a windowed sinusoid along its {name}", name=name)
    if _is_broken_line(series):
        return Said("straight pieces along its {name}", name=name)
    return None


def _is_recurrent(series: Tensor) -> bool:
    """Whether every column of ``series`` follows ``x[t+1] = a x[t] - x[t-1] + b``.

    That recurrence holds for sampled sinusoids (``a = 2 cos w``), for straight lines and,
    with an offset, for the usual window functions. ``a`` and ``b`` are fitted by least
    squares per column. A few columns show of most matrices that they do not.
    """
    x = series.reshape(series.shape[0], -1)
    floor = 1e-6 * x.abs().max().double()
    return _recurs(x[:, :_COLUMNS], floor) and (x.shape[1] <= _COLUMNS or _recurs(x, floor))


def _recurs(columns: Tensor, floor: Tensor) -> bool:
    x = columns.double()
    middle, ends = x[1:-1], x[2:] + x[:-2]
    centred = middle - middle.mean(0)
    spread = (centred**2).sum(0).clamp_min(1e-30)
    slope = (centred * (ends - ends.mean(0))).sum(0) / spread
    residual = ends - ends.mean(0) - slope * centred
    allowed = _TOLERANCE * x.std(0) + floor
    return bool(((residual**2).mean(0).sqrt() <= allowed).all())


def written_table(table: Tensor) -> Said | None:
    """Say how a table outside the layers could be written down; more shapes than elsewhere.

    Inside the layers exactly low rank and bands are what compression leaves of trained weights.
    """
    import torch

    if (how := constructible(table)) is not None:
        return how
    values = table.double()
    if _is_banded(values) or _is_banded(values.T):
        return Said("a bank of filters: one run of values in each row or column")
    least = min(values.shape)
    if least >= _LEAST_SIDE and bool(values.isfinite().all()):
        wide = values if values.shape[0] == least else values.T
        size = torch.linalg.eigvalsh(wide @ wide.T).clamp_min(0)  # squares of singular values
        if float(size[: least - int(_RANK * least)].sum()) <= _TAIL * float(size.sum()):
            return Said("of low rank, as what is computed over a grid is")
    for axis, name in ((0, "rows"), (1, "columns")):
        if values.shape[axis] >= _LEAST_SIDE and _is_smooth(values.movedim(axis, 0)):
            return Said("a smooth function along its {name}", name=name)
    return None


_LEAST_SIDE = 16
_RANK = 0.35
_TAIL = 1e-5
"""Rounding to bfloat16 leaves less than this share of the energy, any training more."""
_BAND = 0.4
_SMOOTH = 0.95


def _is_banded(values: Tensor) -> bool:
    """Whether much is zero and the rest of every row is one run, which pruning never leaves."""
    filled = values != 0
    if float(filled.double().mean()) > 1 - _BAND or min(values.shape) < _LEAST_SIDE:
        return False
    runs = (filled[:, 1:] & ~filled[:, :-1]).sum(1) + filled[:, 0]
    return bool((runs <= 1).all())


def _is_smooth(series: Tensor) -> bool:
    """Whether cubic interpolation from the four neighbours gives nearly every value."""
    x = series.reshape(series.shape[0], -1)
    between = (4 * (x[1:-3] + x[3:-1]) - (x[:-4] + x[4:])) / 6
    error = ((between - x[2:-2]) ** 2).mean(0).sqrt()
    return bool((error <= _TOLERANCE * x.std(0)).double().mean() >= _SMOOTH)


def _is_windowed(series: Tensor) -> bool:
    """Whether columns follow the symmetric recurrence of three sinusoids, as windowed ones do.

    A Fourier basis under a Hann or Hamming window is the sum of three: the layer that turns
    sound into a spectrum has it in every model. Nine columns out of ten have to.
    """
    import torch

    x = series.double().reshape(series.shape[0], -1)
    x = x[:, :: -(-x.shape[1] // 64)]
    n = x.shape[0]
    parts = [x[3 - k : n - 3 - k] + x[3 + k : n - 3 + k] for k in range(4)]
    left = torch.stack([parts[0] / 2, parts[1], parts[2], torch.ones_like(parts[0])], -1)
    design, target = left.movedim(1, 0), parts[3].T[..., None]
    scale = x.abs().amax(0).clamp_min(1e-30)[:, None, None]
    gram = design.mT @ design / scale**2 + 1e-12 * torch.eye(4, dtype=torch.float64)
    fitted = design @ torch.linalg.solve(gram, design.mT @ target / scale**2)
    residual = (fitted - target).squeeze(-1).square().mean(1).sqrt()
    return bool((residual <= _WINDOWED_TOLERANCE * scale.flatten()).double().mean() >= _MOST)


def _is_broken_line(series: Tensor) -> bool:
    """Whether the columns are straight lines with a few corners, as filters of a mel bank are."""
    x = series.double().reshape(series.shape[0], -1)
    bend = (x[2:] - 2 * x[1:-1] + x[:-2]).abs()
    return bool((bend <= 1e-4 * x.abs().amax(0)).double().mean() >= _STRAIGHT)


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
