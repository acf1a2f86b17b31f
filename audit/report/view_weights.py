# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Weight evidence in a reader's language, per reference.

Support for either side is printed with the same size and place: what points the other
way is listed next to every conclusion, whichever conclusion it is.
"""

from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup

from audit.report import charts
from audit.report.document import AuditRecord
from audit.report.wording import (
    band,
    clip,
    count,
    decimal,
    logarithm,
    method,
    probability_sentence,
    share,
    short_name,
    size,
    upper_share,
    words,
)
from audit.weights.result import (
    Comparison,
    Component,
    Evidence,
    Outcome,
    PKind,
    Relation,
    SpreadContext,
)

_ROWS = 80
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
class EvidenceRow:
    """One computed test on one scope."""

    test: str
    scope: str
    n: str
    statistic: str
    log10_p: str
    warrant: str
    effect: str
    reading: str


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
    """One reference's section."""

    anchor: str
    suspect: str
    reference: str
    label: str
    sentence: str
    grade: str
    probability: str
    summary: str
    coverage: str
    kind: str
    direction: str
    families: str
    bytes_read: str
    components: tuple[ComponentRow, ...]
    evidence: tuple[EvidenceRow, ...]
    evidence_more: str
    chart: Markup
    other_way: tuple[str, ...]
    other_way_heading: str
    absent: tuple[tuple[str, str, str], ...]
    limits: tuple[str, ...]
    curves: Markup
    curves_note: str
    curves_warning: str


def comparisons(record: AuditRecord) -> tuple[ComparisonView, ...]:
    """Return one section per reference, in record order."""
    return tuple(_comparison(c, i) for i, c in enumerate(record.comparisons, start=1))


def _comparison(comparison: Comparison, index: int) -> ComparisonView:
    relation = words().relations[comparison.relation.value]
    names = {
        "suspect": short_name(comparison.suspect),
        "reference": short_name(comparison.reference),
    }
    computed = sorted(
        (e for e in comparison.evidence if e.outcome is Outcome.COMPUTED), key=_is_single_role
    )
    return ComparisonView(
        anchor=f"reference-{index}",
        **names,
        label=relation.label,
        sentence=relation.verdict.format(**{k: f"“{v}”" for k, v in names.items()}),
        grade=_grade(comparison),
        probability=probability_sentence(comparison.log10_p, comparison.p_kind, corrected=True),
        summary=clip(comparison.summary, 600),
        coverage=f"{share(comparison.coverage)} of the audited model’s parameters were paired.",
        kind=_kind(comparison),
        direction=_direction(comparison),
        families=_families(comparison),
        bytes_read=size(comparison.bytes_read),
        components=tuple(_component(c) for c in comparison.components),
        evidence=tuple(_evidence(e) for e in computed[:_ROWS]),
        evidence_more=_rows_left(len(computed)),
        chart=_effect_chart(computed, names["reference"]),
        other_way=_other_way(comparison, computed),
        other_way_heading=_other_way_heading(comparison),
        absent=_absent(comparison),
        limits=tuple(clip(limit, 400) for limit in comparison.limits),
        curves=_curves(comparison.spread, names["reference"]),
        curves_note=_spread(comparison.spread),
        curves_warning=UNRELATED_PAIRS,
    )


def _rows_left(total: int) -> str:
    left = total - _ROWS
    return f"{count(left)} more rows are in record.json." if left > 0 else ""


def _grade(comparison: Comparison) -> str:
    if comparison.log10_p is None or comparison.p_kind in (PKind.NONE, PKind.CALIBRATED):
        return "Not graded: the scale of Annex A applies to exact and approximated probabilities."
    grade = band(comparison.log10_p).grade
    against = " against independent initialisation" * (not band(comparison.log10_p).silent)
    return f"On the scale of Annex A: {grade}{against}."


def _direction(comparison: Comparison) -> str:
    if comparison.direction:
        return clip(comparison.direction, 200)
    if comparison.relation is Relation.NO_SHARED_WEIGHTS:
        return _DOES_NOT_APPLY
    return "The weights do not say which of the two came first."


def _kind(comparison: Comparison) -> str:
    if comparison.kind:
        return clip(comparison.kind, 200)
    if comparison.relation is Relation.NO_SHARED_WEIGHTS:
        return _DOES_NOT_APPLY
    return "The weights do not say."


def _families(comparison: Comparison) -> str:
    return f"{clip(comparison.family_suspect, 60)} and {clip(comparison.family_reference, 60)}"


