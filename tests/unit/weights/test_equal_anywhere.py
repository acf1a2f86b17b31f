# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Equal values decide without a layout, whatever the architecture, the names and the order."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from audit.inventory import Inventory, take_inventory
from audit.record.weights import Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests import onnx_files
from tests.unit.weights.models import Tensors, save

pytestmark = pytest.mark.slow


def convolutional(seed: int) -> Tensors:
    """No width, no norm vectors, no names that anybody knows."""
    g = torch.Generator().manual_seed(seed)
    sizes = [3, 16, 24, 32]
    tensors = {
        f"c{i}.kernel": torch.randn(b, a, 3, 3, generator=g) / (3 * a**0.5)
        for i, (a, b) in enumerate(pairwise(sizes))
    }
    tensors |= {f"c{i}.bias": 0.1 * torch.randn(b, generator=g) for i, b in enumerate(sizes[1:])}
    return tensors | {"out.w": torch.randn(10, 32, generator=g) * 0.1}


def recurrent(seed: int) -> Tensors:
    g = torch.Generator().manual_seed(seed)
    shapes = {
        "rnn.weight_ih_l0": (128, 20), "rnn.weight_hh_l0": (128, 32),
        "rnn.weight_ih_l1": (128, 32), "rnn.weight_hh_l1": (128, 32),
        "rnn.bias_l0": (128,), "head.weight": (40, 32),
    }  # fmt: skip
    return {k: torch.randn(s, generator=g) * 0.1 for k, s in shapes.items()}


def same(tensors: Tensors) -> Tensors:
    return tensors


def renamed(tensors: Tensors) -> Tensors:
    return {f"t{i}": v for i, v in enumerate(tensors.values())}


def adapter_names(tensors: Tensors) -> Tensors:
    return {"lora_" + k: v for k, v in tensors.items()}


def cast(tensors: Tensors) -> Tensors:
    return {k: v.bfloat16() for k, v in tensors.items()}


def half(tensors: Tensors) -> Tensors:
    return {k: v.half() for k, v in tensors.items()}


def transposed(tensors: Tensors) -> Tensors:
    """Kernels as (height, width, in, out), matrices as (in, out)."""
    turned = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}
    return {k: v.permute(turned[v.dim()]) for k, v in tensors.items()}


def flat(tensors: Tensors) -> Tensors:
    return {k: v.reshape(1, *v.shape) for k, v in tensors.items()}


def joined(tensors: Tensors) -> Tensors:
    """Matrices of one width stored as one."""
    wide = {k: v for k, v in tensors.items() if v.dim() == 2 and v.shape[1] == 32}
    rest = {k: v for k, v in tensors.items() if k not in wide}
    return {**rest, "all": torch.cat(list(wide.values()))}


def relabelled(tensors: Tensors) -> Tensors:
    """The units of every axis in another order."""
    out = {}
    for name, tensor in tensors.items():
        g = torch.Generator().manual_seed(len(name))
        for axis in range(tensor.dim()):
            if tensor.shape[axis] > 3:
                order = torch.randperm(tensor.shape[axis], generator=g)
                tensor = tensor.index_select(axis, order)  # noqa: PLW2901
                if axis == tensor.dim() - 1:
                    tensor = tensor * torch.randn(len(order), generator=g).sign()  # noqa: PLW2901
        out[name] = tensor
    return out


MODELS = [convolutional, recurrent]
KEPT = [same, renamed, adapter_names, cast, half, transposed, flat, joined]


def pair(tmp_path: Path, mine: Tensors, theirs: Tensors) -> tuple[Inventory, Inventory]:
    return save(tmp_path / "s", mine, {}), save(tmp_path / "r", theirs, {})


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("change", KEPT)
def test_a_copy_of_any_network_is_a_copy(
    model: Callable[[int], Tensors], change: Callable[[Tensors], Tensors], tmp_path: Path
) -> None:
    found = compare(*pair(tmp_path, change(model(1)), model(1)))
    assert found.relation is Relation.COPY
    assert found.log10_p is not None
    assert found.log10_p < -9


@pytest.mark.parametrize("model", MODELS)
def test_a_copy_in_another_order_is_disguised(
    model: Callable[[int], Tensors], tmp_path: Path
) -> None:
    found = compare(*pair(tmp_path, relabelled(model(1)), model(1)))
    assert found.relation is Relation.DISGUISED


def test_gates_in_another_librarys_order_are_a_copy(tmp_path: Path) -> None:
    mine = {
        f"LSTM_{i}": torch.cat([v.chunk(4)[gate] for gate in (0, 2, 3, 1)]) if len(v) == 128 else v
        for i, v in enumerate(recurrent(1).values())
    }
    assert compare(*pair(tmp_path, mine, recurrent(1))).relation is Relation.COPY


def test_a_copy_in_another_format_is_a_copy(tmp_path: Path) -> None:
    values = {name: tensor.numpy() for name, tensor in convolutional(1).items()}
    (tmp_path / "s").mkdir()
    onnx_files.write(
        tmp_path / "s/model.onnx", [onnx_files.tensor(*item) for item in values.items()], []
    )
    mine = take_inventory(resolve(str(tmp_path / "s")))
    found = compare(mine, save(tmp_path / "r", convolutional(1), {}))
    assert found.relation is Relation.COPY


def test_a_frozen_body_under_another_head_is_derived_or_reused(tmp_path: Path) -> None:
    mine = convolutional(1) | {"out.w": torch.randn(7, 32), "more.w": torch.randn(64, 64)}
    found = compare(*pair(tmp_path, renamed(mine), convolutional(1)))
    assert found.relation in (Relation.DERIVED, Relation.COMPONENT_REUSE)


@pytest.mark.parametrize("model", MODELS)
def test_independent_networks_have_nothing_equal(
    model: Callable[[int], Tensors], tmp_path: Path
) -> None:
    found = compare(*pair(tmp_path, model(2), model(1)))
    assert not found.relation.is_lineage


def test_what_anybody_would_write_down_is_no_evidence(tmp_path: Path) -> None:
    steps = torch.arange(64.0)[:, None]
    rates = 1 / 10000 ** (torch.arange(16.0) / 16)
    wave = torch.cat([torch.sin(steps * rates), torch.cos(steps * rates)], 1)
    grid = torch.cat(
        [wave[:12].repeat_interleave(12, 0), wave[:12].repeat(12, 1)], 1
    )  # two-dimensional positions
    tables = {
        "pos": wave, "grid": grid, "zeros": torch.zeros(64, 64), "eye": torch.eye(64),
        "ramp": torch.linspace(0, 1, 4096).reshape(64, 64), "outer": steps @ rates[None] + 1,
    }  # fmt: skip
    mine, theirs = recurrent(2) | tables, recurrent(1) | tables
    found = compare(*pair(tmp_path, mine, theirs))
    assert not found.relation.is_lineage


def test_one_equal_matrix_leaves_it_undecided(tmp_path: Path) -> None:
    shared = {"shared.w": torch.randn(64, 80, generator=torch.Generator().manual_seed(5))}
    found = compare(*pair(tmp_path, recurrent(2) | shared, recurrent(1) | shared))
    assert found.relation is Relation.INCONCLUSIVE
    assert "shared.w" in found.summary
