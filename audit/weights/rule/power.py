# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The positive control of each run: the weakest child of this reference that it would have seen.

A child is planted on a part of the reference's weights that were read, and the tests of the
run are applied to it. Nothing is read again.
"""

from __future__ import annotations

from dataclasses import replace
from math import log10
from typing import TYPE_CHECKING

from audit import rules
from audit.record.assurance import Detectable
from audit.record.weights import Evidence, Outcome, Relation
from audit.weights.nulls.permutation import log10_agreement_bound, log10_normal_tail
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.planting import ControlSample, planted, rotated, shuffled
from audit.weights.rule.calibrated import neuron_gram
from audit.weights.rule.certificate import certificate
from audit.weights.rule.uncontrolled import uncontrolled
from audit.weights.statistics.aligned_weights import Alignment, aligned_weights, column_scores
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement, embedding_agreement
from audit.weights.statistics.gram_matching import Blocks, gram_matching
from audit.weights.statistics.norm_vectors import VectorAgreement, norm_vectors
from audit.weights.statistics.split_matching import SplitAgreement, split_matching
from audit.weights.statistics.undone_permutation import UndoneAgreement, undone_permutation

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Generator

    from audit.weights.battery import Measured
    from audit.weights.rule.conclusion import Conclusion

LADDER = (0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01)
"""Correlations that are planted, until a test no longer finds one."""
_AS_IS = "as it stands"
_MOVED = "basis permuted"
_SHUFFLED = "neurons reordered"
_ROTATED = "basis rotated"


def with_control(
    conclusion: Conclusion, measured: Measured, pairing: Pairing, *, multiplicity: int
) -> Conclusion:
    """Add the positive control, and to a negative that it bears out the certificate.

    A negative whose control fails is inconclusive. Across widths the tests have planted
    children of their own, without which there is no negative (``across_widths``).
    """
    name = pairing.inventories[1].name
    routed = any(layout.has_experts for layout in pairing.layouts)
    if measured.across is not None:
        covers = certificate(conclusion.evidence, (), name, routed=routed)
        negative = conclusion.relation is Relation.NO_SHARED_WEIGHTS
        power = (*conclusion.power, *uncontrolled(conclusion.evidence, conclusion.power))
        return replace(conclusion, power=power, certificate=covers if negative else None)
    power = positive_control(
        measured, conclusion.evidence, multiplicity=multiplicity, seed=pairing.seed
    )
    power = (*power, *uncontrolled(conclusion.evidence, power))
    if conclusion.relation is not Relation.NO_SHARED_WEIGHTS:
        return replace(conclusion, power=power)
    why = failed(power)
    if why is not None:
        return replace(
            conclusion,
            relation=Relation.INCONCLUSIVE,
            summary=f"Nothing was found. {why}",
            power=power,
        )
    covers = certificate(conclusion.evidence, power, name, routed=routed)
    return replace(conclusion, power=power, certificate=covers)


def positive_control(
    measured: Measured, evidence: tuple[Evidence, ...], *, multiplicity: int, seed: int
) -> tuple[Detectable, ...]:
    r"""Say for each test of the run the smallest dependence that it would have established.

    Parameters
    ----------
    measured : Measured
        With the sample of the reference's weights.
    evidence : tuple of Evidence
        The rows of this run: a test that gave no number gets no control.
    multiplicity : int
        References times layer maps; the number of tests is multiplied in here, as in the
        decision.
    seed : int
        Draws the planted children.

    Notes
    -----
    **Planted.** :math:`S = \rho R + \sqrt{1-\rho^2}\,\sigma_j N` column by column, rounded to
    bfloat16, with the change of basis that the test is there for. ``rho`` descends until the
    test's own decision rule no longer holds.
    **Closed form.** For statistics that are linear in ``rho`` the expected z is
    :math:`\rho / \sigma_0`, with the deviation under relabelling that was measured on
    everything that was read; the smallest ``rho`` is where it reaches the threshold.
    **Source.** Ours.
    """
    computed = [e for e in evidence if e.outcome is Outcome.COMPUTED]
    bar = rules.weight_thresholds().alpha_derived - log10(multiplicity * max(1, len(computed)))
    control = _Control(sample=measured.sample, bar=bar, seed=seed)
    out = []
    for name, found in sorted(measured.components.items()):
        if isinstance(found, Alignment):
            out.append(control.aligned(name, found))
            out.append(control.columns(name))
    if isinstance(measured.vectors, VectorAgreement):
        out.append(control.vectors(measured.vectors))
    others = {
        "embedding-agreement": control.embedding,
        "undone-permutation": control.undone,
        "split-matching": control.split,
        "gram-matching": control.gram,
    }
    run = {e.test for e in computed}
    return (*out, *(make() for test, make in others.items() if test in run))


class _Control:
    """Plants children on the sample and asks each test about them."""

    def __init__(self, *, sample: ControlSample, bar: float, seed: int) -> None:
        self._sample = sample
        self._bar = bar
        self._seed = seed
        self._thresholds = rules.weight_thresholds()

    def aligned(self, component: str, found: Alignment) -> Detectable:
        empty = Detectable(test="aligned-weights", scope=component, how=_AS_IS)
        least = self._thresholds.min_correlation

        def sees(rho: float, rng: Generator) -> bool:
            result = self._aligned(component, rho, rng)
            return (
                isinstance(result, Alignment)
                and result.permutation.log10_p <= self._bar
                and result.correlation >= least
            )

        smallest = self._closed(found.permutation.log10_floor, found.deviation, least)
        return self._descend(empty, sees, smallest, bool(self._sample.of(component)))

    def columns(self, component: str) -> Detectable:
        empty = Detectable(test="column-agreement", scope=component, how=_AS_IS)

        def sees(rho: float, rng: Generator) -> bool:
            result = self._aligned(component, rho, rng)
            return isinstance(result, Alignment) and self._counts(result.agreeing, result.width)

        return self._descend(empty, sees, None, bool(self._sample.of(component)))

    def vectors(self, found: VectorAgreement) -> Detectable:
        empty = Detectable(test="norm-vectors", scope="norms", how=_AS_IS)
        least = self._thresholds.min_correlation

        def sees(rho: float, rng: Generator) -> bool:
            blocks = [planted(b, rho, rng) for b in self._sample.vectors]
            result = norm_vectors(blocks)
            return (
                isinstance(result, VectorAgreement)
                and result.permutation.log10_p <= self._bar
                and result.correlation >= least
            )

        smallest = self._closed(found.permutation.log10_floor, found.deviation, least)
        return self._descend(empty, sees, smallest, bool(self._sample.vectors))

    def embedding(self) -> Detectable:
        empty = Detectable(test="embedding-agreement", scope="embeddings", how=_AS_IS)

        def sees(rho: float, rng: Generator) -> bool:
            block = planted(self._sample.tables[0], rho, rng)
            result = embedding_agreement(block.suspect, block.reference)
            return isinstance(result, EmbeddingAgreement) and self._counts(
                result.agreeing, result.width
            )

        return self._descend(empty, sees, None, bool(self._sample.tables))

    def undone(self) -> Detectable:
        empty = Detectable(test="undone-permutation", scope="model", how=_MOVED)

        def sees(rho: float, rng: Generator) -> bool:
            import torch

            table = planted(self._sample.tables[0], rho, rng)
            width = table.suspect.shape[1]
            order = torch.randperm(width, generator=rng)
            sign = torch.where(torch.rand(width, generator=rng) < 0.5, -1.0, 1.0)
            found = embedding_agreement(table.suspect[:, order] * sign, table.reference)
            if isinstance(found, str):
                return False
            blocks = [planted(b, rho, rng) for b in self._sample.matrices]
            moved = [replace(b, suspect=b.suspect[:, order] * sign) for b in blocks]
            result = undone_permutation(moved, found.column_map)
            return (
                isinstance(result, UndoneAgreement)
                and result.permutation.log10_p <= self._bar
                and result.correlation >= self._thresholds.min_correlation
            )

        return self._descend(empty, sees, None, bool(self._sample.tables and self._sample.matrices))

    def split(self) -> Detectable:
        empty = Detectable(test="split-matching", scope="feed-forward", how=_SHUFFLED)
        blocks = self._sample.neurons()

        def sees(rho: float, rng: Generator) -> bool:
            children = [(place, shuffled(n, rho, rng)) for place, n in blocks.items()]
            result = split_matching(children, list(blocks), lambda p: blocks[p], rng=rng)
            return (
                isinstance(result, SplitAgreement)
                and result.permutation.log10_p <= self._bar
                and result.correlation >= self._thresholds.min_matched_correlation
            )

        return self._descend(empty, sees, None, bool(blocks))

    def gram(self) -> Detectable:
        empty = Detectable(test="gram-matching", scope="feed-forward", how=_ROTATED)
        blocks = self._sample.neurons()

        def sees(rho: float, rng: Generator) -> bool:
            children = {place: rotated(n, rho, rng) for place, n in blocks.items()}
            matched = gram_matching(Blocks.of(children), Blocks.of(blocks))
            return neuron_gram(matched).stands_out

        return self._descend(empty, sees, None, bool(blocks))

    def _aligned(self, component: str, rho: float, rng: Generator) -> Alignment | str:
        scores = None
        for block in self._sample.of(component):
            part = column_scores(planted(block, rho, rng))
            if part is not None:
                scores = part if scores is None else scores + part
        return "nothing to plant in" if scores is None else aligned_weights(scores)

    def _counts(self, agreeing: int, width: int) -> bool:
        least = self._thresholds.min_matched_fraction
        return log10_agreement_bound(agreeing) <= self._bar and agreeing >= least * width

    def _closed(self, floor: float, deviation: float, least: float) -> float | None:
        """Smallest rho by the closed form, ``None`` where no p-value can be small enough."""
        if floor > self._bar:
            return None
        return float(f"{max(least, needed_z(self._bar) * deviation):.4g}")

    def _descend(
        self,
        empty: Detectable,
        sees: Callable[[float, Generator], bool],
        smallest: float | None,
        possible: bool,
    ) -> Detectable:
        import torch

        if not possible:
            return replace(empty, smallest=smallest, reason="no weights were kept to plant in")
        lowest = None
        for step, rho in enumerate(LADDER):
            rng = torch.Generator().manual_seed(self._seed * len(LADDER) + step)
            if not sees(rho, rng):
                break
            lowest = rho
        reason = None if lowest is not None else f"a child at {LADDER[0]} was not found"
        return replace(empty, planted=lowest, smallest=smallest, reason=reason)


def needed_z(log10_p: float) -> float:
    """Smallest z whose one-sided normal tail is at most ``10 ** log10_p``.

    >>> round(needed_z(-9), 2)
    6.0
    """
    low, high = 0.0, 1e3
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if log10_normal_tail(middle) <= log10_p else (middle, high)
    return high


def failed(found: tuple[Detectable, ...]) -> str | None:
    """Say why a negative cannot stand: no test in the stored basis found even a near copy."""
    plain = [d for d in found if d.how == _AS_IS]
    if any(d.planted is not None and d.planted <= 0.5 for d in plain):
        return None
    return (
        "The positive control failed: a child of the reference with half of its weights' "
        "variation, planted in what was read, would not have been found."
    )
