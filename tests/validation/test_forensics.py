# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Kind and direction of every derived pair, against the truth that was written first."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from audit.inventory import Inventory, take_inventory
from audit.record.weights import Comparison
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.forensics import recipes
from tests.zoo import HERE, zoo_path

pytestmark = pytest.mark.sampled(4)

TRUTH: dict[str, Any] = yaml.safe_load((HERE / "forensics.yaml").read_text("utf-8"))
BACK = {
    "reference-to-suspect": "suspect-to-reference",
    "suspect-to-reference": "reference-to-suspect",
    "siblings": "siblings",
}


@cache
def inventory(name: str) -> Inventory:
    return take_inventory(resolve(str(zoo_path(name))))


def agrees(found: Comparison, case: dict[str, Any]) -> None:
    """The kind with its parameters; the direction where it is said, and never another."""
    if case.get("only_dependent"):
        assert "dependent" in found.summary
        return
    assert found.kind is not None, found.summary
    assert found.kind.kind.value == case["kind"], found.kind.sentence
    for name, value in case.get("is", {}).items():
        said = getattr(found.kind, name)
        assert (list(said) if isinstance(said, tuple) else said) == value, found.kind.sentence
    true = case.get("direction", "reference-to-suspect")
    assert found.direction in ((true,) if case.get("said") else (true, None))
    assert found.direction_reasons


def reversed_agrees(found: Comparison, case: dict[str, Any]) -> None:
    """Seen from the other side, the direction is the other one or is not said."""
    true = BACK[case.get("direction", "reference-to-suspect")]
    assert found.direction in (true, None), found.direction_reasons


@pytest.mark.parametrize("case", TRUTH["members"], ids=lambda c: "~".join(c["pair"]))
def test_members(case: dict[str, Any]) -> None:
    suspect, reference = map(inventory, case["pair"])
    agrees(compare(suspect, reference), case)
    reversed_agrees(compare(reference, suspect), case)


@pytest.mark.parametrize("case", TRUTH["made"], ids=lambda c: f"{c['recipe']}-{c['parent']}")
def test_made(case: dict[str, Any], tmp_path: Path) -> None:
    parent = zoo_path(case["parent"])
    tensors = getattr(recipes, case["recipe"])(recipes.load(parent))
    suspect = recipes.save(tensors, parent, tmp_path / "child")
    agrees(compare(suspect, inventory(case["parent"])), case)
    reversed_agrees(compare(inventory(case["parent"]), suspect), case)


def test_taking_unused_rows_away_clears_nobody(tmp_path: Path) -> None:
    """Rows near the mean may be new or unused: trimming them is free, so it orients nothing."""
    parent = zoo_path("base")
    padded = recipes.save(
        recipes.vocabulary_extended(recipes.load(parent)), parent, tmp_path / "padded"
    )
    found = compare(inventory("base"), padded)
    assert found.direction is None
    assert found.direction_reasons[0].startswith("No direction")
