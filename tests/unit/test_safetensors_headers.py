# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A header is believed only when it describes its file exactly."""

import json

import pytest

from audit.formats.safetensors import MAX_HEADER_BYTES, read_safetensors
from audit.formats.tensors import Stored, TensorHeader
from audit.unreadable import NotReadableError
from tests.memory_source import Memory


def spec(dtype: str, shape: list[int], start: int, end: int) -> dict:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def read_headers(content: bytes) -> tuple[TensorHeader, ...]:
    source = Memory("m", {"m.safetensors": content})
    (entry,) = source.listing().entries
    with source.opened(entry) as access:
        return read_safetensors(entry.path, access, {}).tensors


def make(header: dict | bytes, data: int | bytes, *, stated: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    length = len(text) if stated is None else stated
    return length.to_bytes(8, "little") + text + (bytes(data) if isinstance(data, int) else data)


def refusal(content: bytes) -> str:
    with pytest.raises(NotReadableError) as caught:
        read_headers(content)
    return caught.value.reason


@pytest.mark.parametrize(
    ("dtype", "nbytes"),
    [
        ("F64", 16), ("F32", 8), ("F16", 4), ("BF16", 4), ("F8_E4M3", 2), ("F8_E5M2", 2),
        ("F8_E8M0", 2), ("F4", 1), ("I64", 16), ("U16", 4), ("BOOL", 2), ("C64", 16),
    ],
)  # fmt: skip
def test_every_type_is_read_without_its_data(dtype: str, nbytes: int) -> None:
    content = make({"t": spec(dtype, [2], 0, nbytes)}, nbytes)
    start = len(content) - nbytes
    stored = Stored(file="m.safetensors", offset=start, nbytes=nbytes, dtype=dtype, shape=(2,))
    expected = TensorHeader(name="t", file="m.safetensors", dtype=dtype, shape=(2,), stored=stored)
    assert read_headers(content) == (expected,)


def test_names_are_sorted_and_metadata_is_no_tensor() -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "b": spec("F32", [], 0, 4),
        "a": spec("F32", [0, 5], 4, 4),
        "é": spec("U8", [1, 1, 1], 4, 5),
    }
    found = read_headers(make(header, 5))
    assert [(t.name, t.shape) for t in found] == [("a", (0, 5)), ("b", ()), ("é", (1, 1, 1))]


def test_file_without_tensors_is_valid() -> None:
    assert read_headers(make({}, 0)) == ()


F32 = spec("F32", [2], 0, 8)
ONE = b'{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'
ALIAS = b'{"dtype":"I32","shape":[2],"data_offsets":[0,8]}'


@pytest.mark.parametrize(
    ("header", "data", "reason"),
    [
        pytest.param({"a": F32}, 4, "do not cover the", id="truncated"),
        pytest.param({"a": F32}, 40, "do not cover the", id="trailing"),
        pytest.param({"a": spec("F32", [2], 8, 16)}, 16, 'tensor "a" overlap', id="hole"),
        pytest.param({"a": F32, "b": spec("F32", [2], 4, 12)}, 12, '"b" overlap', id="overlap"),
        pytest.param({"a": F32, "b": F32}, 8, "overlap another", id="same bytes"),
        pytest.param({"a": spec("F32", [2], 8, 0)}, 8, "run backwards", id="backwards"),
        pytest.param({"a": spec("F32", [3], 0, 8)}, 8, "do not fill its bytes", id="shape"),
        pytest.param({"a": spec("F16", [2], 0, 8)}, 8, "do not fill its bytes", id="type"),
        pytest.param({"a": spec("F32", [2**40] * 2, 0, 8)}, 8, "shape too large", id="giant"),
        pytest.param({"a": spec("F32", [0, 2**60], 0, 0)}, 0, "shape too large", id="giant empty"),
        pytest.param({"a": spec("F32", [-2], 0, 8)}, 8, "invalid JSON in header", id="negative"),
        pytest.param({"a": spec("F99", [2], 0, 8)}, 8, "unknown variant", id="unknown type"),
        pytest.param({"a": spec("F4", [3], 0, 2)}, 2, "whole byte", id="half a byte"),
        pytest.param(b"{nope", 0, "invalid JSON", id="JSON"),
        pytest.param(b"[]", 0, "invalid JSON", id="list"),
        pytest.param(b'{"\xff":1}', 0, "not UTF-8", id="UTF-8"),
        pytest.param(b'{"a":' + b"[" * 9999 + b"]" * 9999 + b"}", 0, "too deeply", id="deep"),
        pytest.param(b'{"a":' + ONE + b',"a":' + ONE + b"}", 8, '"a" occurs twice', id="twice"),
        pytest.param(b'{"a":' + ALIAS + b',"a":' + ONE + b"}", 8, "occurs twice", id="two types"),
        pytest.param(
            b'{"a":' + ALIAS + b',"\\u0061":' + ONE + b"}", 8, "occurs twice", id="escaped"
        ),
    ],
)
def test_lying_header_is_refused_with_its_lie(header: dict | bytes, data: int, reason: str) -> None:
    assert reason in refusal(make(header, data))


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        (2**63, f"states a header of {2**63} bytes, the format allows 100000000"),
        (MAX_HEADER_BYTES + 1, "the format allows 100000000"),
        (MAX_HEADER_BYTES, "truncated: states a header of 100000000 bytes"),
        (1000, "truncated: states a header of 1000 bytes"),
    ],
)
def test_absurd_header_length_is_refused(stated: int, reason: str) -> None:
    assert reason in refusal(make({"a": F32}, 8, stated=stated))


@pytest.mark.parametrize("content", [b"", b"abc"])
def test_file_too_short_for_a_header(content: bytes) -> None:
    expected = f"not safetensors: {len(content)} bytes are too few for a header"
    assert refusal(content) == expected


def test_hostile_name_cannot_break_the_line() -> None:
    name = "\x1b[31m\n" + "x" * 5000
    reason = refusal(make({name: spec("F32", [2], 8, 16)}, 16))
    assert "\n" not in reason
    assert "\x1b" not in reason
    assert len(reason) < 300
