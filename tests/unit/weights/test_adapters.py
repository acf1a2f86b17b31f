# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Adapters: whether they fit a model, and what two of them share."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from audit.inventory import Inventory, take_inventory
from audit.lineage.several import against
from audit.record.derivation import DerivationKind
from audit.record.weights import Comparison, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.unit.weights.models import Tensors, llama, save

RANK = 8
TARGETS = ("q_proj", "v_proj")


def lora(base: Tensors, seed: int, *, start: int | None = None) -> Tensors:
    """A and B for each target; ``start`` seeds the random start that training leaves in A."""
    g = torch.Generator().manual_seed(seed)
    h = torch.Generator().manual_seed(seed if start is None else start)
    made = {}
    for name, value in base.items():
        if name.split(".")[-2] in TARGETS:
            stem = "base_model.model." + name.removesuffix(".weight")
            a = torch.randn(RANK, value.shape[1], generator=h)
            a = a + 0.2 * torch.randn(RANK, value.shape[1], generator=g)
            made[f"{stem}.lora_A.weight"] = a
            made[f"{stem}.lora_B.weight"] = torch.randn(value.shape[0], RANK, generator=g)
    return made


def published(folder: Path, tensors: Tensors) -> Inventory:
    folder.mkdir(parents=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "adapter_model.safetensors")
    config = {"base_model_name_or_path": "o/base", "r": RANK, "target_modules": list(TARGETS)}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return take_inventory(resolve(str(folder)))


@pytest.fixture(scope="module")
def base() -> Tensors:
    return llama(1)


def two(folder: Path, one: Tensors, other: Tensors) -> Comparison:
    return compare(published(folder / "one", one), published(folder / "other", other))


def test_an_adapter_fits_its_base(tmp_path: Path, base: Tensors) -> None:
    found = compare(published(tmp_path / "a", lora(base, 3)), save(tmp_path / "b", base))
    assert found.kind is not None
    assert (found.kind.kind, found.kind.rank) == (DerivationKind.ADAPTER, RANK)
    assert found.kind.fraction == 1.0
    assert "all 6 modules" in found.summary
    assert found.relation is Relation.INCONCLUSIVE  # any model of these shapes would fit


def test_an_adapter_of_another_model_does_not_fit(tmp_path: Path, base: Tensors) -> None:
    other = save(tmp_path / "b", llama(1, hidden=64))
    found = compare(published(tmp_path / "a", lora(base, 3)), other)
    assert found.kind is not None
    assert found.kind.fraction == 0.0
    assert "q_proj needs 48 x 48, and has 48 x 64" in found.summary


def test_a_layer_that_is_not_there(tmp_path: Path, base: Tensors) -> None:
    found = compare(
        published(tmp_path / "a", lora(base, 3)), save(tmp_path / "b", llama(1, layers=2))
    )
    assert found.kind is not None
    assert found.kind.fraction == round(4 / 6, 4)
    assert "There is no model.layers.2.self_attn.q_proj." in found.summary


def test_a_copy_is_a_copy(tmp_path: Path, base: Tensors) -> None:
    assert two(tmp_path, lora(base, 3), lora(base, 3)).relation is Relation.COPY


def test_the_same_change_in_another_basis(tmp_path: Path, base: Tensors) -> None:
    one = lora(base, 3)
    turn = torch.randn(RANK, RANK, generator=torch.Generator().manual_seed(5))
    other = {n: turn @ v if "lora_A" in n else v @ turn.inverse() for n, v in one.items()}
    assert two(tmp_path, other, one).relation is Relation.DISGUISED


def test_a_common_start_is_no_descent(tmp_path: Path, base: Tensors) -> None:
    found = two(tmp_path, lora(base, 3, start=9), lora(base, 4, start=9))
    assert found.relation is Relation.INCONCLUSIVE
    assert "or only a common random start" in found.summary


def test_independent_adapters_are_not_accused_and_not_cleared(
    tmp_path: Path, base: Tensors
) -> None:
    for seed in range(4):
        found = two(tmp_path / str(seed), lora(base, 10 + seed), lora(base, 20 + seed))
        assert found.relation is Relation.INCONCLUSIVE
        assert "Nothing ties the two adapters together" in found.summary


def merged(base: Tensors, adapter: Tensors, scale: float) -> Tensors:
    made = dict(base)
    for name in base:
        stem = "base_model.model." + name.removesuffix(".weight")
        if f"{stem}.lora_A.weight" in adapter:
            change = adapter[f"{stem}.lora_B.weight"] @ adapter[f"{stem}.lora_A.weight"]
            made[name] = (base[name] + scale * change).bfloat16()
    return made


def test_the_base_with_an_adapter_merged_is_told_from_the_base_with_another(
    tmp_path: Path, base: Tensors
) -> None:
    own = lora(base, 3)
    references = [
        save(tmp_path / "base", base),
        save(tmp_path / "merged", merged(base, own, 0.02)),
        save(tmp_path / "other", merged(base, lora(base, 4), 0.02)),
    ]
    found, _ = against(published(tmp_path / "a", own), references)
    assert [c.relation for c in found] == [
        Relation.INCONCLUSIVE, Relation.DERIVED, Relation.INCONCLUSIVE,
    ]  # fmt: skip
    assert "What merged changes in base is this adapter: in all 6 modules" in found[1].summary
