# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Charts are well-formed, escaped, labelled, and say the same without colour."""

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from audit.report.figures import Drawing, heat, svg
from audit.report.figures import curves as curve_drawing
from audit.report.figures.curves import CurveChart, Panel, Series
from audit.report.figures.heat import HeatChart, HeatPanel
from audit.report.figures.scale import Known, Reach, ScaleChart
from audit.report.figures.strip import Strip, StripChart

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>\u202e" + "w" * 200
POINTS = ((0.0, -1.0), (0.5, 0.0), (1.0, 1.0))


def reach(size: float | None = 0.9, **more: object) -> Reach:
    fields = {"name": "attention", "far": True, "value": "correlation 9.9 %"}
    return Reach(size=size, **(fields | more))  # type: ignore[arg-type]


def scale(*rows: Reach) -> ScaleChart:
    known = Known(name="trained apart, 3 pairs", sizes=(0.0, 0.01, 1.0), value="0.0 % to 100.0 %")
    return ScaleChart(title="T", description="D", rows=rows, known=(known, known))


def curves(names: tuple[str, ...] = ("audited model", "reference", "unrelated: a")) -> Drawing:
    panel = Panel(heading="Query (Q)", series=(Series(points=POINTS),) * len(names))
    return CurveChart(title="T", description="D", names=names, panels=(panel,) * 4)


def strips(values: tuple[float, ...] = (0.1, 0.9, 0.95)) -> Drawing:
    strip = Strip(heading="3 pairs", values=values, observed=0.99, label="this: 0.99")
    return StripChart(title="T", description="D", strips=(strip, strip), axis="correlation")


def heats(side: int = 8, name: str = "reference") -> HeatChart:
    values = tuple(tuple(90 if i == j else 0 for j in range(side)) for i in range(side))
    numbers = tuple(str(i + 1) for i in range(side))
    panel = HeatPanel(
        heading=name, rows=numbers, columns=numbers, values=values, marked=tuple(range(side))
    )
    return HeatChart(
        title="T",
        description="D",
        panels=(panel, replace(panel, marked=(-1,) * side)),
        levels=(3, 25, 50, 75),
        legend=("up to 2 %", "3 to 24 %", "25 to 49 %", "50 to 74 %", "75 % and more"),
        row_axis="layer of the audited model",
        column_axis="of the other",
        mark="best partner",
    )


ALL = {
    "scale": scale(reach(), reach(0.0), reach(None), reach(0.2, far=False)),
    "curves": curves(),
    "strips": strips(),
    "heat": heats(),
    "heat of many": heats(64),
}
EDGES = {
    "one row": scale(reach()),
    "nothing known": replace(scale(reach()), known=()),
    "flat": CurveChart(
        title="T",
        description="D",
        names=("a", "b"),
        panels=(Panel(heading="Q", series=(Series(points=((0.0, 0.0),)),) * 2),),
    ),
    "a control without that role": CurveChart(
        title="T",
        description="D",
        names=("a", "b", "c"),
        panels=(
            Panel(
                heading="Q",
                series=(*(Series(points=POINTS),) * 2, Series(points=())),
            ),
        ),
    ),
    "one pair": strips((0.5,)),
    "off the axis": scale(reach(1e6), reach(-1.0)),
    "far below": scale(reach(-1e6), reach(-0.2)),
    "one layer": heats(1),
    "hostile scale": scale(reach(name=HOSTILE, value=HOSTILE)),
    "hostile curves": curves((HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)),
    "hostile heat": heats(name=HOSTILE),
}
EVERY = pytest.mark.parametrize("chart", (ALL | EDGES).values(), ids=(ALL | EDGES).keys())


def parsed(chart: Drawing) -> ET.Element:
    return ET.fromstring(chart.draw())


def labels(chart: Drawing) -> list[tuple[str, float, float, float, float]]:
    """Every label with its estimated box: left, top, right, bottom."""
    found = []
    for label in parsed(chart).iter(f"{SVG}text"):
        words = label.text or ""
        x, y, wide = float(label.get("x", "")), float(label.get("y", "")), svg.length(words)
        shift = {"middle": wide / 2, "end": wide}.get(label.get("text-anchor", "start"), 0.0)
        # Capitals stand about 0.73 of the size above the baseline, descenders 0.2 below.
        found.append((words, x - shift, y - 8.0, x - shift + wide, y + 2.2))
    return found


@EVERY
def test_title_and_description_come_first(chart: Drawing) -> None:
    root = parsed(chart)
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root.findtext(f"{SVG}title")
    assert root.get("role") == "img"


