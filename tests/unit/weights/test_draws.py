# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is read of a large model is drawn from both models' contents, and from the salt."""

from pathlib import Path

from audit.record.weights import Relation
from audit.weights.comparison import compare
from audit.weights.model.alike import described
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.pairing.loose import maps
from audit.weights.pairing.pairs import MAX_LAYERS, Pairing, drawn
from tests.unit.weights.models import CONFIG, Tensors, child, llama, save

LAYERS = 2 * MAX_LAYERS


def pairing(tmp_path: Path, suspect: Tensors, reference: Tensors, salt: str = "") -> Pairing:
    layers = sum("q_proj" in name for name in suspect)
    config = {**CONFIG, "num_hidden_layers": layers}
    place = tmp_path / str(len(list(tmp_path.iterdir())) if tmp_path.exists() else 0)
    both = (save(place / "s", suspect, config), save(place / "r", reference, config))
    opened = Checkpoint(both[0]), Checkpoint(both[1])
    whole = Pairing(inventories=both, layouts=described(*both), checkpoints=opened, salt=salt)
    return maps(whole)[0]


def layers(of: Pairing) -> set[int]:
    return {p.suspect.layer for p in of.tested if p.suspect.layer is not None}


def test_layers_of_a_deep_model_are_drawn_from_contents_and_salt(tmp_path: Path) -> None:
    deep, other = llama(1, layers=LAYERS), llama(2, layers=LAYERS)
    first = layers(pairing(tmp_path / "a", deep, other))
    assert len(first) == MAX_LAYERS
    assert layers(pairing(tmp_path / "b", deep, other)) == first
    touched = other | {"model.norm.weight": other["model.norm.weight"] * 1.001}
    draws = [
        layers(pairing(tmp_path / "c", deep, touched)),
        layers(pairing(tmp_path / "d", deep, other, salt="of this audit")),
    ]
    assert all(len(draw) == MAX_LAYERS for draw in draws)
    assert len({frozenset(draw) for draw in (first, *draws)}) > 1


def test_a_small_model_is_read_whole_whatever_the_salt(tmp_path: Path) -> None:
    for salt in ("", "of this audit"):
        assert layers(pairing(tmp_path / f"s{salt[:2]}", llama(1), llama(2), salt)) == {0, 1, 2}


def test_every_layer_can_be_drawn() -> None:
    seen = set().union(*(drawn(set(range(40)), 6, seed) for seed in range(200)))
    assert seen == set(range(40))
    assert drawn({1, 2}, 6, 0) == {1, 2}


def test_a_salt_changes_no_relation(tmp_path: Path) -> None:
    parent = save(tmp_path / "parent", llama(1))
    made = save(tmp_path / "child", child(llama(1), noise=0.3))
    apart = save(tmp_path / "stranger", llama(2))
    for salt in ("", "one", "two"):
        assert compare(made, parent, salt=salt).relation is Relation.DERIVED
        assert compare(apart, parent, salt=salt).relation is Relation.NO_SHARED_WEIGHTS
