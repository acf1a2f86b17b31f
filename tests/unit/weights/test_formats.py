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

from audit.formats.tensors import Format, TensorHeader
from audit.inventory import Inventory, take_inventory
from audit.record.weights import Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.layout import describe
from audit.weights.model.vocabulary import token_ids
from audit.weights.rule.limits import unused_summary
from tests import onnx_files
from tests.unit.weights.models import CONFIG, Tensors, child, llama, save

pytestmark = pytest.mark.slow

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


@pytest.mark.sampled(3)
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


def listed() -> tuple[list[bytes], list[bytes]]:
    """Zero points as onnxruntime writes them: numbers one by one."""
    zero = onnx_files.listed("o", np.array(ZERO))
    constants = [T("c", CODES.T.copy()), T("s", np.array(SCALE)), zero, BIAS]
    return constants, [N("DequantizeLinear", ("c", "s", "o"), "w"), *PRODUCT]


def all_listed() -> tuple[list[bytes], list[bytes]]:
    zero = onnx_files.listed("o", np.array(ZERO))
    constants = [onnx_files.listed("c", CODES.T.copy()), T("s", np.array(SCALE)), zero, BIAS]
    return constants, [N("DequantizeLinear", ("c", "s", "o"), "w"), *PRODUCT]


def in_constants() -> tuple[list[bytes], list[bytes]]:
    """Every number in a ``Constant`` node."""
    parts = {"c": CODES.T.copy(), "s": np.array(SCALE), "o": np.array(ZERO)}
    held = [onnx_files.constant_node(name, value) for name, value in parts.items()]
    return [BIAS], [*held, N("DequantizeLinear", ("c", "s", "o"), "w"), *PRODUCT]


def in_a_branch() -> tuple[list[bytes], list[bytes]]:
    return [], [onnx_files.branching("if", in_constants(), ([], []))]


QUANTISED: list[Callable[[], tuple[list[bytes], list[bytes]]]]
QUANTISED = [
    per_tensor, per_row, by_arithmetic, flipped_in_the_graph, gemm, listed, all_listed,
    in_constants, in_a_branch,
]  # fmt: skip


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


KERNELS = np.random.default_rng(1).normal(size=(6, 4, 3, 3)).astype(np.float32)
STEPS = np.abs(KERNELS).max((1, 2, 3)).astype(np.float32) / 127
KERNEL_CODES = np.round(KERNELS / STEPS[:, None, None, None]).astype(np.int8)
NOUGHT = np.zeros(6, np.int8)


@pytest.mark.parametrize("op", ["QLinearConv", "ConvInteger"])
def test_quantised_kernels_have_a_scale_for_each_output(tmp_path: Path, op: str) -> None:
    constants = [T("k_quantized", KERNEL_CODES), T("k_scale", STEPS), T("zero", NOUGHT)]
    inputs = {
        "QLinearConv": ("x", "xs", "xz", "k_quantized", "k_scale", "zero", "ys", "yz"),
        "ConvInteger": ("x", "k_quantized", "xz", "zero"),
    }
    onnx_files.write(tmp_path / "m.onnx", constants, [N(op, inputs[op], "y")])
    found = take_inventory(resolve(str(tmp_path)))
    (kernel,) = found.tensors
    with Checkpoint(found) as checkpoint:
        whole = checkpoint.slab(kernel, 0, 6).numpy()
        assert np.abs(whole - KERNELS).max() <= STEPS.max() / 2 + 1e-6
        np.testing.assert_array_equal(checkpoint.slab(kernel, 2, 4).numpy(), whole[2:4])


def test_branches_that_share_names_keep_their_own_weights(tmp_path: Path) -> None:
    one, two = W, W + 1
    none: list[bytes] = []
    branches = [([T("fc.weight", value)], none) for value in (one, two)]
    shared = T("fc.weight", W + 2)
    onnx_files.write(tmp_path / "m.onnx", [shared], [onnx_files.branching("if", *branches)])
    found = take_inventory(resolve(str(tmp_path)))
    assert not found.unread
    with Checkpoint(found) as checkpoint:
        values = sorted(float(checkpoint.slab(h, 0, 6).mean()) for h in found.tensors)
    assert np.allclose(values, sorted(float(v.mean()) for v in (one, two, W + 2)), atol=1e-5)


def test_graphs_without_end_are_refused(tmp_path: Path) -> None:
    inner = onnx_files.branching("if", ([], []))
    for _ in range(20):
        inner = onnx_files.branching("if", ([], [inner]))
    onnx_files.write(tmp_path / "m.onnx", [T("a.b", W)], [inner])
    (note,) = take_inventory(resolve(str(tmp_path))).unread
    assert "without end" in note.reason


