# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The evidence against one reference, weighed between the two propositions.

Support for either side is printed with the same size and place: two columns stand next to every
conclusion, whichever conclusion it is.
"""

from dataclasses import dataclass
from math import isfinite

from audit.report import charts
from audit.report.document import AuditRecord
from audit.report.inline import Prose, prose
from audit.report.view_assurance import ControlRow, control_rows, covers
from audit.report.view_evidence import (
    is_single_role,
    part,
    scope,
    table_order,
)
from audit.report.view_relation import direction, direction_basis, limits, strongest_first
from audit.report.view_review import error_sentence, grade_sentence
from audit.report.view_weighing import (
    SummaryRow,
    dependence,
    silent,
    speaking,
    summary_rows,
)
from audit.report.wording import (
    band,
    clip,
    count,
    counted,
    decimal,
    logarithm,
    method,
    probability_sentence,
    relation_words,
    share,
    short_name,
    size,
    words,
)
from audit.rules import ErrorRate
from audit.weights.result import (
    Comparison,
    Component,
    Evidence,
    Outcome,
    Relation,
    SpreadContext,
)

_DOTS = 16
_NO_VALUE = "–"
_DOES_NOT_APPLY = "Does not apply: no shared weights were found."
UNRELATED_PAIRS = (
    "Of 91 pairs of real models that were trained independently of each other, 68 exceeded "
    "0.927 on the per-tensor form of this statistic. It therefore decides nothing here and "
    "does not enter the verdict."
)
"""Measured once on published models; quoted with every curve so that no curve misleads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRow:
    """The conclusion for one part of the model."""

    name: str
    relation: str
    log10_p: str
    effect: str
    warrant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonView:
    """One reference's part of sections 4 and 5."""

    anchor: str
    suspect: str
    reference: str
    label: str
    sentence: str
    grade: str
    error: str
    probability: str
    summary: Prose
    coverage: str
    kind: str
    direction: str
    families: str
    bytes_read: str
    components: tuple[ComponentRow, ...]
    lines: tuple[SummaryRow, ...]
    dependence: tuple[str, ...]
    chart: charts.EffectChart | None
    for_h1: tuple[str, ...]
    for_h2: tuple[str, ...]
    absent: tuple[tuple[str, str, str], ...]
    controls: tuple[ControlRow, ...]
    covers: tuple[str, ...]
    limits: tuple[Prose, ...]
    curves: charts.CurveChart | None
    curves_note: str
    curves_warning: str


def comparisons(record: AuditRecord, rates: tuple[ErrorRate, ...]) -> tuple[ComparisonView, ...]:
    """Return one section per reference, the strongest relation first."""
    return tuple(_comparison(c, i, rates) for i, c in enumerate(strongest_first(record), start=1))


def _comparison(comparison: Comparison, index: int, rates: tuple[ErrorRate, ...]) -> ComparisonView:
    relation = relation_words(comparison)
    names = {
        "suspect": short_name(comparison.suspect),
        "reference": short_name(comparison.reference),
    }
    computed = sorted(
        (e for e in comparison.evidence if e.outcome is Outcome.COMPUTED), key=table_order
    )
    return ComparisonView(
        anchor=f"reference-{index}",
        **names,
        label=relation.label,
        sentence=relation.verdict.format(**{k: f"“{v}”" for k, v in names.items()}),
        grade=grade_sentence(comparison),
        error=error_sentence(comparison, rates),
        probability=probability_sentence(comparison.log10_p, comparison.p_kind, corrected=True),
        summary=prose(clip(comparison.summary, 600)),
        coverage=_coverage(comparison),
        kind=_kind(comparison),
        direction=_direction(comparison),
        families=_families(comparison),
        bytes_read=size(comparison.bytes_read),
        components=tuple(_component(c) for c in comparison.components),
        lines=summary_rows(computed, comparison),
        dependence=dependence(computed),
        chart=_effect_chart(computed, names["reference"]),
        for_h1=speaking(computed),
        for_h2=silent(comparison, computed),
        absent=_absent(comparison),
        controls=control_rows(comparison),
        covers=covers(comparison),
        limits=tuple(prose(clip(limit, 400)) for limit in limits(comparison)),
        curves=_curves(comparison.spread, names["reference"]),
        curves_note=_spread(comparison.spread),
        curves_warning=UNRELATED_PAIRS,
    )


