# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Siblings are said where a third reference shows it, and not of a chain."""

from pathlib import Path

from audit.inventory import Inventory, take_inventory
from audit.record.derivation import Direction
from audit.record.weights import Comparison
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.origin.relatives import examine_relatives
from audit.weights.origin.siblings import with_siblings
from tests.forensics import recipes
from tests.validation.test_forensics import inventory
from tests.zoo import zoo_path


def settled(suspect: Inventory, references: tuple[Inventory, ...]) -> dict[str, Comparison]:
    opened = {r.name: r for r in references}
    return with_siblings(
        {name: compare(suspect, r) for name, r in opened.items()},
        examine_relatives(suspect, references),
        lambda one, other: compare(opened[one], opened[other]),
    )


def child(recipe: str, parent: Path, folder: Path) -> Inventory:
    return recipes.save(getattr(recipes, recipe)(recipes.load(parent)), zoo_path("base"), folder)


def test_a_parent_that_could_be_arranged_makes_no_siblings(tmp_path: Path) -> None:
    pruned = child("zeros_half", zoo_path("base"), tmp_path / "pruned")
    rounded = child("int4_groups", zoo_path("base"), tmp_path / "rounded")
    found = settled(pruned, (inventory("base"), rounded))
    assert {c.direction for c in found.values()} == {None}
    assert "older by other evidence" in found["base"].direction_reasons[0]


def test_a_chain_is_no_pair_of_siblings(tmp_path: Path) -> None:
    child("int4_groups", zoo_path("base"), tmp_path / "rounded")
    pruned = child("zeros_half", tmp_path / "rounded", tmp_path / "pruned")

    rounded = take_inventory(resolve(str(tmp_path / "rounded")))
    found = settled(pruned, (inventory("base"), rounded))
    assert Direction.SIBLINGS not in {c.direction for c in found.values()}


def test_trained_siblings_are_left_open() -> None:
    found = settled(inventory("fine-tune"), (inventory("base"), inventory("continued")))
    assert Direction.SIBLINGS not in {c.direction for c in found.values()}
