# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Files of PyTorch are read as data: nothing in them is imported, called or unpickled."""

import argparse
import operator
import os
import random
from collections import OrderedDict, defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from audit.inventory import Inventory, take_inventory
from audit.lineage.several import compare
from audit.record.files import Kind
from audit.record.weights import Relation
from audit.sources.names import resolve
from audit.weights.model.checkpoint import Checkpoint
from tests.unit.weights.models import child, llama, save

STATE = {
    "a.weight": torch.randn(6, 8), "b.half": torch.randn(4, 4).half(),
    "c.brain": torch.randn(5, 3).bfloat16(), "d.count": torch.arange(7), "e": torch.tensor(2.5),
    "f.kernel": torch.randn(2, 3, 3, 3),
    "g.last": torch.randn(2, 5, 3, 4).to(memory_format=torch.channels_last),
    "h.turned": torch.randn(2, 3, 4).permute(2, 0, 1),
}  # fmt: skip


def taken(folder: Path) -> Inventory:
    return take_inventory(resolve(str(folder)), digest_weights=False)


def written(folder: Path, held: object, *, archive: bool = True) -> Inventory:
    torch.save(held, folder / "m.pt", _use_new_zipfile_serialization=archive)
    return taken(folder)


def values(inventory: Inventory) -> dict[str, torch.Tensor]:
    with Checkpoint(inventory) as opened:
        return {
            h.name: opened.slab(h, 0, h.shape[0] if h.shape else 1).reshape(h.shape)
            for h in inventory.tensors
        }


@pytest.mark.parametrize("archive", [True, False])
def test_a_state_dict_is_read_as_torch_reads_it(tmp_path: Path, archive: bool) -> None:
    found = values(written(tmp_path, OrderedDict(STATE), archive=archive))
    assert found.keys() == STATE.keys()
    assert all(torch.equal(found[k], v) and found[k].dtype == v.dtype for k, v in STATE.items())


@pytest.mark.parametrize("archive", [True, False])
def test_views_of_one_storage_are_told_apart(tmp_path: Path, archive: bool) -> None:
    whole = torch.randn(10, 4)
    held = {"whole": whole, "rows": whole[3:6], "turned": whole.T, "tied": whole}
    inventory = written(tmp_path, held, archive=archive)
    found = values(inventory)
    assert all(torch.equal(found[k], v) for k, v in held.items())


@pytest.mark.parametrize("key", ["state_dict", "model"])
def test_the_weights_among_other_things(tmp_path: Path, key: str) -> None:
    held = {key: STATE, "epoch": 3, "lr": 0.1, "names": ["a", ("b", None)], "ok": True}
    assert values(written(tmp_path, held)).keys() == STATE.keys()


def test_two_sets_of_weights_are_both_read(tmp_path: Path) -> None:
    held = {"model": {"w": torch.zeros(3)}, "net": {"w": torch.ones(3)}}
    found = values(written(tmp_path, held))
    assert {name: value.sum().item() for name, value in found.items()} == {"model.w": 0, "net.w": 3}
    found = values(written(tmp_path, {"model": {"w": torch.zeros(3)}, "w": torch.ones(3)}))
    assert {name: value.sum().item() for name, value in found.items()} == {"w": 0, "again.w": 3}


def test_a_parameter_is_its_values(tmp_path: Path) -> None:
    held = {"p": torch.nn.Parameter(torch.randn(3, 3))}
    assert torch.equal(values(written(tmp_path, held))["p"], held["p"].detach())


class Command:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch /tmp/should-not-be-there",)


class Reached:
    def __reduce__(self) -> tuple[Any, ...]:
        return operator.methodcaller, ("system",)


class Twice(torch.nn.Module):
    """A module with a list of modules, a shared one, a buffer that is not saved, and settings."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4)])
        self.again = self.layers[0]
        self.register_buffer("mask", torch.ones(3), persistent=False)
        self.act = partial(torch.nn.functional.gelu, approximate="none")
        self.settings = argparse.Namespace(depth=2, where=Path("y"))


@pytest.mark.parametrize("archive", [True, False])
@pytest.mark.parametrize(
    "module",
    [
        torch.nn.Linear(4, 3),
        torch.nn.LSTM(4, 5, num_layers=2, bidirectional=True),
        torch.nn.TransformerDecoder(torch.nn.TransformerDecoderLayer(8, 2, 16), 2),
        torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU()),
        Twice(),
    ],
    ids=lambda module: type(module).__name__,
)
def test_a_whole_model_is_its_state_dict(
    tmp_path: Path, module: torch.nn.Module, archive: bool
) -> None:
    for held in (module, {"epoch": 1, "model": module, "ema": None}):
        found = values(written(tmp_path, held, archive=archive))
        whole = dict(module.state_dict())
        assert whole.keys() - found.keys() <= {"again.weight", "again.bias"}
        assert found.keys() <= whole.keys()
        assert all(torch.equal(v, whole[k]) for k, v in found.items())


def test_settings_beside_weights_are_passed_over(tmp_path: Path) -> None:
    held = {
        "a": torch.randn(3),
        "x": argparse.Namespace(y=1),
        "p": Path("y"),
        "d": defaultdict(list),
    }
    assert values(written(tmp_path, held)).keys() == {"a"}


@pytest.mark.parametrize(
    ("held", "named"),
    [
        ({"a": torch.randn(3), "x": Command()}, "system"),
        ({"a": torch.randn(3), "x": Reached()}, "methodcaller"),
    ],
)
@pytest.mark.parametrize("archive", [True, False])
def test_what_is_more_than_data_is_refused_by_name(
    tmp_path: Path, held: object, named: str, archive: bool
) -> None:
    inventory = written(tmp_path, held, archive=archive)
    assert inventory.tensors == ()
    (note,) = inventory.unread
    assert named in note.reason
    assert inventory.other_weights


def test_a_plain_pickle_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "m.pt").write_bytes(b"\x80\x02}q\x00X\x01\x00\x00\x00aK\x01s.")
    inventory = take_inventory(resolve(str(tmp_path)))
    assert (inventory.tensors, inventory.unread) == ((), ())
    assert inventory.artifacts[0].kind is Kind.PICKLE


@pytest.mark.parametrize("archive", [True, False])
def test_damage_ends_in_a_reason(tmp_path: Path, archive: bool) -> None:
    written(tmp_path, STATE, archive=archive)
    whole = (tmp_path / "m.pt").read_bytes()
    rng = random.Random(0)
    for _ in range(120):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        cut = rng.randrange(len(damaged)) if rng.random() < 0.3 else len(damaged)
        (tmp_path / "m.pt").write_bytes(damaged[:cut])
        taken(tmp_path)  # whatever it says, it is no exception


def test_containers_that_hold_themselves(tmp_path: Path) -> None:
    nested: list[object] = []
    for _ in range(200):
        nested = [nested, nested]
    endless: dict[str, object] = {"w": torch.randn(3)}
    endless["again"] = endless
    assert values(written(tmp_path, {"x": endless})).keys() == {"x.w"}
    assert not values(written(tmp_path, {"x": nested}))


def test_a_child_as_a_file_of_torch_beside_a_decoy(tmp_path: Path) -> None:
    reference = save(tmp_path / "r", llama(1))
    folder = tmp_path / "s"
    save(folder, llama(2))
    torch.save(child(llama(1), noise=0.5), folder / "pytorch_model.bin")
    assert compare(taken(folder), reference).relation is Relation.DERIVED
    torch.save(llama(3), folder / "pytorch_model.bin")
    assert compare(taken(folder), reference).relation is Relation.NO_SHARED_WEIGHTS
