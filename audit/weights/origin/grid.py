# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Quantised: values on an equally spaced grid, also when stored again as floats."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2
from typing import TYPE_CHECKING

from audit.weights.origin.bars import bars

if TYPE_CHECKING:
    from torch import Tensor

GROUPS = (256, 128, 64, 32, 16)
MAX_GROUPS = 64
PROBED, PROBED_VALUES = 8, 64
_AT_ONCE = 1 << 20
"""Values that are held in memory at once, 8 bytes each."""
MANTISSA_BITS = {"F64": 52, "F32": 23, "F16": 10, "BF16": 7, "F8_E4M3": 3, "F8_E5M2": 2}
_EPSILON = {"F64": 2.0**-52, "F32": 2.0**-23, "F16": 2.0**-10, "BF16": 2.0**-7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """``levels`` equally spaced values (``bits``); ``group`` share a scale, 0: a whole row."""

    bits: int
    group: int
    levels: int


def grid(matrix: Tensor, dtype: str) -> Grid | None:
    r"""Look for the grid on which the values of a matrix lie.

    Parameters
    ----------
    matrix : Tensor, shape (output, input)
        Values that share a scale stand along the last axis.
    dtype : str
        The stored type, whose rounding blurs the grid.

    Notes
    -----
    **Signature.** Within each group of values that share a scale, all are
    :math:`v_0 + k\,\Delta` with whole :math:`k < 2^b`.
    **Statistic.** For every number of steps ``k`` between the smallest and the largest
    value, the largest distance to the grid; the smallest ``k`` whose distance stays within
    the rounding of the stored type is taken. Chance puts one value within a tolerance ``t``
    with probability ``2 t``, a group of ``n`` with :math:`(2t)^{n-2}`.
    **Blind to.** Grids finer than the stored type resolves (8 bits stored as bfloat16),
    unequal levels, codes that were trained on afterwards.
    **Source.** The spacing is that of round-to-nearest, GPTQ
    (arXiv 2210.17323) and AWQ (arXiv 2306.00978) after dequantisation.

    Examples
    --------
    >>> import torch
    >>> g = torch.Generator().manual_seed(0)
    >>> w = torch.randn(32, 64, generator=g)
    >>> step = w.abs().amax(1, keepdim=True) / 7
    >>> grid((w / step).round() * step, "F32")
    Grid(bits=4, group=0, levels=15)
    >>> grid(w, "F32") is None
    True
    """
    width = matrix.shape[1]
    for size in (width, *(g for g in GROUPS if g < width and width % g == 0)):
        levels = _levels(matrix.reshape(-1, size), dtype)
        if levels is not None:
            bits = max(1, ceil(log2(levels)))
            return Grid(bits=bits, group=0 if size == width else size, levels=levels)
    return None


def _levels(groups: Tensor, dtype: str) -> int | None:
    """Return how many levels the groups use, ``None`` when they lie on no grid.

    A few values of a few groups are looked at first: what is on no grid is seen there.
    """
    low, high = groups.amin(1), groups.amax(1)
    varied = groups[high > low]
    if varied.shape[0] < 4 or varied.shape[1] < GROUPS[-1]:
        return None
    chosen = varied[:: max(1, varied.shape[0] // MAX_GROUPS)][:MAX_GROUPS].double()
    probe = _steps(chosen[:: max(1, chosen.shape[0] // PROBED)], dtype, PROBED_VALUES)
    if float((probe > 0).double().mean()) < bars().grid_share / 2:
        return None
    found = _steps(chosen, dtype, chosen.shape[1])
    share = float((found > 0).double().mean())
    return int(found.max()) + 1 if share >= bars().grid_share else None


def _steps(chosen: Tensor, dtype: str, most: int) -> Tensor:
    """Return per group the smallest number of steps that explains ``most`` of its values."""
    import torch

    low = chosen.amin(1, keepdim=True)
    span = chosen.amax(1, keepdim=True) - low
    blur = _EPSILON.get(dtype, 2.0**-7) * chosen.abs().amax(1, keepdim=True) / span
    place = (chosen[:, :: max(1, chosen.shape[1] // most)] - low) / span
    never = bars().max_levels
    found = torch.full((chosen.shape[0],), never)
    for some in torch.split(torch.arange(1, never), max(1, _AT_ONCE // place.numel())):
        scaled = place * some[:, None, None]
        error = (scaled - scaled.round()).abs().amax(2)
        allowed = 2 * some[:, None] * blur.T + 1e-4
        fits = (error <= allowed) & (allowed <= bars().grid_tolerance)
        found = torch.minimum(found, torch.where(fits, some[:, None], never).amin(0))
    return torch.where(found < never, found, 0)
