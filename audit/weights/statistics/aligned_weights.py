# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B2, aligned weights: whether the same rows of two matrices point the same way."""

from __future__ import annotations

from dataclasses import dataclass, field

from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import WHOLE, PKind, Scope
from audit.weights.nulls.alignment import Alignment, aligned
from audit.weights.nulls.columns import Scores, added, column_scores, summed
from audit.weights.nulls.exchangeable import Structure
from audit.weights.nulls.permutation import (
    log10_agreement_bound,
    smallest_found,
)
from audit.weights.pairing.pairs import Block, Pairing
from audit.weights.pairing.planting import NOTHING_KEPT, Child
from audit.weights.statistics.interface import Effect, Fold, Statistic
from audit.weights.statistics.seen import InPlace, Seen

Result = Alignment | Absent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alignments:
    """By scope: of every role, and of every component as a whole."""

    roles: dict[Scope, Result]
    components: dict[str, Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """Each expert of the suspect by itself, where the reference is dense; no row says it yet."""

    found: dict[int, Result]


@dataclass(slots=True)
class _Summing:
    """Sums the scores of one role and of its component at a time; they come in that order."""

    roles: dict[Scope, Result] = field(default_factory=dict)
    components: dict[str, Result] = field(default_factory=dict)
    _at: Scope | None = None
    _role: Scores | None = None
    _total: Scores | None = None

    def see(self, block: Block) -> None:
        at = Scope(block.pair.component, block.pair.role)
        if at != self._at:
            self._close(at)
        if not block.pair.is_vector:
            self._role = summed(self._role, block.suspect, block.reference)

    def _close(self, following: Scope | None) -> None:
        """Test the role that is whole, and its component if that is whole too."""
        at, self._at = self._at, following
        if at is None:
            return
        if self._role is not None:
            self.roles[at] = aligned(self._role, (at.role or "",))
        self._total, self._role = added(self._total, self._role), None
        if following is not None and following.component == at.component:
            return
        if self._total is not None:
            roles = (s.role or "" for s in self.roles if s.component == at.component)
            self.components[at.component] = aligned(self._total, tuple(sorted(roles)))
        self._total = None

    def done(self) -> Seen:
        self._close(None)
        return Seen(values=(_Alignments(roles=self.roles, components=self.components),))


class AlignedWeights(Statistic):
    r"""Test whether corresponding matrices were initialised independently.

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
    """

    id = "aligned-weights"
    version = 1
    misled_by = frozenset({Structure.GROUPS})
    bounds = True

    def fold(self, pairing: Pairing) -> Fold | None:
        """Sum the scores of the columns."""
        return None if pairing.across else _Summing()

    def strengths(self, seen: Seen) -> tuple[float, ...]:
        """The z of every component."""
        found = seen.of(_Alignments)
        results = found.components.values() if found else ()
        return tuple(a.permutation.z for a in results if isinstance(a, Alignment))

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """One row per role, and one per component."""
        found = seen.of(_Alignments)
        if found is None:
            return self.absent(WHOLE, Absent(Said("the residual streams differ in width")))
        out = Seen()
        for scope, result in sorted(found.roles.items()):
            out += self.permuted(scope, result)
        for part, result in sorted(found.components.items()):
            out += self.permuted(Scope(part), result)
        told = {
            part: result.permutation.log10_p
            for part, result in found.components.items()
            if isinstance(result, Alignment)
        }
        return out + Seen(values=(InPlace(log10_p=told), Experts(found=_experts(pairing))))

    def sees(self, child: Child) -> bool | Absent:
        """Whether it establishes the child in its component."""
        found = _planted(child)
        return NOTHING_KEPT if found is NOTHING_KEPT else self.establishes(found, child)

    def smallest(self, seen: Seen, component: str, bar: float) -> float | None:
        """By the closed form, on everything that was read."""
        results = seen.of(_Alignments)
        found = results.components.get(component) if results else None
        return smallest_found(found, self.least, bar) if found else None


class ColumnAgreement(Statistic):
    """The second, rigorous reading of aligned weights: columns that find their own number."""

    id = "column-agreement"
    version = 1
    warrant = PKind.EXACT
    effect = Effect.SHARE

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:  # noqa: ARG002
        """One row per component."""
        found, out = seen.of(_Alignments), Seen()
        for part, result in sorted(found.components.items()) if found else ():
            if isinstance(result, Absent):
                out += self.absent(Scope(part), result)
                continue
            row = self.row(
                Scope(part),
                statistic=result.agreeing,
                log10_p=log10_agreement_bound(result.agreeing),
                effect=result.agreeing / result.n,
                n=result.n,
                roles=result.roles,
            )
            out += Seen(rows=(row,))
        return out

    def sees(self, child: Child) -> bool | Absent:
        """Whether enough columns of the child find their own number."""
        found = _planted(child)
        if found is NOTHING_KEPT:
            return NOTHING_KEPT
        return isinstance(found, Alignment) and self.counts(found.agreeing, found.n, child)


def _planted(child: Child) -> Result:
    """Test the child's component, where weights of it were kept."""
    blocks = child.sample.of(child.component)
    if not blocks:
        return NOTHING_KEPT
    scores: Scores | None = None
    for block in map(child.planted, blocks):
        scores = added(scores, column_scores(block.suspect, block.reference))
    return Absent(Said("nothing to plant in")) if scores is None else aligned(scores)


def _experts(pairing: Pairing) -> dict[int, Result]:
    scores: dict[int, Scores | None] = {}
    for pair in pairing.tested if pairing.labelled is None else ():
        expert = pair.suspect.expert
        if expert is not None and pair.reference.expert is None and not pair.is_vector:
            block = pairing.block(pair)
            part = column_scores(block.suspect, block.reference)
            scores[expert] = added(scores.get(expert), part)
    return {expert: aligned(s) for expert, s in sorted(scores.items()) if s is not None}
