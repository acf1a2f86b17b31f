# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the charts are made of, and what their captions say about it."""

from dataclasses import replace

from audit.record.agreement_map import MapControl, MapKind
from audit.record.said import Said
from audit.record.texts import Likeness
from audit.record.weights import (
    Control,
    ControlSource,
    Depths,
    SpreadContext,
)
from audit.report.blocks import Figure, Paragraph
from audit.report.figures.curves import curves
from audit.report.figures.scale import scale
from audit.report.figures.strip import strips
from audit.report.sections.context import _beside, maps
from audit.rules.controls import likeness
from tests.unit.report import records

BARS = {"alpha_none": -2.0, "alpha_derived": -9.0}


def captions(spread: SpreadContext) -> list[str]:
    """What stands under the figures of the context, and the reason where one is not drawn."""
    blocks = _beside(replace(records.shared(), spread=spread)).blocks
    said = [
        b.caption if isinstance(b, Figure) else b.text
        for b in blocks
        if isinstance(b, Figure | Paragraph)
    ]
    return [" ".join(filter(None, text)) for text in said[1:]]


def test_without_two_controls_there_are_no_curves_and_a_reason() -> None:
    lonely = replace(
        records.SPREAD,
        controls=records.SPREAD.controls[:1],
        controls_left_out=("x was left out: a model of its width may be related to it.",),
    )
    assert curves(lonely, "reference") is None
    assert strips(lonely, "reference") is not None
    reason = captions(lonely)[-1]
    assert "at least two unrelated models" in reason
    assert "x was left out" in reason


def test_a_control_without_a_role_does_not_count_for_that_role() -> None:
    first, second = records.SPREAD.controls
    partial = replace(second, curves=second.curves[:2])
    chart = curves(replace(records.SPREAD, controls=(first, partial)), "r")
    assert chart is not None
    assert [p.heading for p in chart.panels] == ["Query (Q)", "Key (K)"]


def test_curves_of_any_depth_run_from_the_first_layer_to_the_last_in_standard_units() -> None:
    chart = curves(records.SPREAD, "reference")
    assert chart is not None
    assert len(chart.names) == 4
    for panel in chart.panels:
        for series in panel.series:
            x, y = zip(*series.points, strict=True)
            assert (x[0], x[-1]) == (0.0, 1.0)
            assert abs(sum(y)) < 1e-2
            assert abs(sum(v * v for v in y) / len(y) - 1) < 1e-2


def test_the_caption_gives_the_controls_their_number_beside_the_reference() -> None:
    caption = captions(records.SPREAD)[1]
    assert "reference 0.934; unrelated models: control-one 0.620, control-two 0.620" in caption
    assert "Likeness of curves alone shows nothing about lineage." in caption


def test_the_strip_says_how_many_pairs_reach_the_value() -> None:
    said = captions(records.SPREAD)[0]
    assert "2 of 6 pairs" in said
    assert "4 models" in said


def test_the_scale_has_a_row_for_each_part_beside_pairs_of_known_history() -> None:
    known = (Likeness(what=Said("trained apart"), sizes=(0.01, 0.088)),)
    chart = scale((records.shared(),), BARS, known)
    assert chart is not None
    rows = {row.name: row for row in chart.rows}
    assert list(rows) == [c.name for c in records.shared().components]
    assert rows["attention"].far
    assert rows["attention"].value.startswith("correlation ")
    assert [(k.name, k.value) for k in chart.known] == [
        ("trained apart, 2 pairs", "1.0 % to 8.8 %")
    ]


def test_a_weak_agreement_beyond_chance_has_a_short_bar_and_the_tone() -> None:
    found = records.shared()
    bars = BARS | {"alpha_derived": -1000.0}
    certain, not_so = (scale((found,), these, ()) for these in (BARS, bars))
    assert certain is not None
    assert not_so is not None
    assert [r.size for r in certain.rows] == [r.size for r in not_so.rows]
    assert [r.far for r in certain.rows] == [True, True, True, False]
    assert not any(r.far for r in not_so.rows)


def test_what_is_shipped_of_known_pairs_keeps_them_apart() -> None:
    apart, start, related = (known.sizes for known in likeness())
    assert max(apart) < min(start) < max(start) < min(related)
    assert all(list(sizes) == sorted(sizes) for sizes in (apart, start, related))


def test_several_references_are_one_row_each_and_without_a_rule_there_is_no_scale() -> None:
    two = (records.shared(), records.unrelated())
    chart = scale(two, BARS, ())
    assert chart is not None
    assert [row.value for row in chart.rows] == [
        "Shared trained weights",
        "No shared weights found",
    ]
    assert scale(two, {}, ()) is None


def test_a_map_marks_only_what_random_relabellings_never_reach() -> None:
    (figure,) = maps(records.shared(), MapKind.LAYERS)
    assert figure.drawing.panels[0].marked == tuple(range(12))
    caption = " ".join(figure.caption)
    assert "12 of 12 layers" in caption
    assert "19 random relabellings" in caption
    silent = replace(records.MAP, noise=71)
    (quiet,) = maps(replace(records.shared(), maps=(silent,)), MapKind.LAYERS)
    assert quiet.text.startswith("No map of layers is drawn: none of 12 agrees")


def test_a_map_names_its_control_and_what_was_done_to_it() -> None:
    other = replace(
        records.MAP,
        kind=MapKind.EXPERTS,
        layer=3,
        control_kind=MapControl.UNRELATED,
        control_name="stranger",
        thinned=True,
        undone=True,
    )
    (figure,) = maps(replace(records.shared(), maps=(other,)), MapKind.EXPERTS)
    assert figure.drawing.panels[1].heading == "control: stranger"
    assert figure.drawing.row_axis == "expert of layer 4"
    assert "Evenly spread experts are shown" in " ".join(figure.caption)
    assert "was undone first" in " ".join(figure.caption)


def test_a_missing_map_says_why() -> None:
    comparison = replace(records.shared(), maps=(), maps_reason="the widths differ")
    (reason,) = maps(comparison, MapKind.LAYERS)
    assert reason.text == "No map of the layers is drawn: the widths differ."


def test_more_than_four_controls_are_not_drawn() -> None:
    many = tuple(
        Control(
            name=f"c{i}",
            source=ControlSource.GIVEN,
            layers=4,
            origin="given with --control",
            curves=(Depths(role="attn.q", layers=(0, 1, 2, 3), values=(1.0, 2.0, 3.0, 4.0)),),
        )
        for i in range(9)
    )
    chart = curves(replace(records.SPREAD, controls=many), "r")
    assert chart is not None
    assert len(chart.names) == 6
