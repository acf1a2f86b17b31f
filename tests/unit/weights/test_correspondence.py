# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The map of the layers shows what is known of the pair, and nothing where nothing is shared."""

from functools import cache
from pathlib import Path

import pytest

from audit.inventory import Inventory, take_inventory
from audit.record.agreement_map import AgreementMap, MapControl, MapKind
from audit.record.weights import Comparison
from audit.report.figures.heat import partners_of
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.zoo import zoo_path

ROOT = Path(__file__).resolve().parents[3]


@cache
def inventory(name: str) -> Inventory:
    return take_inventory(resolve(str(zoo_path(name))))


@cache
def compared(suspect: str, reference: str, *controls: str) -> Comparison:
    others = tuple(map(inventory, controls))
    return compare(inventory(suspect), inventory(reference), controls=others)


def partners(found: AgreementMap) -> list[int | None]:
    """The reference's layer (or expert) that stands out for each row, ``None`` without one."""
    return [None if j < 0 else found.columns[j] for j in partners_of(found)]


@pytest.mark.parametrize(
    ("suspect", "reference", "expected"),
    [
        ("fine-tune", "base", [0, 1]),
        ("neuron-permuted", "base", [0, 1]),
        ("permuted", "base", [0, 1]),
        ("upcycled", "base", [0, 1]),
        ("dropped", "deep", [0, 2]),
        ("stranger", "base", [None, None]),
        ("gpt2-fine-tune", "gpt2", [0, 1]),
        ("gpt2-stranger", "gpt2", [None, None]),
        ("bert-fine-tune", "bert", [0, 1]),
    ],
)
def test_layers_find_their_own(suspect: str, reference: str, expected: list[int | None]) -> None:
    layers = compared(suspect, reference).maps[0]
    assert layers.kind is MapKind.LAYERS
    assert partners(layers) == expected
    assert layers.undone == (suspect == "permuted")


def test_experts_of_an_upcycled_layer_all_point_to_it() -> None:
    experts = compared("upcycled", "base").maps[1]
    assert experts.kind is MapKind.EXPERTS
    assert experts.rows == (0, 1, 2)
    assert partners(experts) == [experts.layer] * 3
    assert experts.reference_layer is None


def test_experts_beside_experts() -> None:
    experts = compared("upcycled", "upcycled").maps[1]
    assert experts.columns == experts.rows == (0, 1, 2)
    assert [experts.values[i][i] for i in range(3)] == [100, 100, 100]


def test_the_control_is_the_same_pair_relabelled_or_a_model_that_was_given() -> None:
    alone = compared("fine-tune", "base").maps[0]
    assert alone.control_kind is MapControl.PERMUTED
    assert max(abs(v) for row in alone.control for v in row) <= alone.noise
    beside = compared("fine-tune", "base", "stranger").maps[0]
    assert beside.control_kind is MapControl.UNRELATED
    assert beside.control_name == inventory("stranger").name
    assert beside.values == alone.values
    assert max(abs(v) for row in beside.control for v in row) < 15 < alone.values[0][0]


def test_models_of_another_width_have_no_map_and_a_reason() -> None:
    wider = take_inventory(resolve(str(ROOT / "examples" / "dispute" / "reference")))
    found = compare(wider, inventory("base"))
    assert found.maps == ()
    assert "differ in width" in found.maps_reason


def test_the_same_call_gives_the_same_map() -> None:
    once = compare(inventory("fine-tune"), inventory("base"))
    assert once.maps == compared("fine-tune", "base").maps
