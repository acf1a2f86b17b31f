# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B1, norm vectors: whether gains and biases agree, residual dimension by dimension."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls.permutation import Permutation, permutation_moments
from audit.weights.pairing.pairs import Block

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorAgreement:
    """Joint permutation result; ``correlation`` is the chance-corrected mean rank correlation."""

    permutation: Permutation
    correlation: float
    deviation: float
    vectors: int
    width: int


def norm_vectors(blocks: Iterable[Block]) -> VectorAgreement | str:
    r"""Test whether one-dimensional parameters were initialised and trained independently.

    Returns a sentence instead of a result when no vector varies.

    Notes
    -----
    **Null hypothesis.** The residual dimensions of one model are exchangeable with
    respect to the other's; one joint relabelling moves all vectors at once.
    **Statistic.** :math:`T = \sum_v \langle a_v, b_v\rangle` with every vector replaced
    by its centred, unit-length ranks, so that neither the common level near one nor an
    outlier dimension can carry it.
    **p-value.** Exact permutation mean and variance, normal tail.
    **Detects.** Fine-tunes, continued training, changed vocabulary, experts or layers.
    **Blind to.** Rewritten gains (free for an evader), relabelled dimensions.
    **Use beside B2.** Gains and biases start from constants, so their agreement is about
    training, not about the random start.
    """
    import torch

    rows_s, rows_r = [], []
    for block in blocks:
        if not block.pair.is_vector or block.suspect.shape[0] != 1:
            continue
        a, b = _ranks(block.suspect[0]), _ranks(block.reference[0])
        if a is not None and b is not None:
            rows_s.append(a)
            rows_r.append(b)
    if not rows_s:
        return "no gain or bias on the residual axis varies in both models"
    x, y = torch.stack(rows_s), torch.stack(rows_r)
    moments = permutation_moments(x.T @ y)
    return VectorAgreement(
        permutation=moments,
        correlation=moments.agreement(len(rows_s)),
        deviation=moments.deviation(len(rows_s)),
        vectors=len(rows_s),
        width=x.shape[1],
    )


def _ranks(values: Tensor) -> Tensor | None:
    """Average ranks, centred and of unit length; ``None`` for a constant vector."""
    import torch

    distinct, inverse, counts = torch.unique(values, return_inverse=True, return_counts=True)
    if distinct.numel() < 3:
        return None
    last = counts.cumsum(0).double()
    average = last - (counts.double() - 1) / 2
    ranks = average[inverse]
    centred = ranks - ranks.mean()
    unit: Tensor = centred / centred.norm()
    return unit
