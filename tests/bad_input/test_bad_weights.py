# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Weights that are broken, or that make statistics meaningless: a reason, never a number.

What each comparison must answer was written down before it was run: two models with nothing
in common are never called related, whatever is wrong with both of them in the same way.
"""

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from audit.errors import ExitCode
from audit.inventory import take_inventory
from audit.record.weights import Comparison, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.model.layout import describe
from audit.weights.rule.limits import unused_summary
from tests.tiny_repo import make_repo, one_line, run_audit
from tests.unit.weights.models import CONFIG, Tensors, child, llama, save

pytestmark = pytest.mark.sampled(3)


def numbers(value: object) -> list[float]:
    """Every float in a result, however deep."""
    if isinstance(value, float):
        return [value]
    if isinstance(value, dict):
        return [n for v in value.values() for n in numbers(v)]
    if isinstance(value, (list, tuple)):
        return [n for v in value for n in numbers(v)]
    return []


def assert_meaningful(found: Comparison) -> None:
    assert all(math.isfinite(n) for n in numbers(asdict(found)))
    for row in found.evidence:
        assert (row.reason is None) == (row.outcome.value == "computed")
    assert found.summary


def columns(value: float) -> Callable[[Tensors], Tensors]:
    """Put one value into a third of the residual dimensions of every tensor."""

    def spoil(tensors: Tensors) -> Tensors:
        out = {name: tensor.clone() for name, tensor in tensors.items()}
        for name, tensor in out.items():
            writes = name.endswith(("o_proj.weight", "down_proj.weight"))
            (tensor[:16] if writes else tensor[..., :16]).fill_(value)
        return out

    return spoil


def rows_of(value: float) -> Callable[[Tensors], Tensors]:
    """Put one value into the first rows of every tensor."""

    def spoil(tensors: Tensors) -> Tensors:
        out = {name: tensor.clone() for name, tensor in tensors.items()}
        for tensor in out.values():
            tensor[:3] = value
        return out

    return spoil


def outlier(tensors: Tensors) -> Tensors:
    """Make two residual dimensions a thousand times larger than the others."""
    out = {name: tensor.clone() for name, tensor in tensors.items()}
    for tensor in out.values():
        tensor[..., :2] *= 1000
    return out


SPOILT = {
    "zero columns": columns(0.0),
    "constant columns": columns(0.3),
    "denormal columns": columns(1e-41),
    "NaN columns": columns(math.nan),
    "infinite columns": columns(math.inf),
    "zero rows": rows_of(0.0),
    "NaN rows": rows_of(math.nan),
    "infinite rows": rows_of(-math.inf),
    "denormal rows": rows_of(1e-41),
    "outlier dimensions": outlier,
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_wrong_alike_in_both_relates_nobody(tmp_path: Path, name: str) -> None:
    spoil = SPOILT[name]
    one = save(tmp_path / "a", spoil(llama(1)))
    other = save(tmp_path / "b", spoil(llama(2)))
    found = compare(one, other)
    assert not found.relation.is_lineage
    assert_meaningful(found)


@pytest.mark.parametrize("name", [n for n in SPOILT if "NaN col" not in n and "inite col" not in n])
def test_a_child_is_still_found(tmp_path: Path, name: str) -> None:
    """Where every row holds a value that is not finite, nothing is left to compare."""
    parent = llama(1)
    found = compare(
        save(tmp_path / "a", SPOILT[name](child(parent, noise=0.1))), save(tmp_path / "b", parent)
    )
    assert found.relation.is_lineage
    assert_meaningful(found)


@pytest.mark.parametrize("name", ["NaN columns", "infinite columns"])
def test_rows_that_are_not_finite_leave_the_columns_that_are(tmp_path: Path, name: str) -> None:
    """No row can be compared, and the equal columns still tell; of strangers nothing does."""
    found = compare(save(tmp_path / "a", SPOILT[name](llama(1))), save(tmp_path / "b", llama(1)))
    assert found.relation is Relation.COMPONENT_REUSE
    assert_meaningful(found)
    apart = compare(save(tmp_path / "c", SPOILT[name](llama(1))), save(tmp_path / "d", llama(2)))
    assert apart.relation is Relation.INCONCLUSIVE


@pytest.mark.parametrize("width", [1, 2, 3])
def test_residual_streams_too_narrow_to_say_anything(tmp_path: Path, width: int) -> None:
    config = {**CONFIG, "hidden_size": width}
    one, two = (save(tmp_path / str(s), llama(s, hidden=width), config) for s in (1, 2))
    found = compare(one, two)
    assert not found.relation.is_lineage
    assert_meaningful(found)


def test_one_layer(tmp_path: Path) -> None:
    parent = llama(1, layers=1)
    base = save(tmp_path / "base", parent)
    related = compare(save(tmp_path / "child", child(parent, noise=0.1)), base)
    assert related.relation is Relation.DERIVED
    unrelated = compare(save(tmp_path / "other", llama(2, layers=1)), base)
    assert not unrelated.relation.is_lineage
    assert_meaningful(unrelated)


def test_one_name_in_two_files(tmp_path: Path) -> None:
    tensors = llama(1)
    save(tmp_path / "m", tensors)
    decoy = {"model.norm.weight": torch.zeros(48), "lm_head.weight": llama(2)["lm_head.weight"]}
    save_file(decoy, tmp_path / "m" / "zz.safetensors")
    layout = describe(take_inventory(resolve(str(tmp_path / "m"))))
    assert {s.header.file for s in layout.slots} == {"model.safetensors"}
    (line,) = unused_summary(layout)
    assert line.startswith("2 tensors not tested (repeats names of the main model)")


def test_names_with_another_meaning(tmp_path: Path) -> None:
    """Llama's names on matrices of other shapes: each says why it takes no part."""
    tensors = llama(1)
    tensors["model.layers.0.mlp.up_proj.weight"] = torch.randn(50, 96)
    tensors["model.layers.1.mlp.up_proj.weight"] = torch.randn(96)
    tensors["model.layers.2.mlp.up_proj.weight"] = torch.randn(96, 48).to(torch.int32)
    tensors["model.layers.2.mlp.gate_proj.weight"] = torch.randn(0, 48)
    odd = save(tmp_path / "odd", tensors)
    reasons = describe(odd).unused
    assert "is 96 wide, not 48" in reasons["model.layers.0.mlp.up_proj.weight"]
    assert "has 1 axes" in reasons["model.layers.1.mlp.up_proj.weight"]
    assert "I32" in reasons["model.layers.2.mlp.up_proj.weight"]
    assert reasons["model.layers.2.mlp.gate_proj.weight"] == "is empty"
    found = compare(odd, save(tmp_path / "b", llama(2)))
    assert not found.relation.is_lineage
    assert_meaningful(found)


