# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads windows of stored arrays: the bytes that were asked for, and few more.

Files are read at positions, never mapped: what was read is then known, and nothing stays
resident but the window itself.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from audit.formats.gguf import block_values
from audit.formats.levels import at_end
from audit.formats.tensors import BYTES, Stored

if TYPE_CHECKING:
    from torch import Tensor

Read: TypeAlias = Callable[[str, int, int], bytearray]
"""Reads so many bytes of a file, by its path in the source, at an offset."""
_GAP_BYTES = 1 << 12
"""Gaps between pieces of rows up to this size are read and dropped: a page comes anyway."""
_CHUNK_BYTES = 1 << 24


def window(
    read: Read,
    stored: Stored,
    rows: range,
    columns: range | None = None,
    *,
    end: int | None = None,
) -> Tensor:
    """Read rows of the first axis, and of a matrix only the given columns.

    With ``end`` (:mod:`audit.formats.levels`) codes in blocks are set to that end of their levels.

    Returns the stored type for types of whole bytes, float32 for blocks of codes. ``rows``
    and ``columns`` have step one; the last axis of codes in blocks is read whole and cut.
    """
    if stored.inline is not None:
        read = _from(stored.inline)
    tail = stored.shape[1:]
    if stored.dtype not in BYTES:
        stride = stored.nbytes // stored.shape[0]
        data = read(stored.file, stored.offset + rows.start * stride, len(rows) * stride)
        if end is not None:
            data = at_end(data, stored.dtype, end)
        whole = block_values(data, stored.dtype, (len(rows), *tail))
        return whole if columns is None else whole[:, columns.start : columns.stop]
    size = BYTES[stored.dtype]
    if columns is None or len(columns) == prod(tail):
        stride = prod(tail) * size
        offset = stored.offset + rows.start * stride
        data = read(stored.file, offset, len(rows) * stride)
        return _typed(data, stored.dtype).reshape(len(rows), *tail)
    return _columns(read, stored, rows, columns)


def _from(data: bytes) -> Read:
    return lambda _, offset, count: bytearray(data[offset : offset + count])


def _columns(read: Read, stored: Stored, rows: range, columns: range) -> Tensor:
    """Read a piece of each row; where the pieces lie close together, all between them."""
    import torch

    size = BYTES[stored.dtype]
    stride, piece = stored.shape[1] * size, len(columns) * size
    first = stored.offset + columns.start * size
    if stride - piece > _GAP_BYTES:
        data = bytearray()
        for row in rows:
            data += read(stored.file, first + row * stride, piece)
        return _typed(data, stored.dtype).reshape(len(rows), len(columns))
    parts = []
    step = max(1, _CHUNK_BYTES // stride)
    for start in range(rows.start, rows.stop, step):
        some = range(start, min(start + step, rows.stop))
        block = window(read, stored, some)
        parts.append(block[:, columns.start : columns.stop].contiguous())
    return torch.cat(parts) if parts else torch.empty(0, len(columns))


def _typed(data: bytearray, dtype: str) -> Tensor:
    """Give bytes their type; the values are not copied."""
    import torch

    types = {
        "F64": torch.float64, "F32": torch.float32, "F16": torch.float16,
        "BF16": torch.bfloat16, "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2,
        "I8": torch.int8, "U8": torch.uint8, "I16": torch.int16, "I32": torch.int32,
        "I64": torch.int64, "BOOL": torch.bool, "U32": torch.int32,
    }  # fmt: skip
    if not data:
        return torch.empty(0, dtype=types[dtype])
    return torch.frombuffer(data, dtype=types[dtype])
