# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Names, types and shapes of tensors, from safetensors headers alone.

The ``safetensors`` library decides whether a header is valid: it refuses truncated
files, trailing bytes, gaps, overlaps, byte ranges that do not fit shape and type,
overflowing shapes, unknown types and nesting (each tried with version 0.8). It does
not refuse a tensor name that occurs twice: the last one wins, and another reader may
take the first. Nor does it refuse an empty tensor with a dimension beyond any
machine. Those two are refused here, and the library's words are put plainly.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from safetensors import SafetensorError, safe_open

from audit.formats.tensors import Stored, TensorHeader
from audit.record.said import Said
from audit.sources.digest import opened
from audit.sources.walk import Entry
from audit.text.file_names import shortened
from audit.text.strict_json import unique
from audit.unreadable import NotReadableError, reason_of

MAX_HEADER_BYTES = 100_000_000
"""The limit that the safetensors format sets itself."""
_MAX_DIMENSION = 2**53 - 1


def read_headers(entry: Entry) -> tuple[TensorHeader, ...]:
    """Return the tensors of one safetensors file, in order of name.

    Raises
    ------
    NotReadableError
        If the file is not a valid safetensors file; the reason names what is wrong.
    """
    with opened(entry) as stream:
        header = _header_bytes(stream.read, entry.stamp.size)
        _refuse_twice(header)
        tensors = _library_headers(entry, header)
    return tuple(sorted(tensors, key=lambda tensor: tensor.name))


def _header_bytes(read: Callable[[int], bytes | None], size: int) -> bytes:
    """Read the JSON text of the header, after checking the length it states."""
    if size < 8:
        raise NotReadableError(
            Said("not safetensors: {size} bytes are too few for a header", size=size)
        )
    stated = int.from_bytes(read(8) or b"", "little")
    if stated > MAX_HEADER_BYTES:
        raise NotReadableError(
            Said(
                "not safetensors: states a header of {stated} bytes, the format allows {limit}",
                stated=stated,
                limit=MAX_HEADER_BYTES,
            )
        )
    if stated > size - 8:
        raise NotReadableError(
            Said(
                "truncated: states a header of {stated} bytes, {size} bytes follow",
                stated=stated,
                size=size - 8,
            )
        )
    return read(stated) or b""


def _refuse_twice(header: bytes) -> None:
    """Refuse a key that occurs twice; other faults of the JSON are left to the library."""
    try:
        json.loads(header, object_pairs_hook=_names_only)
    except (ValueError, RecursionError):
        return


def _names_only(pairs: list[tuple[str, Any]]) -> None:
    """Check one object's keys and keep nothing, so that a large header stays cheap."""
    unique(pairs)


def _library_headers(entry: Entry, header: bytes) -> list[TensorHeader]:
    """Let the library judge the header, then take from it what the library does not tell."""
    try:
        with safe_open(entry.file, framework="numpy", backend="pread") as checkpoint:
            spans = json.loads(header)
            start = 8 + len(header)
            return [
                _tensor(checkpoint, name, entry.path, spans[name]["data_offsets"], start)
                for name in checkpoint.keys()  # noqa: SIM118
            ]
    except SafetensorError as error:
        raise NotReadableError(_plainly(str(error), entry.stamp.size)) from error
    except OSError as error:
        raise NotReadableError(reason_of(error)) from error


def _tensor(
    checkpoint: Any, name: str, file: str, span: tuple[int, int], start: int
) -> TensorHeader:
    view = checkpoint.get_slice(name)
    shape = tuple(view.get_shape())
    if max(shape, default=0) > _MAX_DIMENSION:
        raise NotReadableError(
            Said('lying header: tensor "{name}" states a shape too large', name=shortened(name))
        )
    dtype = view.get_dtype()
    stored = Stored(
        file=file, offset=start + span[0], nbytes=span[1] - span[0], dtype=dtype, shape=shape
    )
    return TensorHeader(name=name, file=file, dtype=dtype, shape=shape, stored=stored)


_WORDS = (
    ("overflow", Said("lying header: a tensor states a shape too large")),
    (
        "invalid shape, data type",
        Said("lying header: a tensor's shape and type do not fill its bytes"),
    ),
    (
        "sub-?bytes dtypes",
        Said("lying header: a tensor of packed values does not end on a whole byte"),
    ),
    ("invalid UTF-8", Said("not safetensors: its header is not UTF-8 text")),
    ("recursion limit", Said("not safetensors: its header is nested too deeply")),
)


def _plainly(message: str, size: int) -> Said:
    """Put the library's message in the reader's words; unknown messages stand as they are."""
    offset = re.search(r"invalid offset for tensor `(.*)`", message, re.DOTALL)
    if offset:
        return Said(
            'lying header: the bytes of tensor "{tensor}" overlap another '
            "tensor, leave a gap or run backwards",
            tensor=shortened(offset.group(1)),
        )
    if "file not fully covered" in message:
        return Said(
            "lying header: its tensors do not cover the {size} bytes of the file exactly"
            " (cut short, or something was appended)",
            size=size,
        )
    for pattern, words in _WORDS:
        if re.search(pattern, message):
            return words
    detail = message.removeprefix("Error while deserializing header: ")
    return Said("not safetensors: {detail}", detail=shortened(detail))
