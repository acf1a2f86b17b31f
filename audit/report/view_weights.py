# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The evidence against one reference, weighed between the two propositions.

Support for either side is printed with the same size and place: two columns stand next to every
conclusion, whichever conclusion it is.
"""

from dataclasses import dataclass

from audit.record.document import AuditRecord
from audit.record.weights import Comparison, Component, Outcome, Relation, SpreadContext
from audit.report import charts
from audit.report.inline import Prose, prose
from audit.report.view_assurance import ControlRow, control_rows, covers
from audit.report.view_charts import CurvesView, Thresholds, forest, null, spread_views
from audit.report.view_evidence import NO_VALUE, OUTCOMES, scope, table_order
from audit.report.view_maps import MapView, maps, no_maps
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
    clip,
    method,
    probability_sentence,
    relation_words,
    short_name,
    words,
)
from audit.rules import ErrorRate
from audit.text.numbers import count, counted, decimal, logarithm, share, size

_DOES_NOT_APPLY = "Does not apply: no shared weights were found."
_BAND = (
    "The grey band holds probabilities that settle nothing after correction for everything that "
    "was tried."
)
_CONTEXT = (
    "Unrelated models can agree on this statistic, how often depends on depth and recipe, and it "
    "has no null hypothesis that one pair could test. It therefore decides nothing here and does "
    "not enter the verdict."
)


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
    forest: charts.ForestChart | None
    forest_band: str
    null: charts.NullChart | None
    maps: tuple[MapView, ...]
    no_maps: str
    for_h1: tuple[str, ...]
    for_h2: tuple[str, ...]
    absent: tuple[tuple[str, str, str], ...]
    controls: tuple[ControlRow, ...]
    covers: tuple[str, ...]
    limits: tuple[Prose, ...]
    spread: CurvesView
    spread_note: str
    spread_warning: str


def comparisons(
    record: AuditRecord, rates: tuple[ErrorRate, ...], thresholds: Thresholds
) -> tuple[ComparisonView, ...]:
    """Return one section per reference, the strongest relation first.

    ``thresholds`` of the decision rule are empty where the rules are not those of the record;
    nothing is then drawn from the rules.
    """
    return tuple(
        _comparison(c, i, rates, thresholds) for i, c in enumerate(strongest_first(record), start=1)
    )


def _comparison(
    comparison: Comparison, index: int, rates: tuple[ErrorRate, ...], thresholds: Thresholds
) -> ComparisonView:
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
        forest=forest(comparison, names["reference"], thresholds),
        forest_band=_BAND if thresholds else "",
        null=null(comparison, names["reference"]) if thresholds else None,
        maps=maps(comparison, names["reference"]),
        no_maps=no_maps(comparison),
        for_h1=speaking(computed),
        for_h2=silent(comparison, computed),
        absent=_absent(comparison),
        controls=control_rows(comparison),
        covers=covers(comparison),
        limits=tuple(prose(clip(limit, 400)) for limit in limits(comparison)),
        spread=spread_views(comparison.spread, names["reference"]),
        spread_note=_spread(comparison.spread),
        spread_warning=_CONTEXT,
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
        log10_p=NO_VALUE if component.log10_p is None else logarithm(component.log10_p),
        effect=NO_VALUE if component.effect is None else share(component.effect),
        warrant=words().warrants[component.p_kind.value].label,
    )


def _absent(comparison: Comparison) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (f"{method(e.test).name}, {scope(e)}", OUTCOMES[e.outcome], clip(e.reason or "", 300))
        for e in comparison.evidence
        if e.outcome in OUTCOMES
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
