# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The chart of the first page: this pair on one scale with pairs whose history is known.

The scale is the correlation of corresponding weights, which needs no statistics to be read. That
a bar lies beyond chance is its tone, never its length: a weak agreement can be certain.
"""

from dataclasses import dataclass

from markupsafe import Markup

from audit.record.said import Said
from audit.record.texts import Likeness
from audit.record.weights import Comparison, Component
from audit.report.figures.svg import (
    ACCENT,
    INK,
    PALE,
    PAPER,
    RULE,
    SOFT,
    WIDTH,
    box,
    fit,
    frame,
    join,
    path,
    text,
)
from audit.report.words.evidence import correlation, part_name
from audit.report.words.strength import label
from audit.report.words.texts import amount, short_name
from audit.text.numbers import count, share

_LEFT, _RIGHT, _TOP, _ROW = 206.0, 168.0, 22.0, 17.0
_WIDE = WIDTH - _LEFT - _RIGHT
_LEAST = 6.0
"""Of an empty bar, so that it is seen to be empty."""
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One part or one reference: how closely the values correspond, 0 to 1, where there is one.

    ``far`` says whether that lies beyond chance by the decision rule.
    """

    name: str
    size: float | None
    far: bool
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Pairs whose history is known: the most alike part of each, ascending."""

    name: str
    sizes: tuple[float, ...]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleChart:
    """Bars of this pair above the marks of pairs whose history is known."""

    title: str
    description: str
    rows: tuple[Reach, ...]
    known: tuple[Known, ...]
    far: str = Said("beyond chance")
    near: str = Said("not beyond chance, or not enough to tell")
    nothing: str = Said("no number")

    def draw(self) -> Markup:
        """Draw a bar for each row, and a mark for each pair whose history is known."""
        return _draw(self)


def scale(
    compared: tuple[Comparison, ...], thresholds: dict[str, float], known: tuple[Likeness, ...]
) -> ScaleChart | None:
    """Return the chart of one comparison part by part, or of several reference by reference.

    None where the record has no numbers of the decision rule, or nothing was told apart.
    """
    stop = thresholds.get("alpha_derived")
    if stop is None:
        return None
    rows = (
        tuple(_part(compared[0], part, stop) for part in compared[0].components)
        if len(compared) == 1
        else tuple(_whole(comparison, stop) for comparison in compared)
    )
    if not rows:
        return None
    groups = tuple(map(_known, known))
    shown = [(r.name, r.value) for r in rows] + [(g.name, g.value) for g in groups]
    lines = tuple(Said("{name}: {value}", name=name, value=value) for name, value in shown)
    return ScaleChart(
        rows=rows,
        known=groups,
        title=Said("How closely the weights correspond, beside pairs whose history is known"),
        description=Said("{rows:semicolons}", rows=lines),
    )


def _part(comparison: Comparison, part: Component, stop: float) -> Reach:
    size = correlation(comparison, part.name)
    equal = part.log10_p is None and part.relation.is_lineage
    return Reach(
        name=part_name(part.name),
        size=1.0 if equal and size is None else size,
        far=_is_far(part, stop),
        value=label(part) if size is None else Said("correlation {size}", size=share(size)),
    )


def _whole(comparison: Comparison, stop: float) -> Reach:
    """Return the most alike part of a comparison."""
    sizes = (correlation(comparison, part.name) for part in comparison.components)
    size = max((size for size in sizes if size is not None), default=None)
    equal = comparison.log10_p is None and comparison.relation.is_lineage
    return Reach(
        name=short_name(comparison.reference, 30),
        size=1.0 if equal and size is None else size,
        far=_is_far(comparison, stop),
        value=label(comparison),
    )


def _is_far(found: Comparison | Component, stop: float) -> bool:
    if found.log10_p is None:
        return found.relation.is_lineage
    return found.log10_p <= stop


def _known(group: Likeness) -> Known:
    least, most = group.sizes[0], group.sizes[-1]
    pairs = amount(len(group.sizes), "pair")
    return Known(
        name=Said("{what}, {pairs}", what=group.what, pairs=pairs),
        sizes=group.sizes,
        value=Said("{least} to {most}", least=share(least), most=share(most)),
    )


def _draw(chart: ScaleChart) -> Markup:
    middle = _TOP + _ROW * len(chart.rows)
    bottom = middle + 8 + _ROW * len(chart.known)
    parts = [_axis(bottom)]
    parts += [_row(chart, row, _TOP + (i + 0.5) * _ROW) for i, row in enumerate(chart.rows)]
    if chart.known:
        parts.append(path(f"M0 {middle + 4}H{WIDTH}", RULE, 1))
    parts += [_group(known, middle + 8 + (i + 0.5) * _ROW) for i, known in enumerate(chart.known)]
    y, x = bottom + 15, _LEFT
    for tone, words in ((ACCENT, chart.far), (PAPER, chart.near)):
        parts.append(box(x, y - 8, 14, 8, tone, stroke=ACCENT))
        parts.append(text(x + 20, y, fit(words, WIDTH - x - 20), fill=SOFT))
        x += 120
    return frame(y + 6, chart.title, chart.description, parts)


def _place(size: float) -> float:
    return _LEFT + _WIDE * min(1.0, max(0.0, size))


def _axis(bottom: float) -> Markup:
    parts = [box(_LEFT, _TOP, _WIDE, bottom - _TOP, PALE)]
    for tick in _TICKS:
        x = _place(tick)
        parts.append(path(f"M{x:.1f} {_TOP}V{bottom}", PAPER, 1))
        parts.append(text(x, _TOP - 6, f"{count(round(100 * tick))} %", anchor="middle", fill=SOFT))
    return join(parts)


def _row(chart: ScaleChart, row: Reach, y: float) -> Markup:
    parts = [text(_LEFT - 10, y + 4, fit(row.name, _LEFT - 12), anchor="end", weight="600")]
    parts.append(text(_LEFT + _WIDE + 12, y + 4, fit(row.value, _RIGHT - 12)))
    if row.size is None:
        parts.append(text(_LEFT + 4, y + 4, fit(chart.nothing, _WIDE), fill=SOFT))
        return join(parts)
    wide = max(_place(row.size) - _LEFT, 2.0 if row.far else _LEAST)
    parts.append(box(_LEFT, y - 5, wide, 10, ACCENT if row.far else PAPER, stroke=ACCENT))
    return join(parts)


def _group(known: Known, y: float) -> Markup:
    parts = [text(_LEFT - 10, y + 4, fit(known.name, _LEFT - 12), anchor="end", fill=SOFT)]
    parts.append(text(_LEFT + _WIDE + 12, y + 4, fit(known.value, _RIGHT - 12), fill=SOFT))
    parts += [path(f"M{_place(size):.1f} {y - 5:.1f}v10", INK, 1) for size in known.sizes]
    return join(parts)
