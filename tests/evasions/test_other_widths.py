# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Trained models cut to a narrower residual stream: the truth is written beside each case."""

import json
from pathlib import Path

import pytest
import torch

from audit.inventory import Inventory, take_inventory
from audit.record.weights import Comparison, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.evasions.disguise import READERS, WRITERS, Tensors, kind, load, save
from tests.zoo import zoo_path

pytestmark = pytest.mark.sampled(3)


def assert_dependent(found: Comparison) -> None:
    """Found beyond chance; of matrices of other widths training's own directions are not told."""
    assert found.relation in (Relation.DERIVED, Relation.INCONCLUSIVE)
    assert found.log10_p is not None
    assert found.log10_p < -9
    if found.relation is Relation.INCONCLUSIVE:
        assert "dependent" in found.summary


def select(tensors: Tensors, kept: torch.Tensor, sign: torch.Tensor | None = None) -> Tensors:
    """Keep these residual dimensions in this order, with these signs."""
    flip = torch.ones(len(kept), dtype=torch.double) if sign is None else sign
    out = {}
    for name, value in tensors.items():
        if value.dim() == 1:
            out[name] = value[kept]
        elif kind(name) in WRITERS:
            out[name] = value[kept] * flip[:, None]
        else:
            assert kind(name) in READERS or kind(name) in ("embed_tokens", "lm_head")
            out[name] = value[:, kept] * flip
    return out


def cut(
    member: str, width: int, folder: Path, *, seed: int = 0, shuffled: bool = False
) -> Inventory:
    g = torch.Generator().manual_seed(seed)
    kept = torch.randperm(48, generator=g)[:width]
    sign = torch.where(torch.rand(width, generator=g) < 0.5, -1.0, 1.0).double()
    whole = load(zoo_path(member))
    made = select(whole, kept, sign) if shuffled else select(whole, kept.sort().values)
    save(made, zoo_path(member), folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"hidden_size": width}))
    return take_inventory(resolve(str(folder)))


def whole(member: str) -> Inventory:
    return take_inventory(resolve(str(zoo_path(member))))


@pytest.mark.parametrize("member", ["base", "fine-tune", "continued", "neuron-permuted"])
@pytest.mark.parametrize("width", [32, 40])
def test_pruned_children_are_derived(tmp_path: Path, member: str, width: int) -> None:
    child, parent = cut(member, width, tmp_path / "cut"), whole("base")
    assert_dependent(compare(child, parent))
    assert_dependent(compare(parent, child))


@pytest.mark.parametrize("member", ["base", "continued"])
def test_pruned_and_reordered_children_are_disguised(tmp_path: Path, member: str) -> None:
    child = cut(member, 40, tmp_path / "cut", seed=1, shuffled=True)
    assert compare(child, whole("base")).relation is Relation.DISGUISED


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_pruned_twin_is_not_called_descent(tmp_path: Path, shuffled: bool) -> None:
    child = cut("twin", 40, tmp_path / "cut", seed=2, shuffled=shuffled)
    found = compare(child, whole("base"))
    assert found.relation in (Relation.SHARED_INITIALISATION, Relation.INCONCLUSIVE)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("member", "other"), [("stranger", "base"), ("deep", "base"), ("stranger", "gpt2")]
)
def test_pruned_strangers_share_nothing(tmp_path: Path, member: str, other: str, seed: int) -> None:
    child = cut(member, 40, tmp_path / "cut", seed=seed)
    found = compare(child, whole(other))
    assert found.relation in (Relation.NO_SHARED_WEIGHTS, Relation.INCONCLUSIVE)
    assert found.log10_p is None or found.log10_p > -2


def test_borrowed_embeddings_are_reuse_across_widths(tmp_path: Path) -> None:
    child = cut("transplant", 40, tmp_path / "cut")
    assert compare(child, whole("base")).relation is Relation.COMPONENT_REUSE
