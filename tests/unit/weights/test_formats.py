# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One model in every format gives the same values, tensor by tensor and window by window."""

from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType as Q

from audit.inventory import Format, Inventory, TensorHeader, take_inventory
from audit.sources import resolve
from audit.weights import compare
from audit.weights.checkpoint import Checkpoint
from audit.weights.layout import describe, unused_summary
from audit.weights.result import Relation
from audit.weights.vocabulary import token_ids
from tests import onnx_files
from tests.unit.weights.models import CONFIG, Tensors, child, llama, save

HEADS = {"q": 4, "k": 2}
NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}  # fmt: skip


def gguf_name(name: str) -> str:
    name = name.replace("model.layers", "blk")
    for theirs, ours in NAMES.items():
        name = name.replace(theirs, ours)
    return name


def permuted(name: str, value: np.ndarray) -> np.ndarray:
    """The converter's own permutation of Llama's queries and keys (LlamaModel.permute)."""
    for kind, heads in HEADS.items():
        if f"{kind}_proj" in name:
            paired = value.reshape(heads, 2, value.shape[0] // heads // 2, *value.shape[1:])
            return paired.swapaxes(1, 2).reshape(value.shape)
    return value


def save_gguf(folder: Path, tensors: Tensors, kind: Q = Q.F32) -> Inventory:
    """Write a GGUF file as llama.cpp's converter does, matrices in the given type."""
    folder.mkdir(parents=True)
    writer = gguf.GGUFWriter(folder / "model.gguf", "llama")
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_license("apache-2.0")
    writer.add_base_model_count(1)
    writer.add_base_model_repo_url(0, "https://example.org/org/base")
    writer.add_token_list([f"t{i}" for i in range(160)])
    for name, tensor in tensors.items():
        value = permuted(name, tensor.numpy())
        whole = value.ndim == 2 and value.shape[1] % gguf.GGML_QUANT_SIZES[kind][0] == 0
        chosen = kind if whole else Q.F32
        data = gguf.quantize(value, chosen)
        writer.add_tensor(gguf_name(name), data, raw_dtype=chosen)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return take_inventory(resolve(str(folder)))


def save_onnx(folder: Path, tensors: Tensors) -> Inventory:
    folder.mkdir(parents=True)
    values = {name: tensor.numpy() for name, tensor in tensors.items()}
    onnx_files.write(folder / "model.onnx", *onnx_files.linear_as_exported(values, scoped=True))
    (folder / "config.json").write_text('{"num_key_value_heads": 2, "num_attention_heads": 4}')
    return take_inventory(resolve(str(folder)))


def assert_same_values(one: Inventory, other: Inventory, tolerance: float = 0.0) -> None:
    """Every role and place, read in windows that begin and end inside heads and blocks."""
    theirs = {(s.role, s.layer, s.expert): s for s in describe(other).slots}
    slots = describe(one).slots
    assert {(s.role, s.layer, s.expert) for s in slots} == set(theirs)
    with Checkpoint(one) as a, Checkpoint(other) as b:
        for slot in slots:
            match = theirs[slot.role, slot.layer, slot.expert]
            for start, stop in ((0, 10_000), (3, 11), (17, 18), (5, 5)):
                x, y = a.rows(slot, start, stop).float(), b.rows(match, start, stop).float()
                assert x.shape == y.shape
                torch.testing.assert_close(x, y, rtol=0, atol=tolerance)


def test_gguf_is_read_as_the_model_has_it(tmp_path: Path) -> None:
    tensors = llama(1)
    one = save_gguf(tmp_path / "gguf", tensors)
    assert describe(one).family == "gguf_llama"
    assert not unused_summary(describe(one))
    assert_same_values(one, save(tmp_path / "plain", tensors))


@pytest.mark.parametrize("kind", [Q.F16, Q.BF16, Q.Q8_0, Q.Q5_1, Q.Q5_0, Q.Q4_1, Q.Q4_0])
def test_codes_in_blocks_are_read_as_the_library_reads_them(tmp_path: Path, kind: Q) -> None:
    tensors = llama(1, hidden=64)
    found = save_gguf(tmp_path / "m", tensors, kind)
    reader = gguf.GGUFReader(tmp_path / "m" / "model.gguf")
    expected = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in reader.tensors}
    with Checkpoint(found) as checkpoint:
        for header in found.tensors:
            value = checkpoint.slab(header, 0, header.shape[0]).float().numpy()
            np.testing.assert_array_equal(value, expected[header.name].reshape(header.shape))
            some = checkpoint.slab(header, 7, 20).float().numpy()
            np.testing.assert_array_equal(some, value[7:20])
    assert kind.name in {h.dtype for h in found.tensors}