def adapter(folder: Path, base: str | None = "org/base") -> Path:
    folder.mkdir()
    stem = "base_model.model.model.layers.0.self_attn.q_proj"
    tensors = {
        f"{stem}.lora_A.weight": torch.randn(4, 48),
        f"{stem}.lora_B.weight": torch.randn(48, 4),
    }
    save_file(tensors, folder / "adapter_model.safetensors")
    if base is not None:
        config = {"peft_type": "LORA", "base_model_name_or_path": base}
        (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def test_an_adapter_is_no_model(tmp_path: Path) -> None:
    base = save(tmp_path / "base", llama(1))
    inventory = take_inventory(resolve(str(adapter(tmp_path / "lora"))))
    found, turned = compare(inventory, base), compare(base, inventory)
    assert {found.relation, turned.relation} == {Relation.INCONCLUSIVE}
    assert "on whose weights it was trained its values do not say" in found.summary
    assert "an adapter, declared as one of org/base" in turned.summary
    unnamed = take_inventory(resolve(str(adapter(tmp_path / "unnamed", base=None))))
    assert "holds an adapter: changes to a model" in compare(base, unnamed).summary


@pytest.mark.parametrize("linked", [False, True])
def test_a_folder_is_not_compared_with_itself(tmp_path: Path, linked: bool) -> None:
    model = make_repo(tmp_path / "model")
    other = model
    if linked:
        other = tmp_path / "link"
        other.symlink_to(model)
    result = run_audit("compare", model, other, "--quiet")
    assert result.exit_code == ExitCode.USAGE
    assert "is the audited folder itself" in one_line(result)
    out = tmp_path / "out"
    result = run_audit("model-repo", model, "--against", other, "--out", out, "--quiet")
    assert result.exit_code == ExitCode.USAGE
    assert not out.exists()


@pytest.mark.parametrize("name", ["model.gguf", "model.onnx"])
@pytest.mark.parametrize("content", [b"", b"GGUF", b"GGUF\x03\0\0\0" + b"\xff" * 40, b"\x3a\x7f"])
def test_damaged_weights_leave_the_question_open(tmp_path: Path, name: str, content: bytes) -> None:
    folder = make_repo(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(content)
    result = run_audit("compare", folder, make_repo(tmp_path / "base"), "--json", "--quiet")
    assert result.exit_code == ExitCode.INDETERMINATE
    assert json.loads(result.stdout)["relation"] == "inconclusive"
    (unread,) = take_inventory(resolve(str(folder))).unread
    assert unread.path == name
