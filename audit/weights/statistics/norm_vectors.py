# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B1, norm vectors: whether gains and biases agree, residual dimension by dimension."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import Scope
from audit.weights.nulls.exchangeable import Structure
from audit.weights.nulls.permutation import Agreement, permutation_moments, smallest_found
from audit.weights.pairing.pairs import Block, Pairing
from audit.weights.pairing.planting import NOTHING_KEPT, Child
from audit.weights.statistics.interface import Fold, Statistic
from audit.weights.statistics.seen import GainsMoved, Seen

if TYPE_CHECKING:
    from torch import Tensor


_MOVED = 0.01
"""Standard deviation of a gain over its mean; of 10 models of the zoo the least was 0.065."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vectors:
    found: Agreement | Absent


@dataclass(slots=True)
class _Keeping:
    blocks: list[Block] = field(default_factory=list)

    def see(self, block: Block) -> None:
        if block.pair.is_vector:
            self.blocks.append(block)

    def done(self) -> Seen:
        whole = [b for b in self.blocks if b.suspect.shape[0] == 1]
        sides = [b.suspect[0] for b in whole], [b.reference[0] for b in whole]
        moved = GainsMoved(sides=(_moved(sides[0]), _moved(sides[1])))
        return Seen(values=(_Vectors(found=norm_vectors(self.blocks)), moved))


class NormVectors(Statistic):
    r"""Test whether one-dimensional parameters were initialised and trained independently.

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

    id = "norm-vectors"
    version = 1
    misled_by = frozenset(Structure)
    scope = Scope("norms")

    def fold(self, pairing: Pairing) -> Fold | None:
        """Keep the vectors."""
        return None if pairing.across else _Keeping()

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """One row."""
        kept = seen.of(_Vectors)
        found = kept.found if kept else Absent(Said("the residual streams differ in width"))
        if pairing.labelled is not None:
            found = pairing.labelled
        return self.permuted(self.scope, found)

    def sees(self, child: Child) -> bool | Absent:
        """Whether it establishes the child's vectors."""
        if not child.sample.vectors:
            return NOTHING_KEPT
        found = norm_vectors(child.planted(b) for b in child.sample.vectors)
        return self.establishes(found, child)

    def smallest(self, seen: Seen, component: str, bar: float) -> float | None:  # noqa: ARG002
        """By the closed form."""
        kept = seen.of(_Vectors)
        return smallest_found(kept.found, self.least, bar) if kept else None


def norm_vectors(blocks: Iterable[Block]) -> Agreement | Absent:
    """Sum the products of ranks over all vectors, and compare with the relabellings of all."""
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
        return Absent(Said("no gain or bias on the residual axis varies in both models"))
    x, y = torch.stack(rows_s), torch.stack(rows_r)
    moments = permutation_moments(x.T @ y)
    return Agreement.of(moments, len(rows_s), n=x.shape[1], roles=("norm",))


def _moved(vectors: Iterable[Tensor]) -> bool:
    """Whether at least half of the gains vary about their mean as no random start does."""
    spread = [float(v.std(correction=0) / m) for v in vectors if (m := v.mean().abs()) > 0]
    return bool(spread) and median(spread) >= _MOVED


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
