# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is compared is what a loader loads, and every other model that lies in the folder."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from audit.inventory import Inventory, take_inventory
from audit.lineage.several import compare
from audit.record.weights import Comparison, Relation
from audit.sources.names import resolve
from audit.weights.model.main_model import weight_sets
from audit.weights.model.parts import missing, parts
from tests import onnx_files
from tests.unit.weights.models import CONFIG, Tensors, child, llama, save

pytestmark = [pytest.mark.slow, pytest.mark.sampled(3)]

LINEAGE = {r for r in Relation if r.is_lineage}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    return save(tmp_path_factory.mktemp("r") / "reference", llama(1))


def write(path: Path, tensors: Tensors) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, path)


def taken(folder: Path) -> Inventory:
    (folder / "config.json").write_text(json.dumps(CONFIG))
    return take_inventory(resolve(str(folder)), digest_weights=False)


def compared(folder: Path, reference: Inventory) -> Comparison:
    return compare(taken(folder), reference)


def renamed(tensors: Tensors) -> Tensors:
    """The same under names of another style."""
    return {
        "net." + k.replace("model.", "").replace("layers.", "blk").replace(".weight", ".w"): v
        for k, v in tensors.items()
    }


def index(folder: Path, tensors: Tensors, shards: int = 2, drop: int = 0) -> None:
    """Write shards and their index; the last ``drop`` shards are left out."""
    names = sorted(tensors)
    listed = {n: f"part-{i % shards}.safetensors" for i, n in enumerate(names)}
    for i in range(shards - drop):
        part = {n: tensors[n] for n in names if listed[n] == f"part-{i}.safetensors"}
        write(folder / f"part-{i}.safetensors", part)
    text = json.dumps({"weight_map": listed})
    (folder / "model.safetensors.index.json").write_text(text)


def bf16(tensors: Tensors) -> Tensors:
    return {k: v.bfloat16() for k, v in tensors.items()}


Layout = Callable[[Path, Tensors, Tensors], None]


def decoy_folder(folder: Path, own: Tensors, decoy: Tensors) -> None:
    write(folder / "model.safetensors", own)
    write(folder / "decoy/model.safetensors", {**decoy, "pad": torch.randn(99, 48)})


def other_precision(folder: Path, own: Tensors, decoy: Tensors) -> None:
    write(folder / "model.safetensors", bf16(own))
    write(folder / "original/model.safetensors", decoy)


def earlier_file(folder: Path, own: Tensors, decoy: Tensors) -> None:
    write(folder / "model.safetensors", own)
    write(folder / "a-consolidated.safetensors", decoy)


def beneath(folder: Path, own: Tensors, decoy: Tensors) -> None:
    write(folder / "model.safetensors", decoy)
    write(folder / "weights/model.safetensors", own)


def indexed(folder: Path, own: Tensors, decoy: Tensors) -> None:
    write(folder / "model.safetensors", decoy)
    index(folder, own)


def decoy_index(folder: Path, own: Tensors, decoy: Tensors) -> None:
    write(folder / "model.safetensors", own)
    index(folder, decoy)


def series(folder: Path, own: Tensors, decoy: Tensors) -> None:
    write(folder / "model.safetensors", decoy)
    for i, names in enumerate((sorted(own)[:9], sorted(own)[9:]), 1):
        part = {n: own[n] for n in names}
        write(folder / f"weights-{i:05d}-of-00002.safetensors", part)


def other_format(folder: Path, own: Tensors, decoy: Tensors) -> None:
    write(folder / "model.safetensors", decoy)
    values = {name: tensor.numpy() for name, tensor in own.items()}
    onnx_files.write(folder / "model.onnx", *onnx_files.linear_as_exported(values, scoped=True))


def same_file(folder: Path, own: Tensors, decoy: Tensors) -> None:
    write(folder / "model.safetensors", {**decoy, **renamed(own)})


