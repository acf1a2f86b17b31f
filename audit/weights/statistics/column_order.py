# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""N3, monotone matching: whether units that match each other also stand in the same order."""

from __future__ import annotations

from dataclasses import dataclass, field

from audit.record.weights import Evidence, PKind, Scope
from audit.weights.model.checkpoint import units
from audit.weights.nulls.columns import Scores, added, column_scores
from audit.weights.nulls.matching import MonotoneMatch, monotone_matching
from audit.weights.pairing.pairs import Block, Pairing
from audit.weights.pairing.pruning import Plant, pruned
from audit.weights.statistics.interface import Effect, Fold, Statistic
from audit.weights.statistics.seen import Children, Orders, Seen

_Matches = dict[Scope, MonotoneMatch]
"""By role and by component."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    real: _Matches
    planted: dict[float, list[_Matches]]


@dataclass(slots=True)
class _Run:
    """Sums the column scores of one pair of models, real or planted."""

    plant: Plant | None = None
    scores: dict[Scope, Scores] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        x, y = block.suspect, block.reference
        if self.plant is not None:
            counts = units(block.pair.suspect), units(block.pair.reference)
            x, y = self.plant.child(x, y, counts)
        rows = min(x.shape[0], y.shape[0])
        part = column_scores(x[:rows], y[:rows])
        if part is not None:
            scope = Scope(block.pair.component, block.pair.role)
            self.scores[scope] = self.scores[scope] + part if scope in self.scores else part

    def matches(self) -> _Matches:
        out = {scope: monotone_matching(s.values) for scope, s in self.scores.items()}
        totals: dict[str, Scores | None] = {}
        for scope, part in self.scores.items():
            totals[scope.component] = added(totals.get(scope.component), part)
        whole = {Scope(c): monotone_matching(s.values) for c, s in totals.items() if s is not None}
        return out | whole


@dataclass(slots=True)
class _Summing:
    real: _Run
    planted: dict[float, list[_Run]]

    def see(self, block: Block) -> None:
        self.real.add(block)
        for runs in self.planted.values():
            for run in runs:
                run.add(block)

    def done(self) -> Seen:
        planted = {rho: [run.matches() for run in runs] for rho, runs in self.planted.items()}
        return Seen(values=(_Found(real=self.real.matches(), planted=planted),))


class ColumnOrder(Statistic):
    r"""Match units of two models of different size, and count those that kept their order.

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
    """

    id = "column-order"
    version = 1
    warrant = PKind.EXACT
    effect = Effect.SHARE
    across_widths = True

    def fold(self, pairing: Pairing) -> Fold | None:
        """Sum the scores of the real pair and of planted children, across widths only."""
        if not pairing.across:
            return None
        planted = {rho: [_Run(p) for p in plants] for rho, plants in pruned(pairing).items()}
        return _Summing(real=_Run(), planted=planted)

    def strengths(self, seen: Seen) -> tuple[float, ...]:
        """The bound of every component."""
        found = seen.of(_Found)
        real = found.real if found else {}
        return tuple(-m.log10_p for scope, m in real.items() if scope.role is None)

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:  # noqa: ARG002
        """One row per role and component; the children's beside them."""
        found = seen.of(_Found)
        if found is None:
            return Seen()
        children = {
            rho: tuple(self._rows(matches) for matches in runs)
            for rho, runs in found.planted.items()
        }
        whole = {scope.component: m for scope, m in found.real.items() if scope.role is None}
        values = (Children(rows=children), Orders(components=whole))
        return Seen(rows=self._rows(found.real), values=values)

    def _rows(self, matches: _Matches) -> tuple[Evidence, ...]:
        roles: dict[str, list[str]] = {scope.component: [] for scope in matches}
        for scope in matches:
            roles[scope.component] += [scope.role] if scope.role else []
        return tuple(
            self.row(
                scope,
                statistic=match.rising,
                log10_p=match.log10_p,
                effect=match.beyond_chance,
                n=match.width,
                roles=(scope.role,) if scope.role else tuple(sorted(roles[scope.component])),
            )
            for scope, match in matches.items()
        )
