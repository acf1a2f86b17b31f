# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Networks without a residual stream: units of hidden layers, and what labels an axis."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from audit.formats.tensors import Format, TensorHeader
from audit.inventory import Inventory
from audit.record.weights import Relation
from audit.weights.comparison import compare
from audit.weights.model.hidden_axes import _channels, by_units
from audit.weights.model.inferred import after_layers, is_norm
from audit.weights.model.layout import describe
from audit.weights.pairing.hidden_units import is_ordered
from tests.unit.weights.models import Tensors, child, llama, save

pytestmark = pytest.mark.slow


def matrix(shape: tuple[int, ...], g: torch.Generator) -> torch.Tensor:
    """Noise, and a few directions as training writes them."""
    inner = shape[0], int(torch.tensor(shape[1:]).prod())
    learned = torch.randn(inner[0], 3, generator=g) @ torch.randn(3, inner[1], generator=g)
    return (torch.randn(inner, generator=g) + 0.4 * learned).reshape(shape)


def convolutional(seed: int, *, trailing: bool = False, classes: int = 10) -> Tensors:
    g = torch.Generator().manual_seed(seed)
    sizes = [3, 24, 32, 32, 40]
    shapes = {f"conv{i}.weight": (b, a, 3, 3) for i, (a, b) in enumerate(pairwise(sizes))}
    tensors = {k: matrix(s, g) / (3 * s[1] ** 0.5) for k, s in shapes.items()}
    tensors |= {f"conv{i}.bias": 0.1 * torch.randn(b, generator=g) for i, b in enumerate(sizes[1:])}
    tensors["out.weight"] = torch.randn(classes, 40, generator=g) * 0.1
    if not trailing:
        return tensors
    turned = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}
    return {
        k.replace(".weight", "/kernel:0"): v.permute(turned[v.dim()]).contiguous()
        for k, v in tensors.items()
    }


def keras(seed: int) -> Tensors:
    return convolutional(seed, trailing=True)


def recurrent(seed: int) -> Tensors:
    """Two layers of four gates, forget gates of every model with a start of their own."""
    g = torch.Generator().manual_seed(seed)
    shapes = {
        "rnn.weight_ih_l0": (160, 20), "rnn.weight_hh_l0": (160, 40),
        "rnn.weight_ih_l1": (160, 40), "rnn.weight_hh_l1": (160, 40), "head.weight": (12, 40),
    }  # fmt: skip
    tensors = {k: matrix(s, g) * 0.1 for k, s in shapes.items()}
    for name in ("rnn.weight_hh_l0", "rnn.weight_hh_l1"):
        tensors[name][40:80] += 0.3
    return tensors


def dense(seed: int) -> Tensors:
    g = torch.Generator().manual_seed(seed)
    sizes = [112, 64, 64, 48, 5]
    return {f"fc{i}.weight": matrix((b, a), g) / a**0.5 for i, (a, b) in enumerate(pairwise(sizes))}


MODELS = [convolutional, keras, recurrent, dense]


def pair(tmp_path: Path, mine: Tensors, theirs: Tensors) -> tuple[Inventory, Inventory]:
    return save(tmp_path / "s", mine, {}), save(tmp_path / "r", theirs, {})


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("noise", [0.1, 0.8])
def test_a_child_is_derived(model: Callable[[int], Tensors], noise: float, tmp_path: Path) -> None:
    found = compare(*pair(tmp_path, child(model(1), noise=noise), model(1)))
    assert found.relation is Relation.DERIVED


@pytest.mark.parametrize("model", MODELS)
def test_a_child_under_other_names_is_derived(
    model: Callable[[int], Tensors], tmp_path: Path
) -> None:
    mine = {f"t.{i:03d}": v for i, v in enumerate(child(model(1), noise=0.3).values())}
    found = compare(*pair(tmp_path, mine, model(1)))
    assert found.relation is Relation.DERIVED


def test_a_child_in_another_librarys_layout_is_derived(tmp_path: Path) -> None:
    """Kernels by place and then channel, outputs last; other names, in another order."""
    turned = child(convolutional(1, trailing=True), noise=0.3)
    mine = {f"p.{9 - i}/kernel:0": v for i, v in enumerate(turned.values())}
    found = compare(*pair(tmp_path, mine, convolutional(1)))
    assert found.relation is Relation.DERIVED


def test_names_that_were_exchanged_do_not_pair(tmp_path: Path) -> None:
    """Two parts of one shape, each under the other's names: values say which is which."""
    theirs = convolutional(1) | {f"other.{k}": v for k, v in convolutional(2).items()}
    swapped = {
        k.removeprefix("other.") if k.startswith("other.") else f"other.{k}": v
        for k, v in child(theirs, noise=0.3).items()
    }
    found = compare(*pair(tmp_path, swapped, theirs))
    assert found.relation is Relation.DERIVED


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", [2, 3])
def test_independent_networks_are_never_accused(
    model: Callable[[int], Tensors], seed: int, tmp_path: Path
) -> None:
    found = compare(*pair(tmp_path, model(seed), model(1)))
    assert not found.relation.is_lineage


