# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Lines, labels and the frame that every chart is made of.

Colours are attributes because the PDF engine does not apply the page's style sheet to
inline SVG. Every label is cut to the room it has, and control characters in it are visible.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from audit.report.words.texts import columns, visible

INK, SOFT, RULE, ACCENT, PAPER = "#1b1f24", "#57606a", "#d0d7de", "#1f4e79", "#ffffff"
PALE, FAINT = "#e9ecef", "#6b737c"
FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"
WIDTH = 640
"""User units; printed 170 mm wide, so that 11 units are about 8 pt."""
SIZE = 11
"""Height of all labels."""
_NARROW, _WIDE = frozenset("iljtfrI.,:;|!'()[]‹› "), frozenset("mwMW%@—…")


def length(words: str) -> float:
    """Estimate the width of a label in user units, rather too wide than too narrow."""
    return SIZE * sum(_em(c) for c in visible(words))


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.37
    if character in _WIDE:
        return 0.98
    if ord(character) < 0x0500 or 0x2000 <= ord(character) < 0x2300:
        return 0.74 if character.isupper() else 0.66 if character.isdigit() else 0.6
    wide = columns(character)
    return 1.0 if wide <= 2 else wide * 0.64


def fit(words: str, room: float) -> str:
    """Cut a label to ``room`` user units."""
    shown = visible(words)
    if length(shown) <= room:
        return shown
    kept, used = 0, length("…")
    for character in shown:
        used += SIZE * _em(character)
        if used > room:
            break
        kept += 1
    return shown[:kept].rstrip() + "…"


def path(d: str, ink: str, width: float, dash: str = "") -> Markup:
    """Return a stroked path; ``dash`` is its pattern, empty for a solid line."""
    dashes = Markup(' stroke-dasharray="{}"').format(dash) if dash else Markup("")
    return Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}"{}/>').format(
        d, ink, f"{width:g}", dashes
    )


def polyline(points: Iterable[tuple[float, float]], ink: str, width: float, dash: str) -> Markup:
    """Return a line through the points."""
    return path("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), ink, width, dash)


def area(d: str, fill: str, stroke: str = "none") -> Markup:
    """Return a filled shape."""
    return Markup('<path d="{}" fill="{}" stroke="{}"/>').format(d, fill, stroke)


def box(
    x: float, y: float, width: float, height: float, fill: str, *, stroke: str = "none"
) -> Markup:
    """Return a filled rectangle."""
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}"/>').format(
        f"{x:.1f}", f"{y:.1f}", f"{width:.1f}", f"{height:.1f}", fill, stroke
    )


def circle(x: float, y: float, radius: float, fill: str, stroke: str) -> Markup:
    """Return a circle."""
    return Markup(
        '<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="1.3"/>'
    ).format(f"{x:.1f}", f"{y:.1f}", f"{radius:g}", fill, stroke)


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    fill: str = INK,
    weight: str = "",
    ground: bool = False,
) -> Markup:
    """Return one label whose baseline stands at ``y``; ``ground`` paints over lines behind it."""
    parts = []
    if ground:
        wide = length(words)
        parts.append(box(x - 2, y - SIZE + 1, wide + 4, SIZE + 4, PAPER))
    more = Markup("").join(
        Markup(' {}="{}"').format(name, value)
        for name, value, usual in (
            ("fill", fill, INK),
            ("font-weight", weight, ""),
            ("text-anchor", anchor, "start"),
        )
        if value != usual
    )
    parts.append(
        Markup('<text x="{}" y="{}"{}>{}</text>').format(
            f"{x:.1f}", f"{y:.1f}", more, visible(words)
        )
    )
    return join(parts)


def wrap(words: str, room: float, lines: int) -> tuple[str, ...]:
    """Break a label at spaces into at most ``lines`` lines of ``room`` user units."""
    found: list[str] = []
    for word in visible(words).split(" "):
        if found and (len(found) == lines or length(f"{found[-1]} {word}") <= room):
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return tuple(fit(line, room) for line in found)


def join(parts: Iterable[Markup]) -> Markup:
    """Put parts of a drawing together."""
    return Markup("").join(parts)


def frame(height: float, title: str, description: str, parts: Sequence[Markup]) -> Markup:
    """Return the whole drawing with its alternative text."""
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" font-family="{}" '
        'font-size="{}" fill="{}"><title>{}</title><desc>{}</desc>{}</svg>'
    ).format(
        WIDTH, f"{height:.0f}", FONT, SIZE, INK, visible(title), visible(description), join(parts)
    )


def ratio(part: float, whole: float) -> float:
    """Return ``part / whole``, and the middle where there is no extent."""
    return part / whole if whole > 0 else 0.5