@EVERY
def test_same_chart_same_text_without_holes(chart: Drawing) -> None:
    drawn = chart.draw()
    assert drawn == replace(chart).draw()
    assert not re.search(r"\b(nan|inf|None)\b", drawn.split("</desc>")[1])


@EVERY
def test_no_two_labels_overlap_and_none_leaves_the_drawing(chart: Drawing) -> None:
    root = parsed(chart)
    _, _, width, height = (float(v) for v in root.get("viewBox", "").split())
    found = [label for label in labels(chart) if label[0].strip()]
    for words, left, top, right, bottom in found:
        assert left >= -1, words
        assert right <= width + 1, words
        assert top >= -1, words
        assert bottom <= height + 1, words
    for i, (words, left, top, right, bottom) in enumerate(found):
        for other, a, b, c, d in found[i + 1 :]:
            apart = right <= a + 0.5 or c <= left + 0.5 or bottom <= b or d <= top
            assert apart, (words, other)


@EVERY
def test_names_cannot_break_out_of_the_drawing(chart: Drawing) -> None:
    tags = {element.tag.removeprefix(SVG) for element in parsed(chart).iter()}
    assert tags <= {"svg", "title", "desc", "path", "rect", "circle", "text"}
    assert "\u202e" not in chart.draw()


@EVERY
def test_text_is_at_least_seven_points_in_print(chart: Drawing) -> None:
    points = 170 / 25.4 * 72 / svg.WIDTH
    root = parsed(chart)
    assert float(root.get("font-size", "0")) * points >= 7
    assert not any(element.get("font-size") for element in root.iter(f"{SVG}text"))


def test_a_bar_is_as_long_as_its_correlation() -> None:
    def wide(size: float) -> float:
        return float(list(parsed(scale(reach(size))).iter(f"{SVG}rect"))[1].get("width", ""))

    assert wide(0.6) == pytest.approx(2 * wide(0.3), abs=0.2)
    assert wide(1.0) == wide(7.0)
    assert wide(0.0) == wide(-0.5) > 0


def test_beyond_chance_is_full_or_empty_not_only_a_colour() -> None:
    near, far = (list(parsed(scale(reach(far=far))).iter(f"{SVG}rect"))[1] for far in (False, True))
    assert (near.get("fill"), far.get("fill")) == (svg.PAPER, svg.ACCENT)
    assert near.get("stroke") == far.get("stroke") == svg.ACCENT


def test_every_known_pair_is_a_mark_in_its_place() -> None:
    drawn = [p.get("d", "") for p in parsed(scale(reach())).iter(f"{SVG}path")]
    marks = [float(d[1:].split()[0]) for d in drawn if d.endswith("v10")]
    assert len(marks) == 6
    first, second, last = marks[:3]
    assert (second - first) / (last - first) == pytest.approx(0.01, abs=0.001)


def test_what_has_no_number_has_no_bar() -> None:
    root = parsed(scale(reach(None)))
    assert len(list(root.iter(f"{SVG}rect"))) == 3, "the axis and the legend"
    assert "no number" in [t.text for t in root.iter(f"{SVG}text")]


def test_curves_differ_by_dash_and_marker() -> None:
    styles = [(dash, mark) for _, _, dash, mark in curve_drawing.STYLES]
    assert len(set(styles)) == len(styles)


def test_shades_grow_darker_also_in_grey() -> None:
    def luminance(shade: str) -> float:
        red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    greys = [luminance(shade) for shade in heat.SHADES]
    assert all(a - b > 25 for a, b in pairwise(greys))


def test_neighbours_of_one_shade_are_one_rectangle() -> None:
    stripe = tuple((90,) * 8 for _ in range(8))
    chart = heats()
    whole = replace(chart, panels=tuple(replace(p, values=stripe) for p in chart.panels))
    assert whole.draw().count(heat.SHADES[4]) == 16 + 1


def test_a_map_of_64_layers_stays_small() -> None:
    assert len(heats(64).draw()) < 40_000


def test_the_estimated_width_is_no_less_than_the_font_s() -> None:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    from audit import resources

    sample = "Agreement of normalisation vectors, 99.8 % (unrelated: SmolLM2-135M) z = −2.34 ÄÖ"
    file = resources.tree("templates") / "fonts" / "Inter-SemiBold.ttf"
    with TTFont(file) as font:
        names, advances = font.getBestCmap(), font["hmtx"]
        units = sum(advances[names[ord(c)]][0] for c in sample if ord(c) in names)
        wide = units / font["head"].unitsPerEm * svg.SIZE
    assert wide <= svg.length(sample) <= 1.3 * wide
