# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every line of evidence: how large the agreement is, and how improbable by chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import asinh

from markupsafe import Markup

from audit.record.said import Said
from audit.record.weights import Comparison, Evidence, Outcome
from audit.report.figures.svg import (
    ACCENT,
    FAINT,
    INK,
    PALE,
    PAPER,
    RULE,
    SOFT,
    WIDTH,
    area,
    box,
    circle,
    fit,
    frame,
    group_starts,
    join,
    path,
    text,
)
from audit.report.words.evidence import OUTCOMES, capped, is_graded, is_single_role, part, test_name
from audit.report.words.texts import told
from audit.report.words.wording import band
from audit.text.numbers import logarithm, share

_ROWS, _ABSENT = 18, 6
_ROW, _TOP = 19, 22
_EFFECT, _EFFECT_WIDE = 226, 108
_P, _P_WIDE = 414, 176
_TICKS = (0, 2, 9, 30, 100, 300, 1000, 3000, 10_000)
_LEAST = 20
"""Orders of magnitude that the axis of probabilities shows at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of evidence.

    ``effect`` is a size in 0..1 and ``upper`` its 99 % upper bound; ``magnitude`` is minus
    log10 of the probability by chance. ``control`` is the best size among control models.
    ``note`` stands in the place of the marks where the line was not used.
    """

    test: str
    scope: str
    effect: float | None = None
    upper: float | None = None
    magnitude: float | None = None
    strength: str = ""
    strong: bool = False
    control: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestChart:
    """Rows of one test follow each other; ``band`` are magnitudes that settle nothing."""

    title: str
    description: str
    rows: tuple[Row, ...]
    band: tuple[float, float] | None
    band_label: str = Said("settles nothing")
    effect_axis: str = Said("size of the agreement")
    p_axis: str = Said("orders of magnitude against chance")

    def draw(self) -> Markup:
        """Draw one row per part under each test's name, on two axes."""
        return _draw(self)


def forest(
    comparison: Comparison, reference: str, thresholds: Mapping[str, float]
) -> ForestChart | None:
    """Return every line of evidence on parts of the model; those without a result in grey."""
    shown = [e for e in comparison.evidence if not is_single_role(e)]
    computed = [e for e in shown if e.outcome is Outcome.COMPUTED and e.effect is not None]
    absent = [e for e in shown if e.outcome is not Outcome.COMPUTED]
    if not computed:
        return None
    order = list(dict.fromkeys(e.test for e in (*computed, *absent)))
    rows = [_used(e) for e in sorted(computed, key=lambda e: order.index(e.test))][:_ROWS]
    rows += [_unused(e) for e in sorted(absent, key=lambda e: order.index(e.test))][:_ABSENT]
    tests = [row.test for row in rows]
    rows.sort(key=lambda row: tests.index(row.test))
    known = "alpha_none" in thresholds and "alpha_derived" in thresholds
    return ForestChart(
        rows=tuple(rows),
        band=(-thresholds["alpha_none"], -thresholds["alpha_derived"]) if known else None,
        title=Said(
            "Lines of evidence on {reference}: size of the agreement, and how far from chance",
            reference=reference,
        ),
        description=Said("{rows:semicolons}", rows=tuple(map(_described, rows))),
    )


def _described(row: Row) -> Said:
    what = row.note or share(row.effect or 0.0)
    return Said("{test}, {scope}: {what}", test=row.test, scope=row.scope, what=what)


def _used(evidence: Evidence) -> Row:
    log10_p = capped(evidence)
    return Row(
        test=test_name(evidence),
        scope=part(evidence),
        effect=evidence.effect,
        upper=evidence.effect_upper,
        magnitude=None if log10_p is None else max(0.0, -log10_p),
        strength="" if log10_p is None else logarithm(max(0.0, -log10_p)),
        strong=is_graded(evidence) and band(log10_p or 0.0).strong,
        control=evidence.best_control,
    )


def _unused(evidence: Evidence) -> Row:
    return Row(
        test=test_name(evidence),
        scope=part(evidence),
        note=Said(
            "{outcome}: {reason}",
            outcome=OUTCOMES[evidence.outcome],
            reason=told(evidence.reason or "", 200),
        ),
    )


