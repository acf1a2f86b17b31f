# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B3, embedding agreement: which residual dimension of one table is which of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls import agreement
from audit.weights.statistics.aligned_weights import unit_columns

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1
MIN_TOKENS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Best partner and sign of each residual dimension, and how good the partners are.

    ``partner`` and ``sign`` have shape (width,); ``correlation`` is the mean absolute
    correlation of the ``mutual`` pairs that choose each other; ``moved`` of them have
    different indices.
    """

    partner: Tensor
    sign: Tensor
    correlation: float
    mutual: int
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingAgreement:
    """``agreeing`` of ``width`` dimensions have their own index as best partner."""

    agreeing: int
    width: int
    tokens: int
    column_map: ColumnMap


def embedding_agreement(suspect: Tensor, reference: Tensor) -> EmbeddingAgreement | str:
    r"""Match the columns of two embedding tables, rows paired by token.

    Parameters
    ----------
    suspect, reference : Tensor, shape (tokens, width)

    Returns a sentence instead of a result with too few tokens.

    Notes
    -----
    **Null hypothesis.** Independent initialisation; residual dimensions exchangeable.
    **Statistic.** ``K``, the number of dimensions whose most correlated partner (absolute
    value, over the shared tokens) has the same index.
    **p-value.** Exact: :math:`P(K \ge k) \le 1/k!` for any matching whatsoever.
    **Detects.** Everything that keeps the order of the residual dimensions.
    **Blind to.** Re-initialised embeddings, rotation of the residual stream.
    **Flags.** A confident matching that is not the identity means that the residual
    dimensions were relabelled; the map is then undone and tested elsewhere.
    """
    if suspect.shape[0] < MIN_TOKENS:
        return f"only {suspect.shape[0]} token rows could be paired, {MIN_TOKENS} are needed"
    correlation = unit_columns(suspect).T @ unit_columns(reference)
    size = correlation.abs()
    return EmbeddingAgreement(
        agreeing=agreement(size),
        width=size.shape[0],
        tokens=suspect.shape[0],
        column_map=_column_map(correlation, size),
    )


def _column_map(correlation: Tensor, size: Tensor) -> ColumnMap:
    import torch

    own = torch.arange(size.shape[0])
    partner = size.argmax(1)
    mutual = size.argmax(0)[partner] == own
    chosen = correlation[own, partner]
    return ColumnMap(
        partner=partner,
        sign=torch.where(chosen < 0, -1.0, 1.0),
        correlation=float(chosen[mutual].abs().mean()) if bool(mutual.any()) else 0.0,
        mutual=int(mutual.sum()),
        moved=int((mutual & (partner != own)).sum()),
    )
