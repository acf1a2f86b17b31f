# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The league: attempts have one name each, free changes are free, answers are held to the truth."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from audit.inventory import take_inventory
from audit.record.weights import Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from bench.league import surgery
from bench.league.attacks import added, decoys
from bench.league.attempt import Attempt, Group, Made, Said, Score, Truth, score
from bench.league.models import Change, loss, model, turned
from bench.league.play import attempts

FREE: dict[str, Change] = {
    "turned": turned,
    "neurons": lambda m: surgery.cancelling_neurons(m, pairs=5),
    "split": lambda m: surgery.split_neurons(m, copies=2),
    "heads": lambda m: surgery.cancelling_heads(m, groups=1),
    "layers": lambda m: surgery.cancelling_layers(m, (0, 2)),
    "widened": lambda m: surgery.widened(m, more=16),
    "all": added.then(
        lambda m: surgery.cancelling_neurons(m, pairs=3),
        lambda m: surgery.cancelling_heads(m, groups=1),
        turned,
    ),
}


def attempt(group: Group, truth: Truth, *, command: bool = False) -> Attempt:
    def make(place: Path) -> Made:
        return Made(suspect=place, reference=place)

    return Attempt(name="x", group=group, truth=truth, make=make, command=command)


def test_every_attempt_has_a_name_of_its_own_and_a_truth_of_its_group() -> None:
    names = Counter(a.name for a in attempts())
    assert max(names.values()) == 1
    for one in attempts():
        assert (one.group is Group.EVADE) == (one.truth is Truth.DESCENDED), one.name
        assert one.name.endswith("command") == one.command
    assert {(a.group, a.command) for a in attempts()} == {
        (g, c) for g in Group for c in (True, False)
    }


@pytest.mark.parametrize("name", ["llama", "mixtral"])
@pytest.mark.parametrize("change", FREE)
def test_a_free_change_keeps_the_loss_and_moves_weights(name: str, change: str) -> None:
    before = model(name)
    after = FREE[change](before)
    assert loss(after, name) == pytest.approx(loss(before, name), rel=2e-4)
    assert any(
        key not in before.weights
        or value.shape != before.weights[key].shape
        or not value.equal(before.weights[key])
        for key, value in after.weights.items()
    )


def test_decoy_experts_are_never_heard() -> None:
    after = surgery.decoy_experts(model("llama"), count=8, real=(3, 4))
    assert loss(after, "llama") == pytest.approx(loss(model("llama"), "llama"), rel=2e-4)
    unlike = surgery.decoy_experts(model("llama"), count=8, real=(3, 4))
    broken = {k: v * 0 if ".experts.3." in k else v for k, v in unlike.weights.items()}
    assert loss(replace(unlike, weights=broken), "llama") > 1.02 * loss(after, "llama")


def test_a_loss_is_that_of_the_weights() -> None:
    before = model("llama")
    worse = surgery.low_rank(before, "llama", 0.25)
    assert loss(worse, "llama") > 1.02 * loss(before, "llama")


@pytest.mark.parametrize(
    ("truth", "relation", "expected"),
    [
        (Truth.DESCENDED, "disguised", Score.RIGHT),
        (Truth.DESCENDED, "inconclusive", Score.UNDECIDED),
        (Truth.DESCENDED, "no-shared-weights", Score.WRONG),
        (Truth.DESCENDED, "shared-initialisation", Score.WRONG),
        (Truth.INDEPENDENT, "no-shared-weights", Score.RIGHT),
        (Truth.INDEPENDENT, "inconclusive", Score.UNDECIDED),
        (Truth.INDEPENDENT, "shared-initialisation", Score.WRONG),
        (Truth.INDEPENDENT, "component-reuse", Score.WRONG),
        (Truth.SAME_START, "derived", Score.WRONG),
        (Truth.SAME_START, "shared-initialisation", Score.RIGHT),
    ],
)
def test_a_relation_is_held_to_the_truth(truth: Truth, relation: str, expected: Score) -> None:
    group = Group.EVADE if truth is Truth.DESCENDED else Group.FRAME
    assert score(attempt(group, truth), Said(relation=relation, summary="")) is expected


@pytest.mark.parametrize(
    "name",
    [
        "one start, 100 steps on two texts",  # what differs in what they learned is small
        "Gabor bank, inside",  # an equal table beside other tensors of its component
        "draw of seed 0, inside",
    ],
)
def test_the_innocent_are_not_accused(name: str, tmp_path: Path) -> None:
    (found,) = (a for a in attempts() if a.name == name)
    made = found.make(tmp_path)
    sides = [take_inventory(resolve(str(p))) for p in (made.suspect, made.reference)]
    said = compare(sides[0], sides[1])
    assert said.relation in (Relation.INCONCLUSIVE, Relation.SHARED_INITIALISATION)


def test_a_direction_that_the_accuser_arranged_is_wrong() -> None:
    one = attempt(Group.FRAME, Truth.ARRANGED)
    said = Said(relation="derived", summary="")
    assert score(one, said) is Score.RIGHT
    assert score(one, replace(said, direction="reference-to-suspect")) is Score.WRONG


@pytest.mark.parametrize(
    ("group", "truth", "relation", "codes"),
    [
        (Group.EVADE, Truth.DESCENDED, "derived", {0: "wrong", 1: "right", 3: "right", 4: "wrong"}),
        (Group.EVADE, Truth.DESCENDED, "inconclusive", {0: "wrong", 3: "undecided"}),
        (
            Group.FRAME,
            Truth.INDEPENDENT,
            "no-shared-weights",
            {0: "right", 1: "wrong", 3: "undecided", 4: "wrong"},
        ),
    ],
)
def test_an_exit_code_is_held_to_the_group(
    group: Group, truth: Truth, relation: str, codes: dict[int, str]
) -> None:
    for code, expected in codes.items():
        said = Said(relation=relation, summary="", exit_code=code)
        assert score(attempt(group, truth, command=True), said) == expected


@pytest.mark.parametrize("name", decoys.LAYINGS)
def test_decoys_lie_beside_the_copy(name: str, tmp_path: Path) -> None:
    (found,) = (a for a in decoys.ATTEMPTS if a.name.startswith(f"{name}; mixtral"))
    made = found.make(tmp_path)
    assert made.change == 0
    weights = [p for p in made.suspect.rglob("*") if p.suffix in (".safetensors", ".bin")]
    assert len(weights) >= (1 if "missing" in name else 2)
