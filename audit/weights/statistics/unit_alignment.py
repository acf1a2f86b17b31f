# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B2 without a residual stream: whether units of hidden layers agree where they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log10
from statistics import median
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import PKind, Scope
from audit.weights.model.constructible import constructible
from audit.weights.model.hidden_axes import COMPONENT
from audit.weights.nulls.alignment import Alignment, aligned
from audit.weights.nulls.columns import Scores, column_scores
from audit.weights.nulls.containment import Levels
from audit.weights.nulls.permutation import (
    Agreement,
    Permutation,
    log10_agreement_bound,
    permutation_moments,
)
from audit.weights.nulls.rewriting import is_rewritten
from audit.weights.pairing.hidden_units import is_ordered, planted, spectrum, unit_values
from audit.weights.pairing.pairs import Block, Pair, Pairing
from audit.weights.pairing.planting import NOTHING_KEPT, Child, Sample
from audit.weights.statistics.interface import Effect, Statistic
from audit.weights.statistics.seen import Contained, Rewritten, Seen

if TYPE_CHECKING:
    from torch import Tensor

_SCOPE = Scope(COMPONENT)
_SHARE = 0.2
"""Share of the matrices that have to agree: a class axis taken for units is one of many."""
CHILD = 0.95
_AS_ALIKE = 1.4
"""Of 12 pairs of independent real models of one architecture the least was 1.96."""
_MOST_UNITS = 1024
_KEPT = 12
_KEPT_ROWS = 512
_TOLD = 0.5
"""Correlation from which rounding or pruning is looked for."""


Bound = tuple[float, float]
"""Of one matrix: log10 of the chance of what it shows, and the share of units that agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Each matrix by itself, and all together."""

    each: tuple[Alignment, ...]
    bounds: tuple[Bound, ...]
    joint: Agreement | Absent


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectra:
    """How far the leading singular values of matrices lie apart: median over the matrices.

    ``real`` of the two models, ``child`` of the reference and a child of it whose units were
    reordered and whose weights kept a correlation of ``CHILD``. No test: what is as alike as such
    a child is not acquitted.
    """

    real: float
    child: float

    @property
    def alike(self) -> bool:
        """Whether a reordered child would look like this."""
        return self.real <= _AS_ALIKE * self.child


