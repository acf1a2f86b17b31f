# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Values and shapes that break naive arithmetic: a typed answer each, and never a NaN."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from audit.record.weights import Comparison, Outcome, Relation
from audit.weights.comparison import compare
from tests.unit.weights.models import CONFIG, Tensors, child, llama, save

pytestmark = [pytest.mark.slow, pytest.mark.sampled(2)]


def run(folder: Path, suspect: Tensors, reference: Tensors) -> Comparison:
    saved = []
    for name, tensors in (("suspect", suspect), ("reference", reference)):
        layers = sum(key.endswith("input_layernorm.weight") for key in tensors)
        width = tensors["model.norm.weight"].numel()
        config = {**CONFIG, "hidden_size": width, "num_hidden_layers": layers}
        saved.append(save(folder / name, tensors, config))
    found = compare(saved[0], saved[1])
    json.dumps([asdict(row) for row in found.evidence], allow_nan=False)
    for row in found.evidence:
        assert (row.reason is None) == (row.outcome is Outcome.COMPUTED)
    return found


def with_columns(tensors: Tensors, columns: slice, value: float, width: int = 48) -> Tensors:
    """Every matrix with these residual dimensions at one value; writers have them in rows."""
    out = {k: v.clone() for k, v in tensors.items()}
    for k, v in out.items():
        if v.dim() == 2 and k.endswith(("o_proj.weight", "down_proj.weight")):
            v[columns] = value
        elif v.dim() == 2 and v.shape[1] == width:
            v[:, columns] = value
    return out


def test_huge_flat_columns_are_no_evidence_and_drown_the_control(tmp_path: Path) -> None:
    """A planted child would not be seen beside them, so nothing is concluded, and that is said."""
    one, two = (with_columns(llama(seed), slice(4, 16), 3e38) for seed in (1, 2))
    found = run(tmp_path, one, two)
    assert found.relation is Relation.INCONCLUSIVE
    assert "positive control failed" in found.summary


@pytest.mark.parametrize("value", [0.0, 0.3, 1e-41], ids=str)
def test_equal_flat_columns_are_no_evidence(tmp_path: Path, value: float) -> None:
    """Padded, constant and denormal columns at the same places of both models."""
    one, two = (with_columns(llama(seed), slice(4, 16), value) for seed in (1, 2))
    found = run(tmp_path, one, two).relation
    # Constant columns make neurons of any two models look a little alike: not earned.
    assert found is (Relation.INCONCLUSIVE if value == 0.3 else Relation.NO_SHARED_WEIGHTS)


@pytest.mark.parametrize("value", [0.0, 1e-41, 3e38], ids=str)
def test_flat_columns_do_not_hide_a_child(tmp_path: Path, value: float) -> None:
    cut = with_columns(child(llama(1), noise=0.3), slice(4, 16), value)
    assert run(tmp_path, cut, llama(1)).relation is Relation.DERIVED


@pytest.mark.parametrize("value", [float("nan"), float("inf")], ids=str)
def test_a_column_that_is_not_finite_leaves_nothing_to_compare(
    tmp_path: Path, value: float
) -> None:
    """Every row holds it, so every row is left out, and that is said."""
    found = run(tmp_path, with_columns(llama(1), slice(3, 4), value), llama(2))
    assert found.relation is Relation.INCONCLUSIVE
    assert any("not finite" in limit for limit in found.limits)


@pytest.mark.parametrize("hidden", [1, 2])
def test_axes_of_one_or_two_are_inconclusive(tmp_path: Path, hidden: int) -> None:
    narrow = {k: v for k, v in llama(1, hidden=hidden).items() if "o_proj" not in k}
    for other in (narrow, llama(2)):
        found = run(tmp_path / str(len(other)), llama(3, hidden=hidden), other)
        assert found.relation is Relation.INCONCLUSIVE


def test_models_of_one_layer(tmp_path: Path) -> None:
    parent = llama(1, layers=1)
    derived = run(tmp_path / "a", child(parent, noise=0.3), parent)
    assert derived.relation is Relation.DERIVED
    apart = run(tmp_path / "b", llama(2, layers=1), parent)
    assert apart.relation is Relation.INCONCLUSIVE  # no change of basis shows in one layer's heads
    assert "circuits" in apart.summary
    cut = run(tmp_path / "c", child(parent, noise=0.3), llama(1))
    assert cut.relation is Relation.DERIVED


@pytest.mark.parametrize("hidden", [48, 40])
def test_tables_that_anybody_would_write_are_no_evidence(tmp_path: Path, hidden: int) -> None:
    """One-hot embeddings, of one width and of two."""
    models = []
    for seed, width in ((1, hidden), (2, 48)):
        tensors = llama(seed, hidden=width)
        for name in ("model.embed_tokens.weight", "lm_head.weight"):
            tensors[name] = torch.eye(width).repeat(4, 1)[:160]
        models.append(tensors)
    found = run(tmp_path, models[0], models[1])
    assert found.relation is Relation.INCONCLUSIVE  # nothing was learned about the tables
    embedding = next(row for row in found.evidence if row.test == "embedding-agreement")
    assert embedding.outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("hidden", [48, 40])
def test_outlier_dimensions_planted_in_both_are_no_evidence(tmp_path: Path, hidden: int) -> None:
    models = []
    for seed, width in ((1, hidden), (2, 48)):
        tensors = llama(seed, hidden=width)
        for value in tensors.values():
            if value.dim() == 2 and value.shape[1] == width:
                value[:, [3, 9, 20, 31]] *= 40
                value[:, [3, 9]] += 1
        models.append(tensors)
    assert run(tmp_path, models[0], models[1]).relation is Relation.NO_SHARED_WEIGHTS


def test_layers_that_are_not_finite_behind_a_relabelling(tmp_path: Path) -> None:
    g = torch.Generator().manual_seed(5)
    order = torch.randperm(48, generator=g)
    hidden = {k: v[..., order] if v.shape[-1] == 48 else v for k, v in llama(1).items()}
    for name, value in hidden.items():
        if ".layers." in name and value.dim() == 2:
            hidden[name] = torch.full_like(value, float("nan"))
    assert run(tmp_path, hidden, llama(1)).relation is Relation.INCONCLUSIVE