def test_small_constants_are_weights(tmp_path: Path) -> None:
    """Exporters that keep every weight in a ``Constant`` node lost their norms."""
    nodes = [onnx_files.constant_node("/ln/Constant_output_0", W[0].copy())]
    onnx_files.write(tmp_path / "m.onnx", [], nodes)
    (vector,) = take_inventory(resolve(str(tmp_path))).tensors
    assert vector.shape == (8,)


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


def packed_words(codes: np.ndarray, bits: int) -> np.ndarray:
    """Pack along the first axis, lowest bits first (AutoGPTQ's ``pack``)."""
    each = 32 // bits
    words = np.zeros((codes.shape[0] // each, codes.shape[1]), dtype=np.uint32)
    for row in range(codes.shape[0]):
        words[row // each] |= codes[row].astype(np.uint32) << np.uint32(bits * (row % each))
    return words.view(np.int32)


def awq_words(codes: np.ndarray) -> np.ndarray:
    """Pack along the last axis in AutoAWQ's order (``order_map``)."""
    words = np.zeros((codes.shape[0], codes.shape[1] // 8), dtype=np.uint32)
    for column in range(words.shape[1]):
        for i, other in enumerate((0, 2, 4, 6, 1, 3, 5, 7)):
            words[:, column] |= codes[:, column * 8 + other].astype(np.uint32) << np.uint32(4 * i)
    return words.view(np.int32)


def quantise(value: np.ndarray, group: np.ndarray, bits: int) -> tuple[np.ndarray, ...]:
    """Codes (in, out), zeros and scales (groups, out), and the values that they stand for."""
    matrix, top = value.T, (1 << bits) - 1
    codes = np.zeros(matrix.shape, dtype=np.int64)
    zeros, scales = [], []
    for g in range(group.max() + 1):
        rows = matrix[group == g]
        scale = ((rows.max(0) - rows.min(0)) / top).astype(np.float16).astype(np.float32) + 1e-4
        scale = scale.astype(np.float16).astype(np.float32)
        zero = np.clip(np.round(-rows.min(0) / scale), 1, top)
        codes[group == g] = np.clip(np.round(rows / scale) + zero, 0, top)
        zeros.append(zero)
        scales.append(scale)
    zeros, scales = np.array(zeros), np.array(scales)
    return codes, zeros, scales, ((codes - zeros[group]) * scales[group]).T


@pytest.mark.parametrize(
    ("method", "bits", "shuffled"),
    [
        ("gptq", 4, False),
        ("gptq", 4, True),
        ("gptq", 8, False),
        ("gptq_v2", 4, False),
        ("gptq", 2, True),
        ("awq", 4, False),
    ],
)
def test_packed_matrices(tmp_path: Path, method: str, bits: int, shuffled: bool) -> None:
    rng = np.random.default_rng(0)
    plain = llama(1, hidden=64)
    expected: Tensors = {}
    stored: Tensors = {}
    for name, tensor in plain.items():
        if not name.endswith("proj.weight") or tensor.shape[0] % 16:
            stored[name] = expected[name] = tensor
            continue
        inputs = tensor.shape[1]
        group = np.arange(inputs) // 16
        group = rng.permutation(group) if shuffled else group
        codes, zeros, scales, values = quantise(tensor.numpy(), group, bits)
        expected[name] = torch.from_numpy(values).float()
        stem = name.removesuffix("weight")
        if method == "awq":
            parts = {"qweight": awq_words(codes), "qzeros": awq_words(zeros)}
        else:
            kept = zeros - (method == "gptq")
            parts = {
                "qweight": packed_words(codes, bits),
                "qzeros": packed_words(kept.T, bits).T.copy(),
                "g_idx": group.astype(np.int32),
            }
        stored |= {stem + end: torch.from_numpy(part) for end, part in parts.items()}
        stored[stem + "scales"] = torch.from_numpy(scales).half()
    settings = {"quant_method": method[:4].rstrip("_"), "bits": bits, "group_size": 16}
    if method == "gptq_v2":
        settings["checkpoint_format"] = "gptq_v2"
    config = {**CONFIG, "hidden_size": 64, "quantization_config": settings}
    found = save(tmp_path / "packed", stored, config)
    layout = describe(found)
    assert not layout.unused
    assert layout.parameters == sum(t.numel() for t in plain.values())
    assert_same_values(found, save(tmp_path / "values", expected), tolerance=1e-5)
    original = save(tmp_path / "plain", plain, {**CONFIG, "hidden_size": 64})
    assert compare(found, original).relation.is_lineage


def test_codes_that_do_not_fit_stay_codes(tmp_path: Path) -> None:
    stem = "model.layers.0.mlp.up_proj."
    stored = {k: v for k, v in llama(1).items() if not k.startswith(stem)}
    stored |= {
        stem + "qweight": torch.ones(6, 96, dtype=torch.int32),
        stem + "qzeros": torch.ones(1, 12, dtype=torch.int32),
        stem + "scales": torch.ones(1, 95).half(),
    }
    settings = {"quant_method": "gptq", "bits": 4}
    layout = describe(save(tmp_path / "m", stored, {**CONFIG, "quantization_config": settings}))
    assert stem + "qweight" in layout.unused


def test_eight_bits_with_a_scale_for_each_block(tmp_path: Path) -> None:
    plain = llama(1)
    name = "model.layers.0.mlp.up_proj.weight"
    scale = torch.rand(3, 2) + 0.5
    wide = scale.repeat_interleave(32, 0)[:96].repeat_interleave(32, 1)[:, :48]
    codes = (plain[name] / wide).to(torch.float8_e4m3fn)
    stored = {**plain, name: codes, name + "_scale_inv": scale}
    config = {**CONFIG, "quantization_config": {"weight_block_size": [32, 32]}}
    found = save(tmp_path / "m", stored, config)
    assert not describe(found).unused
    values = save(tmp_path / "v", {**plain, name: codes.float() * wide})
    assert_same_values(found, values)


def rows_of(value: np.ndarray, bits: int, group: int) -> tuple[np.ndarray, ...]:
    """Codes of each output in groups of inputs; their scales, least values, and what they give."""
    parts = value.reshape(value.shape[0], -1, group)
    least = parts.min(2)
    scale = (parts.max(2) - least) / ((1 << bits) - 1)
    codes = np.rint((parts - least[..., None]) / scale[..., None]).astype(np.int64)
    return codes.reshape(value.shape), scale, least


@pytest.mark.parametrize(("kind", "bits"), [("mlx", 4), ("mlx", 8), ("compressed", 4)])
def test_codes_that_lie_output_by_output(tmp_path: Path, kind: str, bits: int) -> None:
    plain = llama(1, hidden=64)
    stored, expected = dict(plain), dict(plain)
    for name in [n for n in plain if n.endswith("up_proj.weight")]:
        codes, scale, least = rows_of(plain[name].numpy(), bits, 32)
        del stored[name]
        words = torch.from_numpy(packed_words(codes.T, bits).T.copy())
        wide, stem = np.repeat(scale, 32, 1), name.removesuffix("weight")
        if kind == "mlx":
            parts = {"weight": words.view(torch.uint32), "biases": torch.from_numpy(least)}
            stored |= {stem + end: part for end, part in parts.items()}
            stored[f"{stem}scales"] = torch.from_numpy(scale)
            made = codes * wide + np.repeat(least, 32, 1)
        else:
            stored |= {f"{name}_packed": words, f"{name}_scale": torch.from_numpy(scale)}
            stored[f"{name}_shape"] = torch.tensor(plain[name].shape)
            made = (codes - (1 << bits - 1)) * wide
        expected[name] = torch.from_numpy(made).float()
    groups = {"config_groups": {"group_0": {"weights": {"num_bits": bits}}}}
    settings = (
        {"quantization": {"bits": bits, "group_size": 32}}
        if kind == "mlx"
        else {"quantization_config": {"quant_method": "compressed-tensors", **groups}}
    )
    config = {**CONFIG, "hidden_size": 64, **settings}
    found = save(tmp_path / "packed", stored, config)
    assert not describe(found).unused
    assert_same_values(found, save(tmp_path / "values", expected), tolerance=1e-5)


@pytest.mark.parametrize("kind", ["int8", "fp8", "one scale", "bitsandbytes"])
def test_eight_bits_with_a_scale_for_each_output(tmp_path: Path, kind: str) -> None:
    plain = llama(1)
    name = "model.layers.0.mlp.up_proj.weight"
    count = 1 if kind == "one scale" else 96
    scale = torch.rand(count) + 0.5
    codes = (plain[name] / plain[name].abs().max() * 127).round().to(torch.int8)
    codes = codes.to(torch.float8_e4m3fn) if kind == "fp8" else codes
    end = name.replace("weight", "SCB") if kind == "bitsandbytes" else f"{name}_scale"
    given = scale if count == 1 or kind == "bitsandbytes" else scale[:, None]
    found = save(tmp_path / "m", {**plain, name: codes, end: given})
    assert not describe(found).unused
    made = codes.float() * scale[:, None] / (127 if kind == "bitsandbytes" else 1)
    assert_same_values(found, save(tmp_path / "v", {**plain, name: made}), tolerance=1e-6)
