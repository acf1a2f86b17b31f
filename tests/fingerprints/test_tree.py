# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit tree``: groups, arrows and mixtures of models whose tree was written down before."""

import json
from pathlib import Path
from typing import Any

import pytest

from audit.errors import UsageError
from audit.inventory import Inventory, take_inventory
from audit.lineage.tree import grow
from audit.record.library import Standing
from audit.sources.names import resolve
from tests.fingerprints.models import TRUTH, place
from tests.forensics import recipes
from tests.tiny_repo import one_line, run_audit

TRUE: dict[str, Any] = TRUTH["tree"]


def taken(path: Path) -> Inventory:
    return take_inventory(resolve(str(path)), digest_weights=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Children of ``base`` that are made here: layers repeated, noise, a mixture."""
    folder = tmp_path_factory.mktemp("made")
    base, tuned = (recipes.load(place(name)) for name in ("base", "fine-tune"))
    aside = recipes.sideways(base)
    shares = TRUE["merge"]
    mixed = {k: shares["fine-tune"] * tuned[k] + shares["sideways"] * aside[k] for k in base}
    models = {"layers_repeated": recipes.layers_repeated(base), "sideways": aside, "mixed": mixed}
    for name, tensors in models.items():
        recipes.save(tensors, place("base"), folder / name)
    return folder


@pytest.mark.parametrize("full", [0, 32])
def test_groups_are_as_the_truth_has_them(full: int) -> None:
    tree = grow([taken(place(name)) for name in TRUE["models"]], most=full)
    assert {frozenset(group) for group in tree.groups} == {frozenset(g) for g in TRUE["groups"]}
    assert tree.origins == {}  # of none of these does one contain what the other lacks
    assert tree.merges == {}
    assert (tree.pairs, tree.is_decided) == (28, True)
    assert tree.in_full == (11 if full else 0)
    known = {(edge.one, edge.other): edge.relation for edge in tree.edges}
    assert known["base", "bf16"] == ("copy" if full else Standing.SAME.value)
    assert known["deep", "dropped"] == ("derived" if full else Standing.RELATED.value)


def test_a_child_comes_from_whom_it_can(made: Path) -> None:
    true = TRUE["origins"]
    places = [made / n if n == "layers_repeated" else place(n) for n in true["models"]]
    found = grow([taken(path) for path in places], most=32).origins
    for child, parents in found.items():
        assert set(true["asked"].get(child, ())) <= set(parents)
        assert set(parents) <= {*true["asked"].get(child, ()), *true["allowed"].get(child, ())}
    assert set(true["asked"]) <= set(found)
    backwards = grow([taken(path) for path in reversed(places)], most=32).origins
    assert backwards == found  # whatever order they are named in
    alone = grow([taken(place(n)) for n in ("upcycled", "base", "stranger")], most=32)
    assert alone.origins == {"upcycled": ("base",)}


def test_a_mixture_is_told_with_its_shares(made: Path) -> None:
    places = [place("fine-tune"), made / "sideways", made / "mixed", place("base")]
    tree = grow([taken(path) for path in places], most=32)
    assert list(tree.merges) == ["mixed"]
    shares = {share.reference: share.weight for share in tree.merges["mixed"].merge}
    for name, weight in TRUE["merge"].items():
        assert shares[name] == pytest.approx(weight, abs=0.03)
    assert len(tree.groups) == 1


def test_fingerprints_stand_beside_models(tmp_path: Path) -> None:
    """Pairs with a fingerprint are asked by fingerprint; nothing more is said of them."""
    out = tmp_path / "parent.fingerprint"
    assert run_audit("fingerprint", place("base"), "-o", out, "-q").exit_code == 0
    told = run_audit("tree", out, place("fine-tune"), place("bf16"), place("stranger"), "--json")
    assert told.exit_code == 0
    tree = json.loads(told.stdout)
    assert tree["groups"] == [["bf16", "fine-tune", "parent"], ["stranger"]]
    by = {(e["one"], e["other"]): (e["relation"], e["in_full"]) for e in tree["edges"]}
    assert by == {
        ("bf16", "fine-tune"): ("derived", True),
        ("bf16", "parent"): ("same-values", False),
        ("fine-tune", "parent"): ("related", False),
    }
    assert (tree["pairs"], tree["nothing_seen"], tree["compared_in_full"]) == (6, 3, 1)


def test_it_is_told_in_words_and_for_graphviz(made: Path) -> None:
    names = ("base", "upcycled", "stranger")
    words = run_audit("tree", *map(place, names), "-q")
    text = " ".join(words.stdout.split())
    assert "“upcycled” comes from “base”, or a close relative of it" in text
    assert "3 pairs were asked by fingerprint and 1 compared in full; of 2 nothing was seen" in text
    assert "can be arranged by whoever made either" in text
    drawn = run_audit("tree", *map(place, names), "-q", "--dot").stdout
    assert drawn.startswith("digraph lineage {")
    assert '"base" -> "upcycled" [dir=forward, style=solid, label="derived"];' in drawn
    assert '"stranger";' in drawn
    chinese = run_audit("tree", *map(place, names), "-q", "--lang", "zh").stdout
    assert "upcycled" in chinese
    assert "comes from" not in chinese


def test_what_was_not_decided_is_said(made: Path) -> None:
    found = run_audit("tree", place("permuted"), place("twin"), "--full", "0", "-q")
    assert found.exit_code == 3
    assert "Not decided" in found.stdout
    other = run_audit("tree", place("base"), place("reference"), "--full", "0", "-q")
    assert other.exit_code == 3


def test_names_must_tell_models_apart(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Two models have one name"):
        grow([taken(place("base")), taken(place("base"))], most=0)
    alone = run_audit("tree", place("base"))
    assert (alone.exit_code, "needs two models" in one_line(alone)) == (2, True)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "README.md").write_text("# Nothing")
    empty = run_audit("tree", place("base"), tmp_path / "model", "-q")
    assert (empty.exit_code, "No weights of model" in one_line(empty)) == (2, True)
