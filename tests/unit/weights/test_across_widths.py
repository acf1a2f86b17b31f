# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Residual streams of different width: pruned children, disguised ones, and strangers."""

from pathlib import Path

import pytest
import torch

from audit.record.weights import Comparison, Evidence, Relation
from audit.weights.comparison import compare
from tests.unit.weights.models import CONFIG, Tensors, child, llama, save

pytestmark = pytest.mark.slow

WRITERS = ("o_proj.weight", "down_proj.weight")


def select(tensors: Tensors, kept: torch.Tensor, sign: torch.Tensor) -> Tensors:
    """Keep these residual dimensions, in this order, with these signs."""
    out = {}
    for name, value in tensors.items():
        if value.dim() == 1:
            out[name] = value[kept]
        elif name.endswith(WRITERS):
            out[name] = value[kept] * sign[:, None]
        else:
            out[name] = value[:, kept] * sign
    return out


def pruned(tensors: Tensors, width: int, seed: int = 0) -> Tensors:
    g = torch.Generator().manual_seed(seed)
    order = torch.randperm(tensors["model.norm.weight"].numel(), generator=g)
    return select(tensors, order[:width].sort().values, torch.ones(width))


def pruned_neurons(tensors: Tensors, neurons: int, seed: int = 0) -> Tensors:
    g = torch.Generator().manual_seed(seed)
    out = dict(tensors)
    for name, value in tensors.items():
        if name.endswith("gate_proj.weight"):
            kept = torch.randperm(value.shape[0], generator=g)[:neurons].sort().values
            up, down = (name.replace("gate", other) for other in ("up", "down"))
            out[name], out[up] = value[kept], tensors[up][kept]
            out[down] = tensors[down][:, kept]
    return out


def run(folder: Path, suspect: Tensors, reference: Tensors) -> Comparison:
    saved = []
    for name, tensors in (("suspect", suspect), ("reference", reference)):
        width = tensors["model.norm.weight"].numel()
        neurons = tensors["model.layers.0.mlp.gate_proj.weight"].shape[0]
        config = {**CONFIG, "hidden_size": width, "intermediate_size": neurons}
        saved.append(save(folder / name, tensors, config))
    return compare(saved[0], saved[1])


def rows_of(found: Comparison, test: str) -> list[Evidence]:
    return [row for row in found.evidence if row.test == test and row.log10_p is not None]


@pytest.mark.parametrize("noise", [0.0, 0.3, 1.0])
def test_a_pruned_residual_stream_is_derived_in_both_orders(tmp_path: Path, noise: float) -> None:
    parent = llama(1)
    cut = child(pruned(parent, 32), noise=noise)
    forward = run(tmp_path / "a", cut, parent)
    backward = run(tmp_path / "b", parent, cut)
    assert (forward.relation, backward.relation) == (Relation.DERIVED, Relation.DERIVED)
    assert forward.log10_p is not None
    assert forward.log10_p < -9
    words = {c.name: c.relation for c in forward.components}
    assert words["attention"] is words["feed-forward"] is Relation.DERIVED


def test_neurons_pruned_too_are_found_by_their_order(tmp_path: Path) -> None:
    parent = llama(1)
    cut = child(pruned_neurons(pruned(parent, 32), 60), noise=0.3)
    found = run(tmp_path, cut, parent)
    assert found.relation is Relation.DERIVED
    (order,) = rows_of(found, "neuron-order")
    assert order.log10_p is not None
    assert order.log10_p < -50
    assert order.effect is not None
    assert order.effect > 0.8


def test_pruned_and_relabelled_is_disguised(tmp_path: Path) -> None:
    parent = llama(1)
    g = torch.Generator().manual_seed(4)
    kept = torch.randperm(48, generator=g)[:40]
    sign = torch.where(torch.rand(40, generator=g) < 0.5, -1.0, 1.0)
    found = run(tmp_path, child(select(parent, kept, sign), noise=0.2), parent)
    assert found.relation is Relation.DISGUISED


def test_two_trainings_from_one_start_cut_to_another_width_are_not_descent(tmp_path: Path) -> None:
    start = llama(1)
    one, two = child(start, noise=1.0, seed=3), child(start, noise=1.0, seed=4)
    found = run(tmp_path, pruned(one, 40), two)
    assert found.relation is Relation.INCONCLUSIVE
    assert "dependent" in found.summary


@pytest.mark.parametrize("seed", range(5))
def test_strangers_of_other_width_share_nothing_and_the_power_is_said(
    tmp_path: Path, seed: int
) -> None:
    found = run(tmp_path, llama(seed + 10, hidden=32), llama(seed + 20))
    assert found.relation is Relation.NO_SHARED_WEIGHTS
    assert "would have been found" in found.summary
    assert any("48 wide" in limit for limit in found.limits)


def test_borrowed_embeddings_across_widths_are_component_reuse(tmp_path: Path) -> None:
    tables = ("model.embed_tokens.weight", "lm_head.weight")
    taken = {k: v for k, v in pruned(llama(1), 32).items() if k in tables}
    found = run(tmp_path, llama(2, hidden=32) | taken, llama(1))
    assert found.relation is Relation.COMPONENT_REUSE
    words = {c.name: c.relation for c in found.components}
    assert words["embeddings"] is Relation.DERIVED
    assert words["attention"] is Relation.NO_SHARED_WEIGHTS


def test_too_narrow_to_have_seen_a_child_is_inconclusive(tmp_path: Path) -> None:
    """Of eight dimensions no order can be improbable enough."""
    found = run(tmp_path, llama(1, hidden=8), llama(2))
    assert found.relation is Relation.INCONCLUSIVE
    assert "would not have been found" in found.summary
