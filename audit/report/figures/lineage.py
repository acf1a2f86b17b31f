# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Parents on the left, the subject on the right; solid declared, dashed found."""

from dataclasses import dataclass

from markupsafe import Markup

from audit.report.figures.svg import INK, PAPER, SOFT, WIDTH, fit, frame, join, path, text, wrap

_BOX, _TALL = 210, 54
_ROOMY = 5
"""Parents up to which every edge label may take two lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """One parent in the lineage graph; ``declared`` and ``found`` are edge labels or empty."""

    name: str
    license: str
    declared: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageChart:
    """The audited model, named ``subject`` and offered under ``license``, and its parents."""

    title: str
    description: str
    subject: str
    license: str
    parents: tuple[Parent, ...]

    def draw(self) -> Markup:
        """Draw parents on the left, the subject on the right."""
        return _draw(self)


def _draw(chart: LineageChart) -> Markup:
    row, lines = (92, 2) if len(chart.parents) <= _ROOMY else (66, 1)
    height = row * len(chart.parents) + 8
    middle = height / 2
    parts = [_node(WIDTH - _BOX - 1, middle - _TALL / 2, chart.subject, chart.license)]
    for index, parent in enumerate(chart.parents):
        y = row * index + row / 2 + 4
        parts.append(_node(1, y - _TALL / 2, parent.name, parent.license))
        parts.append(_edges(parent, y=y, middle=middle, lines=lines))
    return frame(height, chart.title, chart.description, parts)


def _node(x: float, y: float, name: str, note: str) -> Markup:
    border = Markup(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="3" fill="{}" stroke="{}"/>'
    ).format(f"{x:.1f}", f"{y:.1f}", _BOX, _TALL, PAPER, INK)
    return join(
        (
            border,
            text(x + 10, y + 22, fit(name, _BOX - 20), weight="600"),
            text(x + 10, y + 40, fit(note, _BOX - 20), fill=SOFT),
        )
    )


def _edges(parent: Parent, *, y: float, middle: float, lines: int) -> Markup:
    x, end = _BOX + 1, WIDTH - _BOX - 1
    parts = []
    offset = 7 if parent.declared and parent.found else 0
    for label, shift, dash in ((parent.declared, -offset, ""), (parent.found, offset, "5 3")):
        if not label:
            continue
        elbow = end - 26 - shift * (1 if y <= middle else -1)
        tip, start = middle + shift, y + shift
        parts.append(
            path(f"M{x:.1f} {start:.1f}H{elbow:.1f}V{tip:.1f}H{end - 2:.1f}", INK, 1.4, dash)
        )
        parts.append(path(f"M{end - 9:.1f} {tip - 4:.1f}L{end - 1:.1f} {tip:.1f}l-8 4", INK, 1.4))
        said = wrap(label, end - x - 44, lines)
        first = start + 14 if shift > 0 else start - 6 - 13 * (len(said) - 1)
        parts += [text(x + 10, first + 13 * i, line) for i, line in enumerate(said)]
    return join(parts)