@pytest.mark.parametrize("kind", [Q.F32, Q.Q8_0, Q.Q4_0])
def test_a_converted_model_is_recognised(tmp_path: Path, kind: Q) -> None:
    tensors = llama(1, hidden=64)
    config = {**CONFIG, "hidden_size": 64}
    found = compare(save_gguf(tmp_path / "g", tensors, kind), save(tmp_path / "m", tensors, config))
    assert found.relation is (Relation.COPY if kind is Q.F32 else Relation.DERIVED)
    other = compare(
        save_gguf(tmp_path / "o", llama(2, hidden=64), kind), save(tmp_path / "n", tensors, config)
    )
    assert not other.relation.is_lineage


def test_gguf_tokens_and_metadata(tmp_path: Path) -> None:
    found = save_gguf(tmp_path / "m", llama(1))
    assert token_ids(found, ".") == {f"t{i}": i for i in range(160)}
    (metadata,) = found.metadata
    assert (metadata.format, metadata.path) == (Format.GGUF, "model.gguf")
    assert '"general.license":"apache-2.0"' in metadata.fields
    assert "tokenizer" not in metadata.fields
    (parent,) = found.parents
    assert (parent.name, parent.origin) == ("org/base", "model.gguf: general.base_model.0")


def test_shards_are_one_model(tmp_path: Path) -> None:
    tensors = list(llama(1).items())
    folder = tmp_path / "m"
    for i, part in enumerate((tensors[:9], tensors[9:])):
        save_gguf(tmp_path / str(i), dict(part))
        folder.mkdir(exist_ok=True)
        name = f"model-0000{i + 1}-of-00002.gguf"
        (tmp_path / str(i) / "model.gguf").rename(folder / name)
    both = take_inventory(resolve(str(folder)))
    assert_same_values(both, save(tmp_path / "plain", dict(tensors)))


def test_onnx_is_read_as_the_model_has_it(tmp_path: Path) -> None:
    tensors = llama(1)
    one = save_onnx(tmp_path / "onnx", tensors)
    assert {h.name for h in one.tensors} == set(tensors)
    assert any(h.transposed for h in one.tensors)
    assert_same_values(one, save(tmp_path / "plain", tensors))
    assert compare(one, save(tmp_path / "again", tensors)).relation is Relation.COPY
    derived = save(tmp_path / "child", child(tensors, noise=0.1))
    assert compare(derived, one).relation is Relation.DERIVED


def test_safetensors_count_before_the_same_model_in_other_formats(tmp_path: Path) -> None:
    tensors = llama(1)
    save(tmp_path / "m", tensors)
    save_gguf(tmp_path / "g", tensors)
    (tmp_path / "g" / "model.gguf").rename(tmp_path / "m" / "model.gguf")
    layout = describe(take_inventory(resolve(str(tmp_path / "m"))))
    assert layout.family == "llama"
    assert layout.parameters == sum(t.numel() for t in tensors.values())
    assert any("another format (gguf)" in line for line in unused_summary(layout))


def test_the_most_precise_of_several_files_is_compared(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    for kind in (Q.Q4_0, Q.Q8_0):
        save_gguf(tmp_path / kind.name, llama(1, hidden=64), kind)
        (tmp_path / kind.name / "model.gguf").rename(tmp_path / "m" / f"{kind.name}.gguf")
    slots = describe(take_inventory(resolve(str(tmp_path / "m")))).slots
    assert {s.header.file for s in slots} == {"Q8_0.gguf"}


W = np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32)
SCALE = np.float32(0.02)
ZERO = np.uint8(120)
CODES = np.clip(np.round(W / SCALE) + ZERO, 0, 255).astype(np.uint8)
ROWS = np.abs(W).max(1).astype(np.float32) / 127
SIGNED = np.round(W / ROWS[:, None]).astype(np.int8)
BIAS = onnx_files.tensor("net.fc.bias", np.zeros(6, np.float32))
PRODUCT = [
    onnx_files.node("MatMul", ("x", "w"), "y"),
    onnx_files.node("Add", ("y", "net.fc.bias"), "z"),
]
T = onnx_files.tensor
N = onnx_files.node


