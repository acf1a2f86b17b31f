# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads evidence rows against the thresholds.

The thresholds are data (``rules/weights.yaml``); no policy or waiver changes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

from audit.record.weights import Component, Evidence, PKind, Relation
from audit.rules import WeightThresholds
from audit.weights.rule.rows import rounded

_COUNTED = frozenset(
    {
        "tensor-identity",
        "column-agreement",
        "column-order",
        "embedding-agreement",
        "neuron-order",
        "reserved-rows",
    }
)
"""Tests whose effect is a share of units, not a correlation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Applies the thresholds to rows.

    ``multiplicity`` counts everything that was tried, ``references`` only the models: a
    calibrated test is read against controls as a whole.
    """

    thresholds: WeightThresholds
    multiplicity: int
    references: int = 1

    def adjusted(self, row: Evidence) -> float | None:
        """log10 of the Bonferroni-corrected p-value, at most 0."""
        if row.log10_p is None:
            return None
        tried = self.references if row.p_kind is PKind.CALIBRATED else self.multiplicity
        return rounded(min(0.0, row.log10_p + log10(tried)))

    def establishes(self, row: Evidence) -> bool:
        """Whether the row alone shows dependence: small p and an effect that matters."""
        adjusted = self.adjusted(row)
        if row.p_kind is PKind.CALIBRATED:
            return False
        if adjusted is None or adjusted > self.thresholds.alpha_derived or row.effect is None:
            return False
        return row.effect >= self._least(row.test)

    def _least(self, test: str) -> float:
        """Smallest effect that counts: a searched match needs more than an aligned one."""
        if test in ("split-matching", "split-agreement"):
            return self.thresholds.min_matched_correlation
        if test in _COUNTED:
            return self.thresholds.min_matched_fraction
        return self.thresholds.min_correlation

    def is_silent(self, row: Evidence) -> bool:
        """Whether the row shows nothing at all; calibrated rows are read apart."""
        if row.p_kind is PKind.CALIBRATED:
            return True
        adjusted = self.adjusted(row)
        return adjusted is None or adjusted > self.thresholds.alpha_none

    def best(self, rows: list[Evidence]) -> Evidence | None:
        """Return the row to quote: rigorous before asymptotic, then the smallest p."""
        usable = [r for r in rows if r.log10_p is not None and r.p_kind is not PKind.CALIBRATED]
        established = [r for r in usable if self.establishes(r)]
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

    def component(self, name: str, rows: list[Evidence], planted: float | None = None) -> Component:
        """Conclude for one component from its own rows.

        ``planted`` is the smallest correlation at which a planted child was found in it.
        """
        best = self.best(rows)
        relation = Relation.INCONCLUSIVE
        if any(self.establishes(r) for r in rows):
            relation = Relation.COPY if _all_identical(rows) else Relation.DERIVED
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

    def _powerful(self, rows: list[Evidence]) -> bool:
        """Whether a shared correlation worth naming would have been seen."""
        bounds = [r.effect_upper for r in rows if r.effect_upper is not None]
        return bool(bounds) and min(bounds) <= self.thresholds.max_undetected_correlation


def _all_identical(rows: list[Evidence]) -> bool:
    shares = [r.effect for r in rows if r.test == "tensor-identity" and r.effect is not None]
    return bool(shares) and min(shares) == 1.0


def established_roles(judge: Judge, rows: tuple[Evidence, ...]) -> set[str]:
    """Disjoint tensor roles in which some row establishes dependence by itself."""
    return {role for r in rows if len(r.roles) == 1 and judge.establishes(r) for role in r.roles}
