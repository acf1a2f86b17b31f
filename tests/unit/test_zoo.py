# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The zoo is what its declaration says: bytes, completeness, learning and lineage."""

import itertools
import json
from pathlib import Path

import pytest
import torch

from audit.record.weights import Relation
from examples.tinylm import corpus, measure, storage, training
from examples.tinylm.shape import Shape, shape_of
from tests.zoo import HERE, MEMBERS, declaration, members, relations, zoo_path
from tests.zoo.build import LOCK, make

NAMES = [member.name for member in members()]
HELD_OUT = "Assignments to names in the enclosing scope are described in section Naming. "
EMBEDDINGS = "model.embed_tokens.weight"


@pytest.fixture(scope="module")
def held_out() -> torch.Tensor:
    """Held-out text in the members' own vocabulary, whatever this Python's text is."""
    return corpus.read_vocabulary(zoo_path("base")).encode(corpus.text("held-out"))


def test_the_lock_pins_every_byte() -> None:
    assert storage.differences(MEMBERS, LOCK) == []


def test_one_changed_byte_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").write_bytes(b"two")
    lock.write_text(storage.lock_text(tmp_path), "utf-8")
    (tmp_path / "a").write_bytes(b"onf")
    (tmp_path / "b").rename(tmp_path / "c")
    found = storage.differences(tmp_path, lock)
    assert found == ["missing: b", "not in the lock: c", "differs: a"]


def test_members_are_small() -> None:
    sizes = [path.stat().st_size for path in MEMBERS.rglob("*") if path.is_file()]
    assert max(sizes) < 200_000
    assert sum(sizes) < 3_000_000


def test_relations_use_the_words_of_the_audit() -> None:
    assert {pair.relation for pair in relations()} <= {word.value for word in Relation}
    assert {name for p in relations() for name in (p.suspect, p.reference)} == set(NAMES)


def test_every_pair_of_the_llama_family_stands_once() -> None:
    declared = [frozenset((p.suspect, p.reference)) for p in relations()]
    left_out = [frozenset(entry["pair"]) for entry in declaration()["left_out"]]
    assert len(set(declared + left_out)) == len(declared + left_out)
    llama = [name for name in NAMES if not name.startswith(("gpt2", "bert"))]
    pairs = {frozenset(pair) for pair in itertools.combinations(llama, 2)}
    assert pairs <= set(declared + left_out)


def test_a_missing_member_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="no zoo member 'nobody'"):
        zoo_path("nobody")


@pytest.mark.parametrize("name", NAMES)
def test_the_config_describes_the_tensors(name: str) -> None:
    weights, shape = storage.load(zoo_path(name))
    training.holding(shape, weights)
    config = json.loads((zoo_path(name) / "config.json").read_text("utf-8"))
    assert shape_of(config).config() | {"torch_dtype": config["torch_dtype"]} == config


@pytest.mark.parametrize("name", NAMES)
def test_members_have_learnt(name: str, held_out: torch.Tensor) -> None:
    counts = torch.bincount(held_out, minlength=257).double()
    share = counts[counts > 0] / counts.sum()
    baseline = float((-(share * share.log()).sum()).exp())
    weights, shape = storage.load(zoo_path(name))
    found = training.perplexity(training.holding(shape, weights), shape, held_out)
    assert found < (0.9 if shape.family == "bert" else 0.2) * baseline


@pytest.mark.parametrize("name", ["permuted", "neuron-permuted"])
def test_relabelling_preserves_the_function(name: str) -> None:
    ids = corpus.read_vocabulary(zoo_path("base")).encode(HELD_OUT)[None, :40]
    (first, shape), (second, _) = (storage.load(zoo_path(n)) for n in ("base", name))
    logits = [training.holding(shape, w)(ids) for w in (first, second)]
    torch.testing.assert_close(logits[0], logits[1], atol=1e-4, rtol=0.0)
    gate = "model.layers.0.mlp.gate_proj.weight"
    assert abs(measure.pearson(first[gate], second[gate])) < 0.1