def _draw(chart: ForestChart) -> Markup:
    rows = chart.rows
    heads = group_starts([row.test for row in rows])
    base = _TOP + _ROW * (len(rows) + len(heads)) + 6
    reach = max(_LEAST, *(row.magnitude or 0.0 for row in rows)) * 1.04
    parts = [*_band(chart, reach, base), *_axes(chart, reach, base)]
    line = 0
    for index, row in enumerate(rows):
        if index in heads:
            parts.append(_head(rows, index, _TOP + _ROW * line + 14))
            line += 1
        parts.append(_row(row, _TOP + _ROW * line + _ROW / 2, reach))
        line += 1
    return frame(base + 40, chart.title, chart.description, parts)


def _head(rows: tuple[Row, ...], index: int, y: float) -> Markup:
    """Name a test; in grey where none of its rows was used."""
    used = any(not r.note for r in rows if r.test == rows[index].test)
    fill = INK if used else FAINT
    return text(0, y, fit(rows[index].test, 400), weight="600", fill=fill, ground=True)


def _place(magnitude: float, reach: float) -> float:
    return _P + _P_WIDE * asinh(max(0.0, magnitude) / 2) / asinh(reach / 2)


def _band(chart: ForestChart, reach: float, base: float) -> list[Markup]:
    if chart.band is None:
        return []
    low, high = (_place(m, reach) for m in chart.band)
    label = fit(chart.band_label, 2 * (WIDTH - (low + high) / 2) - 4)
    return [
        box(low, _TOP - 4, high - low, base - _TOP + 4, PALE),
        text((low + high) / 2, _TOP - 9, label, anchor="middle", fill=SOFT),
    ]


def _axes(chart: ForestChart, reach: float, base: float) -> list[Markup]:
    parts = []
    for tick in (0, 50, 100):
        x = _EFFECT + _EFFECT_WIDE * tick / 100
        parts.append(path(f"M{x:.1f} {_TOP}V{base}", RULE, 1))
        parts.append(text(x, base + 16, f"{tick} %", anchor="middle", fill=SOFT))
    last = -100.0
    for tick in _TICKS:
        x = _place(tick, reach)
        if tick > reach or x - last < 22:
            continue
        last = x
        parts.append(path(f"M{x:.1f} {_TOP}V{base}", RULE, 1))
        parts.append(text(x, base + 16, str(tick), anchor="middle", fill=SOFT))
    middle, room = _EFFECT + _EFFECT_WIDE / 2, _P - _EFFECT - 6
    parts.append(text(middle, base + 33, fit(chart.effect_axis, room), anchor="middle", fill=SOFT))
    parts.append(
        text(_P + _P_WIDE / 2, base + 33, fit(chart.p_axis, 216), anchor="middle", fill=SOFT)
    )
    return parts


def _row(row: Row, y: float, reach: float) -> Markup:
    if row.note:
        return join(
            (
                text(10, y + 4, fit(row.scope, _EFFECT - 20), fill=FAINT),
                text(_EFFECT, y + 4, fit(row.note, WIDTH - _EFFECT - 2), fill=FAINT, ground=True),
            )
        )
    parts = [text(10, y + 4, fit(row.scope, _EFFECT - 20), fill=SOFT)]
    fill = ACCENT if row.strong else PAPER
    if row.effect is not None:
        parts.append(_effect(row, row.effect, y, fill))
    if row.magnitude is not None:
        parts.append(circle(_place(row.magnitude, reach), y, 4.2, fill, ACCENT))
        parts.append(text(WIDTH - 2, y + 4, fit(row.strength, 46), anchor="end"))
    return join(parts)


def _effect(row: Row, effect: float, y: float, fill: str) -> Markup:
    x = _EFFECT + _EFFECT_WIDE * _unit(effect)
    parts = []
    if row.control is not None:
        at = _EFFECT + _EFFECT_WIDE * _unit(row.control)
        parts.append(area(f"M{at:.1f} {y - 5:.1f}l5 9h-10z", PAPER, INK))
    if row.upper is not None:
        end = _EFFECT + _EFFECT_WIDE * _unit(row.upper)
        parts.append(path(f"M{x:.1f} {y}H{end:.1f}M{end:.1f} {y - 4}v8", INK, 1.2))
    parts.append(circle(x, y, 4.2, fill, ACCENT))
    parts.append(text(_P - 20, y + 4, share(effect), anchor="end"))
    return join(parts)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
