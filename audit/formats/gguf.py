# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Names, types, shapes and metadata of a GGUF file, from its header alone.

The layout is that of the GGUF specification (ggml, ``docs/gguf.md``): magic, version,
two counts, key-value pairs, tensor descriptions, then the aligned data. The ``gguf``
package knows the types and their block sizes; its own reader trusts every count and every
offset of the file, so the header is walked here, each number being checked against the
file before it is used.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import isfinite, prod
from typing import TYPE_CHECKING, Any

from audit.formats.tensors import (
    FileMetadata,
    Format,
    Stored,
    TensorHeader,
    WeightFile,
    refuse_twice,
)
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import shortened
from audit.text.strict_json import canonical
from audit.unreadable import ChangedError, NotReadableError

if TYPE_CHECKING:
    from torch import Tensor

MAGIC = b"GGUF"
TOKENS = "tokenizer.ggml.tokens"
_TOKENIZER = "tokenizer."
_TEMPLATE = "tokenizer.chat_template"
_VERSIONS = (2, 3)
_MAX_AXES = 4
_MAX_KEY = 1 << 16
_MAX_KEPT = 1 << 16
"""Longest text, in bytes, and half the most elements of an array that are kept as metadata."""
_MAX_DIMENSION = 2**53 - 1
_MAX_TENSORS = 1 << 19
_MAX_STEPS = 4_000_000
_MAX_HEADER = 256 << 20
"""Tensors of a file, numbers and texts of its header that are read, and their bytes: a sparse file
holds any number of empty records. A vocabulary of 300,000 with its merges takes 1.6 million."""
_TOO_MANY = Said("its header holds more than any model needs")
_NOWHERE = 1 << 130
_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9


class _Cursor:
    """Reads forward through a header and never past the end of the file."""

    def __init__(self, access: RandomAccess) -> None:
        self._stream = access.stream()
        self.place = 0
        self.left = access.size
        self._steps = self._taken = 0

    def afford(self, items: int) -> None:
        """Refuse at once more items than may be read, each of which is a step at least."""
        if self._steps + items > _MAX_STEPS:
            raise NotReadableError(_TOO_MANY)

    def take(self, count: int) -> bytes:
        self._claim(count)
        self._steps += 1
        self._taken += count
        if self._steps > _MAX_STEPS or self._taken > _MAX_HEADER:
            raise NotReadableError(_TOO_MANY)
        data = self._stream.read(count)
        if len(data) != count:
            raise NotReadableError(Said("truncated: the header is cut short"))
        return data

    def skip(self, count: int) -> None:
        self._claim(count)
        self._stream.seek(count, 1)

    def number(self, code: str) -> Any:
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def text(self, limit: int) -> str:
        length = self.number("Q")
        if length > limit:
            raise NotReadableError(Said("lying header: a name of {length} bytes", length=length))
        return self.take(length).decode("utf-8", "replace")

    def _claim(self, count: int) -> None:
        if count > self.left:
            raise NotReadableError(
                Said(
                    "truncated: the header claims {count} bytes where {left} are left",
                    count=count,
                    left=self.left,
                )
            )
        self.left -= count
        self.place += count


