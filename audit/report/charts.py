# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The report's charts as SVG text: small, deterministic, readable in black and white.

Each function is pure and draws one claim. Shapes and dashes carry the meaning, colour
only repeats it. ``<title>`` becomes the figure's alternative text in the PDF. Colours are
attributes because the PDF engine does not apply the page's style sheet to inline SVG.
"""

from dataclasses import dataclass

from markupsafe import Markup

from audit.report.wording import decimal, share, visible

_INK, _SOFT, _RULE, _ACCENT = "#1b1f24", "#57606a", "#d0d7de", "#1f4e79"
_FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"
_WIDTH, _BOX, _TALL = 640, 210, 54
"""User units; printed 170 mm wide, so that 11 units are about 8 pt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One row of the effect chart: a size in 0..1, its 99 % upper bound, filled or open."""

    test: str
    scope: str
    effect: float
    upper: float | None
    strong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One panel of the curve chart: a value per layer for both models."""

    role: str
    suspect: tuple[float, ...]
    reference: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """One parent in the lineage graph; ``declared`` and ``found`` are edge labels or empty."""

    name: str
    license: str
    declared: str
    found: str


def effects(dots: tuple[Dot, ...], *, title: str, description: str) -> Markup:
    """Draw one row per part under each test's name, on an axis from 0 (none) to 1 (complete).

    Dots of one test must follow each other.
    """
    row, left, right, top = 19, 250, 56, 4
    heads = [i for i, dot in enumerate(dots) if i == 0 or dots[i - 1].test != dot.test]
    base = top + row * (len(dots) + len(heads)) + 8
    height, span = base + 38, _WIDTH - left - right
    parts = []
    for tick in range(5):
        x = left + span * tick / 4
        parts.append(_path(f"M{x:.1f} {top}V{base}", _RULE, 1))
        parts.append(_text(x, base + 16, f"{tick * 25} %", anchor="middle", fill=_SOFT))
    parts.append(
        _text(left + span / 2, base + 32, "size of the agreement", anchor="middle", fill=_SOFT)
    )
    line = 0
    for index, dot in enumerate(dots):
        if index in heads:
            parts.append(_text(0, top + row * line + 14, _fit(dot.test, 44), weight="600"))
            line += 1
        parts.append(_dot_row(dot, y=top + row * line + row / 2, left=left, span=span))
        line += 1
    return _svg(height, title, description, parts)


