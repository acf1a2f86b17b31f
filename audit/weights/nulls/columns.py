# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Correlations of the columns of two matrices: which residual dimension goes with which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

MIN_ROWS = 8
_SMALLEST = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """``values[i, j]``: summed correlation of residual dimension ``i`` with ``j``.

    Shape (width, width); ``blocks`` windows went in.
    """

    values: Tensor
    blocks: int = 1

    def __add__(self, other: Scores) -> Scores:
        return Scores(values=self.values + other.values, blocks=self.blocks + other.blocks)


def column_scores(suspect: Tensor, reference: Tensor) -> Scores | None:
    """Column correlations of one window; ``None`` when it has too few rows."""
    if suspect.shape[0] < MIN_ROWS:
        return None
    return Scores(values=unit_columns(suspect).T @ unit_columns(reference))


def summed(total: Scores | None, suspect: Tensor, reference: Tensor) -> Scores | None:
    """Add the column correlations of one window to ``total``, whose values are overwritten."""
    if total is None or suspect.shape[0] < MIN_ROWS:
        return total or column_scores(suspect, reference)
    total.values.addmm_(unit_columns(suspect).T, unit_columns(reference))
    return Scores(values=total.values, blocks=total.blocks + 1)


def unit_rows(vectors: Tensor) -> Tensor:
    """Bring every vector to unit length; zero stays zero."""
    unit: Tensor = vectors / vectors.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    return unit


def added(total: Scores | None, part: Scores | None) -> Scores | None:
    """Add what there is."""
    if total is None or part is None:
        return part if total is None else total
    return total + part


def unit_columns(block: Tensor, like: Tensor | None = None) -> Tensor:
    """Centre each column and scale it to unit length; constant columns become zero.

    Columns are brought to at most one first, so that huge values do not overflow; a column
    below ``1e-30`` holds too few digits (denormal numbers) and counts as constant. Mean and
    length are those of ``like`` (other rows of the same columns) where it is given.
    """
    known = block if like is None else like
    size = known.abs().amax(0, keepdim=True)
    usable = size > _SMALLEST
    scaled = known / size.clamp_min(_SMALLEST)
    mean = scaled.mean(0, keepdim=True)
    centred = scaled - mean
    norms = centred.norm(dim=0, keepdim=True)
    varies = usable & (norms > 1e-6 * known.shape[0] ** 0.5)
    varies &= (known != 0).sum(0, keepdim=True) >= min(MIN_ROWS, known.shape[0])
    if known is not block:
        centred = block / size.clamp_min(_SMALLEST) - mean
    unit: Tensor = (centred / norms.clamp_min(_SMALLEST)) * varies
    return unit
