# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which layer agrees with which: a map of the two models beside the same map for a control."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from audit.record.agreement_map import AgreementMap, MapControl, MapKind
from audit.record.said import Said
from audit.report.figures.svg import (
    INK,
    PAPER,
    RULE,
    SOFT,
    WIDTH,
    box,
    circle,
    fit,
    frame,
    join,
    length,
    text,
)
from audit.report.words.texts import clip

SHADES = ("#ffffff", "#d6e4f2", "#93b9dc", "#4b80b6", "#173b60")
"""From nothing to all; each is darker than the one before, also in grey."""
_LARGEST, _ROOM = 28.0, 256.0
_GAP = 24
_STEPS = (25, 50, 75)
"""Per cent from which on the darker shades stand; the lightest starts above chance."""
_MOST_NOISE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPanel:
    """``values[i][j]`` in per cent; ``marked[i]`` is the column of row ``i``'s partner, or -1.

    ``empty`` is said in a panel in which nothing stands out.
    """

    heading: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    marked: tuple[int, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatChart:
    """Two panels; shade ``k`` is for values from ``levels[k - 1]`` on, named in ``legend``."""

    title: str
    description: str
    panels: tuple[HeatPanel, ...]
    levels: tuple[int, ...]
    legend: tuple[str, ...]
    row_axis: str
    column_axis: str
    mark: str

    def draw(self) -> Markup:
        """Draw the panels side by side; neighbours of one shade are one rectangle."""
        return _draw(self)


def heat(found: AgreementMap, reference: str) -> HeatChart:
    """Return a map beside its control."""
    first = min(found.noise, _MOST_NOISE) + 1
    steps = (first, *_STEPS)
    partners = partners_of(found)
    rows, columns = _axes(found)
    what = Said("experts" if found.kind is MapKind.EXPERTS else "layers")
    return HeatChart(
        panels=(
            HeatPanel(
                heading=Said("audited model and {reference}", reference=reference),
                rows=_numbers(found.rows),
                columns=_numbers(found.columns),
                values=found.values,
                marked=partners,
            ),
            HeatPanel(
                heading=_control_heading(found),
                rows=_numbers(found.rows),
                columns=_numbers(found.control_columns),
                values=found.control,
                marked=(-1,) * len(found.rows),
                empty=Said("nothing over {most} %", most=first - 1),
            ),
        ),
        levels=steps,
        legend=(
            Said("up to {most} %", most=first - 1),
            *(
                Said("{least} to {most} %", least=least, most=most - 1)
                for least, most in pairwise(steps)
            ),
            Said("{least} % and more", least=_STEPS[-1]),
        ),
        row_axis=rows,
        column_axis=columns,
        mark=Said(
            "best partner, where it exceeds everything in {draws:count} random relabellings",
            draws=found.draws,
        ),
        title=Said(
            "Which {what} of the audited model agree with which of {reference}",
            what=what,
            reference=reference,
        ),
        description=Said(
            "{known:count} of {all:count} rows have a partner above everything in the random "
            "relabellings.",
            known=sum(j >= 0 for j in partners),
            all=len(partners),
        ),
    )


def partners_of(found: AgreementMap) -> tuple[int, ...]:
    """Return each row's largest value if random relabellings never reach it, else -1."""
    return tuple(
        best if best >= 0 and row[best] > found.noise else -1
        for row in found.values
        for best in [max(range(len(row)), key=row.__getitem__, default=-1)]
    )


def _axes(found: AgreementMap) -> tuple[str, str]:
    if found.kind is MapKind.LAYERS:
        return Said("layer of the audited model"), Said("of the other")
    row = Said("expert of layer {n}", n=(found.layer or 0) + 1)
    if found.reference_layer is None:
        return row, Said("layer of the other")
    return row, Said("of layer {n}", n=found.reference_layer + 1)


def _numbers(places: tuple[int, ...]) -> tuple[str, ...]:
    """Count layers and experts from one, as people do."""
    return tuple(str(place + 1) for place in places)


def _control_heading(found: AgreementMap) -> str:
    if found.control_kind is MapControl.UNRELATED:
        return Said("control: {name}", name=clip(found.control_name, 60))
    return Said("control: dimensions relabelled at random")


def _draw(chart: HeatChart) -> Markup:
    width = (WIDTH - _GAP) / 2
    most = max(max(len(p.rows), len(p.columns)) for p in chart.panels)
    cell = min(_LARGEST, _ROOM / most)
    tall = max(len(p.rows) for p in chart.panels) * cell
    parts = []
    for index, panel in enumerate(chart.panels):
        parts.append(_panel(chart, panel, x=index * (width + _GAP), wide=width, cell=cell))
    base = 20 + tall + 40
    parts.append(_legend(chart, base))
    return frame(base + 48, chart.title, chart.description, parts)


def _panel(chart: HeatChart, panel: HeatPanel, *, x: float, wide: float, cell: float) -> Markup:
    left, top = x + 44, 20.0
    across, down = cell * len(panel.columns), cell * len(panel.rows)
    parts = [text(x, 12, fit(panel.heading, wide), weight="600")]
    for i, row in enumerate(panel.values):
        parts.extend(_runs(row, left, top + i * cell, cell, chart.levels))
    for i, j in enumerate(panel.marked):
        if j >= 0:
            dark = bisect_right(chart.levels, panel.values[i][j]) >= 3
            middle = left + (j + 0.5) * cell, top + (i + 0.5) * cell
            size = max(0.9, min(2.6, cell / 4))
            parts.append(circle(*middle, size, PAPER if dark else INK, INK))
    parts.append(box(left, top, across, down, "none", stroke=RULE))
    if panel.empty and max(map(max, panel.values), default=0) < chart.levels[0]:
        middle = left + across / 2, top + down / 2
        parts.append(text(*middle, fit(panel.empty, across - 8), anchor="middle", fill=SOFT))
    for i in _ticks(len(panel.rows), cell):
        y = top + (i + 0.5) * cell + 4
        parts.append(text(left - 5, y, fit(panel.rows[i], 38), anchor="end", fill=SOFT))
    for j in _ticks(len(panel.columns), cell * 0.8):
        at = left + (j + 0.5) * cell
        parts.append(
            text(at, top + down + 13, fit(panel.columns[j], 38), anchor="middle", fill=SOFT)
        )
    below = f"{chart.row_axis} ↓, {chart.column_axis} →"
    parts.append(text(x, top + down + 30, fit(below, wide), fill=SOFT))
    return join(parts)


def _runs(
    row: tuple[int, ...], left: float, y: float, cell: float, levels: tuple[int, ...]
) -> Iterator[Markup]:
    column = 0
    for shade, run in groupby(bisect_right(levels, value) for value in row):
        wide = len(list(run))
        if shade:
            yield box(left + column * cell, y, wide * cell, cell, SHADES[shade])
        column += wide


def _ticks(count: int, cell: float) -> list[int]:
    """Indices of labels that do not touch: the first, and steps that divide well."""
    steps = (s for s in (1, 2, 4, 5, 8, 10, 12, 16, 20, 32) if s * cell >= 15)
    return list(range(0, count, next(steps, 64)))


def _legend(chart: HeatChart, y: float) -> Markup:
    parts, x = [], 0.0
    for shade, words in zip(SHADES, chart.legend, strict=False):
        parts.append(box(x, y, 13, 13, shade, stroke=RULE))
        parts.append(text(x + 18, y + 11, words, fill=SOFT))
        x += 18 + length(words) + 14
    parts.append(circle(6, y + 32, 2.6, INK, INK))
    parts.append(text(18, y + 36, fit(chart.mark, WIDTH - 20), fill=SOFT))
    return join(parts)
