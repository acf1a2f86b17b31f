# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Codes of 3 to 8 bits as quantisers write them, read as their libraries read them."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from audit.inventory import Inventory
from audit.record.derivation import Derivation, DerivationKind
from audit.record.weights import Relation
from audit.weights.comparison import compare
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.main_model import main_model
from tests.unit.weights.models import CONFIG, Tensors, llama, save

MADE = sorted((Path(__file__).parent / "codes").glob("*.safetensors"))
NAME = "model.layers.0.mlp.up_proj.weight"


def matrix(inventory: Inventory, name: str = NAME, index: int | None = None) -> torch.Tensor:
    (header,) = (t for t in main_model(inventory).tensors if t.name == name)
    rows, columns = (range(size) for size in header.shape[-2:])
    with Checkpoint(inventory) as checkpoint:
        whole = checkpoint._matrix(header, index, rows, columns)
        piece = checkpoint._matrix(header, index, range(3, 21), range(7, 30))
        assert torch.equal(piece, whole[3:21, 7:30])
    return whole


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.stem)
def test_codes_are_read_as_their_library_reads_them(path: Path, tmp_path: Path) -> None:
    stored = load_file(path)
    expected = stored.pop(f"expected.{NAME}")
    with safe_open(path, "pt") as file:
        config = json.loads(file.metadata()["config"])
    found = save(tmp_path / "m", stored, config)
    bfloat = 0.01 if path.stem.endswith("tensors-nvfp4") else 0.0
    assert (matrix(found).float() - expected).abs().max() <= bfloat
    assert [t.name for t in main_model(found).tensors] == [NAME]


def test_modelopt_multiplies_where_compressed_tensors_divides(tmp_path: Path) -> None:
    (path,) = (p for p in MADE if p.stem == "compressed-tensors-nvfp4")
    parts = load_file(path)
    expected = parts.pop(f"expected.{NAME}")
    factor = 1 / parts[f"{NAME}_global_scale"]
    stored = {NAME: parts[f"{NAME}_packed"], f"{NAME}_scale": parts[f"{NAME}_scale"]}
    stored |= {f"{NAME}_scale_2": factor.reshape(()), NAME[:-6] + "input_scale": torch.ones(())}
    found = save(tmp_path / "m", stored, {})
    assert (matrix(found).float() - expected).abs().max() <= 0.01
    assert [t.name for t in main_model(found).tensors] == [NAME]


def test_stacked_experts_of_gpt_oss_have_the_axes_of_their_floats(tmp_path: Path) -> None:
    (path,) = (p for p in MADE if p.stem == "compressed-tensors-mxfp4")
    parts = load_file(path)
    codes, scales = parts[f"{NAME}_packed"], parts[f"{NAME}_scale"]
    stack = "model.layers.0.mlp.experts.gate_up_proj"
    stored = {
        f"{stack}_blocks": torch.stack([codes, codes.flip(0)]).reshape(2, 32, 3, 16),
        f"{stack}_scales": torch.stack([scales, scales.flip(0)]),
    }
    found = save(tmp_path / "m", stored, {})
    (header,) = main_model(found).tensors
    assert (header.name, header.shape) == (stack, (2, 96, 32))
    expected = parts[f"expected.{NAME}"]
    assert torch.equal(matrix(found, stack, 0), expected.T)
    assert torch.equal(matrix(found, stack, 1), expected.flip(0).T)
    with Checkpoint(found) as checkpoint:
        assert torch.equal(checkpoint.slab(header, 1, 2)[0], expected.flip(0).T)


def coded(tensors: Tensors) -> Tensors:
    """Layers' matrices as NF4 of bitsandbytes, in blocks of 64."""
    (path,) = (p for p in MADE if p.stem == "bitsandbytes-nf4")
    table = load_file(path)[f"{NAME}.quant_map"]
    made: Tensors = {}
    for name, value in tensors.items():
        if not name.endswith("proj.weight"):
            made[name] = value
            continue
        blocks = value.float().reshape(-1, 64)
        absmax = blocks.abs().amax(1)
        codes = ((blocks / absmax[:, None])[..., None] - table).abs().argmin(-1).reshape(-1, 2)
        state = {"quant_type": "nf4", "blocksize": 64, "shape": list(value.shape)}
        made[name] = (codes[:, :1] * 16 + codes[:, 1:]).to(torch.uint8)
        made[f"{name}.absmax"], made[f"{name}.quant_map"] = absmax, table.clone()
        text = torch.tensor(list(json.dumps(state).encode()), dtype=torch.uint8)
        made[f"{name}.quant_state.bitsandbytes__nf4"] = text
    return made


