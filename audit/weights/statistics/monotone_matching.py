# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""N3, monotone matching: whether units that match each other also stand in the same order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls.permutation import log10_rising_bound

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MonotoneMatch:
    """Units that choose each other, in the suspect's order, and how many keep their order.

    ``own``, ``partner`` and ``sign`` have shape (mutual,); ``correlation`` is the mean
    absolute score of the mutual pairs; ``rising`` of them form the longest increasing
    subsequence; ``width`` is the number of units of the smaller side.
    """

    own: Tensor
    partner: Tensor
    sign: Tensor
    correlation: float
    rising: int
    width: int

    @property
    def mutual(self) -> int:
        """Number of pairs that choose each other."""
        return self.own.numel()

    @property
    def log10_p(self) -> float:
        """log10 of the exact bound on the chance of so long an increasing subsequence."""
        return log10_rising_bound(self.mutual, self.rising)


def monotone_matching(scores: Tensor, *, signed: bool = True) -> MonotoneMatch:
    r"""Match units of two models of different size, and count those that kept their order.

    Parameters
    ----------
    scores : Tensor, shape (units of the suspect, units of the reference)
        Likeness of every unit with every unit; ``signed`` says that a negative one is no
        likeness.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the labels of the units (residual
    dimensions, or the neurons of one layer) of one model mean nothing to the other.
    **Statistic.** ``k``, the longest increasing subsequence of the partners of the ``m``
    pairs that choose each other; a tie is no choice.
    **p-value.** Exact. Under the null the order of the partners is a uniformly random
    permutation, and :math:`P(\mathrm{LIS} \ge k) \le \binom{m}{k} / k!` (expected number of
    increasing subsequences, and Markov's inequality); typical is :math:`2\sqrt{m}`.
    **Detects.** Pruned residual dimensions and pruned neurons: what is kept keeps its order.
    **Blind to.** Units that were reordered as well as removed, rotations.

    Examples
    --------
    >>> import torch
    >>> found = monotone_matching(torch.eye(6)[[0, 2, 3, 5]])
    >>> found.mutual, found.rising, found.width
    (4, 4, 4)
    """
    import torch

    size = scores if signed else scores.abs()
    best, partner = size.max(1)
    back_best, back = size.max(0)
    own = torch.arange(size.shape[0], device=size.device)
    clear = ((size == best[:, None]).sum(1) == 1) & (best > 0)
    clear_back = (size == back_best[None, :]).sum(0) == 1
    mutual = clear & clear_back[partner] & (back[partner] == own)
    chosen = scores[own, partner][mutual]
    return MonotoneMatch(
        own=own[mutual],
        partner=partner[mutual],
        sign=torch.where(chosen < 0, -1.0, 1.0),
        correlation=float(chosen.abs().mean()) if chosen.numel() else 0.0,
        rising=longest_rising(partner[mutual].tolist()),
        width=min(size.shape),
    )


def longest_rising(values: Sequence[int]) -> int:
    """Length of the longest strictly increasing subsequence, by patience sorting.

    >>> longest_rising([5, 1, 4, 2, 3])
    3
    """
    piles: list[int] = []
    for value in values:
        place = bisect_left(piles, value)
        piles[place : place + 1] = [value]
    return len(piles)