class UnitAlignment(Statistic):
    r"""Test whether corresponding matrices of hidden layers were initialised independently.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the units of a hidden layer (channels, gates
    together, dense units) of one model are exchangeable with respect to the other's.
    **Statistic.** :math:`T = \operatorname{tr}(X^\top Y)` of each pair of matrices, a column for
    each unit, centred and of unit length; summed over the matrices.
    **p-value.** Exact permutation mean and variance of each matrix, normal tail. Layers of one
    size may share their units, which skips do, or not: the variance of their sum is the larger of
    that under one relabelling and that under one each.
    **Left out.** Matrices whose neighbouring units resemble each other in either model, and what
    a unit takes from its own number.
    **Detects.** Fine-tunes, continued training, quantisation, of convolutional, recurrent and
    dense networks.
    **Blind to.** Reordered units.
    **Also fires for.** Two trainings from one random start.
    """

    id = "unit-alignment"
    version = 1
    bounds = True

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:  # noqa: ARG002
        """One row for all; what was read is kept for the positive control."""
        if not pairing.loose:
            return Seen()
        each: list[tuple[Alignment, Scores]] = []
        blocks: list[Block] = []
        levels = Levels()
        rewritten = told = 0
        with pairing.progress.task(f"Comparing with {pairing.name}", len(pairing.pairs)) as advance:
            for pair in pairing.pairs:
                mine, theirs = _read(pair, pairing)
                advance(1)
                if mine.shape != theirs.shape or any(map(_tells_nothing, (mine, theirs))):
                    continue
                scores = column_scores(mine, theirs)
                found = None if scores is None else aligned(scores)
                if scores is None or not isinstance(found, Alignment):
                    continue
                each.append((found, scores))
                told += mine.numel()
                rewritten += mine.numel() * (
                    found.correlation > _TOLD and is_rewritten(mine, theirs)
                )
                levels.note(COMPONENT, mine, theirs)
                part = theirs[:_KEPT_ROWS]
                kept = Block(pair=pair, suspect=part, reference=part, identical=0, dropped=0)
                blocks.append(kept)
        if len(each) < 2:
            return self.absent(
                _SCOPE, Absent(Said("fewer than two matrices have units that are exchangeable"))
            )
        found_all = _Found(
            each=tuple(a for a, _ in each),
            bounds=tuple(_bound(a) for a, _ in each),
            joint=_joint(each),
        )
        some = blocks[:: -(-len(blocks) // _KEPT)]
        values = (
            found_all,
            Sample(matrices=tuple(some)),
            Contained(levels=levels.told()),
            Rewritten(share=rewritten / told),
        )
        seen_by_spectra = _spectra(pairing, [block.pair for block in some])
        return self.permuted(_SCOPE, found_all.joint) + Seen(values=(*values, *seen_by_spectra))

    def sees(self, child: Child) -> bool | Absent:
        """Whether it establishes the child in all of the matrices that were kept."""
        each = _planted(child)
        if not each:
            return NOTHING_KEPT
        return self.establishes(_joint(each), child)


class UnitAgreement(Statistic):
    r"""The rigorous reading: how many units find their own number, in a fifth of the matrices.

    Notes
    -----
    **p-value.** Exact. If ``K`` units of a matrix find their own number,
    :math:`P(K \ge k) \le 1/k!`; of ``n`` matrices at least ``m`` have a bound of ``p`` or less
    with probability :math:`n p / m` at most (Markov), whatever units they share. ``m`` is a fifth
    of ``n``, and two at least.
    """

    id = "unit-agreement"
    version = 1
    warrant = PKind.EXACT
    effect = Effect.SHARE

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:  # noqa: ARG002
        """One row."""
        found = seen.of(_Found)
        if found is None:
            return Seen()
        log10_p, share = _fifth(found.bounds)
        row = self.row(
            _SCOPE,
            statistic=sum(a.agreeing for a in found.each),
            log10_p=log10_p,
            effect=share,
            n=sum(a.n for a in found.each),
        )
        return Seen(rows=(row,))

    def sees(self, child: Child) -> bool | Absent:
        """Whether enough units of the child find their own number."""
        each = _planted(child)
        if not each:
            return NOTHING_KEPT
        log10_p, share = _fifth([_bound(a) for a, _ in each])
        return log10_p <= child.bar and share >= self.least


def _read(pair: Pair, pairing: Pairing, *, whole: bool = False) -> list[Tensor]:
    sides = zip((pair.suspect, pair.reference), pairing.layouts, pairing.checkpoints, strict=True)
    return [
        unit_values(slot, layout.units[slot.header.name], checkpoint, whole=whole)
        for slot, layout, checkpoint in sides
    ]


def _tells_nothing(columns: Tensor) -> bool:
    """Whether anybody would write the values down so, or the units are not exchangeable."""
    return constructible(columns[:_KEPT_ROWS]) is not None or is_ordered(columns)


def _spectra(pairing: Pairing, pairs: Sequence[Pair]) -> Iterator[Spectra]:
    import torch

    rng = torch.Generator().manual_seed(pairing.seed)
    real, child = [], []
    for pair in pairs:
        mine, theirs = _read(pair, pairing, whole=True)
        if mine.shape != theirs.shape or theirs.shape[1] > _MOST_UNITS:
            continue
        here = spectrum(theirs)
        real.append(float((spectrum(mine) - here).abs().mean()))
        child.append(float((spectrum(planted(theirs, CHILD, rng)) - here).abs().mean()))
    if real:
        yield Spectra(real=median(real), child=median(child))


def _bound(found: Alignment) -> Bound:
    return log10_agreement_bound(found.agreeing), found.agreeing / found.n


def _fifth(bounds: Iterable[Bound]) -> Bound:
    """Bound the chance that a fifth of the matrices agree as they do; their share of all units."""
    ranked = sorted(bounds)
    wanted = min(len(ranked), max(2, ceil(_SHARE * len(ranked))))
    log10_p = min(0.0, ranked[wanted - 1][0] + log10(len(ranked) / wanted))
    return log10_p, sum(share for _, share in ranked) / len(ranked)


def _joint(each: Iterable[tuple[Alignment, Scores]]) -> Agreement:
    """Add what the matrices say, with the larger variance of units shared or not."""
    sizes: dict[int, list[tuple[Alignment, Scores]]] = defaultdict(list)
    for one in each:
        sizes[one[1].values.shape[0]].append(one)
    observed = mean = variance = floor = most = 0.0
    units = 0
    for size, group in sizes.items():
        total = sum((scores for _, scores in group[1:]), group[0][1])
        together = permutation_moments(total.values)
        apart = sum(a.permutation.variance for a, _ in group)
        observed += together.observed
        mean += together.mean
        variance += max(together.variance, apart)
        floor += together.log10_floor
        most += sum(a.n for a, _ in group)
        units += size
    moments = Permutation(observed=observed, mean=mean, variance=variance, log10_floor=floor)
    return Agreement.of(moments, most, n=units, roles=(COMPONENT,))


def _planted(child: Child) -> list[tuple[Alignment, Scores]]:
    each = []
    for block in map(child.planted, child.sample.matrices):
        scores = column_scores(block.suspect, block.reference)
        found = None if scores is None else aligned(scores)
        if scores is not None and isinstance(found, Alignment):
            each.append((found, scores))
    return each
