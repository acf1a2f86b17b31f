# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Lines, labels and the frame that every chart is made of.

Colours are attributes because the PDF engine does not apply the page's style sheet to
inline SVG. Every label is cut to the room it has, and control characters in it are visible.
"""

from markupsafe import Markup

from audit.report.wording import visible

INK, SOFT, RULE, ACCENT, PAPER = "#1b1f24", "#57606a", "#d0d7de", "#1f4e79", "#ffffff"
FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"
WIDTH = 640
"""User units; printed 170 mm wide, so that 11 units are about 8 pt."""


def fit(words: str, limit: int) -> str:
    """Cut a label to ``limit`` columns; a character the PDF prints as ``‹U+4E2D›`` takes eight."""
    shown = visible(words)
    columns = 0
    for index, character in enumerate(shown):
        columns += 1 if ord(character) < 0x0500 or character in "‹›…–−“”’·" else 8
        if columns > limit:
            return shown[:index] + "…"
    return shown


def path(d: str, ink: str, width: float, dash: str = "") -> Markup:
    """Return a stroked path; ``dash`` is its pattern, empty for a solid line."""
    dashes = Markup(' stroke-dasharray="{}"').format(dash) if dash else Markup("")
    return Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}"{}/>').format(
        d, ink, f"{width:g}", dashes
    )


def text(
    x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK, weight: str = "400"
) -> Markup:
    """Return one label whose baseline stands at ``y``."""
    return Markup(
        '<text x="{}" y="{}" font-family="{}" font-size="11" font-weight="{}" fill="{}" '
        'text-anchor="{}">{}</text>'
    ).format(f"{x:.1f}", f"{y:.1f}", FONT, weight, fill, anchor, visible(words))


def frame(height: float, title: str, description: str, parts: list[Markup]) -> Markup:
    """Return the whole drawing with its alternative text."""
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img">'
        "<title>{}</title><desc>{}</desc>{}</svg>"
    ).format(WIDTH, f"{height:.0f}", visible(title), visible(description), Markup("").join(parts))


def ratio(part: float, whole: float) -> float:
    """Return ``part / whole``, and the middle where there is no extent."""
    return part / whole if whole > 0 else 0.5
