# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One observed value against what the same statistic gives where nothing is shared."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from audit.record.said import Said
from audit.record.weights import NullSample, SpreadContext
from audit.report.figures.svg import (
    FAINT,
    INK,
    RULE,
    SOFT,
    WIDTH,
    area,
    box,
    fit,
    frame,
    join,
    length,
    path,
    text,
)
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