def few_decoys(folder: Path, own: Tensors, decoy: Tensors) -> None:
    kept = {k: v for k, v in decoy.items() if "embed" in k or "layers.0.self_attn.v" in k}
    write(folder / "model.safetensors", {**kept, **renamed(own)})


LAYOUTS: list[Layout] = [
    decoy_folder, other_precision, earlier_file, beneath, indexed, decoy_index, series,
    other_format, same_file, few_decoys,
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_copy_beside_a_decoy_is_found(
    layout: Layout, tmp_path: Path, reference: Inventory
) -> None:
    layout(tmp_path, llama(1), llama(2))
    assert compared(tmp_path, reference).relation in LINEAGE


@pytest.mark.parametrize("layout", [beneath, other_format, other_precision])
def test_a_child_beside_a_decoy_is_found(
    layout: Layout, tmp_path: Path, reference: Inventory
) -> None:
    layout(tmp_path, child(llama(1), noise=0.5), llama(2))
    assert compared(tmp_path, reference).relation in LINEAGE


def test_a_child_under_other_names_in_the_same_file_is_found(
    tmp_path: Path, reference: Inventory
) -> None:
    same_file(tmp_path, child(llama(1), noise=0.5), llama(2))
    assert compared(tmp_path, reference).relation is Relation.DERIVED


@pytest.mark.parametrize("layout", [decoy_folder, earlier_file, beneath, decoy_index, series])
def test_two_independent_models_in_one_folder_are_both_cleared(
    layout: Layout, tmp_path: Path, reference: Inventory
) -> None:
    layout(tmp_path, llama(3), llama(2))
    found = compared(tmp_path, reference)
    assert found.relation is Relation.NO_SHARED_WEIGHTS
    assert any("compared by itself" in limit for limit in found.limits)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "original/consolidated.00.pth", "x.h5"])
def test_a_second_model_in_a_format_that_is_not_read_leaves_a_negative_undecided(
    name: str, tmp_path: Path, reference: Inventory
) -> None:
    write(tmp_path / "model.safetensors", llama(2))
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"\x80\x02}q\x00." + bytes(400_000))
    found = compared(tmp_path, reference)
    assert found.relation is Relation.INCONCLUSIVE
    assert name in found.summary


def test_a_small_file_of_another_format_is_a_footnote(tmp_path: Path, reference: Inventory) -> None:
    write(tmp_path / "model.safetensors", llama(2))
    (tmp_path / "training_args.bin").write_bytes(b"\x80\x02}q\x00." + bytes(4000))
    assert compared(tmp_path, reference).relation is Relation.NO_SHARED_WEIGHTS


def test_a_missing_shard_is_seen_by_the_numbers_of_the_others(
    tmp_path: Path, reference: Inventory
) -> None:
    write(tmp_path / "model-00001-of-00002.safetensors", llama(2))
    found = compared(tmp_path, reference)
    assert found.relation is Relation.INCONCLUSIVE
    assert "only 1" in found.summary


def test_layers_that_the_configuration_counts_and_the_weights_lack(
    tmp_path: Path, reference: Inventory
) -> None:
    write(tmp_path / "model.safetensors", llama(2, layers=2))
    found = compared(tmp_path, reference)
    assert found.relation is Relation.INCONCLUSIVE
    assert "counts 3 layers" in found.summary


def test_what_a_loader_loads_comes_first(tmp_path: Path) -> None:
    write(tmp_path / "model.safetensors", llama(1))
    write(tmp_path / "a.safetensors", llama(2))
    write(tmp_path / "big/model.safetensors", {**llama(2), "pad": torch.randn(999, 48)})
    index(tmp_path, llama(3))
    places = [s.place for s in weight_sets(taken(tmp_path))]
    assert places == ["part-0.safetensors", "big", "a.safetensors", "model.safetensors"]


def test_an_honest_folder_is_one_model(tmp_path: Path) -> None:
    index(tmp_path, llama(1), shards=3)
    inventory = taken(tmp_path)
    assert len(parts(inventory)) == 1
    assert missing(inventory) == ()
