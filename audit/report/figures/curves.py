# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Standard deviation of the weights against depth, one panel per role, with controls."""

from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup

from audit.record.said import Said
from audit.record.weights import Curve, SpreadContext
from audit.report.figures.svg import (
    ACCENT,
    INK,
    PAPER,
    RULE,
    SOFT,
    WIDTH,
    area,
    circle,
    fit,
    frame,
    join,
    path,
    polyline,
    ratio,
    text,
)
from audit.report.words.texts import clip

ROLES = {
    "attn.q": Said("Query (Q)"),
    "attn.k": Said("Key (K)"),
    "attn.v": Said("Value (V)"),
    "attn.o": Said("Output (O)"),
}
CONTROLS, LEAST_CONTROLS = 4, 2
_PANELS = 4
Point = tuple[float, float]
STYLES = (
    (INK, 2.0, "", ""),
    (ACCENT, 2.0, "6 3", ""),
    ("#8a5a00", 1.1, "1 2", "circle"),
    ("#6b4a86", 1.1, "1 2", "square"),
    ("#2f6f4f", 1.1, "1 2", "triangle"),
    ("#7a2e2e", 1.1, "1 2", "cross"),
)
"""Ink, width, dash and marker of the series: the audited model, the reference, controls."""
_MARKS = 8
"""Markers of one control's curve, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One curve: relative depth in 0..1, and the value in standard units of its own curve."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One role; its series stand in the order of the chart's names."""

    heading: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveChart:
    """Panels in two columns; ``names`` are the audited model, the reference, then controls."""

    title: str
    description: str
    names: tuple[str, ...]
    panels: tuple[Panel, ...]
    first: str = Said("first layer")
    last: str = Said("last layer")
    zero: str = Said("mean")
    one: str = Said("+1 sd")
    minus: str = Said("−1 sd")

    def draw(self) -> Markup:
        """Draw all series in the same axes; dash and marker tell them apart."""
        return _draw(self)


def curves(spread: SpreadContext, reference: str) -> CurveChart | None:
    """Return the curves of the roles that two unrelated models have too; ``None`` without any."""
    controls = spread.controls[:CONTROLS]
    roles = [
        role
        for role in ROLES
        if sum(c.role == role for control in controls for c in control.curves) >= LEAST_CONTROLS
    ]
    drawn = sorted(
        (c for c in spread.curves if c.role in roles and len(c.layers) == len(c.suspect) > 0),
        key=lambda c: roles.index(c.role),
    )
    if not drawn:
        return None
    unrelated = (Said("unrelated: {name}", name=clip(c.name, 60)) for c in controls)
    return CurveChart(
        names=(Said("audited model"), Said("reference model"), *unrelated),
        panels=tuple(_drawn_panel(curve, spread) for curve in drawn[:_PANELS]),
        title=Said(
            "Standard deviation of the weights by depth: audited model, {reference} and unrelated "
            "models",
            reference=reference,
        ),
        description=Said(
            "Context only, never part of the verdict. Each curve has mean 0 and standard "
            "deviation 1."
        ),
    )


def _drawn_panel(curve: Curve, spread: SpreadContext) -> Panel:
    series = [
        _points(curve.layers, curve.suspect, spread.depth[0]),
        _points(curve.reference_layers, curve.reference, spread.depth[1]),
    ]
    for control in spread.controls[:CONTROLS]:
        own = next((c for c in control.curves if c.role == curve.role), None)
        series.append(
            Series(points=()) if own is None else _points(own.layers, own.values, control.layers)
        )
    return Panel(heading=ROLES[curve.role], series=tuple(series))


def _points(layers: tuple[int, ...], values: tuple[float, ...], depth: int) -> Series:
    if not values or not all(map(isfinite, values)):
        return Series(points=())
    places = (layer / max(1, depth - 1) for layer in layers)
    found = zip(places, standardised(values), strict=True)
    return Series(points=tuple((round(x, 4), round(y, 4)) for x, y in found))


