# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The charts of one comparison: the record's numbers, and the words that stand beside them."""

from dataclasses import dataclass
from math import isfinite
from statistics import NormalDist

from audit import rules
from audit.record.weights import Comparison, Evidence, Outcome, PKind, SpreadContext
from audit.report import charts
from audit.report.view_evidence import OUTCOMES, capped, is_graded, is_single_role, part
from audit.report.wording import band, clip, method
from audit.text.numbers import count, counted, decimal, logarithm, share

_ROWS, _ABSENT = 18, 6
_CONTROLS, _LEAST_CONTROLS = 4, 2
_PANELS = 4
_ROLES = {"attn.q": "Query (Q)", "attn.k": "Key (K)", "attn.v": "Value (V)", "attn.o": "Output (O)"}
_STATISTICS = {"per_tensor": "All paired matrices", "per_layer": "Layer by layer"}
Thresholds = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvesView:
    """The spread of the weights: curves and strips, or why one of them is not drawn."""

    chart: charts.CurveChart | None
    reason: str
    caption: str
    strips: charts.StripChart | None
    strips_caption: str


def forest(
    comparison: Comparison, reference: str, thresholds: Thresholds
) -> charts.ForestChart | None:
    """Return every line of evidence on parts of the model; those without a result in grey."""
    shown = [e for e in comparison.evidence if not is_single_role(e)]
    computed = [e for e in shown if e.outcome is Outcome.COMPUTED and e.effect is not None]
    absent = [e for e in shown if e.outcome is not Outcome.COMPUTED]
    if not computed:
        return None
    order = list(dict.fromkeys(e.test for e in (*computed, *absent)))
    rows = [_row(e) for e in sorted(computed, key=lambda e: order.index(e.test))][:_ROWS]
    rows += [_unused(e) for e in sorted(absent, key=lambda e: order.index(e.test))][:_ABSENT]
    tests = [row.test for row in rows]
    rows.sort(key=lambda row: tests.index(row.test))
    known = "alpha_none" in thresholds and "alpha_derived" in thresholds
    return charts.ForestChart(
        rows=tuple(rows),
        band=(-thresholds["alpha_none"], -thresholds["alpha_derived"]) if known else None,
        title=f"Lines of evidence on {reference}: size of the agreement, and how far from chance",
        description="; ".join(
            f"{r.test}, {r.scope}: {r.note or share(r.effect or 0.0)}" for r in rows
        ),
    )


def _row(evidence: Evidence) -> charts.Row:
    log10_p = capped(evidence)
    return charts.Row(
        test=method(evidence.test).name,
        scope=part(evidence),
        effect=evidence.effect,
        upper=evidence.effect_upper,
        magnitude=None if log10_p is None else max(0.0, -log10_p),
        strength="" if log10_p is None else logarithm(max(0.0, -log10_p)),
        strong=is_graded(evidence) and band(log10_p or 0.0).strong,
        control=evidence.best_control,
    )


def _unused(evidence: Evidence) -> charts.Row:
    return charts.Row(
        test=method(evidence.test).name,
        scope=part(evidence),
        note=f"{OUTCOMES[evidence.outcome]}: {clip(evidence.reason or '', 200)}",
    )


def null(comparison: Comparison, reference: str) -> charts.NullChart | None:
    """Return the tests with a permutation null on the axis of that null."""
    rates = {(r.test, r.scope): r for r in rules.null_rates()}
    rows = []
    for evidence in comparison.evidence:
        rate = rates.get((evidence.test, evidence.scope))
        if evidence.p_kind is not PKind.ASYMPTOTIC or evidence.statistic is None or rate is None:
            continue
        rows.append(
            charts.Standing(
                test=method(evidence.test).name,
                scope=part(evidence),
                z=evidence.statistic,
                value=f"z = {decimal(evidence.statistic)}",
                largest=-NormalDist().inv_cdf(10**rate.least_log10_p),
            )
        )
    if not rows:
        return None
    return charts.NullChart(
        rows=tuple(rows),
        axis="standard deviations from what a random relabelling gives (z)",
        curve="what chance gives",
        largest="largest of independent pairs",
        observed="this comparison",
        title=f"The tests on {reference} against their own null distribution",
        description="; ".join(f"{r.test}, {r.scope}: {r.value}" for r in rows),
    )


def spread_views(spread: SpreadContext, reference: str) -> CurvesView:
    """Return the disputed statistic beside unrelated models; never without them."""
    chart, reason = _curves(spread, reference)
    strips = _strips(spread, reference)
    return CurvesView(
        chart=chart,
        reason=reason,
        caption="" if chart is None else _caption(spread),
        strips=strips,
        strips_caption="" if strips is None else _strips_caption(spread),
    )


