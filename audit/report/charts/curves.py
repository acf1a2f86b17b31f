# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Standard deviation of the weights against depth, one panel per role."""

from dataclasses import dataclass

from markupsafe import Markup

from audit.report.charts.svg import ACCENT, INK, RULE, SOFT, WIDTH, fit, frame, path, ratio, text
from audit.report.wording import decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One panel of the curve chart: a value per layer for both models; ``role`` heads it."""

    role: str
    suspect: tuple[float, ...]
    reference: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveChart:
    """Panels in two columns, and the words of legend and axes."""

    title: str
    description: str
    lines: tuple[Line, ...]
    suspect: str = "audited model"
    reference: str = "reference"
    first: str = "first layer"
    last: str = "last layer"


def draw_curves(chart: CurveChart) -> Markup:
    """Draw standard deviation against depth: audited model solid, reference dashed."""
    columns = 2
    rows = -(-len(chart.lines) // columns)
    width, height = (WIDTH - 20) / columns, 132
    parts = [
        _legend(chart),
        *(
            _panel(
                chart, line, x=(i % columns) * (width + 20), y=26 + (i // columns) * height, w=width
            )
            for i, line in enumerate(chart.lines)
        ),
    ]
    return frame(26 + rows * height, chart.title, chart.description, parts)


def _legend(chart: CurveChart) -> Markup:
    return Markup("").join(
        (
            path("M0 10H34", INK, 1.8),
            text(40, 14, chart.suspect),
            path("M150 10H184", ACCENT, 1.8, dash="5 3"),
            text(190, 14, chart.reference),
        )
    )


def _panel(chart: CurveChart, line: Line, *, x: float, y: float, w: float) -> Markup:
    values = (*line.suspect, *line.reference)
    low, high = min(values), max(values)
    left, top, wide, tall = x + 58, y + 22, w - 66, 76
    bottom = top + tall
    parts = [
        text(x + 58, y + 14, fit(line.role, 29), weight="600"),
        path(f"M{left:.1f} {top}V{top + tall}H{left + wide:.1f}", RULE, 1),
        text(left - 6, top + 8, decimal(high), anchor="end", fill=SOFT),
        text(left - 6, top + tall, decimal(low), anchor="end", fill=SOFT),
        text(left, top + tall + 15, chart.first, fill=SOFT),
        text(left + wide, top + tall + 15, chart.last, anchor="end", fill=SOFT),
    ]
    for series, ink, dash in ((line.suspect, INK, ""), (line.reference, ACCENT, "5 3")):
        points = [
            (left + wide * ratio(i, len(series) - 1), bottom - tall * ratio(v - low, high - low))
            for i, v in enumerate(series)
        ]
        parts.append(path("M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points), ink, 1.8, dash))
    return Markup("").join(parts)
