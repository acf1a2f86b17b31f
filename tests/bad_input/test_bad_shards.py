# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Shards that do not make one model: what was read is said, and a negative is not made of it."""

import json
import struct
from pathlib import Path

import pytest
from safetensors.torch import save_file

from audit.inventory import Inventory, take_inventory
from audit.record.weights import Comparison, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.bad_input.test_bad_weights import assert_meaningful
from tests.unit.weights.models import CONFIG, Tensors, child, llama, save

FIRST, SECOND = "model-1.safetensors", "model-2.safetensors"


def parts(tensors: Tensors) -> dict[str, Tensors]:
    """The second shard has the layers 1 and 2."""
    out: dict[str, Tensors] = {FIRST: {}, SECOND: {}}
    for name, tensor in tensors.items():
        second = "layers.1." in name or "layers.2." in name
        out[SECOND if second else FIRST][name] = tensor.contiguous()
    return out


def sharded(folder: Path, shards: dict[str, Tensors], lost: str = "") -> Inventory:
    """Write shards and an index of them, all but the one that is lost."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG))
    for file, tensors in shards.items():
        if file != lost:
            save_file(tensors, folder / file)
    index = {"weight_map": {name: file for file, t in shards.items() for name in t}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return take_inventory(resolve(str(folder)))


def said(found: Comparison, who: str) -> str:
    (line,) = [line for line in found.limits if line.startswith(who) and "was not read" in line]
    return line


def test_a_lost_shard_does_not_hide_a_child_and_is_said(tmp_path: Path) -> None:
    shards = parts(child(llama(1), noise=0.1))
    found = compare(sharded(tmp_path / "m", shards, lost=SECOND), save(tmp_path / "base", llama(1)))
    assert found.relation is Relation.DERIVED
    assert "named by the index but not in the folder" in said(found, "Audited model")
    assert_meaningful(found)


@pytest.mark.parametrize("lost_in", ["suspect", "reference"])
def test_nothing_found_without_a_shard_is_inconclusive(tmp_path: Path, lost_in: str) -> None:
    cut = sharded(tmp_path / "cut", parts(llama(2)), lost=SECOND)
    whole = save(tmp_path / "whole", llama(1))
    pair = (cut, whole) if lost_in == "suspect" else (whole, cut)
    found = compare(*pair)
    assert found.relation is Relation.INCONCLUSIVE
    assert SECOND in found.summary
    assert found.certificate is None
    assert_meaningful(found)


def test_a_damaged_shard_is_as_good_as_lost(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    sharded(folder, parts(llama(2)))
    (folder / SECOND).write_bytes((folder / SECOND).read_bytes()[:-100])
    found = compare(take_inventory(resolve(str(folder))), save(tmp_path / "base", llama(1)))
    assert found.relation is Relation.INCONCLUSIVE
    assert SECOND in said(found, "Audited model")
    assert_meaningful(found)


def test_a_shard_of_a_wider_model_takes_no_part(tmp_path: Path) -> None:
    shards = parts(child(llama(1), noise=0.1)) | {SECOND: parts(llama(5, hidden=64))[SECOND]}
    found = compare(sharded(tmp_path / "m", shards), save(tmp_path / "base", llama(1)))
    assert found.relation is Relation.DERIVED
    assert "18 tensors not tested (its residual axis is 64 wide, not 48)" in found.limits[0]
    assert_meaningful(found)


def test_a_shard_of_a_stranger_does_not_hide_the_rest(tmp_path: Path) -> None:
    """Same names, same shapes, other meaning: two of three layers come from elsewhere.

    They agree with nothing, which is no sign of two trainings from one random start.
    """
    shards = parts(llama(1)) | {SECOND: parts(llama(2))[SECOND]}
    found = compare(sharded(tmp_path / "m", shards), save(tmp_path / "base", llama(1)))
    assert found.relation is Relation.DERIVED
    assert_meaningful(found)


def test_a_name_that_stands_twice_in_one_header(tmp_path: Path) -> None:
    base = save(tmp_path / "base", llama(1))
    stored = (tmp_path / "base" / "model.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", stored[:8])
    header = stored[8 : 8 + size].decode().rstrip()
    second = json.dumps({"model.norm.weight": json.loads(header)["lm_head.weight"]})
    twice = f"{header[:-1]},{second[1:]}".encode()
    twice += b" " * (-len(twice) % 8)
    folder = tmp_path / "twice"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG))
    start = struct.pack("<Q", len(twice))
    (folder / "model.safetensors").write_bytes(start + twice + stored[8 + size :])
    inventory = take_inventory(resolve(str(folder)))
    assert inventory.unread[0].reason == 'the key "model.norm.weight" occurs twice'
    found = compare(inventory, base)
    assert found.relation is Relation.INCONCLUSIVE
    assert "no weights in the folder that can be read" in found.summary
    assert_meaningful(found)
