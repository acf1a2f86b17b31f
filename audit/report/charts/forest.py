# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How large the agreement is, one row per test and part, with its upper bound."""

from dataclasses import dataclass

from markupsafe import Markup

from audit.report.charts.svg import ACCENT, INK, PAPER, RULE, SOFT, WIDTH, fit, frame, path, text
from audit.report.wording import share


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One row of the effect chart: a size in 0..1, its 99 % upper bound, filled or open."""

    test: str
    scope: str
    effect: float
    upper: float | None
    strong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectChart:
    """Rows on an axis from 0 (none) to 1 (complete); dots of one test follow each other."""

    title: str
    description: str
    dots: tuple[Dot, ...]
    axis: str = "size of the agreement"


def draw_effects(chart: EffectChart) -> Markup:
    """Draw one row per part under each test's name."""
    dots = chart.dots
    row, left, right, top = 19, 250, 56, 4
    heads = [i for i, dot in enumerate(dots) if i == 0 or dots[i - 1].test != dot.test]
    base = top + row * (len(dots) + len(heads)) + 8
    span = WIDTH - left - right
    parts = []
    for tick in range(5):
        x = left + span * tick / 4
        parts.append(path(f"M{x:.1f} {top}V{base}", RULE, 1))
        parts.append(text(x, base + 16, f"{tick * 25} %", anchor="middle", fill=SOFT))
    parts.append(text(left + span / 2, base + 32, chart.axis, anchor="middle", fill=SOFT))
    line = 0
    for index, dot in enumerate(dots):
        if index in heads:
            parts.append(text(0, top + row * line + 14, fit(dot.test, 44), weight="600"))
            line += 1
        parts.append(_dot_row(dot, y=top + row * line + row / 2, left=left, span=span))
        line += 1
    return frame(base + 38, chart.title, chart.description, parts)


def _dot_row(dot: Dot, *, y: float, left: float, span: float) -> Markup:
    x = left + span * _unit(dot.effect)
    parts = [text(10, y + 4, fit(dot.scope, 42), fill=SOFT)]
    if dot.upper is not None:
        end = left + span * _unit(dot.upper)
        parts.append(path(f"M{x:.1f} {y}H{end:.1f}M{end:.1f} {y - 4}v8", INK, 1.2))
    parts.append(
        Markup('<circle cx="{}" cy="{}" r="4.5" fill="{}" stroke="{}" stroke-width="1.4"/>').format(
            f"{x:.1f}", f"{y:.1f}", ACCENT if dot.strong else PAPER, ACCENT
        )
    )
    parts.append(text(WIDTH - 4, y + 4, share(dot.effect), anchor="end"))
    return Markup("").join(parts)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
