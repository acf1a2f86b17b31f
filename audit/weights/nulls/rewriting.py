# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether one matrix is the other, rounded or with values set to zero."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_FEWEST = 64
"""Different values that a pruned matrix has to keep."""
_MOST_LEVELS = 256
_VALUES_PER_LEVEL = 2
_ROWS = 64
"""Rows that are looked at where each has levels of its own."""
_EXACTLY = 0.999
"""Share of the values; the others may lie between two levels, within the stored type's rounding."""
_CLOSE, _FEWEST_CLOSE, _RIGHT = 1e-3, 30, 0.99
"""So close to where rounding turns, in standard deviations, least values there, and their share."""


def is_rewritten(suspect: Tensor, reference: Tensor) -> bool:
    """Say whether nothing but rounding or pruning stands between two matrices of one shape.

    Two trainings do not do that to each other, unless they moved by less than 0.0001 standard
    deviations: every value of the one tells the other's, to half a step or to the last digit.
    Levels need not be equally spaced; a matrix, a row or a column may have levels of its own.

    Examples
    --------
    >>> import torch
    >>> w = torch.randn(32, 512, generator=torch.Generator().manual_seed(0))
    >>> step = w.abs().amax(1, keepdim=True) / 63
    >>> [is_rewritten(v, w) for v in (w * (w.abs() > 0.5), (w / step).round() * step, w + 0.01)]
    [True, True, False]
    """
    readings = (
        (suspect.reshape(1, -1), reference.reshape(1, -1)),
        (suspect, reference),
        (suspect.T.contiguous(), reference.T.contiguous()),
    )
    return _is_pruned(suspect, reference) or any(
        _is_rounded(own[:_ROWS], other[:_ROWS]) for own, other in readings
    )


def _is_pruned(suspect: Tensor, reference: Tensor) -> bool:
    import torch

    kept = suspect != 0
    told = suspect[kept]
    return len(torch.unique(told)) >= _FEWEST and bool((told == reference[kept]).all())


def _is_rounded(suspect: Tensor, reference: Tensor) -> bool:
    """Whether the values of each row are the reference's, moved to the nearest of a few levels.

    Few levels say little of what was rounded, and twins that moved little round alike but close to
    where rounding turns: there the reference has to be on the right side too.
    """
    import torch

    right, close = [], []
    for own, other in zip(suspect, reference, strict=True):
        levels = torch.unique(own)
        if not 2 <= len(levels) <= min(_MOST_LEVELS, len(own) // _VALUES_PER_LEVEL):
            return False
        turns = (levels[1:] + levels[:-1]) / 2
        place = torch.bucketize(other.contiguous(), turns)
        right.append(levels[place] == own)
        around = torch.nn.functional.pad(turns, (1, 1))
        around[0], around[-1] = -inf, inf
        away = torch.minimum(other - around[place], around[place + 1] - other)
        close.append(away <= _CLOSE * other.std())
    told, near = torch.cat(right).double(), torch.cat(close)
    if float(told.mean()) < _EXACTLY or int(near.sum()) < _FEWEST_CLOSE:
        return False
    return float(told[near].mean()) >= _RIGHT