def read_gguf(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the tensors of one GGUF file in order of name, and its metadata.

    Shapes are given as in the model (rows first), which is GGUF's order reversed. Texts
    and numbers are kept as metadata, and short lists of them; the tokenizer is not.

    Raises
    ------
    NotReadableError
        If the file is not GGUF, or its header contradicts the file; says what is wrong.
    """
    del sizes  # a GGUF file keeps nothing elsewhere
    cursor = _Cursor(access)
    count, fields = _preamble(cursor)
    described = [_tensor(cursor, path) for _ in range(count)]
    start = -(-cursor.place // _alignment(fields)) * _alignment(fields)
    return WeightFile(
        tensors=_placed(described, start, access.size),
        metadata=FileMetadata(path=path, format=Format.GGUF, fields=canonical(fields)),
    )


def gguf_tokens(access: RandomAccess) -> tuple[str, ...] | None:
    """Return the token strings in order of their number; ``None`` if the file tells none."""
    try:
        return _tokens(_Cursor(access))
    except ChangedError:
        raise
    except NotReadableError:
        return None


def _tokens(cursor: _Cursor) -> tuple[str, ...] | None:
    _, pairs = _opening(cursor)
    for _ in range(pairs):
        key, kind = cursor.text(_MAX_KEY), cursor.number("I")
        if key == TOKENS and kind == _ARRAY:
            inner, length = cursor.number("I"), cursor.number("Q")
            if inner != _STRING:
                return None
            cursor.afford(_plausible(cursor, length, 8))
            return tuple(cursor.text(_MAX_KEPT) for _ in range(length))
        _value(cursor, kind)
    return None


def _opening(cursor: _Cursor) -> tuple[int, int]:
    """Check magic and version; return the numbers of tensors and of key-value pairs."""
    if cursor.take(4) != MAGIC:
        raise NotReadableError(Said("not GGUF: the first four bytes are not its mark"))
    version = cursor.number("I")
    if version not in _VERSIONS:
        swapped = int.from_bytes(version.to_bytes(4, "little"), "big") in _VERSIONS
        what = "big-endian" if swapped else f"version {version}"
        raise NotReadableError(Said("GGUF of a kind that is not read ({what})", what=what))
    tensors, pairs = cursor.number("Q"), cursor.number("Q")
    counts = _plausible(cursor, tensors, 24), _plausible(cursor, pairs, 13)
    if tensors > _MAX_TENSORS:
        raise NotReadableError(_TOO_MANY)
    return counts


def _preamble(cursor: _Cursor) -> tuple[int, dict[str, Any]]:
    tensors, pairs = _opening(cursor)
    fields: dict[str, Any] = {}
    for _ in range(pairs):
        key, kind = cursor.text(_MAX_KEY), cursor.number("I")
        if key in fields:
            raise NotReadableError(Said('the key "{key}" occurs twice', key=shortened(key)))
        fields[key] = _value(cursor, kind)
    kept = (i for i in fields.items() if not i[0].startswith(_TOKENIZER) or i[0] == _TEMPLATE)
    return tensors, {key: value for key, value in kept if value is not None}


def _plausible(cursor: _Cursor, count: int, each: int) -> int:
    """Return a count, unless so many items of at least ``each`` bytes cannot follow."""
    if count * each > cursor.left:
        raise NotReadableError(
            Said(
                "lying header: {count} items are announced, {left} bytes follow",
                count=count,
                left=cursor.left,
            )
        )
    return count


def _value(cursor: _Cursor, kind: int) -> Any:
    """Read one value; ``None`` for what is too large to be metadata, or not finite."""
    if kind in _SCALARS:
        return _plain(cursor.number(_SCALARS[kind]))
    if kind == _STRING:
        length = cursor.number("Q")
        if length > _MAX_KEPT:
            return cursor.skip(length)
        return cursor.take(length).decode("utf-8", "replace")
    if kind != _ARRAY:
        raise NotReadableError(Said("lying header: a value of unknown type {kind}", kind=kind))
    inner, length = cursor.number("I"), cursor.number("Q")
    if inner in _SCALARS and length > _MAX_KEPT >> 1:
        return cursor.skip(length * struct.calcsize("<" + _SCALARS[inner]))
    if inner not in _SCALARS and inner != _STRING:
        raise NotReadableError(Said("lying header: an array of type {inner}", inner=inner))
    return _array(cursor, inner, _plausible(cursor, length, 8 if inner == _STRING else 1))


def _array(cursor: _Cursor, inner: int, length: int) -> list[Any] | None:
    if length <= _MAX_KEPT >> 6:
        values = [_value(cursor, inner) for _ in range(length)]
        return None if None in values else values
    cursor.afford(length)
    for _ in range(length):
        _value(cursor, inner)
    return None


def _plain(value: float) -> float | None:
    """Return a number as canonical JSON can hold it; ``None`` for NaN and infinity."""
    if not isfinite(value):
        return None
    return value if abs(value) <= _MAX_DIMENSION else float(value)


def _alignment(fields: dict[str, Any]) -> int:
    given = fields.get("general.alignment", 32)
    if type(given) is not int or not 1 <= given <= 1 << 20:
        raise NotReadableError(Said("lying header: an alignment that cannot be"))
    return given


def _tensor(cursor: _Cursor, path: str) -> tuple[str, Stored]:
    """Read one description; its offset counts from the start of the data."""
    name, axes = cursor.text(_MAX_KEY), cursor.number("I")
    if axes > _MAX_AXES:
        raise NotReadableError(
            Said(
                'lying header: tensor "{name}" states {axes} axes', name=shortened(name), axes=axes
            )
        )
    shape = tuple(reversed([cursor.number("Q") for _ in range(axes)]))
    if max(shape, default=0) > _MAX_DIMENSION:
        raise NotReadableError(
            Said('lying header: tensor "{name}" states a shape too large', name=shortened(name))
        )
    code, offset = cursor.number("I"), cursor.number("Q")
    if code not in _types():
        raise NotReadableError(
            Said(
                'tensor "{name}" has a type that is not known ({code})',
                name=shortened(name),
                code=code,
            )
        )
    dtype, block, block_bytes = _types()[code]
    if shape and shape[-1] % block:
        raise NotReadableError(
            Said(
                'lying header: the rows of tensor "{name}" are not whole blocks',
                name=shortened(name),
            )
        )
    nbytes = prod(shape) // block * block_bytes
    return name, Stored(file=path, offset=offset, nbytes=nbytes, dtype=dtype, shape=shape)


@cache
def _types() -> dict[int, tuple[str, int, int]]:
    """Map the code of a type to its name, and the elements and bytes of one block."""
    from gguf.constants import GGML_QUANT_SIZES

    return {kind.value: (kind.name, *size) for kind, size in GGML_QUANT_SIZES.items()}


def _placed(described: list[tuple[str, Stored]], start: int, size: int) -> tuple[TensorHeader, ...]:
    """Put the tensors where they lie, refusing what is outside the file or overlaps."""
    ordered = sorted(described, key=lambda item: (item[1].offset, item[1].nbytes))
    following = [*(stored.offset for _, stored in ordered[1:]), _NOWHERE]
    tensors = []
    for (name, stored), follows in zip(ordered, following, strict=False):
        if stored.offset + stored.nbytes > follows:
            raise NotReadableError(
                Said(
                    'lying header: the bytes of tensor "{name}" overlap another',
                    name=shortened(name),
                )
            )
        if start + stored.offset + stored.nbytes > size:
            raise NotReadableError(
                Said(
                    'truncated: the bytes of tensor "{name}" end after the file',
                    name=shortened(name),
                )
            )
        tensors.append(
            TensorHeader(
                name=name,
                file=stored.file,
                dtype=stored.dtype,
                shape=stored.shape,
                format=Format.GGUF,
                stored=replace(stored, offset=start + stored.offset),
            )
        )
    refuse_twice(tensors)
    return tuple(sorted(tensors, key=lambda tensor: tensor.name))


def block_values(data: bytearray, dtype: str, shape: tuple[int, ...]) -> Tensor:
    """Compute the values that rows of codes in blocks stand for, float32."""
    import numpy as np
    import torch
    from gguf.constants import GGMLQuantizationType
    from gguf.quants import dequantize

    if not data:
        return torch.empty(shape)
    codes = np.frombuffer(data, dtype=np.uint8).reshape(max(1, prod(shape[:-1])), -1)
    return torch.from_numpy(dequantize(codes, GGMLQuantizationType[dtype])).reshape(shape)