def _component(component: Component) -> ComponentRow:
    return ComponentRow(
        name=clip(component.name, 60),
        relation=words().relations[component.relation.value].label,
        log10_p=_NO_VALUE if component.log10_p is None else logarithm(component.log10_p),
        effect=_NO_VALUE if component.effect is None else share(component.effect),
        warrant=words().warrants[component.p_kind.value].label,
    )


def _evidence(evidence: Evidence) -> EvidenceRow:
    return EvidenceRow(
        test=method(evidence.test).name,
        scope=_scope(evidence),
        n=_NO_VALUE if evidence.n is None else count(evidence.n),
        statistic=_NO_VALUE if evidence.statistic is None else decimal(evidence.statistic),
        log10_p=_NO_VALUE if evidence.log10_p is None else logarithm(evidence.log10_p),
        warrant=words().warrants[evidence.p_kind.value].label,
        effect=_effect(evidence),
        reading=_reading(evidence),
    )


def _scope(evidence: Evidence) -> str:
    scope = "whole model" if evidence.scope == "model" else clip(evidence.scope, 60)
    if _is_single_role(evidence) or not evidence.roles:
        return scope
    return f"{scope} ({clip(', '.join(evidence.roles), 80)})"


def _is_single_role(evidence: Evidence) -> bool:
    """Tell a row about one role (``attention/attn.q``) from one about a whole part."""
    return "/" in evidence.scope


def _effect(evidence: Evidence) -> str:
    if evidence.effect is None:
        return _NO_VALUE
    bound = (
        "" if evidence.effect_upper is None else f" (at most {upper_share(evidence.effect_upper)})"
    )
    return f"{share(evidence.effect)}{bound}"


def _reading(evidence: Evidence) -> str:
    if evidence.log10_p is None or evidence.p_kind is PKind.NONE:
        return "direct comparison" if evidence.effect is not None else "no probability"
    if evidence.p_kind is PKind.CALIBRATED:
        return "calibrated, not graded"
    return band(evidence.log10_p).grade.split(",")[0]


def _effect_chart(computed: list[Evidence], reference: str) -> Markup:
    dots = tuple(
        charts.Dot(
            test=method(e.test).name,
            scope=_scope(e),
            effect=e.effect,
            upper=e.effect_upper,
            strong=e.log10_p is not None and band(e.log10_p).strong,
        )
        for e in computed
        if e.effect is not None and not _is_single_role(e)
    )[:_DOTS]
    if not dots:
        return Markup("")
    return charts.effects(
        dots,
        title=f"Size of the agreement with {reference}, per test and part",
        description="; ".join(f"{d.test}, {d.scope}: {share(d.effect)}" for d in dots),
    )


def _other_way_heading(comparison: Comparison) -> str:
    if comparison.relation in (Relation.INCONCLUSIVE, Relation.SHARED_INITIALISATION):
        return "What points to independence, and what to dependence"
    return "Evidence that points the other way"


def _other_way(comparison: Comparison, computed: list[Evidence]) -> tuple[str, ...]:
    """List silent tests beside a finding of dependence, and speaking ones beside the rest."""
    graded = [(e, band(e.log10_p)) for e in computed if e.log10_p is not None]
    silent = [e for e, b in graded if b.silent]
    speaking = [e for e, b in graded if not b.silent]
    if comparison.relation.is_lineage:
        chosen = silent
    elif comparison.relation is Relation.NO_SHARED_WEIGHTS:
        chosen = speaking
    else:
        chosen = [*silent, *speaking]
    lines = tuple(f"{method(e.test).name}, {_scope(e)}: {_reading(e)}." for e in chosen[:12])
    return lines or ("No test that gave a number points the other way.",)


def _absent(comparison: Comparison) -> tuple[tuple[str, str, str], ...]:
    outcomes = {Outcome.NOT_APPLICABLE: "not applicable", Outcome.FAILED: "failed"}
    return tuple(
        (f"{method(e.test).name}, {_scope(e)}", outcomes[e.outcome], clip(e.reason or "", 300))
        for e in comparison.evidence
        if e.outcome in outcomes
    )


def _curves(spread: SpreadContext, reference: str) -> Markup:
    lines = tuple(
        charts.Line(role=c.role, suspect=c.suspect, reference=c.reference)
        for c in spread.curves[:6]
        if c.suspect and c.reference and all(map(isfinite, (*c.suspect, *c.reference)))
    )
    if not lines:
        return Markup("")
    return charts.curves(
        lines,
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
