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
from audit.report.figures.forest import ForestChart, Row
from audit.report.figures.heat import HeatChart, HeatPanel
from audit.report.figures.lineage import LineageChart, Parent
from audit.report.figures.strip import NullChart, Standing, Strip, StripChart

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>\u202e" + "w" * 200
ROWS = (
    Row(test="A", scope="model", effect=0.5, upper=0.6, magnitude=30.0, strong=True),
    Row(test="B<&>", scope="x", effect=0.0, magnitude=0.0, strength="0.0"),
    Row(test="C", scope="y", note="not applicable: " + "long reason " * 20),
    Row(test="D", scope="z", effect=0.3, control=0.4),
)
POINTS = ((0.0, -1.0), (0.5, 0.0), (1.0, 1.0))


def forest(rows: tuple[Row, ...] = ROWS, **more: object) -> ForestChart:
    fields = {"title": "T", "description": "D", "band": (2.0, 9.0)} | more
    return ForestChart(rows=rows, **fields)  # type: ignore[arg-type]


def curves(names: tuple[str, ...] = ("audited model", "reference", "unrelated: a")) -> Drawing:
    panel = Panel(heading="Query (Q)", series=(Series(points=POINTS),) * len(names))
    return CurveChart(title="T", description="D", names=names, panels=(panel,) * 4)


def strips(values: tuple[float, ...] = (0.1, 0.9, 0.95)) -> Drawing:
    strip = Strip(heading="3 pairs", values=values, observed=0.99, label="this: 0.99")
    return StripChart(title="T", description="D", strips=(strip, strip), axis="correlation")


def null(z: float = 2.0) -> Drawing:
    rows = tuple(
        Standing(test=t, scope="attention", z=z, value=f"z = {z}", largest=3.2)
        for t in ("One", "One", "Two")
    )
    return NullChart(
        title="T", description="D", rows=rows, axis="z", curve="chance", largest="l", observed="o"
    )


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


def lineage(parents: tuple[Parent, ...], **words: str) -> LineageChart:
    said = {"title": "T", "description": "D", "subject": "s", "license": "MIT"} | words
    return LineageChart(parents=parents, **said)


def parent(name: str = "p", **words: str) -> Parent:
    said = {"license": "MIT", "declared": "declared", "found": "weights: shared values"} | words
    return Parent(name=name, **said)


ALL = {
    "forest": forest(),
    "curves": curves(),
    "strips": strips(),
    "null": null(),
    "heat": heats(),
    "heat of many": heats(64),
    "lineage": lineage((parent(), parent("q", found=""))),
    "lineage of many": lineage(tuple(parent(f"parent-{i}") for i in range(11))),
}
EDGES = {
    "one row": forest((Row(test="A", scope="m", effect=1.0),), band=None),
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
    "off the axis": null(1e6),
    "far below": null(-1e6),
    "one layer": heats(1),
    "hostile forest": forest(
        (Row(test=HOSTILE, scope=HOSTILE, effect=0.1, note=HOSTILE),), title=HOSTILE
    ),
    "hostile curves": curves((HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)),
    "hostile heat": heats(name=HOSTILE),
    "hostile lineage": lineage(
        (parent(HOSTILE, license=HOSTILE, declared=HOSTILE, found=HOSTILE),) * 11,
        subject=HOSTILE,
        license=HOSTILE,
    ),
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


def test_strength_is_a_shape_not_only_a_colour() -> None:
    strong = forest((Row(test="A", scope="m", effect=0.5, strong=True),))
    weak = forest((Row(test="A", scope="m", effect=0.5),))
    (filled,), (open_,) = (list(parsed(c).iter(f"{SVG}circle")) for c in (strong, weak))
    assert filled.get("fill") == filled.get("stroke")
    assert open_.get("fill") == svg.PAPER


def test_a_dot_stands_where_its_size_says() -> None:
    def place(effect: float) -> float:
        chart = forest((Row(test="A", scope="m", effect=effect),))
        return float(next(parsed(chart).iter(f"{SVG}circle")).get("cx", ""))

    assert place(0.5) - place(0.0) == pytest.approx((place(1.0) - place(0.0)) / 2)


def test_a_line_that_was_not_used_is_grey_and_has_no_mark() -> None:
    root = parsed(forest((ROWS[2],)))
    assert not list(root.iter(f"{SVG}circle"))
    used = {t.get("fill") for t in root.iter(f"{SVG}text") if t.text in ("C", "y")}
    assert used == {svg.FAINT}


def test_the_band_is_drawn_only_where_it_is_known() -> None:
    texts = [
        [t.text for t in parsed(forest(band=b)).iter(f"{SVG}text")] for b in ((2.0, 9.0), None)
    ]
    assert "settles nothing" in texts[0]
    assert "settles nothing" not in texts[1]


def test_a_test_is_named_once_over_its_parts() -> None:
    rows = tuple(Row(test="A", scope=scope, effect=0.5) for scope in "xyz")
    texts = [t.text for t in parsed(forest(rows)).iter(f"{SVG}text")]
    assert [t for t in texts if t in ("A", "x", "y", "z")] == ["A", "x", "y", "z"]


def test_curves_differ_by_dash_and_marker() -> None:
    styles = [(dash, mark) for _, _, dash, mark in curve_drawing.STYLES]
    assert len(set(styles)) == len(styles)


def test_an_observed_value_beyond_the_axis_is_an_arrow_and_its_number_stands() -> None:
    inside, outside = (null(z).draw() for z in (2.0, 60.0))
    assert "z = 60.0" in outside
    assert inside.count("l5 5l-5 5l-5 -5z") == outside.count("l5 5l-5 5l-5 -5z") + 3


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


def test_declared_is_solid_and_found_is_dashed() -> None:
    for one, dash in ((parent(found=""), None), (parent(declared=""), "5 3")):
        root = parsed(lineage((one,)))
        assert next(root.iter(f"{SVG}path")).get("stroke-dasharray") == dash


def test_labels_fit_their_boxes_even_when_printed_as_code_points() -> None:
    rare = parent("\u3400" * 40, license="\u202e" * 40, found="\U0001f600" * 9)
    for words, left, _, right, _ in labels(lineage((rare,), subject="s" * 90)):
        assert right - left <= 212, words


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
