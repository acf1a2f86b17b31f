# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The dispute's statistic, its controls, and the data that is shipped with it."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from audit import resources, rules
from audit.inventory import take_inventory
from audit.record.weights import Control, ControlSource, Curve, Depths
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.context.spread import (
    SpreadPoint,
    SpreadPoints,
    _at,
    _beside,
    correlation_by_layer,
    correlation_by_tensor,
    spread_context,
)
from audit.weights.statistics.seen import Seen
from bench import spread_controls

ROOT = Path(__file__).resolve().parents[3]
DISPUTE = ROOT / "examples" / "dispute"


def points(layers: int, scale: float = 1.0) -> list[SpreadPoint]:
    return [
        SpreadPoint(role, i, i, 0.1 + 0.01 * i, scale * (0.1 + 0.01 * i))
        for role in ("attn.q", "attn.v", "mlp.up")
        for i in range(layers)
    ]


def seen(found: list[SpreadPoint]) -> Seen:
    return Seen(values=(SpreadPoints(tuple(found)),))


def test_both_forms_of_the_statistic() -> None:
    assert correlation_by_layer(points(6, 3.0)) == pytest.approx(1)
    assert correlation_by_tensor(points(6, 3.0)) == pytest.approx(1)
    assert correlation_by_layer(points(3)) is None
    assert correlation_by_tensor(points(2)) is None


def test_too_few_layers_give_a_reason_and_no_curve() -> None:
    found = spread_context(seen(points(3)))
    assert found.curves == ()
    assert found.reason == "fewer than 4 layers with attention matrices in common"
    assert found.controls == ()


def test_curves_know_the_layers_they_stand_in() -> None:
    shifted = [p._replace(reference_layer=2 * p.layer) for p in points(5)]
    (curve, _) = spread_context(seen(shifted)).curves
    assert curve.role == "attn.q"
    assert curve.layers == (0, 1, 2, 3, 4)
    assert curve.reference_layers == (0, 2, 4, 6, 8)


def test_a_curve_is_interpolated_at_relative_depth() -> None:
    line = Depths(role="attn.q", layers=(0, 1, 2), values=(0.0, 1.0, 2.0))
    assert _at(line, 3, (0, 1, 2, 3, 4), 5) == pytest.approx([0, 0.5, 1, 1.5, 2])


def test_a_control_with_the_suspect_s_curve_correlates_with_it() -> None:
    curve = Curve(
        role="attn.q", suspect=(1.0, 3.0, 2.0), reference=(1.0, 1.0, 1.0), layers=(0, 1, 2)
    )
    control = Control(
        name="c",
        source=ControlSource.GIVEN,
        layers=3,
        origin="given",
        curves=(Depths(role="attn.q", layers=(0, 1, 2), values=(10.0, 30.0, 20.0)),),
    )
    assert _beside(control, (curve,), 3).correlation == 1.0
    flat = replace(control, curves=(replace(control.curves[0], values=(1.0, 1.0, 1.0)),))
    assert _beside(flat, (curve,), 3).correlation is None


def test_an_audit_without_controls_uses_the_shipped_ones_and_those_given_come_first() -> None:
    suspect, reference = (
        take_inventory(resolve(str(DISPUTE / n))) for n in ("suspect", "reference")
    )
    shipped = compare(suspect, reference).spread
    assert {c.name for c in shipped.controls} == {m.name for m in rules.spread_controls()}
    assert {c.source for c in shipped.controls} == {ControlSource.SHIPPED}
    independent = take_inventory(resolve(str(DISPUTE / "independent")))
    given = compare(suspect, reference, controls=(independent,)).spread
    assert given.controls[0].source is ControlSource.GIVEN
    assert given.controls[0].layers == 8
    assert [c.role for c in given.controls[0].curves] == ["attn.k", "attn.o", "attn.q", "attn.v"]
    assert len(given.controls) == 1 + len(shipped.controls)
    both = compare(suspect, reference, controls=(independent, independent)).spread
    assert {c.source for c in both.controls} == {ControlSource.GIVEN}


def test_shipped_curves_are_whole_and_say_where_they_come_from() -> None:
    models = rules.spread_controls()
    assert len(models) >= 3
    assert len({m.width for m in models}) == len(models), "one width may be left out"
    for model in models:
        assert len(model.sha256) == 64
        assert "==" in model.package
        assert {c.role for c in model.curves} == {"attn.q", "attn.k", "attn.v", "attn.o"}
        for curve in model.curves:
            assert curve.layers == tuple(range(model.layers))
            assert len(curve.values) == model.layers
            assert all(v > 0 for v in curve.values)


def test_shipped_nulls_are_every_pair_once_in_order() -> None:
    for null in rules.spread_nulls():
        assert len(null.values) == null.models * (null.models - 1) // 2
        assert all(a <= b for a, b in pairwise(null.values))
        assert all(-1 <= v <= 1 for v in null.values)


def test_the_shipped_least_p_values_are_those_of_the_benchmark_page() -> None:
    """`python -m bench.spread_controls` writes them again."""
    path = resources.tree("rules") / "controls" / "least_p.yaml"
    assert yaml.safe_load(path.read_text("utf-8")) == spread_controls.least_p()
    assert len(rules.null_rates()) > 10
