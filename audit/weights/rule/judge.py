# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads evidence rows against the thresholds, alone and for each part.

The thresholds are data (``rules/weights.yaml``); no policy or waiver changes them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import log10

from audit import rules
from audit.record.assurance import Detectable
from audit.record.said import Said
from audit.record.weights import WHOLE, Component, Evidence, PKind, Relation
from audit.rules import WeightThresholds
from audit.weights.nulls.containment import Window, start_or_descent
from audit.weights.nulls.learned import Told
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.pruning import DRAWS
from audit.weights.statistics.interface import Basis, Statistic, rounded
from audit.weights.statistics.seen import Children, Contained, GainsMoved, Likeness, Seen, Undone

BLOCKS = frozenset({"attention", "feed-forward", "router"})
TABLES = "embeddings"
NORMS = "norms"
SHARED = frozenset({Relation.COPY, Relation.DERIVED})
NOT_SHARED = frozenset({Relation.NO_SHARED_WEIGHTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What else was tried: ``references`` in this audit, layer ``maps`` of this pair.

    A second look at the pair counts as so many maps more. ``unread`` says which shards of the two
    were not read.
    """

    references: int
    maps: int
    unread: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Applies the thresholds to rows.

    ``multiplicity`` counts everything that was tried, ``references`` only the models: a
    calibrated test is read against controls as a whole. ``kept_order`` says that the map that
    was undone only left dimensions out.
    """

    battery: dict[str, Statistic]
    multiplicity: int
    references: int
    kept_order: bool

    @classmethod
    def of(cls, battery: Iterable[Statistic], seen: Seen, tried: Tried) -> Judge:
        """Correct for the tests that were computed, the references and the layer maps."""
        undone = seen.of(Undone)
        return cls(
            battery={statistic.id: statistic for statistic in battery},
            multiplicity=tried.references * tried.maps * max(1, len(seen.computed)),
            references=tried.references,
            kept_order=undone is not None and undone.in_order,
        )

    @property
    def thresholds(self) -> WeightThresholds:
        """The numbers of the rule."""
        return rules.weight_thresholds()

    @property
    def bar(self) -> float:
        """log10 of the uncorrected p-value at which dependence is established."""
        return self.thresholds.alpha_derived - log10(self.multiplicity)

    def test(self, row: Evidence) -> Statistic:
        """The statistic that wrote the row."""
        return self.battery[row.test]

    def adjusted(self, row: Evidence) -> float | None:
        """log10 of the Bonferroni-corrected p-value, at most 0."""
        if row.log10_p is None:
            return None
        tried = self.references if row.p_kind is PKind.CALIBRATED else self.multiplicity
        return rounded(min(0.0, row.log10_p + log10(tried)))

    def establishes(self, row: Evidence) -> bool:
        """Whether the row alone shows dependence: small p and an effect that matters."""
        adjusted = self.adjusted(row)
        if row.p_kind is PKind.CALIBRATED or adjusted is None or row.effect is None:
            return False
        return adjusted <= self.thresholds.alpha_derived and row.effect >= self.test(row).least

    def established(self, rows: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """The rows that show dependence, each alone."""
        return tuple(row for row in rows if self.establishes(row))

    def elsewhere(self, rows: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """The rows that show dependence once a relabelling or a rotation is undone."""
        undone = (Basis.MAPPED, Basis.TURNED)
        return tuple(r for r in self.established(rows) if self.test(r).basis in undone)

    def same_start(self, rows: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """The rows by which never-trained weights establish a common start."""
        return tuple(row for row in self.established(rows) if self.test(row).start_only)

    def in_place(self, rows: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """The rows that speak about a part as it is stored, or are read against controls.

        A map that only leaves dimensions out keeps their order, one that moves them does not.
        """
        speaking = {Basis.STORED, Basis.MAPPED} if self.kept_order else {Basis.STORED}
        return tuple(
            row
            for row in rows
            if self.test(row).basis in speaking or self.test(row).warrant is PKind.CALIBRATED
        )

    def is_silent(self, row: Evidence) -> bool:
        """Whether the row shows nothing at all: a score above all controls does show something."""
        if row.p_kind is PKind.CALIBRATED:
            return (row.statistic or 0.0) <= (row.best_control or 0.0)
        adjusted = self.adjusted(row)
        return adjusted is None or adjusted > self.thresholds.alpha_none

    def best(self, rows: Sequence[Evidence]) -> Evidence | None:
        """Return the row to quote: rigorous before asymptotic, then the smallest p."""
        usable = [r for r in rows if r.log10_p is not None and r.p_kind is not PKind.CALIBRATED]
        established = self.established(usable)
        return min(
            established or usable,
            key=lambda r: (
                r.p_kind is not PKind.EXACT if established else False,
                r.log10_p,
                r.test,
                r.scope,
            ),
            default=None,
        )

    def component(
        self, name: str, rows: Sequence[Evidence], planted: float | None = None
    ) -> Component:
        """Conclude for one component from its own rows.

        ``planted`` is the smallest correlation at which a planted child was found in it.
        """
        best = self.best(rows)
        relation = Relation.INCONCLUSIVE
        if self.established(rows):
            relation = Relation.COPY if self._all_equal(rows) else Relation.DERIVED
        elif (
            best is not None
            and all(self.is_silent(r) for r in rows)
            and (self._powerful(rows) or self._would_show(planted))
        ):
            relation = Relation.NO_SHARED_WEIGHTS
        return Component(
            name=name,
            relation=relation,
            log10_p=self.adjusted(best) if best else None,
            effect=best.effect if best else None,
            p_kind=best.p_kind if best else PKind.NONE,
        )

    def _would_show(self, planted: float | None) -> bool:
        """Whether a planted child with little left of its parent was found."""
        return planted is not None and planted <= self.thresholds.max_planted_correlation

    def _powerful(self, rows: Sequence[Evidence]) -> bool:
        """Whether a shared correlation worth naming would have been seen."""
        bounds = [r.effect_upper for r in rows if r.effect_upper is not None]
        return bool(bounds) and min(bounds) <= self.thresholds.max_undetected_correlation

    def _all_equal(self, rows: Sequence[Evidence]) -> bool:
        shares = [r.effect for r in rows if self.test(r).counts_equal and r.effect is not None]
        return bool(shares) and min(shares) == 1.0


@dataclass(frozen=True, kw_only=True)
class Case:
    """``power`` is the positive control, once it was run."""

    judge: Judge
    seen: Seen
    pairing: Pairing
    tried: Tried
    power: tuple[Detectable, ...] | None = None

    @cached_property
    def planted(self) -> dict[str, float]:
        """Across widths, by component the smallest correlation at which all children are found.

        The children went through the same tests on the rows that were read, and their rows are
        judged as the real ones are. A child that is missed hides the weaker ones.
        """
        least: dict[str, float] = {}
        missed: set[str] = set()
        children = self.seen.all(Children)
        for rho in sorted({rho for c in children for rho in c.rows}, reverse=True):
            known: set[str] = set()
            for i in range(DRAWS):
                rows = [row for c in children if rho in c.rows for row in c.rows[rho][i]]
                for name, found in by_component(rows).items():
                    known.add(name)
                    if not self.judge.established(found):
                        missed.add(name)
            least |= dict.fromkeys(known - missed, rho)
        return least

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """The conclusion for each part, from its own rows.

        Norms that agree beside shared tables and layers that do not speak the tables' basis: how
        large each dimension is follows from it, and no trained norm need be shared.
        """
        rows = self.judge.in_place(self.seen.rows)
        parts = tuple(
            self.judge.component(name, found, self.planted.get(name))
            for name, found in sorted(by_component(rows).items())
        )
        shared = {part.name for part in parts if part.relation in SHARED}
        if TABLES not in shared or shared & self.pairing.layered:
            return parts
        return tuple(
            replace(part, relation=Relation.INCONCLUSIVE)
            if part.name == NORMS and part.relation is Relation.DERIVED
            else part
            for part in parts
        )

    def named(self, relations: frozenset[Relation]) -> list[str]:
        """Names of the parts of which this is concluded."""
        return [c.name for c in self.components if c.relation in relations]

    @property
    def same_parts(self) -> bool:
        """Whether both have as many layers and experts: a copy has no more and no fewer."""
        mine, theirs = self.pairing.layouts
        return (mine.layers, mine.experts) == (theirs.layers, theirs.experts)

    @property
    def is_powered(self) -> bool:
        """Whether a part of the layers was tested well enough to say that nothing is shared."""
        return bool(self.pairing.layered & set(self.named(NOT_SHARED)))

    @property
    def parameters(self) -> int:
        """Parameters of the suspect that were paired."""
        return sum(p.suspect.parameters for p in self.pairing.pairs)

    @property
    def alike(self) -> tuple[Likeness, ...]:
        """Calibrated scores that show a change of basis."""
        return tuple(found for found in self.seen.all(Likeness) if found.stands_out)

    @property
    def only_alike(self) -> bool:
        """Whether what stands out is alike, yet neither side contains the other's weights."""
        told = [c.contained for c in self.alike if c.contained is not None]
        return bool(told) and max(told) < self.judge.thresholds.min_containment

    def told(self, parts: frozenset[str]) -> Told:
        """Say whether these parts show descent, or only a common start."""
        undone, levels = self.seen.of(Undone), dict[str, tuple[Window, ...]]()
        for found in self.seen.all(Contained):
            levels |= found.levels
        if undone is not None and undone.in_order:
            levels |= undone.levels
        moved = self.seen.of(GainsMoved)
        return start_or_descent(
            {name: w for name, w in levels.items() if name in parts},
            moved.sides if moved else (False, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The relation with its reason, what each part shares, and the row whose p-value is quoted."""

    relation: Relation
    summary: Said
    components: tuple[Component, ...]
    log10_p: float | None
    effect: float | None
    p_kind: PKind
    is_dependent: bool
    """Whether the two were found not to be independent as they are stored."""

    @property
    def is_silent(self) -> bool:
        """Whether nothing was established, so that the basis may have been changed."""
        open_ = self.relation in (Relation.NO_SHARED_WEIGHTS, Relation.INCONCLUSIVE)
        return open_ and not self.is_dependent


Keep = Callable[[Case, int], None]
"""Takes the evidence of a comparison, and how many bytes had been read for it."""


def forget(_case: Case, _bytes_read: int) -> None:
    """Keep nothing."""


def by_component(rows: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    """Computed rows of each part."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.is_computed and row.where != WHOLE:
            found[row.where.component].append(row)
    return found
