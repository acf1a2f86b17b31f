# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Layers and experts that were rearranged whole, value for value: derived, and no copy."""

import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from audit.inventory import Inventory, take_inventory
from audit.record.weights import Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare

pytestmark = pytest.mark.slow

ZOO = Path(__file__).parents[2] / "zoo" / "members"
DEEP, TWIN, BASE = (ZOO / name for name in ("deep", "twin", "base"))
LAYER = re.compile(r"(.*layers\.)(\d+)(\..*)")


def rearranged(folder: Path, source: Path, layers: list[int]) -> Inventory:
    """Write the layers of ``source`` in another order, with another number of them."""
    folder.mkdir()
    tensors = load_file(source / "model.safetensors")
    kept = {k: v for k, v in tensors.items() if not LAYER.fullmatch(k)}
    for at, layer in enumerate(layers):
        for name, value in tensors.items():
            found = LAYER.fullmatch(name)
            if found and int(found[2]) == layer:
                kept[f"{found[1]}{at}{found[3]}"] = value.clone()
    save_file(kept, folder / "model.safetensors")
    config = json.loads((source / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": len(layers)}))
    for name in ("vocab.json", "merges.txt"):
        (folder / name).write_bytes((source / name).read_bytes())
    return take_inventory(resolve(str(folder)))


def inventory(folder: Path) -> Inventory:
    return take_inventory(resolve(str(folder)))


def both_ways(made: Inventory, source: Path) -> set[Relation]:
    other = inventory(source)
    return {compare(made, other).relation, compare(other, made).relation}


def test_shuffled_layers_are_derived_and_no_shared_start(tmp_path: Path) -> None:
    made = rearranged(tmp_path / "shuffled", DEEP, [1, 2, 0])
    assert both_ways(made, DEEP) == {Relation.DERIVED}


def test_layers_left_out_whole_are_derived_and_no_copy(tmp_path: Path) -> None:
    made = rearranged(tmp_path / "pruned", DEEP, [0, 2])
    assert both_ways(made, DEEP) == {Relation.DERIVED}


def test_a_parent_of_many_layers_is_derived_from_a_child_of_few(tmp_path: Path) -> None:
    """Most of the parent's layers have no counterpart, and say nothing about a start."""
    made = rearranged(tmp_path / "shallow", DEEP, [0])
    assert both_ways(made, DEEP) == {Relation.DERIVED}


def test_layers_repeated_whole_are_derived_and_no_copy(tmp_path: Path) -> None:
    made = rearranged(tmp_path / "stacked", DEEP, [0, 1, 2, 1, 2])
    assert both_ways(made, DEEP) == {Relation.DERIVED}


def test_a_shuffled_twin_keeps_its_word(tmp_path: Path) -> None:
    """Layers moved back, two trainings from one start are still that."""
    made = rearranged(tmp_path / "twin", TWIN, [1, 0])
    assert Relation.DERIVED not in both_ways(made, BASE)


def test_experts_copied_whole_are_derived_and_no_copy(tmp_path: Path) -> None:
    folder = tmp_path / "moe"
    folder.mkdir()
    generator = torch.Generator().manual_seed(0)
    names = {"gate_proj": "w1", "up_proj": "w3", "down_proj": "w2"}
    tensors = {}
    for name, value in load_file(BASE / "model.safetensors").items():
        found = re.fullmatch(r"(.*)\.mlp\.(\w+)\.weight", name)
        if found is None:
            tensors[name] = value
            continue
        for expert in range(4):
            place = f"{found[1]}.block_sparse_moe.experts.{expert}.{names[found[2]]}.weight"
            tensors[place] = value.clone()
        width = value.shape[1] if found[2] != "down_proj" else value.shape[0]
        router = torch.randn(4, width, generator=generator) * 0.02
        tensors[f"{found[1]}.block_sparse_moe.gate.weight"] = router
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "model.safetensors")
    config = json.loads((BASE / "config.json").read_text())
    config |= {"model_type": "mixtral", "num_local_experts": 4}
    (folder / "config.json").write_text(json.dumps(config))
    for name in ("vocab.json", "merges.txt"):
        (folder / name).write_bytes((BASE / name).read_bytes())
    assert both_ways(inventory(folder), BASE) == {Relation.DERIVED}
