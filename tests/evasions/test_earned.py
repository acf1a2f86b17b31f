# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Copies that switch tests off, or hide where nobody looks: silence about them is no negative.

The suspects are the zoo's ``deep`` in another basis, whose names, shapes, counts or layers keep
tests from seeing it. What is demanded is that none is cleared.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from audit.inventory import take_inventory
from audit.record.weights import Comparison, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.evasions.disguise import Tensors, kind, load, rotate, shuffle_neurons
from tests.zoo import zoo_path

DEEP = zoo_path("deep")
CONFIG = json.loads((DEEP / "config.json").read_text())
Made = tuple[Tensors, dict[str, object]]


def turned() -> Tensors:
    return shuffle_neurons(rotate(load(DEEP), 5), 6)


def drawn(like: Tensors, seed: int) -> Tensors:
    """Decoys of the same shapes."""
    g = torch.Generator().manual_seed(seed)
    noise = {k: torch.randn(v.shape, generator=g, dtype=torch.double) for k, v in like.items()}
    return {k: 1 + 0.1 * n if n.dim() == 1 else n * like[k].std() for k, n in noise.items()}


def compared(folder: Path, made: Made) -> Comparison:
    tensors, config = made
    folder.mkdir()
    stored = {
        k: (v.float() if v.is_floating_point() else v).contiguous() for k, v in tensors.items()
    }
    save_file(stored, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config))
    return compare(take_inventory(resolve(str(folder))), take_inventory(resolve(str(DEEP))))


def decoys_for_a_part() -> Made:
    """Decoys under the family's names for some tensors; the copy under others."""
    model = turned()
    decoys = drawn(model, 1)
    seen = {k: v for k, v in decoys.items() if "v_proj" in k or "embed" in k}
    return seen | {f"core.{i}": v for i, v in enumerate(model.values())}, CONFIG


def made_up_type() -> Made:
    extra = {"model.layers.0.self_attn.inv_scale": torch.ones(1)}
    return turned() | extra, CONFIG | {"model_type": "aurora"}


def relabelled_without_a_family() -> Made:
    """Residual dimensions in another order; no family fits, no tokenizer tells tokens."""
    model, order = load(DEEP), torch.randperm(48, generator=torch.Generator().manual_seed(2))
    writes = ("o_proj", "down_proj")
    out = {
        k: v[order] if v.dim() == 1 or kind(k) in writes else v[:, order] for k, v in model.items()
    }
    extra = {"model.layers.0.self_attn.inv_scale": torch.ones(1)}
    return out | extra, CONFIG | {"model_type": "aurora"}


def spare_column_and_no_heads() -> Made:
    out = {}
    for name, value in turned().items():
        spare = torch.zeros(value.shape[0], 1, dtype=value.dtype)
        out[name] = torch.cat([value, spare], 1) if "down_proj" in name else value
    counted = ("num_attention_heads", "num_key_value_heads", "head_dim")
    return out, {k: v for k, v in CONFIG.items() if k not in counted}


def fused_under_other_names() -> Made:
    return fused(turned())


def fused(model: Tensors) -> Made:
    out = {}
    for name, value in model.items():
        if "gate_proj" in name:
            up = model[name.replace("gate_proj", "up_proj")]
            out[name.replace("gate_proj", "gate_up")] = torch.cat([value, up])
        elif "q_proj" in name:
            key = model[name.replace("q_proj", "k_proj")]
            out[name.replace("q_proj", "qk")] = torch.cat([value, key])
        elif "up_proj" not in name and "k_proj" not in name:
            out[name] = value
    return out, CONFIG


def codes_with_scales_of_odd_names() -> Made:
    return in_codes(turned())


def in_codes(model: Tensors) -> Made:
    out = {}
    for name, value in model.items():
        if value.dim() == 2 and ("mlp" in name or "q_proj" in name or "k_proj" in name):
            scale = value.abs().amax(1, keepdim=True) / 127
            out[name] = (value / scale).round().to(torch.int8)
            out[name.replace(".weight", ".rowscale")] = scale
        else:
            out[name] = value
    return out, CONFIG


def cancelling(places: set[int]) -> Made:
    """Layers between the others in which all neurons and all heads come in pairs that cancel."""
    g = torch.Generator().manual_seed(3)
    model = load(DEEP)
    out = {k: v for k, v in model.items() if ".layers." not in k}
    count, old = 3 + len(places), 0
    for new in range(count):
        source = f"model.layers.{min(old, 2)}."
        for name, value in ((k, v) for k, v in model.items() if k.startswith(source)):
            made = value
            if new in places and value.dim() == 2:
                made = torch.randn(value.shape, generator=g, dtype=value.dtype) * value.std()
                half = [*made.shape]
                axis = 1 if kind(name) in ("o_proj", "down_proj") else 0
                half[axis] //= 2
                part = made.narrow(axis, 0, half[axis])
                sign = -1 if axis else 1
                made = torch.cat([part, sign * part], axis)
            out[name.replace(source, f"model.layers.{new}.")] = made
        old += new not in places
    return shuffle_neurons(rotate(out, 5), 6), CONFIG | {"num_hidden_layers": count}


@pytest.mark.parametrize(
    "make",
    [
        decoys_for_a_part,
        made_up_type,
        relabelled_without_a_family,
        spare_column_and_no_heads,
        fused_under_other_names,
        codes_with_scales_of_odd_names,
    ],
)
def test_what_was_not_tested_is_not_cleared(tmp_path: Path, make: Callable[[], Made]) -> None:
    found = compared(tmp_path / "suspect", make())
    assert found.relation is not Relation.NO_SHARED_WEIGHTS
    if found.relation is Relation.INCONCLUSIVE and "No test found" in found.summary:
        assert "too little was tested" in found.summary or "Too few" in found.summary


@pytest.mark.parametrize("places", [{0, 2, 4}, {0, 1, 3, 5}], ids=str)
def test_layers_that_cancel_do_not_hide_the_others(tmp_path: Path, places: set[int]) -> None:
    """They stand where the first, middle and last blocks are looked at."""
    found = compared(tmp_path / "suspect", cancelling(places))
    assert found.relation is Relation.DISGUISED
