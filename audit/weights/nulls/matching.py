# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which unit of one model is which of the other: mutual partners, and whether they keep order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING

from audit import rules
from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.nulls.columns import unit_columns
from audit.weights.nulls.permutation import agreement, log10_agreement_bound, log10_rising_bound

if TYPE_CHECKING:
    from torch import Tensor

MIN_TOKENS = 32


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

    @property
    def beyond_chance(self) -> float:
        """Share of the units in rising order, less what a random order gives (``2 sqrt(m)``)."""
        return max(0.0, self.rising - 2 * sqrt(self.mutual)) / self.width


def monotone_matching(scores: Tensor, *, signed: bool = True) -> MonotoneMatch:
    r"""Match units of two models of different size, and count those that kept their order.

    Parameters
    ----------
    scores : Tensor, shape (units of the suspect, units of the reference)
        Likeness of every unit with every unit; ``signed`` says that a negative one is no
        likeness.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How the columns of two tables match: ``agreeing`` of ``width``, and the bound on that.

    Where the widths are equal a dimension agrees when its own index is its best partner;
    where they differ when it belongs to the longest run of partners in rising order, and
    ``width`` is the smaller of the two. ``moved`` of the mutual pairs do not agree.
    """

    agreeing: int
    width: int
    tokens: int
    log10_p: float
    moved: int
    same_width: bool
    match: MonotoneMatch

    @property
    def in_order(self) -> bool:
        """Whether most of the dimensions that match each other stand where they stood."""
        return self.moved * 2 <= self.match.mutual

    @property
    def effect(self) -> float:
        """Share of the dimensions that agree, beyond chance where the widths differ."""
        return self.agreeing / self.width if self.same_width else self.match.beyond_chance

    @property
    def is_confident(self) -> bool:
        """Whether most dimensions choose each other, with high correlation."""
        bar, best = rules.weight_thresholds(), self.match
        return (
            best.mutual >= bar.min_map_fraction * self.width
            and best.correlation >= bar.min_map_correlation
        )

    @property
    def is_beyond_noise(self) -> bool:
        """Whether the matched columns correlate more than the best of so many by chance.

        Decides from the tables alone whether whole layers are worth reading.
        """
        chance = sqrt(2 * log(max(2, self.width)) / self.tokens)
        return self.match.correlation >= rules.weight_thresholds().min_map_over_noise * chance


def match_columns(suspect: Tensor, reference: Tensor) -> ColumnMap | Absent:
    """Match the columns of two embedding tables, rows paired by token.

    Parameters
    ----------
    suspect, reference : Tensor, shape (tokens, width)
        The widths may differ.
    """
    import torch

    if suspect.shape[0] < MIN_TOKENS:
        return Absent(
            Said(
                "only {rows} token rows could be paired, {needed} are needed",
                rows=suspect.shape[0],
                needed=MIN_TOKENS,
            )
        )
    correlation = unit_columns(suspect).T @ unit_columns(reference)
    found = monotone_matching(correlation, signed=False)
    if correlation.shape[0] != correlation.shape[1]:
        return ColumnMap(
            agreeing=found.rising,
            width=found.width,
            tokens=suspect.shape[0],
            log10_p=found.log10_p,
            moved=found.mutual - found.rising,
            same_width=False,
            match=found,
        )
    own = agreement(correlation.abs())
    return ColumnMap(
        agreeing=own,
        width=found.width,
        tokens=suspect.shape[0],
        log10_p=log10_agreement_bound(own),
        moved=int(torch.count_nonzero(found.partner != found.own)),
        same_width=True,
        match=found,
    )
