# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Queries, keys and values that lie group after group, as GPT-NeoX, BLOOM and Falcon have them."""

from pathlib import Path

import pytest
import torch

from audit.record.weights import Relation
from audit.weights.comparison import compare
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.layout import describe
from tests.unit.weights.models import Tensors, save

WIDTH, HEADS, NEURONS, LAYERS = 48, 4, 96, 4
CONFIG = {"model_type": "gpt_neox", "num_attention_heads": HEADS}


def neox(seed: int) -> Tensors:
    """Weights of GPT-NeoX's names: noise, and something that was learned."""
    g = torch.Generator().manual_seed(seed)

    def draw(rows: int, columns: int) -> torch.Tensor:
        learned = torch.randn(rows, 4, generator=g) @ torch.randn(4, columns, generator=g)
        return 0.1 * torch.randn(rows, columns, generator=g) + 0.05 * learned

    found = {"embed_in.weight": draw(200, WIDTH), "embed_out.weight": draw(200, WIDTH)}
    for layer in range(LAYERS):
        at = f"layers.{layer}."
        found[at + "attention.query_key_value.weight"] = draw(3 * WIDTH, WIDTH)
        found[at + "attention.dense.weight"] = draw(WIDTH, WIDTH)
        found[at + "mlp.dense_h_to_4h.weight"] = draw(NEURONS, WIDTH)
        found[at + "mlp.dense_4h_to_h.weight"] = draw(WIDTH, NEURONS)
        for norm in ("input_layernorm", "post_attention_layernorm"):
            found[f"{at}{norm}.weight"] = 1 + 0.1 * torch.randn(WIDTH, generator=g)
    found["final_layer_norm.weight"] = 1 + 0.1 * torch.randn(WIDTH, generator=g)
    return found


def attention_of(parent: Tensors, other: Tensors) -> Tensors:
    """The parent's attention with noise in another model, dimensions and heads reordered."""
    g = torch.Generator().manual_seed(9)
    order = torch.randperm(WIDTH, generator=g)
    found = {k: v.clone() for k, v in other.items()}
    for layer in range(LAYERS):
        heads = torch.randperm(HEADS, generator=g)
        name = f"layers.{layer}.attention.query_key_value.weight"
        gain = parent[f"layers.{layer}.input_layernorm.weight"]
        mine = other[f"layers.{layer}.input_layernorm.weight"]
        fused = (parent[name] * gain)[:, order] / mine
        found[name] = fused.view(HEADS, -1, WIDTH)[heads].reshape(fused.shape)
        name = f"layers.{layer}.attention.dense.weight"
        out = parent[name][order].view(WIDTH, HEADS, -1)[:, heads].reshape(WIDTH, WIDTH)
        found[name] = out
    return {
        name: x + 0.1 * x.std() * torch.randn(x.shape, generator=g) if "attention" in name else x
        for name, x in found.items()
    }


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_each_part_is_read_from_every_group(heads: int, tmp_path: Path) -> None:
    fused = neox(0)["layers.0.attention.query_key_value.weight"]
    folder = save(tmp_path / "m", neox(0), config=CONFIG | {"num_attention_heads": heads})
    slots = {s.role: s for s in describe(folder).slots if s.layer == 0}
    expected = fused.view(heads, 3, WIDTH // heads, WIDTH)
    with Checkpoint(folder) as opened:
        for place, role in enumerate(("attn.q", "attn.k", "attn.v")):
            slot, whole = slots[role], expected[:, place].reshape(WIDTH, WIDTH)
            assert torch.equal(opened.rows(slot, 0, units(slot)), whole)
            assert torch.equal(opened.rows(slot, 5, 31), whole[5:31])


def test_a_stranger_is_cleared(tmp_path: Path) -> None:
    pair = (save(tmp_path / str(seed), neox(seed), config=CONFIG) for seed in (0, 1))
    assert compare(*pair).relation is Relation.NO_SHARED_WEIGHTS


@pytest.mark.parametrize("claimed", [HEADS, 2 * HEADS, 2, None])
def test_attention_in_another_basis_is_not_cleared(claimed: int | None, tmp_path: Path) -> None:
    """Whatever number of heads the suspect claims."""
    config = CONFIG | {"num_attention_heads": claimed} if claimed else {"model_type": "gpt_neox"}
    reference = save(tmp_path / "reference", neox(0), config=CONFIG)
    suspect = save(tmp_path / "suspect", attention_of(neox(0), neox(1)), config=config)
    found = compare(suspect, reference).relation
    assert found is (Relation.DISGUISED if claimed == HEADS else Relation.INCONCLUSIVE)
