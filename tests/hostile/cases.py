# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The table: what a parser is given, and the reason it must give; ``None`` where it must read on.

Recipes are functions, so that no large input lies in memory before its turn. The kinds are those
that attacks from outside found or tried: lies about sizes and counts, depth, numbers without end,
half surrogate pairs, names that occur twice, bombs, other encodings, and things cut short.
"""

import argparse
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import torch

from tests import format_files
from tests.hostile.case import Case, fixed
from tests.hostile.weight_cases import weight_cases
from tests.onnx_files import integer, message, varint


def cases() -> Iterator[Case]:
    yield from _safetensors()
    yield from _gguf()
    yield from _onnx()
    yield from _other_weights()
    yield from weight_cases()
    yield from _json()
    yield from _toml()
    yield from _yaml()
    yield from _readmes()
    yield from _papers()
    yield from _code()
    yield from _vocabularies()
    yield from _git()
    yield from _users()
    yield from _signed()
    yield from _truncated()


# Weights


def safetensors(fields: object, data: bytes = b"\0" * 64, length: int | None = None) -> bytes:
    text = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(start: int, end: int, shape: list[int], dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


GOOD_SAFETENSORS = safetensors({"a": tensor(0, 64, [16])})


def _safetensors() -> Iterator[Case]:
    def case(name: str, data: bytes | Callable[[], bytes], reason: str | None) -> Case:
        return Case("safetensors", name, data if callable(data) else fixed(data), reason)

    yield case("good", GOOD_SAFETENSORS, None)
    yield case("empty", b"", "too few")
    for size in range(1, 8):
        yield case(f"{size} bytes", b"\1" * size, "too few")
    for power in (27, 31, 32, 53, 62, 63):
        yield case(f"header of 2^{power}", struct.pack("<Q", 1 << power) + b"{}", "states a header")
    yield case("header longer than the file", safetensors({}, b"", 1000), "truncated")
    yield case("not JSON", safetensors(b"\xff\xfe{}"), "not safetensors")
    yield case("a list", safetensors(b"[1]"), "not safetensors")
    yield case("a number", safetensors(b"1"), "not safetensors")
    yield case("NaN", safetensors(b'{"a": NaN}'), "not safetensors")
    yield case(
        "overlap", safetensors({"a": tensor(0, 64, [16]), "b": tensor(32, 64, [8])}), "lying"
    )
    yield case("gap", safetensors({"a": tensor(4, 64, [15])}), "lying")
    yield case("backwards", safetensors({"a": tensor(64, 0, [16])}), "lying|not safetensors")
    yield case("beyond the file", safetensors({"a": tensor(0, 1 << 40, [1 << 38])}), "lying")
    yield case("appended", GOOD_SAFETENSORS + b"x", "lying")
    yield case("cut short", GOOD_SAFETENSORS[:-1], "lying")
    yield case("overflow", safetensors({"a": tensor(0, 64, [1 << 62, 1 << 62])}), "lying")
    yield case("empty and huge", safetensors({"a": tensor(0, 0, [0, 1 << 60])}, b""), "lying")
    yield case("negative shape", safetensors({"a": tensor(0, 64, [-16])}), "not safetensors")
    yield case("negative offset", safetensors({"a": tensor(-64, 0, [16])}), "not safetensors")
    yield case("unknown type", safetensors({"a": tensor(0, 64, [16], "F33")}), "not safetensors")
    yield case("no type", safetensors({"a": {}}), "not safetensors")
    half = {"dtype": "F32", "shape": [1], "data_offsets": [0]}
    yield case("half offsets", safetensors({"a": half}), "not safetensors")
    twice = json.dumps(tensor(0, 64, [16])).encode()
    yield case(
        "one name twice", safetensors(b'{"a": %s, "a": %s}' % (twice, twice)), "occurs twice"
    )
    yield case("half a surrogate pair", safetensors(b'{"\\ud800": %s}' % twice), "not safetensors")
    yield case(
        "metadata of numbers", safetensors({"__metadata__": {"a": 1}}, b""), "not safetensors"
    )
    yield case(
        "an integer without end", safetensors(b'{"a": ' + b"9" * 6000 + b"}"), "not safetensors"
    )
    yield case("deep", lambda: safetensors(b'{"a":' + b"[" * 100_000), "not safetensors")
    yield case(
        "five million values", lambda: safetensors(b"[0]," * 2_500_000), "more than .* values"
    )
    yield case(
        "two million objects", lambda: safetensors(b'{"":1},' * 2_100_000), "more than .* val"
    )
    yield case(
        "a pickle", b"\x80\x04\x95" + b"\0" * 100, "states a header|not safetensors|truncated"
    )
    yield case("zeros", b"\0" * 4096, "not safetensors")
    for rank in (1, 100, 10_000):
        deep = safetensors({"a": tensor(0, 4, [1] * rank)}, b"\0" * 4)
        yield case(f"rank {rank}", deep, None)
    for name in ("", "a" * 100_000, "../../etc/passwd", "<script>", "\u202e", "a\nb"):
        named = safetensors({name: tensor(0, 64, [16])})
        yield case(f"called {name[:12]!r}", named, None)


def gguf(pairs: bytes = b"", tensors: bytes = b"", *, count: int = 0, keys: int = 0) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, count, keys) + pairs + tensors


def text(value: str | bytes, length: int | None = None) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data) if length is None else length) + data


def described(name: str, dims: list[int], code: int = 0, offset: int = 0) -> bytes:
    shape = b"".join(struct.pack("<Q", size) for size in dims)
    return text(name) + struct.pack("<I", len(dims)) + shape + struct.pack("<IQ", code, offset)


GOOD_GGUF = gguf(text("a") + struct.pack("<II", 4, 7), described("t", [8]), count=1, keys=1)
GOOD_GGUF += b"\0" * (-len(GOOD_GGUF) % 32) + b"\0" * 32


def _gguf() -> Iterator[Case]:
    def case(name: str, data: bytes | Callable[[], bytes], reason: str | None) -> Case:
        return Case("gguf", name, data if callable(data) else fixed(data), reason)

    yield case("good", GOOD_GGUF, None)
    yield case("no mark", b"GGUX" + b"\0" * 40, "not GGUF")
    for version in (0, 1, 4, 0x03000000):
        yield case(f"version {version}", b"GGUF" + struct.pack("<IQQ", version, 0, 0), "not read")
    for power in (20, 32, 53, 63):
        yield case(f"2^{power} tensors", gguf(count=1 << power), "items are announced")
        yield case(f"2^{power} keys", gguf(keys=1 << power), "items are announced")
        yield case(f"a key of 2^{power}", gguf(text(b"", 1 << power), b"\0" * 64, keys=1),
                   "a name of|truncated")  # fmt: skip
        yield case(f"a dimension of 2^{power}", gguf(tensors=described("t", [1 << power]), count=1),
                   "truncated|too large")  # fmt: skip
        value = text("k") + struct.pack("<IIQ", 9, 4, 1 << power)
        yield case(f"an array of 2^{power}", gguf(value, keys=1), "items|claims")
        value = text("k") + struct.pack("<IIQ", 9, 8, 1 << power)
        yield case(f"2^{power} texts", gguf(value, keys=1), "items|claims")
        value = text("k") + struct.pack("<I", 8) + struct.pack("<Q", 1 << power)
        yield case(f"a text of 2^{power}", gguf(value, keys=1), "claims")
    for kind in (13, 14, 255, 1 << 31):
        yield case(
            f"type {kind}", gguf(text("k") + struct.pack("<I", kind), keys=1), "unknown type|items"
        )
    nested = text("k") + struct.pack("<IIQ", 9, 9, 1)
    yield case("an array of arrays", gguf(nested, b"\0" * 64, keys=1), "array of type")
    double = (text("k") + struct.pack("<II", 4, 1)) * 2
    yield case("one key twice", gguf(double, keys=2), "occurs twice")
    for alignment in (0, (1 << 32) - 1):
        pair = text("general.alignment") + struct.pack("<II", 4, alignment)
        yield case(f"alignment {alignment}", gguf(pair, b"\0" * 64, keys=1), "alignment")
    for axes in (5, 1000, (1 << 32) - 1):
        record = text("t") + struct.pack("<I", axes) + b"\0" * 64
        yield case(f"{axes} axes", gguf(tensors=record, count=1), "axes")
    yield case("unknown code", gguf(tensors=described("t", [32], 999), count=1), "not known")
    yield case("half a block", gguf(tensors=described("t", [31], 8), count=1), "whole blocks")
    beyond = gguf(tensors=described("t", [8], offset=1 << 40), count=1)
    yield case("bytes beyond the file", beyond, "end after the file")
    same = described("a", [8]) + described("b", [8])
    yield case("overlap", gguf(tensors=same, count=2) + b"\0" * 256, "overlap")
    named = described("a", [8]) + described("a", [8], offset=32)
    yield case("one name twice", gguf(tensors=named, count=2) + b"\0" * 256, "are called")
    infinite = text("k") + struct.pack("<If", 6, float("inf"))
    yield case("infinity", gguf(infinite, b"\0" * 32, keys=1), None)
    halves = text(b"\xed\xa0\x80") + struct.pack("<I", 8) + text(b"\xed\xa0\x80")
    yield case("half a surrogate pair", gguf(halves, b"\0" * 32, keys=1), None)
    texts = text("k") + struct.pack("<IIQ", 9, 8, 4_100_000)
    many = lambda: gguf(texts, b"\0" * 8 * 4_100_000, keys=1)  # noqa: E731
    yield case("four million empty texts", many, "more than any model needs")
    empty = lambda: gguf(b"\0" * 32 * 600_000, count=600_000)  # noqa: E731
    yield case("600,000 empty records", empty, "more than any model needs")
    many_tokens = text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 4_100_000)
    endless = lambda: gguf(many_tokens, b"\0" * 8 * 4_100_000, keys=1)  # noqa: E731
    yield Case("gguf tokens", "four million empty tokens", endless, None)
    yield Case("gguf tokens", "good", fixed(GOOD_GGUF), None)
    yield Case("gguf tokens", "no GGUF", fixed(b"x" * 64), None)


def onnx(*constants: bytes, nodes: tuple[bytes, ...] = ()) -> bytes:
    graph = b"".join(message(1, n) for n in nodes) + b"".join(message(5, c) for c in constants)
    return integer(1, 8) + message(7, graph)


def outside(location: str, offset: str = "0", length: str | None = None) -> bytes:
    pairs = {"location": location, "offset": offset}
    pairs |= {} if length is None else {"length": length}
    external = b"".join(message(13, message(1, k) + message(2, v)) for k, v in pairs.items())
    return integer(1, 4) + integer(2, 1) + message(8, "w") + external + integer(14, 1)


GOOD_ONNX = onnx(integer(1, 4) + integer(2, 1) + message(8, "w") + message(9, b"\0" * 16))


def _onnx() -> Iterator[Case]:  # noqa: C901 - a list
    def case(name: str, data: bytes | Callable[[], bytes], reason: str | None) -> Case:
        return Case("onnx", name, data if callable(data) else fixed(data), reason)

    yield case("good", GOOD_ONNX, None)
    yield case("empty", b"", "no graph")
    yield case("two graphs", GOOD_ONNX * 2, "more than one")
    yield case("a graph that is a number", integer(7, 1), "no graph")
    yield case("a varint without end", b"\xff" * 20, "cut short")
    yield case("field 0", b"\x02\x01a", "impossible field")
    for wire in (3, 4, 6, 7):
        yield case(f"wire type {wire}", bytes([8 | wire]), "impossible field")
    for power in (10, 32, 62):
        long = varint(7 << 3 | 2) + varint(1 << power)
        yield case(f"a field of 2^{power}", long, "truncated")
    dims = lambda *sizes: b"".join(integer(1, s) for s in sizes)  # noqa: E731
    for size in (1 << 53, 1 << 62, (1 << 64) - 1):
        record = dims(size) + integer(2, 1) + message(8, "w")
        yield case(f"a dimension of {size:.0e}", onnx(record), "cannot be")
    yield case("many axes", onnx(dims(*[1] * 20) + integer(2, 1)), "cannot be")
    short = dims(8) + integer(2, 1) + message(9, b"\0")
    yield case("too few bytes", onnx(short), "its shape needs")
    yield case("unknown type", onnx(dims(8) + integer(2, 9999) + message(9, b"\0" * 8)), None)
    for place in ("", "/etc/passwd", "../x", "a/../../x", ".."):
        yield case(f"data at {place!r}", onnx(outside(place)), "outside its folder")
    for place in ("missing", "\0", "a\nb", ".", "w.data/x"):
        yield case(f"data at {place!r}", onnx(outside(place)), "not in the folder")
    for offset in ("-1", "1e3", "0x1", "9" * 5000, "x", "\u0663" * 40):
        yield case(f"offset {offset[:8]}", onnx(outside("w.data", offset)), "no number")
        yield case(f"length {offset[:8]}", onnx(outside("w.data", "0", offset)), "no number")
    yield case("offset beyond", onnx(outside("w.data", str(1 << 62))), "not all in")
    yield case("length of another", onnx(outside("w.data", "0", "3")), "not all in")
    yield case("data inside", onnx(outside("w.data")), None)
    for op in (
        "MatMulInteger",
        "DequantizeLinear",
        "Cast",
        "Transpose",
        "Gemm",
        "MatMul",
        "Constant",
    ):
        for inputs in ((), ("w_quantized",), ("a", "w_quantized", "b", "c")):
            record = b"".join(message(1, i) for i in inputs) + message(4, op)
            codes = dims(4) + integer(2, 3) + message(8, "w_quantized") + message(9, b"\0" * 4)
            yield case(f"{op} of {len(inputs)} inputs", onnx(codes, nodes=(record,)), None)
    same = dims(4) + integer(2, 1) + message(8, "w") + message(9, b"\0" * 16)
    yield case("one name twice", onnx(same, same), "are called")
    many = lambda: integer(2, 1) * 2_100_000  # noqa: E731
    yield case("two million fields", many, "more fields|no graph")
    yield case("a name of 1 MB", lambda: onnx(message(8, "a" * (1 << 20))), "holds a text")
    yield case("a packed list without end", onnx(message(1, b"\xff" * 100)), "without end")


# Text formats


def _npz(size: int | None = None, *, dtype: str = "<f4", shape: str = "(4,)") -> bytes:
    """An archive of one array; ``size`` is what it says of its deflated length."""
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text + b"\n" + b"\0" * 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if size else zipfile.ZIP_STORED) as archive:
        archive.writestr("w.npy", data)
    held = out.getvalue()
    return held.replace(struct.pack("<I", len(data)), struct.pack("<I", size)) if size else held


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.npy", b"\0" * (300 << 20))
    return out.getvalue()


def _keras(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("model.weights.h5", data)
    return out.getvalue()


def quantisation_states() -> Iterator[Case]:
    good = b'{"shape": [2, 32], "blocksize": 64}'
    kind = "quantisation state"
    yield Case(kind, "as written", fixed(good), None)
    for name, change in {
        "cut": good[:20],
        "a shape of others": good.replace(b"32", b"33"),
        "a negative shape": good.replace(b"[2, 32]", b"[-2, -32]"),
        "blocks of nothing": good.replace(b"64", b"0"),
        "a number of 400 digits": good.replace(b"64", b"9" * 400),
        "no numbers": good.replace(b"64", b"NaN"),
        "nested deeply": b"[" * 900,
    }.items():
        yield Case(kind, name, fixed(change), "not put together")


def torch_file(held: object) -> bytes:
    out = io.BytesIO()
    torch.save(held, out)
    return out.getvalue()


def _odd_module(**state: object) -> bytes:
    odd = argparse.Namespace(**state)
    return torch_file({"model": odd, "a": torch.zeros(3)})


def _other_weights() -> Iterator[Case]:
    arrays = {"a": format_files.KERNEL, "b": format_files.BIAS}
    h5, chunked = format_files.hdf5(), format_files.hdf5(chunked=True)
    lite = format_files.tflite({"a": np.zeros((6, 8), np.int8)}, {"a": ([1.0], [0], 0)})
    table = format_files.tensorflow(arrays)[0]
    graph = format_files.openvino(arrays)[0]
    good = {
        "npy": _npz()[35:-60], "npz": _npz(), "hdf5": h5, "keras": _keras(h5), "tflite": lite,
        "flax": format_files.packed(arrays), "tensorflow": table, "openvino": graph,
    }  # fmt: skip
    for parser, data in good.items():
        yield Case(parser, "good", fixed(data), None)
        yield Case(parser, "empty", fixed(b""), r".")
        yield Case(parser, "half", fixed(data[: len(data) // 2]), r".")
    yield Case("hdf5", "good, chunked", fixed(chunked), None)
    yield Case("torch", "empty", fixed(b""), ".")
    yield from quantisation_states()
    yield Case("torch", "an array", fixed(_npz()), "no data.pkl")
    whole = torch_file(torch.nn.LSTM(3, 4))
    yield Case("torch", "a whole model", fixed(whole), None)
    yield Case("torch", "half a whole model", fixed(whole[: len(whole) // 2]), ".")
    yield Case(
        "torch", "parts that are numbers", fixed(_odd_module(_parameters=3, _buffers=4)), None
    )
    yield Case(
        "torch",
        "names that are not names",
        fixed(_odd_module(_buffers={("a",): None}, _non_persistent_buffers_set=[{}, ["a"], 3])),
        None,
    )
    yield Case("npz", "a bomb", _bomb, "more than 256 MiB")
    yield Case("npz", "says 4 GB", fixed(_npz((1 << 32) - 2)), "more than 256 MiB")
    yield Case("npz", "says one byte more", fixed(_npz(200)), "damaged|not all there")
    yield Case("npz", "objects", fixed(_npz(dtype="|O")), None)
    yield Case("npz", "a huge shape", fixed(_npz(shape="(1<<62,)")), ".")
    yield Case("npz", "too many values", fixed(_npz(shape="(99,)")), "not all there")
    yield Case("npz", "a negative shape", fixed(_npz(shape="(-4,)")), "cannot be")
    yield Case("npz", "code in the header", fixed(_npz(shape="__import__('os')")), ".")
    yield Case("hdf5", "no root", fixed(h5[:64] + b"\xff" * 8 + h5[72:]), ".")
    yield Case("tflite", "tables without end", fixed(lite[:36] + b"\xff" * 3 + lite[39:]), ".")
    yield Case("flax", "maps without end", fixed(b"\x81\xa1a" * 4000), "nested too deeply")
    yield Case(
        "flax", "a map of 2^32", fixed(b"\xdf\xff\xff\xff\xff\xa1a\x01"), "truncated|are called"
    )
    yield Case(
        "flax", "in pieces", fixed(b"\x81\xa1a\x81\xb9__msgpack_chunked_array__\xc3"), "pieces"
    )
    packed = table[:-48].replace(b"\0\0\0\0\1\0\0\0\0", b"\0\0\0\0\1\0\0\0\1") + table[-48:]
    yield Case("tensorflow", "compressed", fixed(packed), "compressed")
    yield Case("tensorflow", "no footer", fixed(table[:-1] + b"x"), "no index")
    bomb = b'<?xml version="1.0"?><!DOCTYPE n [<!ENTITY a "aaaa">]><net name="&a;"/>'
    yield Case("openvino", "an entity", fixed(bomb), "document type")
    yield Case(
        "openvino",
        "offset of words",
        fixed(graph.replace(b'offset="0"', b'offset="x"')),
        "no number",
    )
    yield Case(
        "openvino",
        "beyond",
        fixed(graph.replace(b'offset="0"', b'offset="1048570"')),
        "not all there",
    )


def _json() -> Iterator[Case]:
    for parser in ("config.json", "adapter_config.json", "json"):
        for name, data, reason in (
            ("empty", b"", "not valid JSON"),
            ("cut short", b"{", "not valid JSON"),
            ("a list", b"[1]", "not a JSON object"),
            ("a text", b'"a"', "not a JSON object"),
            ("NaN", b'{"a": NaN}', "not a JSON number"),
            ("infinity", b'{"a": Infinity}', "not a JSON number"),
            ("1e999", b'{"a": 1e999}', "not finite"),
            ("one key twice", b'{"a": 1, "a": 2}', "occurs twice"),
            ("half a surrogate pair", b'{"a": "\\ud800"}', "not valid Unicode"),
            ("half a surrogate pair as key", b'{"\\udfff": 1}', "not valid Unicode"),
            ("not UTF-8", b'{"a": "\xff"}', "not UTF-8"),
            ("surrogates as bytes", b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
            ("UTF-16", '{"a": 1}'.encode("utf-16"), "not UTF-8"),
            ("UTF-16 without a mark", '{"a": 1}'.encode("utf-16-le"), "not valid JSON"),
            ("UTF-32", '{"a": 1}'.encode("utf-32"), "not UTF-8"),
            ("a digit too many", b'{"a": ' + b"9" * 5000 + b"}", "not finite"),
            ("trailing comma", b'{"a": 1,}', "not valid JSON"),
            ("a comment", b'{"a": 1} // b', "not valid JSON"),
            ("a null byte", b'{"a": 1}\0', "not valid JSON"),
            ("a control character", b'{"a": "\n"}', "not valid JSON"),
        ):
            yield Case(parser, name, fixed(data), reason)
        for depth in (99, 101, 1_000, 100_000):
            deep = lambda n=depth: b'{"a":' + b"[" * n + b"]" * n + b"}"  # noqa: E731
            reason = "nested too deeply" if depth > 100 else None
            yield Case(parser, f"{depth} levels", deep, reason)
        many = lambda: b'{"a":[' + b"0," * 4_100_000 + b"0]}"  # noqa: E731
        reason = "more than" if parser == "json" else "more than|larger than"
        yield Case(parser, "four million values", many, reason)
    for name, shard, reason in (
        ("above", "../x", "outside its folder"),
        ("absolute", "/etc/passwd", "outside its folder"),
        ("deep above", "a/../../x", "outside its folder"),
        ("a number", 1, "does not map"),
        ("nothing", "", "does not map"),
        ("a null byte", "\0", None),
        ("a newline", "a\nb", None),
    ):
        made = json.dumps({"weight_map": {"t": shard}}).encode()
        yield Case("index", name, fixed(made), None)
        del reason  # an index gives its reasons as values, which tests/bad_input holds


def _toml() -> Iterator[Case]:
    for parser in ("toml", "pyproject.toml", "REUSE.toml", "policy", "waivers"):
        head = "[project]\n" if parser == "pyproject.toml" else ""
        for name, data, reason in (
            ("not TOML", "a = = 1", "line"),
            ("cut short", "a = [", "TOML"),
            ("one key twice", "a = 1\na = 2", "overwrite|TOML"),
            ("digits without end", "a = " + "9" * 5000, "number of more than"),
            ("digits with underscores", "a = " + "9_" * 3000 + "9", "number of more than"),
            ("half a surrogate pair", 'a = "\\ud800"', "TOML"),
            ("a control character", 'a = "\x01"', "TOML"),
            ("a null byte", "a = 1\0", "TOML"),
            ("a wrong date", "a = 2026-13-45", "TOML"),
        ):
            yield Case(parser, name, fixed(head + data), reason)
        for parts in (33, 1_000, 16_000, 40_000):
            long = lambda n=parts, h=head: (h + "a." * n + "a = 1").encode()  # noqa: E731
            yield Case(parser, f"a key of {parts} parts", long, "key of more than")
        table = lambda h=head: (h + "[" + "a." * 40_000 + "a]").encode()  # noqa: E731
        yield Case(parser, "a table of 40,000 parts", table, "key of more than")
        quoted = lambda h=head: (h + '"a" . ' * 40_000 + "'a' = 1").encode()  # noqa: E731
        yield Case(parser, "a quoted key of 40,000 parts", quoted, "key of more than")
        for depth in (150, 5_000, 100_000):
            deep = lambda n=depth, h=head: (h + "a = " + "[" * n + "]" * n).encode()  # noqa: E731
            yield Case(parser, f"{depth} levels", deep, "nested|RecursionError")
        large = lambda h=head: (h + "a = 1 # b\n" * 100_000).encode()  # noqa: E731
        yield Case(parser, "a megabyte", large, "KiB of TOML|too large")
    yield Case("toml", "not UTF-8", fixed(b"a = '\xff'"), "not UTF-8")
    yield Case("policy", "not UTF-8", fixed(b"a = '\xff'"), "not UTF-8")
    yield Case("waivers", "not UTF-8", fixed(b"a = '\xff'"), "not UTF-8")
    yield Case("toml", "31 parts", fixed("a." * 31 + "a = 1"), None)
    yield Case("toml", "many dots in a text", fixed("a = '" + "... " * 5_000 + "'"), None)


def front(matter: str) -> bytes:
    return f"---\n{matter}\n---\n# Model\n".encode()


def _yaml() -> Iterator[Case]:
    laughs = "a0: &a0 [x, x]\n" + "".join(
        f"a{b}: &a{b} [*a{a}, *a{a}, *a{a}, *a{a}]\n" for a, b in pairwise(range(30))
    )
    merges = "a0: &a0 {x: 1}\n" + "".join(
        f"a{b}: &a{b} {{<<: [*a{a}, *a{a}], k{b}: 1}}\n" for a, b in pairwise(range(30))
    )
    for name, matter in (
        ("billion laughs", laughs),
        ("merge bomb", merges),
        ("loop", "a: &a [*a]"),
        ("loop of maps", "a: &a {b: *a}"),
        ("one key twice", "a: 1\na: 2"),
        ("a python object", "a: !!python/object/apply:os.system ['true']"),
        ("a python name", "a: !!python/name:os.system"),
        ("an unknown tag", "a: !x 1"),
        ("a number as key", "1: a"),
        ("a list as key", "? [a]\n: b"),
        ("half a surrogate pair", 'a: "\\ud800"'),
        ("digits without end", "a: " + "9" * 6000),
        ("octal without end", "a: 0" + "7" * 6000),
        ("sexagesimal", "a: " + "59:" * 2000 + "59"),
        ("a date that is none", "a: 2026-13-45"),
        ("infinity", "a: .inf"),
        ("not a number", "a: .nan"),
        ("binary", "a: !!binary aGk="),
        ("bad binary", "a: !!binary '&&&'"),
        ("a set", "a: !!set {b, c}"),
        ("an ordered map", "a: !!omap [b: 1]"),
        ("pairs", "a: !!pairs [b: 1]"),
        ("null key", "~: 1"),
        ("a tab", "\ta: 1"),
        ("several documents", "a: 1\n---x\nb: 2"),
        ("a key of the hub", "self: 1"),
        ("base_model of maps", "base_model: {a: 1}"),
        ("base_model above", "base_model: ../../etc"),
        ("a list", "- a"),
        ("a scalar", "hello"),
    ):
        yield Case("card", name, fixed(front(matter)), None)
    for depth in (101, 5_000):
        deep = lambda n=depth: front("a: " + "[" * n + "]" * n)  # noqa: E731
        yield Case("card", f"{depth} levels", deep, None)
    yield Case("card", "300 kB", lambda: front("a: " + "b" * 300_000), None)
    yield Case("card", "never closed", fixed("---\na: 1\n"), None)
    yield Case("card", "not UTF-8", fixed(b"# a \xff\xfe"), None)
    yield Case("card", "UTF-16", lambda: "# a".encode("utf-16"), None)
    yield Case("card", "half of UTF-16", fixed(b"\xff\xfe\x00\xd8"), None)
    yield Case("card", "null bytes", fixed(b"\0" * 100), None)


def _readmes() -> Iterator[Case]:
    """Lines of real READMEs, ended early, doubled, without what they are about."""
    for line in (
        "**Checkpoints:**",
        "Weights:",
        "Model:",
        "权重：",
        "We release",
        "We release the",
        "They are",
        "The license is",
        "- [",
        "[",
        "](",
        "| Base model |",
        "| Base model | |\n|---|---|",
        "基于",
        "对",
        "基于微调",
        "Fine-tuned from",
        "version of",
        "MIT",
        "Licensed under",
        "under the",
        "NAME:",
        ":",
        "：",
        "[x](https://huggingface.co/a/b",
        "[x](https://huggingface.co/a/b-7b)",
        "git clone https://a.b/c/d",
        "models:\n  - model: a/b-2\nmerge_method: x",
        "A merge of the following:\n\n* [a/b-2](x)",
        "![a](https://img.shields.io/badge/license-)",
        "![a](https://img.shields.io/badge/a--b)](http://x",
        "コードは",
        "ライセンスは MIT",
        "코드는 MIT",
        "## License",
        "## License\n\n[",
        "base_model: a/b",
        "[Apache](https://github.com/a/b?tab=-1-ov-file)",
        "Llama",
        "Llama-3.1 Llama Llama",
        "We publish variants",
    ):
        yield Case("README", f"only: {line}", fixed(f"# Heron\n\n{line}\n".encode()), None)
        yield Case("README", f"alone: {line}", fixed(line.encode()), None)
        carded = f"---\nlicense: mit\n---\n{line} {line}\n\n{line}"
        yield Case("README", f"twice: {line}", fixed(carded.encode()), None)
        yield Case("papers", f"only: {line}", fixed(f"# Heron\n\n{line}\n".encode()), None)


def _papers() -> Iterator[Case]:
    for name, text_ in (
        ("a chain of names", "x" + ".y" * 2500 + "()"),
        ("a chain of calls", "setup()" + "()" * 400),
        ("brackets", "(" * 5000),
        ("minus signs", "-" * 5000 + "1"),
        ("half a surrogate pair", "setup(license='\\ud800')"),
        ("digits", "setup(license=" + "9" * 5000 + ")"),
        ("not Python", "setup(license='MIT'"),
        ("null byte", "setup()\0"),
        ("a walrus", "setup(license=(x := 'MIT'))"),
        ("stars", "setup(*a, **b)"),
        ("nested lists", "setup(classifiers=" + "[" * 90 + "]" * 90 + ")"),
        ("a very long file", "# a\n" * 100_000),
    ):
        refused = name in ("brackets", "minus signs", "digits", "not Python", "null byte",
                           "a very long file")  # fmt: skip
        yield Case("setup.py", name, fixed(text_), "reader|KiB" if refused else None)
    for name, text_, reason in (
        ("no section", "license = MIT", "MissingSectionHeader"),
        ("one section twice", "[metadata]\na=1\n[metadata]\na=2", None),
        ("an open section", "[metadata", "MissingSectionHeader"),
        ("interpolation", "[metadata]\nlicense = %(x)s %(license)s", None),
        ("spaces", "[metadata]\nlicense =\n" + " \n" * 2000, None),
        ("null byte", "[metadata]\nlicense = a\0b", None),
    ):
        yield Case("setup.cfg", name, fixed(text_), reason)
    for name, text_ in (
        ("no colon", "License MIT"),
        ("folded", "License: a\n" + " b\n" * 2000),
        ("many", "Classifier: License :: X\n" * 2000),
        ("encoded", "License: =?utf-8?q?a=ff?="),
        ("unknown charset", "License: =?x-none?b?AAAA?="),
        ("null byte", "License: a\0b"),
        ("8 bit", "License: \xff\xfe"),
    ):
        yield Case("PKG-INFO", name, lambda t=text_: t.encode("latin-1"), None)
    for name, text_ in (
        ("one long word", "a" * 200_000),
        ("empty lines", "\n" * 200_000),
        ("spaces", "\n" + " " * 200_000),
        ("many patterns", "Files: " + "a " * 20_000 + "\nLicense: MIT\n"),
        ("no licence", "Files: *\n"),
        ("a bracket", "Files: [\nLicense: MIT\n"),
        ("expressions", "Files: *\nLicense: " + "(" * 400 + "MIT" + ")" * 400),
    ):
        yield Case("dep5", name, fixed(text_), None)
    for name, notebook, reason in (
        ("a list", [], "readable notebook"),
        ("no cells", {}, "readable notebook"),
        ("cells of numbers", {"cells": [1]}, "readable notebook"),
        ("a source of numbers", {"cells": [{"source": [1]}]}, "readable notebook"),
        ("cells of text", {"cells": "abc"}, "readable notebook"),
        ("no source", {"cells": [{}]}, "readable notebook"),
        ("half a surrogate pair", {"cells": [{"source": "# Copyright \ud800"}]}, None),
        ("no cell", {"cells": []}, None),
        ("null", {"cells": None}, "readable notebook"),
    ):
        yield Case("notebook", name, lambda n=notebook: json.dumps(n).encode(), reason)
    yield Case("notebook", "deep", lambda: b'{"cells":' + b"[" * 50_000, "readable notebook")
    yield Case("notebook", "digits", lambda: b'{"cells":' + b"9" * 5000 + b"}", "readable notebook")
    yield Case("notebook", "not JSON", fixed(b"{"), "readable notebook")
    for name, data, reason in (
        ("binary", b"\0\1\2", "not text"),
        ("half of UTF-16", b"\xff\xfe\x00\xd8", "not text"),
        ("odd UTF-16", b"\xff\xfea", "not text"),
        ("Latin-1", b"Copyright \xa9", None),
        ("a mark alone", b"\xef\xbb\xbf", None),
        ("CESU", b"\xed\xa0\x80", None),
    ):
        yield Case("licence", name, fixed(data), reason)


def _code() -> Iterator[Case]:
    for encoding in ("punycode", "idna", "utf-7", "unicode_escape", "raw_unicode_escape", "rot13",
                     "zlib", "hex", "none-such", "undefined"):  # fmt: skip
        made = lambda e=encoding: f"# coding: {e}\n".encode() + b"a" * 100_000  # noqa: E731
        yield Case("code", f"in {encoding}", made, "encoding|Python|line of it")
    for encoding in ("utf-8", "latin-1", "cp1252", "gbk", "shift_jis", "koi8-r", "big5"):
        made = lambda e=encoding: f"# coding: {e}\nx = '\xe9'\n".encode("latin-1")  # noqa: E731
        yield Case("code", f"in {encoding}", made, None)
    for name, data, reason in (
        ("null byte", b"x = 1\0", "null bytes"),
        ("an open text", b"x = '''", "."),
        ("an open bracket", b"(", "."),
        ("bad indents", b"if x:\n        a\n    b\n", "."),
        ("one long line", b"a" * 60_000, "longer than"),
        ("surrogates", b"x = '\xed\xa0\x80'\n", None),
        ("a form feed", b"\x0cx = 1\n", None),
        ("carriage returns", b"x = 1\ry = 2\r", None),
        ("a backslash at the end", b"x = 1 \\", "."),
        ("nothing", b"", None),
    ):
        yield Case("code", name, fixed(data), reason)
    yield Case("code", "deep brackets", lambda: b"(" * 20_000 + b")" * 20_000 + b"\n", None)
    yield Case("code", "deep blocks", lambda: b"".join(
        b" " * i + b"if x:\n" for i in range(90)) + b" " * 90 + b"x\n", None)  # fmt: skip


def _vocabularies() -> Iterator[Case]:
    for parser in ("tokenizer.json", "tokenizer_config.json", "added_tokens.json"):
        for name, document in (
            ("a list", []),
            ("a text", "a"),
            ("numbers below zero", {"a": -1, "model": {"vocab": {"a": -1}}}),
            ("numbers too large", {"a": 10**18, "model": {"vocab": {"a": 10**30}}}),
            ("floats", {"a": 1.5, "model": {"vocab": {"a": 1.5}}}),
            ("half a surrogate pair", {"\ud800": 1, "model": {"vocab": {"\ud800": 1}}}),
            ("vocab of numbers", {"model": {"vocab": [1, 2]}}),
            ("vocab of lists", {"model": {"vocab": [[], [1]]}}),
            ("model of text", {"model": "a"}),
            ("added of text", {"added_tokens": "a", "added_tokens_decoder": "a"}),
            ("added of numbers", {"added_tokens": [1], "added_tokens_decoder": {"1": 1}}),
            ("added without names", {"added_tokens": [{}], "added_tokens_decoder": {"1": {}}}),
            ("added at no number", {"added_tokens_decoder": {"x": {"content": "a"}}}),
            ("added beyond", {"added_tokens_decoder": {"9" * 5000: {"content": "a"}}}),
        ):
            yield Case(parser, name, lambda d=document: json.dumps(d).encode(), None)
        digits = lambda: b'{"a": ' + b"9" * 5000 + b"}"  # noqa: E731
        yield Case(parser, "digits without end", digits, None)
        yield Case(parser, "deep", lambda: b'{"a":' + b"[" * 50_000, None)
        yield Case(parser, "not UTF-8", fixed(b'{"a": "\xff"}'), None)
        yield Case(parser, "many", lambda: b'{"a":[' + b"0," * 4_100_000 + b"0]}", None)
    yield Case("vocab.txt", "not UTF-8", fixed(b"\xff\n"), None)
    yield Case("vocab.txt", "line separators", fixed("a\u2028b\x0bc\n"), None)


def loose(kind: bytes, body: bytes) -> bytes:
    return zlib.compress(kind + b" %d\0" % len(body) + body)


def _git() -> Iterator[Case]:
    for name, data, reason in (
        ("a blob", loose(b"blob", b"x"), None),
        ("not packed", b"blob 1\0x", "."),
        ("empty", b"", "."),
        ("cut short", loose(b"blob", b"x" * 1000)[:20], "cut short"),
        ("no head", zlib.compress(b""), None),
        ("a head that is not UTF-8", loose(b"\xff", b"x"), "."),
    ):
        yield Case("git object", name, fixed(data), reason)
    bomb = lambda: zlib.compress(b"blob 99999999\0" + b"\0" * (9 << 20))  # noqa: E731
    yield Case("git object", "a bomb of 9 MB", bomb, "too large")
    head = b"\xfftOc\0\0\0\2"
    for name, data in (
        ("empty", b""),
        ("of version 1", b"\0" * 2000),
        ("cut short", head),
        ("a count that lies", head + b"\xff" * 1024 + b"\0" * 100),
        ("zeros", head + b"\0" * 4096),
        ("no order", head + struct.pack(">256I", *range(256)) + b"\xab" * 28 * 255),
    ):
        yield Case("git pack", name, fixed(data), ".")
    for name, data, reason in (
        ("no id", b"x refs/tags/v1\n", "SHA-1|hex"),
        ("a short id", b"abc refs/tags/v1\n", "SHA-1"),
        ("capitals", b"AB" * 20 + b" refs/tags/v1\n", "SHA-1"),
        ("above", b"../../../etc/passwd refs/tags/v1\n", "SHA-1"),
        ("not UTF-8", b"\xff refs/tags/v1\n", "."),
        ("of 256 bits", b"ab" * 32 + b" refs/tags/v1\n", "SHA-1"),
        ("good", b"ab" * 20 + b" refs/tags/v1\n", None),
        ("many", b"".join(b"%040x refs/tags/v%d\n" % (i, i) for i in range(10_001)), "more than"),
    ):
        yield Case("git refs", name, fixed(data), reason)
    for name, data in (
        ("a commit", b"ab" * 20),
        ("above", b"ref: refs/../../../etc/passwd"),
        ("absolute", b"ref: /etc/passwd"),
        ("itself", b"ref: HEAD"),
        ("nothing there", b"ref: refs/heads/none"),
        ("not ASCII", b"ref: refs/heads/\xff"),
        ("long", b"ref: refs/heads/" + b"a" * 5000),
        ("two lines", b"ab" * 20 + b"\n" + b"cd" * 20),
        ("empty", b""),
        ("large", b"a" * (2 << 20)),
    ):
        yield Case("git HEAD", name, fixed(data), None)
    for name, data, reason in (
        ("a name that is not UTF-8", b"100644 LICENSE\xff\0" + b"\xab" * 20, None),
        ("a name with a slash", b"100644 ../LICENSE\0" + b"\xab" * 20, None),
        ("cut short", b"100644 LICENSE\0\xab", None),
        ("no end", b"100644 LICENSE", "."),
        ("no mode", b"LICENSE\0" + b"\xab" * 20, None),
        ("empty", b"", None),
    ):
        yield Case("git tree", name, fixed(data), reason)


# What users and other people's signatures bring


def _users() -> Iterator[Case]:
    for name, data, reason in (
        ("no such key", 'name = "x"\ndescription = "y"\nfail_on = "high"\nzzz = 1', "line 4: zzz"),
        ("a wrong severity", 'name = "x"\ndescription = "y"\nfail_on = "warn"', "line 3: fail_on"),
        ("nothing", "", "missing"),
        ("a coverage over one",
         'name = "x"\ndescription = "y"\nfail_on = "high"\nmin_coverage = 2', "line 4"),
        ("an unknown check",
         'name = "x"\ndescription = "y"\nfail_on = "high"\n[severity]\nXYZ999 = "low"', "XYZ999"),
    ):  # fmt: skip
        yield Case("policy", name, fixed(data), reason)
    for name, data, reason in (
        ("no such table", "[[waivers]]\n", "line 1: waivers"),
        ("no finding", "\n[[waiver]]\nby = 'A'\n", "line"),
        ("a date as text",
         "[[waiver]]\nfinding='ABC001:00000000'\nreason='false-positive'\nby='A'\nnote='x'\n"
         "on='tomorrow'\nexpires=2027-01-01\n", "line 6"),
        ("nothing", "", None),
    ):  # fmt: skip
        yield Case("waivers", name, fixed(data), reason)
    for name, data in (
        ("empty", b""),
        ("cut short", b"{"),
        ("a list", b"[]"),
        ("no fields", b"{}"),
        ("schema 99", b'{"schema_version": 99}'),
        ("schema 1 and nothing else", b'{"schema_version": 1}'),
        ("NaN", b'{"schema_version": 2, "tool": NaN}'),
        ("1e999", b'{"schema_version": 2, "tool": 1e999}'),
        ("digits without end", b'{"schema_version": ' + b"9" * 6000 + b"}"),
        ("half a surrogate pair", b'{"schema_version": 2, "tool": "\\ud800"}'),
        ("not UTF-8", b'{"a": "\xff"}'),
        ("deep", b'{"a":' + b"[" * 50_000),
    ):
        yield Case("record", name, fixed(data), "not an audit record")


def _signed() -> Iterator[Case]:
    junk = {
        "empty": b"", "a list": b"[]", "cut short": b"{", "no fields": b"{}", "a number": b"1",
        "not UTF-8": b"\xff", "NaN": b'{"payload": NaN}', "deep": b"[" * 50_000,
        "half a surrogate pair": b'{"payload": "\\ud800"}', "digits": b"9" * 6000,
        "a payload of nothing": b'{"payload":"","payloadType":"","signatures":[]}',
        "bad base64":
            b'{"payload":"&","payloadType":"x","signatures":[{"keyid":"a","sig":"&"}]}',
        "null": b"null", "a null byte": b"\0", "lines": b"{}\n{}\n",
    }  # fmt: skip
    for parser in (
        "envelope",
        "statement",
        "bundle",
        "own bundle",
        "response",
        "model.sig",
        "page",
    ):
        for name, data in junk.items():
            yield Case(parser, name, fixed(data), ".")
    for name, data in (
        ("two slots", b'<script type="application/vnd.dsse.envelope.v1+json" '
         b'id="audit-attestation"></script>' * 2),
        ("another script", b"<script>alert(1)</script>"),
        ("a slot without end", b'<script type="application/vnd.dsse.envelope.v1+json" '
         b'id="audit-attestation">'),
    ):  # fmt: skip
        yield Case("page", name, fixed(data), "script|slot")
    for name, data in junk.items():
        yield Case("pdf", name, fixed(data), ".")
    for name, data in (
        ("a head alone", b"%PDF-1.7\n"),
        ("no xref", b"%PDF-1.7\nstartxref\n0\n%%EOF"),
        ("xref of itself", b"%PDF-1.7\nxref\n0 1\ntrailer\n<< /Prev 9 >>\nstartxref\n9\n%%EOF"),
        ("far xref", b"%PDF-1.7\nstartxref\n99999999999\n%%EOF"),
        ("deep objects", b"%PDF-1.7\n1 0 obj\n" + b"[" * 5000 + b"\nendobj\nstartxref\n9\n%%EOF"),
    ):
        yield Case("pdf", name, fixed(data), ".")


def _truncated() -> Iterator[Case]:
    """Good files of each binary format, cut at many places: never read as whole."""
    for parser, good in (
        ("safetensors", GOOD_SAFETENSORS), ("gguf", GOOD_GGUF), ("onnx", GOOD_ONNX)
    ):  # fmt: skip
        for cut in sorted({len(good) * i // 16 for i in range(1, 16)}):
            yield Case(parser, f"cut at {cut}", fixed(good[:cut]), ".")
