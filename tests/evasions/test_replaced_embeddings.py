# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Residual dimensions relabelled and the embeddings replaced: other tables show the map."""

from pathlib import Path

import pytest
import torch

from audit.inventory import Inventory, take_inventory
from audit.record.weights import PKind, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.evasions.disguise import Tensors, load, save
from tests.evasions.test_other_widths import select
from tests.unit.weights.models import CONFIG, child, llama
from tests.unit.weights.models import save as save_model
from tests.zoo import zoo_path

EMBEDDINGS, HEAD = "model.embed_tokens.weight", "lm_head.weight"


def relabel(tensors: Tensors, seed: int, *, replaced: tuple[str, ...]) -> Tensors:
    """Another order and signs of the residual dimensions; some tables from a random start."""
    g = torch.Generator().manual_seed(seed)
    width = tensors[EMBEDDINGS].shape[1]
    sign = torch.where(torch.rand(width, generator=g) < 0.5, -1.0, 1.0)
    order = torch.randperm(width, generator=g)
    out = select(tensors, order, sign.to(tensors[EMBEDDINGS].dtype))
    for name in replaced:
        out[name] = 0.05 * torch.randn(out[name].shape, generator=g, dtype=out[name].dtype)
    return out


def whole(member: str) -> Inventory:
    return take_inventory(resolve(str(zoo_path(member))))


@pytest.mark.parametrize("noise", [0.1, 0.7])
def test_the_output_head_shows_the_map(tmp_path: Path, noise: float) -> None:
    hidden = relabel(child(llama(1), noise=noise), 3, replaced=(EMBEDDINGS,))
    found = compare(
        save_model(tmp_path / "hidden", hidden), save_model(tmp_path / "parent", llama(1))
    )
    assert found.relation is Relation.DISGUISED
    assert "output head" in found.summary
    assert found.p_kind is PKind.ASYMPTOTIC


@pytest.mark.parametrize("member", ["base", "continued"])
def test_without_any_table_the_neurons_still_show_it(tmp_path: Path, member: str) -> None:
    """The zoo's models have tied embeddings: no head, no router, so no map and no exact null."""
    hidden = relabel(load(zoo_path(member)), 3, replaced=(EMBEDDINGS,))
    found = compare(save(hidden, zoo_path(member), tmp_path / "hidden"), whole("base"))
    assert found.relation.is_lineage
    assert found.p_kind in (PKind.CALIBRATED, PKind.ASYMPTOTIC)


def mixture(seed: int) -> Tensors:
    """Twelve experts in each of three layers, behind routers."""
    g = torch.Generator().manual_seed(seed)
    out = {k: v for k, v in llama(seed).items() if ".mlp." not in k}
    for layer in range(3):
        p = f"model.layers.{layer}.block_sparse_moe."
        out[p + "gate.weight"] = 0.05 * torch.randn(12, 48, generator=g)
        for e in range(12):
            out[p + f"experts.{e}.w1.weight"] = 0.05 * torch.randn(24, 48, generator=g)
            out[p + f"experts.{e}.w3.weight"] = 0.05 * torch.randn(24, 48, generator=g)
            out[p + f"experts.{e}.w2.weight"] = 0.05 * torch.randn(48, 24, generator=g)
    return out


def with_shuffled_neurons(tensors: Tensors, seed: int) -> Tensors:
    g = torch.Generator().manual_seed(seed)
    out = dict(tensors)
    for name in [k for k in tensors if k.endswith("w1.weight")]:
        order = torch.randperm(24, generator=g)
        out[name] = tensors[name][order]
        out[name.replace("w1", "w3")] = tensors[name.replace("w1", "w3")][order]
        out[name.replace("w1", "w2")] = tensors[name.replace("w1", "w2")][:, order]
    return out


@pytest.mark.parametrize("replaced", [(EMBEDDINGS,), (EMBEDDINGS, HEAD)], ids=["head", "routers"])
def test_experts_are_tested_where_their_neurons_moved(
    tmp_path: Path, replaced: tuple[str, ...]
) -> None:
    config = {**CONFIG, "model_type": "mixtral", "num_local_experts": 12}
    parent = mixture(1)
    hidden = relabel(with_shuffled_neurons(child(parent, noise=0.2), seed=2), 3, replaced=replaced)
    found = compare(
        save_model(tmp_path / "hidden", hidden, config),
        save_model(tmp_path / "parent", parent, config),
    )
    assert found.relation is Relation.DISGUISED
    experts = next(row for row in found.evidence if row.test == "undone-experts")
    assert experts.log10_p is not None
    assert experts.log10_p < -9
    assert ("router" in experts.roles) is (HEAD not in replaced)


@pytest.mark.parametrize("replaced", [(), (EMBEDDINGS,)], ids=["nothing", "embeddings"])
def test_independent_mixtures_stay_clear(tmp_path: Path, replaced: tuple[str, ...]) -> None:
    config = {**CONFIG, "model_type": "mixtral", "num_local_experts": 12}
    found = compare(
        save_model(tmp_path / "one", relabel(mixture(4), 5, replaced=replaced), config),
        save_model(tmp_path / "two", mixture(6), config),
    )
    assert found.relation in (Relation.NO_SHARED_WEIGHTS, Relation.INCONCLUSIVE)
    assert found.log10_p is None or found.log10_p > -2
