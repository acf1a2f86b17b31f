# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The report's charts: data made of strings and numbers, drawn as SVG when a template prints it.

A chart holds every word that its drawing shows, so that a view can be translated before
anything is drawn. Each drawing is pure and makes one claim; shapes and dashes carry the
meaning, colour only repeats it. ``title`` becomes the figure's alternative text in the PDF.
"""

from markupsafe import Markup

from audit.report.charts.curves import CurveChart, Panel, Series, draw_curves, standardised
from audit.report.charts.forest import ForestChart, Row, draw_forest
from audit.report.charts.heat import HeatChart, HeatPanel, draw_heat
from audit.report.charts.lineage import LineageChart, Parent, draw_lineage
from audit.report.charts.strip import (
    NullChart,
    Standing,
    Strip,
    StripChart,
    draw_null,
    draw_strips,
)

Chart = CurveChart | ForestChart | HeatChart | LineageChart | NullChart | StripChart

__all__ = [
    "Chart",
    "CurveChart",
    "ForestChart",
    "HeatChart",
    "HeatPanel",
    "LineageChart",
    "NullChart",
    "Panel",
    "Parent",
    "Row",
    "Series",
    "Standing",
    "Strip",
    "StripChart",
    "draw",
    "standardised",
]


def draw(chart: Chart) -> Markup:
    """Draw a chart as one ``<svg>`` element; the same chart gives the same text."""
    match chart:
        case CurveChart():
            return draw_curves(chart)
        case ForestChart():
            return draw_forest(chart)
        case HeatChart():
            return draw_heat(chart)
        case LineageChart():
            return draw_lineage(chart)
        case NullChart():
            return draw_null(chart)
        case StripChart():
            return draw_strips(chart)
