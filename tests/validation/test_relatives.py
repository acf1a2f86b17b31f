# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Merges and the model in the middle, against the truth that was written first."""

from pathlib import Path
from typing import Any

import pytest

from audit.inventory import Inventory
from audit.record.derivation import DerivationKind
from audit.weights.origin.relatives import examine_relatives
from tests.forensics import recipes
from tests.unit.weights.models import CONFIG, llama, save
from tests.validation.test_forensics import TRUTH, inventory
from tests.zoo import zoo_path


@pytest.fixture
def sideways(tmp_path: Path) -> Inventory:
    base = zoo_path("base")
    return recipes.save(recipes.sideways(recipes.load(base)), base, tmp_path / "sideways")


def merged(recipe: str, folder: Path) -> Inventory:
    base = recipes.load(zoo_path("base"))
    parents = recipes.load(zoo_path("continued")), recipes.sideways(base)
    tensors = getattr(recipes, recipe)(base, *parents)
    return recipes.save(tensors, zoo_path("base"), folder / recipe)


@pytest.mark.parametrize("case", TRUTH["merges"], ids=lambda c: c["recipe"])
def test_merges(case: dict[str, Any], tmp_path: Path, sideways: Inventory) -> None:
    suspect = merged(case["recipe"], tmp_path)
    found = examine_relatives(suspect, (inventory("base"), inventory("continued"), sideways))
    assert (found.kind is DerivationKind.MERGED) is case["told"], found
    for name, weight in case.get("weights", {}).items():
        shares = {s.reference: s.weight for s in found.merge}
        assert shares[name] == pytest.approx(weight, abs=0.06)


@pytest.mark.parametrize(
    ("suspect", "references"),
    [
        ("fine-tune", ("base", "continued")),
        ("base", ("fine-tune", "continued")),
        ("continued", ("base", "fine-tune")),
        ("continued", ("bf16", "base")),
        ("bf16", ("base", "continued")),
        ("twin", ("base", "continued")),
        ("twin", ("base", "stranger")),
    ],
)
def test_no_tree_is_called_a_merge(suspect: str, references: tuple[str, ...]) -> None:
    found = examine_relatives(inventory(suspect), tuple(map(inventory, references)))
    assert found.kind is None
    assert found.merge == ()


def test_the_common_parent_lies_between_its_children(sideways: Inventory) -> None:
    found = examine_relatives(sideways, (inventory("base"), inventory("continued")))
    assert [b.middle for b in found.between] == ["base"]
    assert "common parent" in found.sentences[0]


def test_one_reference_and_other_shapes_have_a_reason(tmp_path: Path) -> None:
    alone = examine_relatives(inventory("continued"), (inventory("base"),))
    assert alone.reason == "fewer than two references share weights"
    narrow = save(tmp_path / "narrow", llama(1, hidden=32), {**CONFIG, "hidden_size": 32})
    foreign = examine_relatives(narrow, (inventory("base"), inventory("continued")))
    assert foreign.reason == "the models have no matrices of equal shape at equal places"
