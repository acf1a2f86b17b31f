# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Charts are well-formed, escaped, labelled, and say the same without colour."""

from xml.etree import ElementTree as ET

from audit.report import charts

SVG = "{http://www.w3.org/2000/svg}"
DOTS = (
    charts.Dot(test="A", scope="model", effect=0.5, upper=0.6, strong=True),
    charts.Dot(test="B<&>", scope="x", effect=0.0, upper=None, strong=False),
)


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(markup)


def effects(dots: tuple[charts.Dot, ...]) -> str:
    return charts.draw(charts.EffectChart(title="T", description="D", dots=dots))


def curves(lines: tuple[charts.Line, ...]) -> str:
    return charts.draw(charts.CurveChart(title="T", description="D", lines=lines))


def lineage(parents: tuple[charts.Parent, ...], **words: str) -> str:
    said = {"title": "T", "description": "D", "subject": "s", "license": "MIT"} | words
    return charts.draw(charts.LineageChart(parents=parents, **said))


def test_every_chart_has_a_title_and_a_description() -> None:
    parents = (charts.Parent(name="p", license="MIT", declared="declared", found="weights: x"),)
    lines = (charts.Line(role="q", suspect=(1.0, 2.0), reference=(1.0, 3.0)),)
    for markup in (
        effects(DOTS),
        curves(lines),
        lineage(parents),
    ):
        root = parsed(markup)
        assert root.findtext(f"{SVG}title") == "T"
        assert root.findtext(f"{SVG}desc") == "D"


def test_strength_is_a_shape_not_only_a_colour() -> None:
    strong, weak = parsed(effects(DOTS)).iter(f"{SVG}circle")
    assert strong.get("fill") == strong.get("stroke")
    assert weak.get("fill") == "#ffffff"


def test_a_test_is_named_once_over_its_parts() -> None:
    dots = tuple(
        charts.Dot(test="A", scope=scope, effect=0.5, upper=None, strong=True) for scope in "xyz"
    )
    texts = [t.text for t in parsed(effects(dots)).iter(f"{SVG}text")]
    assert texts.count("A") == 1
    assert [t for t in texts if t in ("A", "x", "y", "z")] == ["A", "x", "y", "z"]


def test_a_dot_stands_where_its_size_says() -> None:
    circles = list(parsed(effects(DOTS)).iter(f"{SVG}circle"))
    zero, half = float(circles[1].get("cx", "")), float(circles[0].get("cx", ""))
    full = effects((charts.Dot(test="A", scope="m", effect=1.0, upper=None, strong=True),))
    one = float(next(parsed(full).iter(f"{SVG}circle")).get("cx", ""))
    assert half - zero == (one - zero) / 2


def test_the_two_curves_differ_by_dash() -> None:
    lines = (charts.Line(role="q", suspect=(1.0, 2.0), reference=(1.0, 3.0)),)
    paths = list(parsed(curves(lines)).iter(f"{SVG}path"))
    assert [p.get("stroke-dasharray") for p in paths[-2:]] == [None, "5 3"]


def test_declared_is_solid_and_found_is_dashed() -> None:
    declared = charts.Parent(name="p", license="MIT", declared="declared", found="")
    found = charts.Parent(name="p", license="MIT", declared="", found="weights: shared")
    for parent, dash in ((declared, None), (found, "5 3")):
        root = parsed(lineage((parent,)))
        assert next(root.iter(f"{SVG}path")).get("stroke-dasharray") == dash


def test_names_cannot_break_out_of_the_drawing() -> None:
    parent = charts.Parent(
        name="</text><script>", license='"/><a href="x">', declared="\u202e", found="x"
    )
    root = parsed(
        lineage((parent,), subject="<svg onload=x>", license="&", title="<", description="\x1b")
    )
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "title", "desc", "path", "rect", "text"}


def test_text_is_at_least_seven_points_in_print() -> None:
    root = parsed(effects(DOTS))
    points = 170 / 25.4 * 72 / 640
    assert all(float(t.get("font-size", "0")) * points >= 7 for t in root.iter(f"{SVG}text"))


def test_flat_and_single_layer_curves_are_drawn() -> None:
    lines = (charts.Line(role="q", suspect=(1.0,), reference=(1.0,)),)
    assert "nan" not in curves(lines).lower()


def test_labels_fit_their_boxes_even_when_printed_as_code_points() -> None:
    parent = charts.Parent(
        name="\u4e2d" * 40, license="\u202e" * 40, declared="d" * 90, found="\U0001f600" * 9
    )
    root = parsed(lineage((parent,), subject="s" * 90, license="l" * 90))
    for text in (t.text or "" for t in root.iter(f"{SVG}text")):
        assert sum(8 if ord(c) > 0x2FFF else 1 for c in text) <= 35