def per_tensor() -> tuple[list[bytes], list[bytes]]:
    constants = [T("c", CODES.T.copy()), T("s", np.array(SCALE)), T("o", np.array(ZERO)), BIAS]
    return constants, [N("DequantizeLinear", ("c", "s", "o"), "w"), *PRODUCT]


def per_row() -> tuple[list[bytes], list[bytes]]:
    constants = [T("c", SIGNED.T.copy()), T("s", ROWS), BIAS]
    return constants, [N("DequantizeLinear", ("c", "s"), "w", axis=1), *PRODUCT]


def by_arithmetic() -> tuple[list[bytes], list[bytes]]:
    constants = [T("c", SIGNED.T.copy()), T("s", ROWS[None]), BIAS]
    return constants, [N("Cast", ("c",), "f"), N("Mul", ("f", "s"), "w"), *PRODUCT]


def flipped_in_the_graph() -> tuple[list[bytes], list[bytes]]:
    constants = [T("c", SIGNED), T("s", ROWS), BIAS]
    first = [N("DequantizeLinear", ("c", "s"), "f", axis=0), N("Transpose", ("f",), "w")]
    return constants, [*first, *PRODUCT]


def gemm() -> tuple[list[bytes], list[bytes]]:
    constants = [T("c", SIGNED), T("s", ROWS), BIAS]
    first = N("DequantizeLinear", ("c", "s"), "w", axis=0)
    return constants, [first, N("Gemm", ("x", "w", "net.fc.bias"), "y", transB=1)]


QUANTISED: list[Callable[[], tuple[list[bytes], list[bytes]]]]
QUANTISED = [per_tensor, per_row, by_arithmetic, flipped_in_the_graph, gemm]


@pytest.mark.parametrize("export", QUANTISED, ids=lambda export: export.__name__)
def test_quantised_onnx_weights(
    tmp_path: Path, export: Callable[[], tuple[list[bytes], list[bytes]]]
) -> None:
    onnx_files.write(tmp_path / "m.onnx", *export())
    found = take_inventory(resolve(str(tmp_path)))
    assert not found.unread
    weight = header_of(found, "net.fc.weight")
    assert weight.shape == (6, 8)
    assert {h.name for h in found.tensors} == {"net.fc.weight", "net.fc.bias"}
    with Checkpoint(found) as checkpoint:
        whole = checkpoint.slab(weight, 0, 6).numpy()
        assert np.abs(whole - W).max() <= SCALE / 2 + 1e-6
        np.testing.assert_array_equal(checkpoint.slab(weight, 2, 4).numpy(), whole[2:4])


def test_dynamically_quantised_onnx(tmp_path: Path) -> None:
    constants = [
        T("w_quantized", CODES.T.copy()),
        T("w_scale", np.array(SCALE)),
        T("w_zero_point", np.array(ZERO)),
    ]
    inputs = ("x", "w_quantized", "xz", "w_zero_point")
    onnx_files.write(tmp_path / "m.onnx", constants, [N("MatMulInteger", inputs, "y")])
    found = take_inventory(resolve(str(tmp_path)))
    (weight,) = found.tensors
    with Checkpoint(found) as checkpoint:
        assert np.abs(checkpoint.slab(weight, 0, 8).numpy() - W.T).max() <= SCALE / 2 + 1e-6


def test_onnx_values_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "m.onnx_data").write_bytes(bytes(64) + W.tobytes())
    constants = [T("a.b.weight", W, outside=("m.onnx_data", 64))]
    onnx_files.write(tmp_path / "m.onnx", constants, [])
    found = take_inventory(resolve(str(tmp_path)))
    with Checkpoint(found) as checkpoint:
        read = checkpoint.slab(header_of(found, "a.b.weight"), 1, 3)
    np.testing.assert_array_equal(read.numpy(), W[1:3])


def header_of(inventory: Inventory, name: str) -> TensorHeader:
    (found,) = (t for t in inventory.tensors if t.name == name)
    return found