def test_neurons_alone_leave_the_basis() -> None:
    base, other = (storage.load(zoo_path(name))[0] for name in ("base", "neuron-permuted"))
    changed = {key.split(".")[-2] for key in base if not torch.equal(base[key], other[key])}
    assert changed == {"gate_proj", "up_proj", "down_proj"}


def test_the_cast_is_a_cast() -> None:
    base, cast = (storage.load(zoo_path(name))[0] for name in ("base", "bf16"))
    assert all(torch.equal(base[key].bfloat16().float(), cast[key]) for key in base)
    assert any(not torch.equal(base[key], cast[key]) for key in base)


def test_the_transplant_shares_embeddings_and_nothing_else() -> None:
    base, other = (storage.load(zoo_path(name))[0] for name in ("base", "transplant"))
    assert torch.equal(base[EMBEDDINGS], other[EMBEDDINGS])
    body = {key: value for key, value in other.items() if key != EMBEDDINGS}
    assert abs(measure.matrix_correlation(body, base)) < 0.05


def test_upcycled_experts_come_from_the_dense_layer() -> None:
    base, moe = (storage.load(zoo_path(name))[0] for name in ("base", "upcycled"))
    for expert in range(3):
        copied = moe[f"model.layers.0.block_sparse_moe.experts.{expert}.w1.weight"]
        assert measure.pearson(copied, base["model.layers.0.mlp.gate_proj.weight"]) > 0.8


def test_the_dropped_layer_is_the_middle_one() -> None:
    (deep, tall), (dropped, short) = (storage.load(zoo_path(n)) for n in ("deep", "dropped"))
    assert (tall.layers, short.layers) == (3, 2)
    part = "mlp.gate_proj.weight"
    kept = measure.pearson(dropped[f"model.layers.1.{part}"], deep[f"model.layers.2.{part}"])
    gone = measure.pearson(dropped[f"model.layers.1.{part}"], deep[f"model.layers.1.{part}"])
    assert kept > 0.9
    assert abs(gone) < 0.1


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("fine-tune", 0.99, 1.0),
        ("continued", 0.5, 0.95),
        ("twin", 0.2, 0.7),
        ("stranger", -0.05, 0.05),
    ],
)
def test_likeness_to_base(name: str, low: float, high: float) -> None:
    base, other = (storage.load(zoo_path(n))[0] for n in ("base", name))
    assert low < measure.matrix_correlation(other, base) < high


@pytest.mark.parametrize("name", ["base", "twin", "stranger"])
def test_training_moved_far_from_the_start(name: str) -> None:
    weights, shape = storage.load(zoo_path(name))
    start = training.weights_of(training.fresh(shape, "base" if name == "twin" else name))
    assert measure.movement(weights, start) > 1.0


def test_the_same_name_gives_the_same_bytes() -> None:
    shape = Shape(family="mixtral", hidden=8, inter=12, experts=3, vocab=256)
    schedule = training.Schedule(data="a", steps=2, lr=0.01, batch=2)
    trained = []
    for name in ("one", "one", "two"):
        model = training.fresh(shape, name)
        training.train(model, shape, schedule, name)
        trained.append(training.weights_of(model))
    assert all(torch.equal(trained[0][key], trained[1][key]) for key in trained[0])
    assert not torch.equal(trained[0][EMBEDDINGS], trained[2][EMBEDDINGS])


@pytest.mark.parametrize("name", ["bf16", "permuted", "neuron-permuted"])
def test_untrained_recipes_rebuild_to_the_same_bytes(name: str, tmp_path: Path) -> None:
    member = next(m for m in members() if m.name == name)
    made = make(member, {"base": storage.load(zoo_path("base"))})
    storage.save(tmp_path, *made, dtype=member.dtype)
    rebuilt = (tmp_path / "model.safetensors").read_bytes()
    assert rebuilt == (zoo_path(name) / "model.safetensors").read_bytes()


def test_what_was_measured_is_committed_for_every_member() -> None:
    found = json.loads((HERE / "measured.json").read_text("utf-8"))
    assert list(found) == ["unigram", *NAMES]
