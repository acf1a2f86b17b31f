# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""From measurements to evidence rows, and from evidence rows to one relation.

The thresholds are data (``rules/weights.yaml``); no policy or waiver changes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from statistics import median

from audit import rules
from audit.rules import WeightThresholds
from audit.weights.battery import BATTERY, Measured
from audit.weights.nulls import log10_agreement_bound
from audit.weights.result import Component, Evidence, Outcome, PKind, Relation
from audit.weights.statistics.aligned_weights import Alignment
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement
from audit.weights.statistics.gram_matching import GramMatch
from audit.weights.statistics.norm_vectors import VectorAgreement
from audit.weights.statistics.split_matching import SplitAgreement
from audit.weights.statistics.tensor_identity import Identity
from audit.weights.statistics.undone_permutation import UndoneAgreement

Z99 = 2.3263478740408408
"""99 % quantile of the standard normal, for upper confidence bounds."""


def evidence_rows(measured: Measured) -> tuple[Evidence, ...]:
    """Turn every measurement, and every absence of one, into a row."""
    rows = [_identity(name, found) for name, found in sorted(measured.identity.items())]
    rows.append(_vectors(measured.vectors))
    for role, (component, found) in sorted(measured.roles.items()):
        rows.append(_alignment(f"{component}/{role}", (role,), found))
    for component, found in sorted(measured.components.items()):
        rows.append(_alignment(component, _roles_of(measured, component), found))
        rows.append(_agreement(component, _roles_of(measured, component), found))
    rows.append(_embedding(measured.embedding))
    rows.extend(_split(measured.split))
    if measured.undone is not None:
        rows.append(_undone(measured.undone))
    if measured.gram is not None:
        rows.append(_gram(measured.gram, rules.weight_thresholds()))
    return tuple(rows)


def _roles_of(measured: Measured, component: str) -> tuple[str, ...]:
    return tuple(sorted(r for r, (c, _) in measured.roles.items() if c == component))


def absent(test: str, scope: str, reason: str) -> Evidence:
    """Return the row of a test that could not be applied."""
    return Evidence(
        test=test,
        version=BATTERY[test],
        scope=scope,
        outcome=Outcome.NOT_APPLICABLE,
        p_kind=PKind.NONE,
        reason=reason,
    )


def _identity(scope: str, found: Identity) -> Evidence:
    if not found.compared:
        return absent("tensor-identity", scope, "every paired tensor here could be constructed")
    return Evidence(
        test="tensor-identity",
        version=BATTERY["tensor-identity"],
        scope=scope,
        outcome=Outcome.COMPUTED,
        p_kind=PKind.EXACT,
        statistic=_round(found.identical / found.compared),
        log10_p=_round(found.log10_p),
        effect=_round(found.whole / found.compared),
        n=found.compared,
    )


def _vectors(found: VectorAgreement | str) -> Evidence:
    if isinstance(found, str):
        return absent("norm-vectors", "norms", found)
    return Evidence(
        test="norm-vectors",
        version=BATTERY["norm-vectors"],
        scope="norms",
        outcome=Outcome.COMPUTED,
        p_kind=PKind.ASYMPTOTIC,
        statistic=_round(found.permutation.z),
        log10_p=_round(found.permutation.log10_p),
        effect=_share(found.correlation),
        effect_upper=_share(max(0.0, found.correlation) + Z99 * found.deviation),
        n=found.width,
        roles=("norm",),
    )


def _alignment(scope: str, roles: tuple[str, ...], found: Alignment | str) -> Evidence:
    if isinstance(found, str):
        return absent("aligned-weights", scope, found)
    return Evidence(
        test="aligned-weights",
        version=BATTERY["aligned-weights"],
        scope=scope,
        outcome=Outcome.COMPUTED,
        p_kind=PKind.ASYMPTOTIC,
        statistic=_round(found.permutation.z),
        log10_p=_round(found.permutation.log10_p),
        effect=_share(found.correlation),
        effect_upper=_share(max(0.0, found.correlation) + Z99 * found.deviation),
        n=found.width,
        roles=roles,
    )


def _agreement(scope: str, roles: tuple[str, ...], found: Alignment | str) -> Evidence:
    if isinstance(found, str):
        return absent("column-agreement", scope, found)
    return Evidence(
        test="column-agreement",
        version=BATTERY["column-agreement"],
        scope=scope,
        outcome=Outcome.COMPUTED,
        p_kind=PKind.EXACT,
        statistic=float(found.agreeing),
        log10_p=_round(log10_agreement_bound(found.agreeing)),
        effect=_round(found.agreeing / found.width),
        n=found.width,
        roles=roles,
    )