def _coverage(comparison: Comparison) -> str:
    """Say how much was compared, in tensors where the record counts them, and in parameters."""
    paired = comparison.tensors_paired
    parameters = f"{share(comparison.coverage)} of the audited model’s parameters were paired."
    if not paired:
        return parameters
    total = paired + len(comparison.tensors_unpaired)
    return f"{count(paired)} of {counted(total, 'tensor')} compared. {parameters}"


def _direction(comparison: Comparison) -> str:
    if comparison.direction:
        clause = direction(comparison)
        return f"{clause[:1].upper()}{clause[1:]}: {direction_basis(comparison)}."
    if comparison.relation is Relation.NO_SHARED_WEIGHTS:
        return _DOES_NOT_APPLY
    said = " ".join(clip(reason, 260) for reason in comparison.direction_reasons)
    return said or "The weights do not say which of the two came first."


def _kind(comparison: Comparison) -> str:
    if comparison.kind:
        kind = comparison.kind
        also = f" (also {', '.join(kind.also)})" if kind.also else ""
        return f"{kind.kind.capitalize()}{also}. {clip(kind.sentence, 400)}"
    if comparison.relation is Relation.NO_SHARED_WEIGHTS:
        return _DOES_NOT_APPLY
    return "The weights do not say."


def _families(comparison: Comparison) -> str:
    return f"{clip(comparison.family_suspect, 60)} and {clip(comparison.family_reference, 60)}"


def _component(component: Component) -> ComponentRow:
    return ComponentRow(
        name=clip(component.name, 60),
        relation=relation_words(component).label,
        log10_p=_NO_VALUE if component.log10_p is None else logarithm(component.log10_p),
        effect=_NO_VALUE if component.effect is None else share(component.effect),
        warrant=words().warrants[component.p_kind.value].label,
    )


def _effect_chart(computed: list[Evidence], reference: str) -> charts.EffectChart | None:
    tests = [e.test for e in computed]
    dots = tuple(
        charts.Dot(
            test=method(e.test).name,
            scope=part(e),
            effect=e.effect,
            upper=e.effect_upper,
            strong=e.log10_p is not None and band(e.log10_p).strong,
        )
        for e in sorted(computed, key=lambda e: tests.index(e.test))
        if e.effect is not None and not is_single_role(e)
    )[:_DOTS]
    if not dots:
        return None
    return charts.EffectChart(
        dots=dots,
        title=f"Size of the agreement with {reference}, per test and part",
        description="; ".join(f"{d.test}, {d.scope}: {share(d.effect)}" for d in dots),
    )


def _absent(comparison: Comparison) -> tuple[tuple[str, str, str], ...]:
    outcomes = {Outcome.NOT_APPLICABLE: "not applicable", Outcome.FAILED: "failed"}
    return tuple(
        (f"{method(e.test).name}, {scope(e)}", outcomes[e.outcome], clip(e.reason or "", 300))
        for e in comparison.evidence
        if e.outcome in outcomes
    )


def _curves(spread: SpreadContext, reference: str) -> charts.CurveChart | None:
    lines = tuple(
        charts.Line(role=f"role {c.role}", suspect=c.suspect, reference=c.reference)
        for c in spread.curves[:6]
        if c.suspect and c.reference and all(map(isfinite, (*c.suspect, *c.reference)))
    )
    if not lines:
        return None
    return charts.CurveChart(
        lines=lines,
        title=f"Standard deviation of the weights per layer, audited model and {reference}",
        description="Context only. " + UNRELATED_PAIRS,
    )


def _spread(spread: SpreadContext) -> str:
    if spread.per_layer is None and spread.per_tensor is None:
        return f"The statistic was not computed: {clip(spread.reason or 'no reason given', 300)}"
    parts = []
    if spread.per_layer is not None:
        parts.append(
            f"{decimal(spread.per_layer)} per layer (mean over roles, {spread.layers} layers)"
        )
    if spread.per_tensor is not None:
        parts.append(f"{decimal(spread.per_tensor)} over {count(spread.tensors)} paired tensors")
    return f"Correlation of standard deviations: {'; '.join(parts)}."
