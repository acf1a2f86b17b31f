# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""GGUF and ONNX headers that lie, are cut short, or were damaged: a reason, and no other end."""

import random
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from audit.formats.tensors import WeightFile
from audit.formats.weight_files import read_weights
from audit.unreadable import NotReadableError
from tests import onnx_files
from tests.memory_source import Memory


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def described(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    sizes = b"".join(struct.pack("<Q", size) for size in reversed(shape))
    return text(name) + struct.pack("<I", len(shape)) + sizes + struct.pack("<IQ", kind, offset)


def gguf_bytes(
    *tensors: bytes,
    pairs: tuple[bytes, ...] = (),
    data: int = 256,
    version: int = 3,
    counts: tuple[int, int] | None = None,
) -> bytes:
    numbers = counts or (len(tensors), len(pairs))
    head = b"GGUF" + struct.pack("<IQQ", version, *numbers) + b"".join(pairs) + b"".join(tensors)
    return head + bytes(-len(head) % 32 + data)


def pair(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


GOOD = (described("a.weight", (4, 8), 0, 0), described("b.weight", (8,), 0, 128))
NAMED = (pair("general.architecture", 8, text("llama")),)


def read(folder: Path, name: str, content: bytes) -> WeightFile:
    beside = {path.name: path.read_bytes() for path in folder.iterdir()}
    source = Memory("m", {**beside, name: content})
    entries = {entry.path: entry for entry in source.listing().entries}
    with source.opened(entries[name]) as access:
        return read_weights(name, access, {path: e.size for path, e in entries.items()})


def refusal(folder: Path, name: str, content: bytes) -> str:
    with pytest.raises(NotReadableError) as caught:
        read(folder, name, content)
    return caught.value.reason


def test_a_good_gguf_file(tmp_path: Path) -> None:
    found = read(tmp_path, "m.gguf", gguf_bytes(*GOOD, pairs=NAMED))
    assert [(t.name, t.shape, t.dtype) for t in found.tensors] == [
        ("a.weight", (4, 8), "F32"),
        ("b.weight", (8,), "F32"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GGUF", "truncated"),
        (b"", "truncated"),
        (b"not a model at all, but long enough", "not GGUF"),
        (gguf_bytes(version=1), "version 1"),
        (gguf_bytes(version=3 << 24), "big-endian"),
        (gguf_bytes(counts=(1 << 60, 0)), "announced"),
        (gguf_bytes(counts=(0, 1 << 60)), "announced"),
        (gguf_bytes(*GOOD, data=100), "end after the file"),
        (gguf_bytes(GOOD[0], GOOD[0]), "overlap"),
        (gguf_bytes(GOOD[0], described("a.weight", (8,), 0, 128)), "are called"),
        (gguf_bytes(described("a", (4, 8), 99, 0)), "not known (99)"),
        (gguf_bytes(described("a", (4, 9), 2, 0)), "not whole blocks"),
        (gguf_bytes(described("a", (1 << 60, 1 << 60), 0, 0)), "too large"),
        (gguf_bytes(described("a", (1 << 40, 1 << 40), 0, 0)), "end after the file"),
        (gguf_bytes(described("a", (2,), 0, 1 << 62)), "end after the file"),
        (gguf_bytes(described("a", (1,) * 9, 0, 0)), "9 axes"),
        (gguf_bytes(pairs=(NAMED[0], NAMED[0])), "occurs twice"),
        (gguf_bytes(pairs=(pair("a", 77, b""),)), "unknown type 77"),
        (gguf_bytes(pairs=(pair("a", 9, struct.pack("<IQ", 8, 1 << 60)),)), "announced"),
        (gguf_bytes(pairs=(pair("a", 9, struct.pack("<IQ", 0, 1 << 60)),)), "claims"),
        (gguf_bytes(pairs=(pair("a", 9, struct.pack("<IQ", 9, 1)),)), "array of type 9"),
        (gguf_bytes(pairs=(pair("a", 8, struct.pack("<Q", 1 << 50)),)), "claims"),
        (gguf_bytes(pairs=(struct.pack("<Q", 1 << 40),)), "a name of"),
        (gguf_bytes(pairs=(pair("general.alignment", 4, bytes(4)),)), "alignment"),
    ],
)
def test_what_a_gguf_header_may_not_say(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refusal(tmp_path, "m.gguf", content)


def test_long_lists_and_numbers_that_are_none_are_not_kept(tmp_path: Path) -> None:
    pairs = (
        pair("tokenizer.ggml.scores", 9, struct.pack("<IQ", 6, 100_000) + bytes(400_000)),
        pair("general.tags", 9, struct.pack("<IQ", 8, 2) + text("a") + text("b")),
        pair("a.nan", 6, struct.pack("<f", float("nan"))),
        pair("a.big", 10, struct.pack("<Q", 2**64 - 1)),
    )
    found = read(tmp_path, "m.gguf", gguf_bytes(*GOOD, pairs=pairs))
    assert found.metadata is not None
    assert found.metadata.fields == '{"a.big":18446744073709552000,"general.tags":["a","b"]}'


W = np.arange(48, dtype=np.float32).reshape(6, 8)
LINEAR = onnx_files.linear_as_exported({"a.proj.weight": W, "a.proj.bias": W[:, 0].copy()})


def constant(*fields: bytes) -> bytes:
    return onnx_files.model([b"".join(fields)], [])


SHAPED = onnx_files.integer(1, 6) + onnx_files.integer(1, 8) + onnx_files.integer(2, 1)
NAME = onnx_files.message(8, "w")


def outside(location: str, offset: str = "0", length: str = "192") -> bytes:
    pairs = {"location": location, "offset": offset, "length": length}
    return b"".join(
        onnx_files.message(13, onnx_files.message(1, k) + onnx_files.message(2, v))
        for k, v in pairs.items()
    ) + onnx_files.integer(14, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no graph"),
        (b"\x08\x07", "no graph"),
        (b"plain text, no model", "protocol buffer"),
        (b"\xff" * 40, "protocol buffer"),
        (onnx_files.model([], []) * 2, "more than one"),
        (onnx_files.model(*LINEAR)[:-5], "truncated"),
        (constant(SHAPED, NAME, onnx_files.message(9, bytes(100))), "its shape needs 192"),
        (constant(onnx_files.integer(1, 1 << 60), onnx_files.integer(2, 1)), "cannot be"),
        (constant(*[onnx_files.integer(1, 2)] * 40, onnx_files.integer(2, 1)), "cannot be"),
        (constant(SHAPED, NAME, outside("../m.bin")), "outside its folder"),
        (constant(SHAPED, NAME, outside("/etc/hostname")), "outside its folder"),
        (constant(SHAPED, NAME, outside("")), "outside its folder"),
        (constant(SHAPED, NAME, outside("absent.bin")), "is not in the folder"),
        (constant(SHAPED, NAME, outside("small.bin")), "are not all in small.bin"),
        (constant(SHAPED, NAME, outside("large.bin", offset="900")), "are not all in large.bin"),
        (constant(SHAPED, NAME, outside("large.bin", offset="-4")), "no number"),
        (constant(SHAPED, NAME, outside("large.bin", length="7")), "are not all in large.bin"),
    ],
)
def test_what_an_onnx_file_may_not_say(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "small.bin").write_bytes(bytes(10))
    (tmp_path / "large.bin").write_bytes(bytes(1000))
    assert words in refusal(tmp_path, "m.onnx", content)


def test_two_onnx_constants_of_one_name(tmp_path: Path) -> None:
    twice = [onnx_files.tensor("a.b", W)] * 2
    assert "are called" in refusal(tmp_path, "m.onnx", onnx_files.model(twice, []))


def test_a_derived_name_that_is_taken_is_not_given(tmp_path: Path) -> None:
    constants, nodes = LINEAR
    taken = onnx_files.tensor("a.proj.weight", W)
    found = read(tmp_path, "m.onnx", onnx_files.model([*constants, taken], nodes))
    assert {t.name for t in found.tensors} == {"onnx::MatMul_0", "a.proj.bias", "a.proj.weight"}


FILES: list[tuple[str, Callable[[], bytes]]] = [
    ("m.gguf", lambda: gguf_bytes(*GOOD, pairs=NAMED, data=160)),
    ("m.onnx", lambda: onnx_files.model(*LINEAR)),
]


@pytest.mark.parametrize(("name", "content"), FILES, ids=["gguf", "onnx"])
def test_every_cut_is_noticed(tmp_path: Path, name: str, content: Callable[[], bytes]) -> None:
    whole = content()
    for length in range(len(whole)):
        assert refusal(tmp_path, name, whole[:length])


@pytest.mark.parametrize(("name", "content"), FILES, ids=["gguf", "onnx"])
def test_damage_never_ends_in_anything_but_a_reason(
    tmp_path: Path, name: str, content: Callable[[], bytes]
) -> None:
    rng = random.Random(0)
    whole = content()
    for _ in range(1500):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        with suppress(NotReadableError):
            read(tmp_path, name, bytes(damaged))