def _curves(spread: SpreadContext, reference: str) -> tuple[charts.CurveChart | None, str]:
    controls = spread.controls[:_CONTROLS]
    left = " ".join(clip(sentence, 200) for sentence in spread.controls_left_out)
    roles = {
        role
        for role in _ROLES
        if sum(any(c.role == role for c in control.curves) for control in controls)
        >= _LEAST_CONTROLS
    }
    drawn = sorted(
        (c for c in spread.curves if c.role in roles and len(c.layers) == len(c.suspect) > 0),
        key=lambda c: list(_ROLES).index(c.role),
    )
    if not spread.curves:
        return None, ""
    if not drawn:
        return None, (
            "The curves are not drawn: they would need at least two unrelated models in the same "
            f"axes, and there are {len(controls)}. {left}"
        ).strip()
    panels = []
    for curve in drawn[:_PANELS]:
        series = [
            _series(curve.layers, curve.suspect, spread.depth[0]),
            _series(curve.reference_layers, curve.reference, spread.depth[1]),
        ]
        for control in controls:
            own = next((c for c in control.curves if c.role == curve.role), None)
            points = () if own is None else _series(own.layers, own.values, control.layers).points
            series.append(charts.Series(points=points))
        panels.append(charts.Panel(heading=_ROLES[curve.role], series=tuple(series)))
    return (
        charts.CurveChart(
            names=("audited model", "reference model", *(_control_name(c.name) for c in controls)),
            panels=tuple(panels),
            title=f"Standard deviation of the weights by depth: audited model, {reference} and "
            "unrelated models",
            description="Context only, never part of the verdict. Each curve has mean 0 and "
            "standard deviation 1.",
        ),
        "",
    )


def _control_name(name: str) -> str:
    return f"unrelated: {clip(name, 60)}"


def _series(layers: tuple[int, ...], values: tuple[float, ...], depth: int) -> charts.Series:
    if not values or not all(map(isfinite, values)):
        return charts.Series(points=())
    places = [layer / max(1, depth - 1) for layer in layers]
    return charts.Series(
        points=tuple(
            (round(x, 4), round(y, 4))
            for x, y in zip(places, charts.standardised(values), strict=True)
        )
    )


def _caption(spread: SpreadContext) -> str:
    said = [
        f"{clip(c.name, 60)} {decimal(c.correlation)}"
        for c in spread.controls[:_CONTROLS]
        if c.correlation is not None
    ]
    beside = (
        ""
        if spread.per_layer is None or not said
        else f" Correlation with the audited model’s curves, mean over the roles: reference "
        f"{decimal(spread.per_layer)}; unrelated models: {', '.join(said)}."
    )
    return (
        "Standard deviation of the attention weights by relative depth; every curve is brought to "
        "mean 0 and standard deviation 1, the raw values are in record.json. Solid: the audited "
        f"model. Dashed: the reference. Dotted with marks: unrelated models.{beside} Likeness of "
        "curves alone shows nothing about lineage."
    )


def _strips(spread: SpreadContext, reference: str) -> charts.StripChart | None:
    strips = []
    for sample in spread.nulls:
        observed = getattr(spread, sample.statistic, None)
        if observed is None or not sample.values:
            continue
        strips.append(
            charts.Strip(
                heading=f"{_STATISTICS[sample.statistic]}: "
                f"{counted(len(sample.values), 'pair')} of {clip(sample.population, 120)}",
                values=sample.values,
                observed=observed,
                label=f"this comparison: {decimal(observed)}",
            )
        )
    if not strips:
        return None
    return charts.StripChart(
        strips=tuple(strips),
        axis="correlation of standard deviations",
        title=f"The correlation with {reference} among those of unrelated pairs",
        description="; ".join(f"{s.heading}; {s.label}" for s in strips),
    )


def _strips_caption(spread: SpreadContext) -> str:
    parts = []
    for sample in spread.nulls:
        observed = getattr(spread, sample.statistic, None)
        if observed is None or not sample.values:
            continue
        above = sum(v >= observed for v in sample.values)
        parts.append(
            f"{_STATISTICS[sample.statistic]}: {count(above)} of "
            f"{counted(len(sample.values), 'pair')} reach the value of this comparison; they are "
            f"made of {count(sample.models)} models, so they share some."
        )
    return (
        f"What unrelated models give on the same statistic. {' '.join(parts)} The value depends on "
        "depth and recipe, so a place outside the bars shows nothing either."
    )
