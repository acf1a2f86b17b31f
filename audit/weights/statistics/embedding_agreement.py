# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B3, embedding agreement: which residual dimension of one table is which of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls.permutation import agreement, log10_agreement_bound
from audit.weights.statistics.aligned_weights import unit_columns
from audit.weights.statistics.monotone_matching import MonotoneMatch, monotone_matching

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 2
MIN_TOKENS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingAgreement:
    """``agreeing`` of ``width`` dimensions agree, with the exact bound on that.

    Where the widths are equal a dimension agrees when its own index is its best partner;
    where they differ when it belongs to the longest run of partners in rising order, and
    ``width`` is the smaller of the two. ``moved`` of the mutual pairs do not agree.
    """

    agreeing: int
    width: int
    tokens: int
    log10_p: float
    moved: int
    column_map: MonotoneMatch

    @property
    def in_order(self) -> bool:
        """Whether most of the dimensions that match each other stand where they stood."""
        return self.moved * 2 <= self.column_map.mutual


def embedding_agreement(suspect: Tensor, reference: Tensor) -> EmbeddingAgreement | str:
    r"""Match the columns of two embedding tables, rows paired by token.

    Parameters
    ----------
    suspect, reference : Tensor, shape (tokens, width)
        The widths may differ.

    Returns a sentence instead of a result with too few tokens.

    Notes
    -----
    **Null hypothesis.** Independent initialisation; residual dimensions exchangeable.
    **Statistic.** Of equal widths ``K``, the number of dimensions whose most correlated
    partner (absolute value, over the shared tokens) has the same index. Of different
    widths the longest increasing subsequence of the partners; see N3.
    **p-value.** Exact: :math:`P(K \ge k) \le 1/k!` for any matching whatsoever, and
    :math:`P(\mathrm{LIS} \ge k) \le \binom{m}{k}/k!` for ``m`` mutual pairs.
    **Detects.** Everything that keeps the order of the residual dimensions, pruning of
    some of them included.
    **Blind to.** Re-initialised embeddings, rotation of the residual stream.
    **Flags.** A confident matching out of order means that the residual dimensions were
    relabelled; the map is then undone and tested elsewhere.
    """
    import torch

    if suspect.shape[0] < MIN_TOKENS:
        return f"only {suspect.shape[0]} token rows could be paired, {MIN_TOKENS} are needed"
    correlation = unit_columns(suspect).T @ unit_columns(reference)
    found = monotone_matching(correlation, signed=False)
    if correlation.shape[0] != correlation.shape[1]:
        return EmbeddingAgreement(
            agreeing=found.rising,
            width=found.width,
            tokens=suspect.shape[0],
            log10_p=found.log10_p,
            moved=found.mutual - found.rising,
            column_map=found,
        )
    own = agreement(correlation.abs())
    return EmbeddingAgreement(
        agreeing=own,
        width=found.width,
        tokens=suspect.shape[0],
        log10_p=log10_agreement_bound(own),
        moved=int(torch.count_nonzero(found.partner != found.own)),
        column_map=found,
    )