def _draw(chart: CurveChart) -> Markup:
    columns, gap = 2, 24
    rows = -(-len(chart.panels) // columns)
    width, height = (WIDTH - gap) / columns, 158
    legend = [_key(name, i) for i, name in enumerate(chart.names[: len(STYLES)])]
    top = 18 * -(-len(legend) // columns) + 8
    values = [y for p in chart.panels for s in p.series for _, y in s.points]
    reach = max(1.2, *(abs(v) for v in values)) * 1.05
    parts = [
        *legend,
        *(
            _panel(
                chart,
                panel,
                x=(i % columns) * (width + gap),
                y=top + (i // columns) * height,
                w=width,
                reach=reach,
            )
            for i, panel in enumerate(chart.panels)
        ),
    ]
    return frame(top + rows * height, chart.title, chart.description, parts)


def _key(name: str, index: int) -> Markup:
    ink, width, dash, mark = STYLES[index]
    x, y = (index % 2) * (WIDTH / 2 + 12), 18 * (index // 2) + 8
    return join(
        (
            path(f"M{x:.1f} {y}h34", ink, width, dash),
            _mark(mark, x + 17, y, ink),
            text(x + 42, y + 4, fit(name, WIDTH / 2 - 66)),
        )
    )


def _panel(
    chart: CurveChart, panel: Panel, *, x: float, y: float, w: float, reach: float
) -> Markup:
    left, top, wide, tall = x + 42, y + 22, w - 46, 104
    middle, bottom = top + tall / 2, top + tall
    unit = tall / 2 / reach
    parts = [
        text(left, y + 14, fit(panel.heading, wide), weight="600"),
        path(f"M{left:.1f} {top}V{bottom}H{left + wide:.1f}", RULE, 1),
        path(f"M{left:.1f} {middle:.1f}h{wide:.1f}", RULE, 1),
        text(left - 6, middle + 4, fit(chart.zero, 38), anchor="end", fill=SOFT),
        text(left - 6, middle - unit + 4, fit(chart.one, 38), anchor="end", fill=SOFT),
        text(left - 6, middle + unit + 4, fit(chart.minus, 38), anchor="end", fill=SOFT),
        text(left, bottom + 15, fit(chart.first, wide / 2 - 8), fill=SOFT),
        text(left + wide, bottom + 15, fit(chart.last, wide / 2 - 8), anchor="end", fill=SOFT),
    ]
    for index in (*range(2, len(panel.series)), 0, 1):
        places = [(left + wide * a, middle - unit * b) for a, b in panel.series[index].points]
        parts.append(_series(places, index))
    return join(parts)


def _series(places: list[Point], index: int) -> Markup:
    ink, width, dash, mark = STYLES[index]
    step = max(1, -(-len(places) // _MARKS))
    marks = (_mark(mark, x, y, ink) for x, y in places[::step]) if mark else ()
    return join((polyline(places, ink, width, dash), *marks))


def _mark(mark: str, x: float, y: float, ink: str) -> Markup:
    """Return a small open shape around a point."""
    if mark == "circle":
        return circle(x, y, 2.6, PAPER, ink)
    if mark == "square":
        return area(f"M{x - 2.5:.1f} {y - 2.5:.1f}h5v5h-5z", PAPER, ink)
    if mark == "triangle":
        return area(f"M{x:.1f} {y - 3.2:.1f}l3 5.4h-6z", PAPER, ink)
    if mark == "cross":
        return path(f"M{x - 2.6:.1f} {y - 2.6:.1f}l5.2 5.2m0 -5.2l-5.2 5.2", ink, 1.3)
    return Markup("")


def standardised(values: tuple[float, ...]) -> tuple[float, ...]:
    """Subtract the mean and divide by the standard deviation; a flat curve becomes zeros."""
    mean = sum(values) / len(values)
    size = (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5
    return tuple(ratio(v - mean, size) if size > 0 else 0.0 for v in values)