def _dot_row(dot: Dot, *, y: float, left: float, span: float) -> Markup:
    x = left + span * _unit(dot.effect)
    parts = [_text(10, y + 4, _fit(dot.scope, 42), fill=_SOFT)]
    if dot.upper is not None:
        end = left + span * _unit(dot.upper)
        parts.append(_path(f"M{x:.1f} {y}H{end:.1f}M{end:.1f} {y - 4}v8", _INK, 1.2))
    parts.append(
        Markup('<circle cx="{}" cy="{}" r="4.5" fill="{}" stroke="{}" stroke-width="1.4"/>').format(
            f"{x:.1f}", f"{y:.1f}", _ACCENT if dot.strong else "#ffffff", _ACCENT
        )
    )
    parts.append(_text(_WIDTH - 4, y + 4, share(dot.effect), anchor="end"))
    return Markup("").join(parts)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def curves(lines: tuple[Line, ...], *, title: str, description: str) -> Markup:
    """Draw standard deviation against depth: audited model solid, reference dashed."""
    columns = 2
    rows = -(-len(lines) // columns)
    width, height = (_WIDTH - 20) / columns, 132
    parts = [
        _legend(),
        *(
            _panel(line, x=(i % columns) * (width + 20), y=26 + (i // columns) * height, w=width)
            for i, line in enumerate(lines)
        ),
    ]
    return _svg(26 + rows * height, title, description, parts)


def _legend() -> Markup:
    return Markup("").join(
        (
            _path("M0 10H34", _INK, 1.8),
            _text(40, 14, "audited model"),
            _path("M150 10H184", _ACCENT, 1.8, dash="5 3"),
            _text(190, 14, "reference"),
        )
    )


def _panel(line: Line, *, x: float, y: float, w: float) -> Markup:
    values = (*line.suspect, *line.reference)
    low, high = min(values), max(values)
    left, top, wide, tall = x + 58, y + 22, w - 66, 76
    bottom = top + tall
    parts = [
        _text(x + 58, y + 14, f"role {_fit(line.role, 24)}", weight="600"),
        _path(f"M{left:.1f} {top}V{top + tall}H{left + wide:.1f}", _RULE, 1),
        _text(left - 6, top + 8, decimal(high), anchor="end", fill=_SOFT),
        _text(left - 6, top + tall, decimal(low), anchor="end", fill=_SOFT),
        _text(left, top + tall + 15, "first layer", fill=_SOFT),
        _text(left + wide, top + tall + 15, "last layer", anchor="end", fill=_SOFT),
    ]
    for series, ink, dash in ((line.suspect, _INK, ""), (line.reference, _ACCENT, "5 3")):
        points = [
            (left + wide * _ratio(i, len(series) - 1), bottom - tall * _ratio(v - low, high - low))
            for i, v in enumerate(series)
        ]
        parts.append(_path("M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points), ink, 1.8, dash))
    return Markup("").join(parts)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.5


def lineage(
    subject: str, license_: str, parents: tuple[Parent, ...], *, title: str, description: str
) -> Markup:
    """Draw parents on the left, the subject on the right; solid declared, dashed found."""
    row = 92
    height = row * len(parents) + 8
    middle = height / 2
    parts = [_node(_WIDTH - _BOX - 1, middle - _TALL / 2, subject, license_)]
    for index, parent in enumerate(parents):
        y = row * index + row / 2 + 4
        parts.append(_node(1, y - _TALL / 2, parent.name, parent.license))
        parts.append(_edges(parent, x=_BOX + 1, y=y, end=_WIDTH - _BOX - 1, middle=middle))
    return _svg(height, title, description, parts)


def _node(x: float, y: float, name: str, note: str) -> Markup:
    frame = Markup(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="3" fill="#ffffff" stroke="{}"/>'
    ).format(f"{x:.1f}", f"{y:.1f}", _BOX, _TALL, _INK)
    return Markup("").join(
        (
            frame,
            _text(x + 10, y + 22, _fit(name, 30), weight="600"),
            _text(x + 10, y + 40, _fit(note, 34), fill=_SOFT),
        )
    )


def _edges(parent: Parent, *, x: float, y: float, end: float, middle: float) -> Markup:
    parts = []
    offset = 7 if parent.declared and parent.found else 0
    for label, shift, dash in ((parent.declared, -offset, ""), (parent.found, offset, "5 3")):
        if not label:
            continue
        elbow = end - 26 - shift * (1 if y <= middle else -1)
        tip, start = middle + shift, y + shift
        parts.append(
            _path(f"M{x:.1f} {start:.1f}H{elbow:.1f}V{tip:.1f}H{end - 2:.1f}", _INK, 1.4, dash)
        )
        parts.append(_path(f"M{end - 9:.1f} {tip - 4:.1f}L{end - 1:.1f} {tip:.1f}l-8 4", _INK, 1.4))
        parts.append(_text(x + 10, start + (14 if shift > 0 else -6), _fit(label, 34)))
    return Markup("").join(parts)


def _fit(text: str, limit: int) -> str:
    """Cut a label to ``limit`` columns; a character the PDF prints as ``‹U+4E2D›`` takes eight."""
    shown = visible(text)
    columns = 0
    for index, character in enumerate(shown):
        columns += 1 if ord(character) < 0x0500 or character in "‹›…–−“”’·" else 8
        if columns > limit:
            return shown[:index] + "…"
    return shown


def _path(d: str, ink: str, width: float, dash: str = "") -> Markup:
    dashes = Markup(' stroke-dasharray="{}"').format(dash) if dash else Markup("")
    return Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}"{}/>').format(
        d, ink, f"{width:g}", dashes
    )


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", fill: str = _INK, weight: str = "400"
) -> Markup:
    return Markup(
        '<text x="{}" y="{}" font-family="{}" font-size="11" font-weight="{}" fill="{}" '
        'text-anchor="{}">{}</text>'
    ).format(f"{x:.1f}", f"{y:.1f}", _FONT, weight, fill, anchor, visible(text))


def _svg(height: float, title: str, description: str, parts: list[Markup]) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img">'
        "<title>{}</title><desc>{}</desc>{}</svg>"
    ).format(_WIDTH, f"{height:.0f}", visible(title), visible(description), Markup("").join(parts))
