# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The report's charts: data made of strings and numbers, drawn as SVG when a template prints it.

A chart holds every word that its drawing shows, so that a view can be translated before
anything is drawn. Each drawing is pure and makes one claim; shapes and dashes carry the
meaning, colour only repeats it. ``title`` becomes the figure's alternative text in the PDF.
"""

from markupsafe import Markup

from audit.report.charts.curves import CurveChart, Line, draw_curves
from audit.report.charts.forest import Dot, EffectChart, draw_effects
from audit.report.charts.lineage import LineageChart, Parent, draw_lineage

Chart = CurveChart | EffectChart | LineageChart

__all__ = [
    "Chart",
    "CurveChart",
    "Dot",
    "EffectChart",
    "Line",
    "LineageChart",
    "Parent",
    "draw",
]


def draw(chart: Chart) -> Markup:
    """Draw a chart as one ``<svg>`` element; the same chart gives the same text."""
    match chart:
        case CurveChart():
            return draw_curves(chart)
        case EffectChart():
            return draw_effects(chart)
        case LineageChart():
            return draw_lineage(chart)