def _embedding(found: EmbeddingAgreement | str) -> Evidence:
    if isinstance(found, str):
        return absent("embedding-agreement", "embeddings", found)
    return Evidence(
        test="embedding-agreement",
        version=BATTERY["embedding-agreement"],
        scope="embeddings",
        outcome=Outcome.COMPUTED,
        p_kind=PKind.EXACT,
        statistic=float(found.agreeing),
        log10_p=_round(found.log10_p),
        effect=_round(found.agreeing / found.width),
        n=found.width,
        roles=("embed",),
    )


def _split(found: SplitAgreement | str) -> tuple[Evidence, Evidence]:
    """Return the held-out correlation, and the same half read by its rigorous bound."""
    scope = "feed-forward"
    if isinstance(found, str):
        return absent("split-matching", scope, found), absent("split-agreement", scope, found)
    return (
        Evidence(
            test="split-matching",
            version=BATTERY["split-matching"],
            scope=scope,
            outcome=Outcome.COMPUTED,
            p_kind=PKind.ASYMPTOTIC,
            statistic=_round(found.permutation.z),
            log10_p=_round(found.permutation.log10_p),
            effect=_share(found.correlation),
            effect_upper=_share(max(0.0, found.correlation) + Z99 * found.deviation),
            n=found.width,
            roles=("mlp.gate", "mlp.up", "mlp.down"),
        ),
        Evidence(
            test="split-agreement",
            version=BATTERY["split-agreement"],
            scope=scope,
            outcome=Outcome.COMPUTED,
            p_kind=PKind.EXACT,
            statistic=float(found.agreeing),
            log10_p=_round(log10_agreement_bound(found.agreeing)),
            effect=_share(found.correlation),
            n=found.width,
            roles=("mlp.gate", "mlp.up", "mlp.down"),
        ),
    )


def _gram(found: tuple[GramMatch, ...] | str, thresholds: WeightThresholds) -> Evidence:
    """Read the median block against the controls; its p is capped by their number."""
    if isinstance(found, str):
        return absent("gram-matching", "feed-forward", found)
    score = median(match.score for match in found)
    beyond = score > thresholds.gram_controls_best
    return Evidence(
        test="gram-matching",
        version=BATTERY["gram-matching"],
        scope="feed-forward",
        outcome=Outcome.COMPUTED,
        p_kind=PKind.CALIBRATED,
        statistic=_round(score),
        log10_p=_round(-log10(thresholds.gram_controls + 1)) if beyond else 0.0,
        effect=_share(score),
        n=len(found),
    )


def gram_establishes(found: tuple[GramMatch, ...] | str | None, bar: WeightThresholds) -> bool:
    """Whether at least half of the blocks stand out from controls and from other layers."""
    if found is None or isinstance(found, str):
        return False
    clear = [m for m in found if m.score >= max(bar.min_gram, bar.min_gram_ratio * m.runner_up)]
    return 2 * len(clear) >= len(found)


def _undone(found: UndoneAgreement | str) -> Evidence:
    if isinstance(found, str):
        return absent("undone-permutation", "model", found)
    return Evidence(
        test="undone-permutation",
        version=BATTERY["undone-permutation"],
        scope="model",
        outcome=Outcome.COMPUTED,
        p_kind=PKind.ASYMPTOTIC,
        statistic=_round(found.permutation.z),
        log10_p=_round(found.permutation.log10_p),
        effect=_share(found.correlation),
        effect_upper=_share(max(0.0, found.correlation) + Z99 * found.deviation),
        n=found.rows,
        roles=found.roles,
    )


def _round(value: float) -> float:
    """Six significant digits: below that, machines and thread counts differ."""
    return float(f"{value:.6g}") + 0.0


def _share(value: float) -> float:
    """Clamp a correlation to 0..1; a negative one is no evidence of reuse."""
    return _round(min(1.0, max(0.0, value)))


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
        return _round(min(0.0, row.log10_p + log10(tried)))

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
        if test in ("tensor-identity", "column-agreement", "embedding-agreement"):
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

    def component(self, name: str, rows: list[Evidence]) -> Component:
        """Conclude for one component from its own rows."""
        best = self.best(rows)
        relation = Relation.INCONCLUSIVE
        if any(self.establishes(r) for r in rows):
            relation = Relation.COPY if _all_identical(rows) else Relation.DERIVED
        elif best is not None and all(self.is_silent(r) for r in rows) and self._powerful(rows):
            relation = Relation.NO_SHARED_WEIGHTS
        return Component(
            name=name,
            relation=relation,
            log10_p=self.adjusted(best) if best else None,
            effect=best.effect if best else None,
            p_kind=best.p_kind if best else PKind.NONE,
        )

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
