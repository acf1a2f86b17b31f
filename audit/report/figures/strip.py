# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One observed value against what the same statistic gives where nothing is shared."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from statistics import NormalDist

from markupsafe import Markup

from audit.record.said import Said
from audit.record.texts import NullRate
from audit.record.weights import Comparison, NullSample, PKind, SpreadContext
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
    group_starts,
    join,
    length,
    path,
    polyline,
    text,
)
from audit.report.words.evidence import part, test_name
from audit.report.words.texts import amount, told
from audit.text.numbers import decimal

STATISTICS = {"per_tensor": Said("All paired matrices"), "per_layer": Said("Layer by layer")}
_LOW, _HIGH = -1.0, 1.0
_BIN = 5
_EDGE = 6.0
"""Standard deviations that the axis of the tests shows on either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Correlations of unrelated pairs in -1..1, and the observed one with its words."""

    heading: str
    values: tuple[float, ...]
    observed: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StripChart:
    """Strips on one axis of correlations."""

    title: str
    description: str
    strips: tuple[Strip, ...]
    axis: str = Said("correlation of standard deviations")

    def draw(self) -> Markup:
        """Draw each population as a histogram of bars, the observed value as a dashed line."""
        return _draw_strips(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One test on one part: its z, and the largest z of independent pairs."""

    test: str
    scope: str
    z: float
    value: str
    largest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NullChart:
    """Tests on the axis of their permutation distribution, which the curve shows."""

    title: str
    description: str
    rows: tuple[Standing, ...]
    axis: str = Said("standard deviations from what a random relabelling gives (z)")
    curve: str = Said("what chance gives")
    largest: str = Said("largest of independent pairs")
    observed: str = Said("this comparison")

    def draw(self) -> Markup:
        """Draw the standard normal curve, and one row per test under it."""
        return _draw_null(self)


def strips(spread: SpreadContext, reference: str) -> StripChart | None:
    """Return the disputed statistic beside unrelated pairs, where there are some."""
    found = tuple(
        Strip(
            heading=Said(
                "{statistic}: {pairs} of {population}",
                statistic=STATISTICS[sample.statistic],
                pairs=amount(len(sample.values), "pair"),
                population=told(sample.population, 120),
            ),
            values=sample.values,
            observed=observed,
            label=Said("this comparison: {value}", value=decimal(observed)),
        )
        for sample, observed in observed_samples(spread)
    )
    if not found:
        return None
    lines = tuple(Said("{heading}; {label}", heading=s.heading, label=s.label) for s in found)
    return StripChart(
        strips=found,
        title=Said(
            "The correlation with {reference} among those of unrelated pairs", reference=reference
        ),
        description=Said("{strips:semicolons}", strips=lines),
    )


def observed_samples(spread: SpreadContext) -> Iterator[tuple[NullSample, float]]:
    """Yield what unrelated pairs give on a statistic that was observed, with the observed value."""
    observed = {"per_tensor": spread.per_tensor, "per_layer": spread.per_layer}
    for sample in spread.nulls:
        value = observed.get(sample.statistic)
        if value is not None and sample.values:
            yield sample, value


def standings(
    comparison: Comparison, reference: str, nulls: tuple[NullRate, ...]
) -> NullChart | None:
    """Return the tests with a permutation null on the axis of that null."""
    least = {(rate.test, rate.scope): rate.least_log10_p for rate in nulls}
    rows = tuple(
        Standing(
            test=test_name(e),
            scope=part(e),
            z=e.statistic,
            value=f"z = {decimal(e.statistic)}",
            largest=-NormalDist().inv_cdf(10 ** least[e.test, e.scope]),
        )
        for e in comparison.evidence
        if e.p_kind is PKind.ASYMPTOTIC and e.statistic is not None and (e.test, e.scope) in least
    )
    if not rows:
        return None
    lines = (
        Said("{test}, {scope}: {what}", test=r.test, scope=r.scope, what=r.value) for r in rows
    )
    return NullChart(
        rows=rows,
        title=Said(
            "The tests on {reference} against their own null distribution", reference=reference
        ),
        description=Said("{rows:semicolons}", rows=tuple(lines)),
    )


def _draw_strips(chart: StripChart) -> Markup:
    tall, left, right = 112, 14, 14
    parts = []
    for index, strip in enumerate(chart.strips):
        parts.append(_strip(strip, y=index * tall, left=left, wide=WIDTH - left - right))
    base = len(chart.strips) * tall
    parts.append(text(WIDTH / 2, base + 10, fit(chart.axis, WIDTH), anchor="middle", fill=SOFT))
    return frame(base + 16, chart.title, chart.description, parts)


def _strip(strip: Strip, *, y: float, left: float, wide: float) -> Markup:
    base, room = y + 86, 44.0

    def place(value: float) -> float:
        return left + wide * (min(_HIGH, max(_LOW, value)) - _LOW) / (_HIGH - _LOW)

    counts = Counter(int((place(v) - left) // _BIN) for v in strip.values)
    most = max(counts.values(), default=1)
    parts = [text(left, y + 14, fit(strip.heading, wide), weight="600")]
    for slot, number in sorted(counts.items()):
        high = room * number / most
        parts.append(box(left + slot * _BIN, base - high, _BIN - 1, high, FAINT))
    parts.append(path(f"M{left} {base}h{wide}", RULE, 1))
    for tick in (-1.0, -0.5, 0.0, 0.5, 1.0):
        x = place(tick)
        anchor = "start" if tick == _LOW else "end" if tick == _HIGH else "middle"
        parts.append(path(f"M{x:.1f} {base}v4", RULE, 1))
        words = f"{tick:g}".replace("-", "−")
        parts.append(text(x, base + 16, words, anchor=anchor, fill=SOFT))
    x = place(strip.observed)
    parts.append(path(f"M{x:.1f} {y + 34}V{base}", INK, 1.8, "4 2"))
    parts.append(area(f"M{x - 4:.1f} {y + 30}h8l-4 6z", INK))
    label = fit(strip.label, wide / 2)
    start = x + 8 if x + 8 + length(label) < WIDTH else x - 8 - length(label)
    parts.append(text(start, y + 36, label))
    return join(parts)


def _draw_null(chart: NullChart) -> Markup:
    left, right, row = 226, 84, 19
    wide = WIDTH - left - right
    base = 92
    scale = wide / (2 * _EDGE)
    middle = left + wide / 2
    bell = [
        (middle + scale * z / 20, base - 62 * exp(-((z / 20) ** 2) / 2))
        for z in range(int(-20 * _EDGE), int(20 * _EDGE) + 1, 4)
    ]
    heads = group_starts([r.test for r in chart.rows])
    bottom = base + row * (len(chart.rows) + len(heads)) + 4
    parts = [
        area(
            f"M{left} {base}L"
            + "L".join(f"{x:.1f} {y:.1f}" for x, y in bell)
            + f"L{left + wide} {base}z",
            PALE,
        ),
        polyline(bell, SOFT, 1.2, ""),
        *_key(chart),
        path(f"M{left} {base}h{wide}M{middle:.1f} {base}V{bottom}", RULE, 1),
    ]
    for tick in range(-4, 5, 2):
        x = middle + scale * tick
        parts.append(path(f"M{x:.1f} {bottom}v4", RULE, 1))
        words = str(tick).replace("-", "−")
        parts.append(text(x, bottom + 16, words, anchor="middle", fill=SOFT))
    parts.append(path(f"M{left} {bottom}h{wide}", RULE, 1))
    axis = fit(chart.axis, WIDTH)
    parts.append(text(WIDTH - length(axis), bottom + 32, axis, fill=SOFT))
    y = base + row / 2
    for index, standing in enumerate(chart.rows):
        if index in heads:
            parts.append(text(0, y + 4, fit(standing.test, 400), weight="600", ground=True))
            y += row
        parts.append(_standing(standing, y=y, middle=middle, scale=scale))
        y += row
    return frame(bottom + 38, chart.title, chart.description, parts)


def _key(chart: NullChart) -> list[Markup]:
    room = 196
    return [
        area("M4 12l5 5l-5 5l-5 -5z", INK),
        text(16, 21, fit(chart.observed, room)),
        area("M4 36l5 9h-10z", PAPER, ACCENT),
        text(16, 45, fit(chart.largest, room)),
        area("M-1 70C2 70 2 58 4 58S6 70 9 70z", PALE, SOFT),
        text(16, 69, fit(chart.curve, room)),
    ]


def _standing(standing: Standing, *, y: float, middle: float, scale: float) -> Markup:
    parts = [
        text(10, y + 4, fit(standing.scope, 206), fill=SOFT),
        text(WIDTH - 2, y + 4, fit(standing.value, 78), anchor="end"),
    ]
    x = middle + scale * standing.largest
    parts.append(area(f"M{x:.1f} {y - 4.5:.1f}l5 9h-10z", PAPER, ACCENT))
    inside = max(-_EDGE, min(_EDGE, standing.z))
    x = middle + scale * inside
    if inside == standing.z:
        parts.append(area(f"M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z", INK))
    else:
        way = 1 if inside > 0 else -1
        parts.append(path(f"M{x - 26 * way:.1f} {y:.1f}H{x:.1f}", INK, 1.6))
        parts.append(area(f"M{x - 8 * way:.1f} {y - 4:.1f}l{8 * way} 4l{-8 * way} 4z", INK))
    return join(parts)