def test_other_classes_are_no_dependence(tmp_path: Path) -> None:
    """Classes mean the same in both: heads that agree by class accuse nobody."""
    shared = torch.randn(40, 40, generator=torch.Generator().manual_seed(9))
    mine, theirs = convolutional(2, classes=40), convolutional(1, classes=40)
    for model in (mine, theirs):
        model["out.weight"] = model["out.weight"] * 0.3 + shared
    assert not compare(*pair(tmp_path, mine, theirs)).relation.is_lineage


def reordered(tensors: Tensors) -> Tensors:
    """Channels of every layer in another order, the function as it was."""
    g = torch.Generator().manual_seed(4)
    out, order = dict(tensors), torch.arange(3)
    for i in range(4):
        weight = tensors[f"conv{i}.weight"][:, order]
        order = torch.randperm(weight.shape[0], generator=g)
        out[f"conv{i}.weight"] = weight[order]
        out[f"conv{i}.bias"] = tensors[f"conv{i}.bias"][order]
    out["out.weight"] = tensors["out.weight"][:, order]
    return out


def test_a_copy_whose_channels_were_reordered_is_disguised(tmp_path: Path) -> None:
    found = compare(*pair(tmp_path, reordered(convolutional(1)), convolutional(1)))
    assert found.relation is Relation.DISGUISED


def test_a_child_whose_channels_were_reordered_is_not_acquitted(tmp_path: Path) -> None:
    mine = reordered(child(convolutional(1), noise=0.1))
    found = compare(*pair(tmp_path, mine, convolutional(1)))
    assert found.relation is Relation.INCONCLUSIVE
    assert "singular values" in found.summary


def test_layers_of_other_shapes_leave_it_undecided(tmp_path: Path) -> None:
    mine = convolutional(2) | {
        "wide.weight": torch.randn(640, 40),
        "next.weight": torch.ones(3, 640),
    }
    found = compare(*pair(tmp_path, mine, convolutional(1)))
    assert found.relation is Relation.INCONCLUSIVE


def test_input_planes_places_and_classes_are_not_units(tmp_path: Path) -> None:
    for name, model in (("leading", convolutional(1)), ("trailing", keras(1))):
        layout = by_units(save(tmp_path / name, model, {}).tensors)
        sizes = {k: model[k].shape[v.axis] for k, v in layout.units.items()}
        assert set(sizes.values()) <= {24, 32, 40}
        assert len(sizes) == 5


def test_gates_are_one_set_of_units(tmp_path: Path) -> None:
    layout = by_units(save(tmp_path / "m", recurrent(1), {}).tensors)
    assert {u.blocks for n, u in layout.units.items() if "weight_ih_l0" in n} == {4}


def test_neighbours_that_resemble_each_other_are_ordered() -> None:
    g = torch.Generator().manual_seed(0)
    plain = torch.randn(200, 64, generator=g)
    assert not is_ordered(plain)
    assert is_ordered(plain.repeat_interleave(4, 1) + 0.5 * torch.randn(200, 256, generator=g))
    assert is_ordered(plain * torch.linspace(0.5, 2, 64))


@pytest.mark.parametrize(
    "name",
    ["a.LayerNorm.weight", "layer_norm/gamma", "norm1/scale", "norm/offset", "g/gamma:0",
     "blk_0_ln_scale", "ln_f.bias", "bn1.weight", "encoder.final_layer_norm.weight"],
)  # fmt: skip
def test_norms_by_any_name(name: str) -> None:
    assert is_norm(name)


@pytest.mark.parametrize("stored", [(48,), (1, 48), (48, 1)])
def test_gains_are_found_however_they_are_stored(stored: tuple[int, ...], tmp_path: Path) -> None:
    def named(tensors: Tensors) -> Tensors:
        return {
            k.replace("layernorm.weight", "ln_scale").replace("model.", "m."): v.reshape(stored)
            if v.dim() == 1
            else v
            for k, v in tensors.items()
        }

    layout = describe(save(tmp_path / "m", named(llama(1)), {}))
    assert layout.width == 48
    found = compare(save(tmp_path / "s", named(child(llama(1), noise=0.5)), {}),
                    save(tmp_path / "r", named(llama(1)), {}))  # fmt: skip
    assert found.relation is Relation.DERIVED


@pytest.mark.parametrize(
    ("shape", "format_", "channels"),
    [
        ((1152, 1, 1, 192), Format.TFLITE, (0, 3)),
        ((8, 3, 39, 8), Format.TFLITE, (0, 3)),
        ((1, 3, 3, 64), Format.TFLITE, (3,)),
        ((36, 1, 1, 256), Format.ONNX, (0, 3)),
        ((32, 1, 1, 9), Format.ONNX, (0,)),
        ((3, 39, 8, 16), Format.TENSORFLOW, (3, 2)),
        ((64, 32, 3, 3), Format.PYTORCH, (0, 1)),
    ],
)
def test_which_axes_are_channels(
    shape: tuple[int, ...], format_: Format, channels: tuple[int, ...]
) -> None:
    name = "kernel:0" if format_ is Format.TENSORFLOW else "w"
    tensor = TensorHeader(name=name, file="m", dtype="F32", shape=shape, format=format_)
    assert _channels(tensor) == channels


def test_what_stands_before_the_list_of_layers_is_no_name() -> None:
    assert after_layers("a.b.layers.*.q.weight") == after_layers("layers.*.q.weight")
    assert after_layers("layers.*.q.weight") != after_layers("layers.*.k.weight")