WIDE = {**CONFIG, "hidden_size": 64}


def told(suspect: Inventory, reference: Inventory) -> Derivation:
    found = compare(suspect, reference)
    assert found.relation.is_lineage
    assert found.kind is not None
    return found.kind


@pytest.fixture(scope="module")
def plain() -> Tensors:
    return llama(1, hidden=64)


def test_four_bits_of_the_reference_are_nothing_but_a_conversion(
    tmp_path: Path, plain: Tensors
) -> None:
    reference = save(tmp_path / "reference", plain, WIDE)
    made = told(save(tmp_path / "nf4", coded(plain), WIDE), reference)
    assert made.kind is DerivationKind.CONVERSION, made.sentence
    assert "NF4" in made.sentence


def test_four_bits_of_a_tuned_model_are_no_mere_conversion(tmp_path: Path, plain: Tensors) -> None:
    reference = save(tmp_path / "reference", plain, WIDE)
    tuned = {k: v + 0.4 * v.std() * torch.randn_like(v) for k, v in plain.items()}
    made = told(save(tmp_path / "nf4", coded(tuned), WIDE), reference)
    assert made.kind is not DerivationKind.CONVERSION, made.sentence


def test_four_bits_of_a_stranger_are_not_related(tmp_path: Path, plain: Tensors) -> None:
    reference = save(tmp_path / "reference", plain, WIDE)
    stranger = save(tmp_path / "nf4", coded(llama(2, hidden=64)), WIDE)
    assert not compare(stranger, reference).relation.is_lineage


def test_floats_made_of_the_references_codes_are_a_child(tmp_path: Path, plain: Tensors) -> None:
    reference = save(tmp_path / "nf4", coded(plain), WIDE)
    with Checkpoint(reference) as checkpoint:
        values = {
            t.name: checkpoint.slab(t, 0, t.shape[0]).float() for t in main_model(reference).tensors
        }
    made = compare(save(tmp_path / "floats", values, WIDE), reference)
    assert made.relation is Relation.COPY


def test_two_codings_of_one_model_are_related(tmp_path: Path, plain: Tensors) -> None:
    one = save(tmp_path / "nf4", coded(plain), WIDE)
    eight = {
        k: (v / v.abs().max() * 127).round().to(torch.int8) if k.endswith("proj.weight") else v
        for k, v in plain.items()
    }
    eight |= {
        f"{k}_scale": v.abs().max().reshape(1) / 127
        for k, v in plain.items()
        if k.endswith("proj.weight")
    }
    other = save(tmp_path / "int8", eight, WIDE)
    assert compare(one, other).relation.is_lineage
    assert compare(other, one).relation.is_lineage


LIES = {
    "no JSON": b"{",
    "nested": b"[" * 900,
    "another shape": b'{"shape": [64, 65], "blocksize": 64}',
    "no blocks": b'{"shape": [64, 64], "blocksize": 0}',
    "not numbers": b'{"shape": ["64", 64], "blocksize": 64}',
    "endless": b'{"shape": [64, 64], "blocksize": 64, "nested_offset": NaN}',
    "three axes": b'{"shape": [4, 16, 64], "blocksize": 64}',
}


def test_parts_beside_a_plain_matrix_do_not_make_it_codes(tmp_path: Path) -> None:
    plain = torch.randn(64, 64).bfloat16()
    decoy = coded({NAME: torch.randn(256, 64)})
    found = save(tmp_path / "m", {**decoy, NAME: plain}, {})
    assert torch.equal(matrix(found), plain)


@pytest.mark.parametrize("text", LIES.values(), ids=LIES)
def test_a_text_that_lies_leaves_codes(tmp_path: Path, text: bytes) -> None:
    stored = coded({NAME: torch.randn(64, 64)})
    stored[f"{NAME}.quant_state.bitsandbytes__nf4"] = torch.tensor(list(text), dtype=torch.uint8)
    found = save(tmp_path / "m", stored, {})
    assert all(not t.coded for t in main_model(found).tensors)
