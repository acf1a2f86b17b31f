# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The chart of the first page: how far each agreement lies beyond chance, in three zones.

One scale for everything that was compared, beside the most that independent pairs ever showed.
It ends where the audit stops: a longer bar would measure the width of the model and no more.
"""

from dataclasses import dataclass

from markupsafe import Markup

from audit.record.said import Said
from audit.record.texts import NullRate
from audit.record.weights import Comparison, Component, Relation
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
    fit,
    frame,
    join,
    path,
    text,
)
from audit.report.words.evidence import correlation, part_name
from audit.report.words.strength import label
from audit.report.words.texts import short_name
from audit.text.numbers import share

_LEFT, _RIGHT, _TOP, _ROW = 168.0, 168.0, 26.0, 19.0
_WIDE = WIDTH - _LEFT - _RIGHT
_FAR = 0.24
"""Share of the scale's width beyond the point at which the audit stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One part or one reference: orders of magnitude beyond chance, where there is a number.

    ``equal`` values lie beyond the scale without one. ``unrelated`` is the most that independent
    pairs showed, in the same orders of magnitude.
    """

    name: str
    orders: float | None
    equal: bool
    unrelated: float | None
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleChart:
    """Rows on the scale of the decision rule; ``chance`` and ``stop`` are its two bars."""

    title: str
    description: str
    rows: tuple[Reach, ...]
    chance: float
    stop: float
    zones: tuple[str, str, str] = (
        Said("like chance"),
        Said("not enough to tell"),
        Said("far beyond chance"),
    )
    unrelated: str = Said("the most that any independent pair showed")
    nothing: str = Said("no number")

    def draw(self) -> Markup:
        """Draw three zones, a bar for each row and a mark for independent pairs."""
        return _draw(self)


def scale(
    compared: tuple[Comparison, ...], thresholds: dict[str, float], nulls: tuple[NullRate, ...]
) -> ScaleChart | None:
    """Return the chart of one comparison part by part, or of several reference by reference.

    None where the record has no numbers of the decision rule, or nothing was told apart.
    """
    rows = _parts(compared[0], nulls) if len(compared) == 1 else tuple(map(_whole, compared))
    if not rows or not {"alpha_none", "alpha_derived"} <= thresholds.keys():
        return None
    lines = tuple(Said("{name}: {value}", name=r.name, value=r.value) for r in rows)
    return ScaleChart(
        rows=rows,
        chance=-thresholds["alpha_none"],
        stop=-thresholds["alpha_derived"],
        title=Said("How far the agreement lies beyond chance"),
        description=Said("{rows:semicolons}", rows=lines),
    )


def _parts(comparison: Comparison, nulls: tuple[NullRate, ...]) -> tuple[Reach, ...]:
    return tuple(
        Reach(
            name=part_name(c.name),
            orders=None if c.log10_p is None else -c.log10_p,
            equal=c.log10_p is None and c.relation.is_lineage,
            unrelated=max((-n.least_log10_p for n in nulls if n.scope == c.name), default=None),
            value=_value(comparison, c),
        )
        for c in comparison.components
    )


def _value(comparison: Comparison, part: Component) -> str:
    """Say how closely the values of a part correspond; otherwise what was found."""
    size = correlation(comparison, part.name)
    if size is None or part.relation is Relation.INCONCLUSIVE:
        return label(part)
    return Said("correlation {size}", size=share(size))


def _whole(comparison: Comparison) -> Reach:
    p = comparison.log10_p
    return Reach(
        name=short_name(comparison.reference, 30),
        orders=None if p is None else -p,
        equal=p is None and comparison.relation.is_lineage,
        unrelated=None,
        value=label(comparison),
    )


def _draw(chart: ScaleChart) -> Markup:
    bottom = _TOP + _ROW * len(chart.rows)
    parts = [*_zones(chart, bottom)]
    for index, row in enumerate(chart.rows):
        parts.append(_row(chart, row, _TOP + (index + 0.5) * _ROW))
    if any(row.unrelated is not None for row in chart.rows):
        parts.append(_triangle(_LEFT + 6, bottom + 15))
        parts.append(text(_LEFT + 16, bottom + 19, fit(chart.unrelated, WIDTH - _LEFT), fill=SOFT))
        bottom += 22
    return frame(bottom + 4, chart.title, chart.description, parts)


def _place(chart: ScaleChart, orders: float) -> float:
    """Return x of a number of orders of magnitude; all beyond the stop lie at one place."""
    inside = _WIDE * (1 - _FAR)
    if orders >= chart.stop:
        return _LEFT + inside + _WIDE * _FAR * 0.75
    return _LEFT + inside * max(0.0, orders) / chart.stop


def _zones(chart: ScaleChart, bottom: float) -> list[Markup]:
    edges = (
        _LEFT,
        _LEFT + _WIDE * (1 - _FAR) * chart.chance / chart.stop,
        _LEFT + _WIDE * (1 - _FAR),
        _LEFT + _WIDE,
    )
    fills = (PALE, PAPER, "#dbe6f1")
    tall = bottom - _TOP
    parts = [box(edges[i], _TOP, edges[i + 1] - edges[i], tall, fills[i]) for i in range(3)]
    parts.append(path(f"M{edges[1]:.1f} {_TOP}v{tall}", RULE, 1))
    parts.append(path(f"M{edges[2]:.1f} {_TOP - 6}V{bottom}", INK, 1.2))
    places = ((edges[0], "start"), ((edges[1] + edges[2]) / 2, "middle"), (edges[2] + 4, "start"))
    for words, (x, anchor) in zip(chart.zones, places, strict=True):
        bold = "600" if x > edges[2] else ""
        parts.append(text(x, _TOP - 9, fit(words, 150), anchor=anchor, fill=SOFT, weight=bold))
    return parts


def _row(chart: ScaleChart, row: Reach, y: float) -> Markup:
    parts = [text(_LEFT - 10, y + 4, fit(row.name, _LEFT - 12), anchor="end")]
    value = fit(row.value, _RIGHT - 12)
    parts.append(text(_LEFT + _WIDE + 12, y + 4, value))
    if row.orders is None and not row.equal:
        parts.append(text(_LEFT + 4, y + 4, fit(chart.nothing, _WIDE), fill=SOFT))
        return join(parts)
    orders = chart.stop if row.orders is None else row.orders
    x, far = _place(chart, orders), orders >= chart.stop
    wide = max(x - _LEFT, 2.0)
    parts.append(box(_LEFT, y - 5, wide, 10, ACCENT if far else FAINT))
    if far:
        parts.append(area(f"M{x:.1f} {y - 8}l9 8l-9 8z", ACCENT))
    if row.unrelated is not None:
        parts.append(_triangle(_place(chart, row.unrelated), y + 1))
    return join(parts)


def _triangle(x: float, y: float) -> Markup:
    return area(f"M{x - 4.5:.1f} {y + 5}l4.5 -9l4.5 9z", PAPER, INK)
