# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the larger zoo does to models: changes without an effect have none, the rest fits."""

from itertools import combinations
from pathlib import Path

import pytest
import torch

from bench.zoo import making, population, text, trained
from bench.zoo.merging import MERGES
from bench.zoo.recipes import RECIPES, Model
from bench.zoo.symmetries import SYMMETRIES
from examples.tinylm import storage, training
from examples.tinylm.corpus import Vocabulary
from examples.tinylm.shape import Shape

FREE = (
    "untie", "permute_hidden", "shuffle_neurons", "rotate", "turn_heads", "fold_norms",
    "scale_values", "permute_heads", "permute_experts", "mix_values", "scale_channels",
    "insert_blocks", "upcycle",
)  # fmt: skip
SETTINGS = {"insert_blocks": {"after": [0]}, "upcycle": {"experts": 3}}
IDS = torch.arange(24).reshape(2, 12) % 64


@pytest.fixture(autouse=True)
def small_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zoo learns its vocabularies from the whole standard library; not here."""
    words = Vocabulary(ids={f"t{i}": i for i in range(64)}, merges=())
    monkeypatch.setattr(text, "vocabulary", lambda _: words)


def model(family: str, *, tied: bool = False) -> Model:
    """Random weights, gains that are not one, so that every change has something to move."""
    shape = Shape(
        family=family, vocab=64, hidden=32, layers=3, heads=4, kv_heads=2, inter=48,
        experts=3 if family == "mixtral" else 0, tied=tied, spread=0.3,
    )  # fmt: skip
    weights = training.weights_of(training.fresh(shape, "test"))
    g = torch.Generator().manual_seed(0)
    gains = {k: torch.rand(v.shape, generator=g) + 0.5 for k, v in weights.items() if v.ndim == 1}
    return Model(name="test", weights=weights | gains, shape=shape)


def logits(of: Model) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = training.holding(of.shape, of.weights)(IDS)
    return found


@pytest.mark.parametrize("family", ["llama", "mixtral"])
@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("change", FREE)
def test_a_free_change_changes_weights_and_no_output(family: str, tied: bool, change: str) -> None:
    if (change == "permute_experts" and family == "llama") or (
        change == "upcycle" and family == "mixtral"
    ):
        pytest.skip("not for this architecture")
    before = model(family, tied=tied)
    after = (RECIPES | SYMMETRIES)[change](before, **SETTINGS.get(change, {}))
    assert torch.allclose(logits(before), logits(after), atol=2e-3)
    moved = [
        k
        for k in after.weights
        if k not in before.weights or not torch.equal(after.weights[k], before.weights[k])
    ]
    assert moved or (change == "untie" and not tied)


def test_a_shuffled_vocabulary_carries_its_strings() -> None:
    before = model("llama")
    after = SYMMETRIES["shuffle_vocabulary"](before)
    assert after.tokens is not None
    for row, string in enumerate(after.tokens):
        old = before.weights["model.embed_tokens.weight"][int(string[1:])]
        assert torch.equal(after.weights["model.embed_tokens.weight"][row], old)


def test_a_quantised_row_has_few_values() -> None:
    after = RECIPES["quantise"](model("llama"), bits=4, group=16)
    row = after.weights["model.layers.0.self_attn.q_proj.weight"][0, :16]
    assert len(row.unique()) <= 15


def test_a_merged_adapter_has_its_rank() -> None:
    before = model("llama")
    after = RECIPES["adapter"](before, rank=4, parts=("q_proj",))
    key = "model.layers.1.self_attn.q_proj.weight"
    change = after.weights[key] - before.weights[key]
    assert int(torch.linalg.matrix_rank(change, rtol=1e-4)) == 4


def test_ties_keeps_what_nobody_changed() -> None:
    base = model("llama")
    one = RECIPES["adapter"](base, rank=1, parts=("q_proj",))
    merged = MERGES["ties"](one, base, [base])
    key = "model.layers.0.mlp.up_proj.weight"
    assert torch.equal(merged.weights[key], base.weights[key])


@pytest.mark.parametrize("name", ["thin", "narrow", "split_experts", "extend_vocabulary"])
def test_other_sizes_are_written_and_read(tmp_path: Path, name: str) -> None:
    settings = {"thin": {"share": 0.25}, "narrow": {"share": 0.5}, "split_experts": {"experts": 3}}
    after = RECIPES[name](model("llama"), **settings.get(name, {"added": 8}))
    making.write(after, tmp_path / "x")
    weights, shape = storage.load(tmp_path / "x")
    assert shape == after.shape
    assert weights.keys() == after.weights.keys()


def test_every_word_of_the_truth_is_known() -> None:
    from audit.record.derivation import DerivationKind, Direction
    from audit.record.weights import Relation

    cases = making.cases()
    assert len({c.name for c in cases}) == len(cases)
    for case in cases:
        assert set(case.relations) <= {str(r) for r in Relation}
        assert set(case.kinds) <= {str(k) for k in DerivationKind}
        assert case.direction in {None, *map(str, Direction)}
        assert {case.suspect, case.reference, *case.others} <= trained().keys()
        assert {step[0] for step in case.steps} <= (RECIPES | SYMMETRIES).keys()


def test_the_zoo_has_ten_seeds_of_two_architectures() -> None:
    names = making.bases()
    for family in ("llama", "mixtral"):
        assert sum(n.startswith(family) for n in names) >= 10


def test_random_starts_suffice_for_five_hundred_pairs() -> None:
    """Descendants of one start repeat each other's p-values, so they do not count."""
    assert len(list(combinations(population(), 2))) >= 500
