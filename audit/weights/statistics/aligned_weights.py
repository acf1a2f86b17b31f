# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B2, aligned weights: whether the same rows of two matrices point the same way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls.permutation import Permutation, agreement, permutation_moments
from audit.weights.pairing.pairs import Block

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1
MIN_ROWS = 8
_SMALLEST = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """``values[i, j]``: summed correlation of residual dimension ``i`` with ``j``.

    Shape (width, width); ``blocks`` windows and ``parameters`` weights per model went in.
    """

    values: Tensor
    blocks: int
    parameters: int

    def __add__(self, other: Scores) -> Scores:
        return Scores(
            values=self.values + other.values,
            blocks=self.blocks + other.blocks,
            parameters=self.parameters + other.parameters,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Result over some matrices.

    ``correlation`` estimates the correlation of corresponding weights, corrected for
    chance, ``deviation`` is its standard deviation under the null. ``agreeing`` of
    ``width`` residual dimensions have their best partner at their own index.
    """

    permutation: Permutation
    correlation: float
    deviation: float
    agreeing: int
    width: int
    parameters: int


def column_scores(block: Block) -> Scores | None:
    """Column correlations of one window; ``None`` when it has too few rows."""
    if block.suspect.shape[0] < MIN_ROWS:
        return None
    values = unit_columns(block.suspect).T @ unit_columns(block.reference)
    return Scores(values=values, blocks=1, parameters=block.suspect.numel())


def aligned_weights(scores: Scores) -> Alignment | str:
    r"""Test whether corresponding matrices were initialised independently.

    Returns a sentence instead of a result when fewer than eight dimensions vary.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the residual dimensions of one model
    are exchangeable with respect to the other's.
    **Statistic.** :math:`T = \operatorname{tr}(X^\top Y)` over windows whose columns are
    centred and of unit length; unit columns keep outlier dimensions and rescaled norms
    from carrying the result.
    **p-value.** Exact permutation mean and variance, normal tail, never below ``1/d!``.
    A second, rigorous reading needs no limit theorem: if ``K`` dimensions have their best
    partner at their own index, :math:`P(K \ge k) \le 1/k!`.
    **Detects.** Fine-tunes, continued training, merges, quantisation, upcycled attention.
    **Blind to.** Relabelled or rotated residual dimensions, rows in another order.
    **Also fires for.** Two trainings from one random start.
    **Sources.** W. Hoeffding, "A combinatorial central limit theorem", Annals of
    Mathematical Statistics 22 (1951); S. Zhu et al., "Independence tests for language
    models", ICML 2025, arXiv 2502.12292, for the exchangeability argument.

    Examples
    --------
    >>> import torch
    >>> g = torch.Generator().manual_seed(0)
    >>> x = unit_columns(torch.randn(64, 16, generator=g))
    >>> same = aligned_weights(Scores(values=x.T @ x, blocks=1, parameters=1024))
    >>> same.agreeing, round(same.correlation, 1)
    (16, 1.0)
    """
    import torch

    values = scores.values
    active = (values != 0).any(0) & (values != 0).any(1)
    width = int(active.sum())
    if width < 8:
        return "fewer than eight residual dimensions vary in both models"
    kept = values[active][:, active] if width < values.shape[0] else values
    if not bool(torch.isfinite(kept).all()):
        return "the correlations are not finite"
    moments = permutation_moments(kept)
    most = scores.blocks * width
    return Alignment(
        permutation=moments,
        correlation=moments.agreement(most),
        deviation=moments.deviation(most),
        agreeing=agreement(kept),
        width=width,
        parameters=scores.parameters,
    )


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
    if known is not block:
        centred = block / size.clamp_min(_SMALLEST) - mean
    unit: Tensor = (centred / norms.clamp_min(_SMALLEST)) * varies
    return unit
