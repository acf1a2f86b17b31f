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
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from safetensors import SafetensorError, safe_open

from audit.formats.tables import STATE
from audit.formats.tensors import FileMetadata, Format, Stored, TensorHeader, WeightFile
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import shortened
from audit.text.strict_json import canonical, refuse_many, unique
from audit.unreadable import NotReadableError, reason_of

MAX_HEADER_BYTES = 100_000_000
"""The limit that the safetensors format sets itself."""
_MAX_DIMENSION = 2**53 - 1
_MAX_KEPT, _MAX_STATE = 1 << 16, 1 << 10
"""Longest text, in characters, that is kept as metadata."""


def looks_like_safetensors(head: bytes) -> bool:
    """Whether a file with this beginning has the layout, whatever it is called.

    A length that the format allows, then a JSON object whose first entries describe tensors.
    """
    length = int.from_bytes(head[:8], "little")
    entries = head[8:].lstrip(b" ")
    described = b'"data_offsets"' in entries or b'"__metadata__"' in entries[:64]
    return 2 <= length <= MAX_HEADER_BYTES and entries.startswith(b'{"') and described


def read_safetensors(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the tensors of one safetensors file, in order of name, and its metadata.

    Raises
    ------
    NotReadableError
        If the file is not a valid safetensors file; the reason names what is wrong.
    """
    del sizes  # a safetensors file keeps nothing elsewhere
    header = _header_bytes(access)
    refuse_many(header)
    _refuse_twice(header)
    tensors, metadata = _library_headers(path, header, access.size)
    tensors = [_with_text(access, tensor) for tensor in tensors]
    kept = {key: value for key, value in metadata.items() if len(value) <= _MAX_KEPT}
    fields = FileMetadata(path=path, format=Format.SAFETENSORS, fields=canonical(kept))
    return WeightFile(
        tensors=tuple(sorted(tensors, key=lambda tensor: tensor.name)),
        metadata=fields if kept else None,
    )


def _with_text(access: RandomAccess, tensor: TensorHeader) -> TensorHeader:
    """Take along the text that says how a weight of bitsandbytes is coded."""
    stored = tensor.stored
    if STATE not in tensor.name or stored is None or stored.nbytes > _MAX_STATE:
        return tensor
    text = bytes(access.read_at(stored.offset, stored.nbytes))
    return replace(tensor, stored=replace(stored, offset=0, inline=text))


def _header_bytes(access: RandomAccess) -> bytes:
    """Read the JSON text of the header, after checking the length it states."""
    size = access.size
    if size < 8:
        raise NotReadableError(
            Said("not safetensors: {size} bytes are too few for a header", size=size)
        )
    stated = int.from_bytes(access.read_at(0, 8), "little")
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
    return bytes(access.read_at(8, stated))


def _refuse_twice(header: bytes) -> None:
    """Refuse a key that occurs twice; other faults of the JSON are left to the library."""
    try:
        json.loads(header, object_pairs_hook=_names_only)
    except (ValueError, RecursionError):
        return


def _names_only(pairs: list[tuple[str, Any]]) -> None:
    """Check one object's keys and keep nothing, so that a large header stays cheap."""
    unique(pairs)


def _library_headers(
    path: str, header: bytes, size: int
) -> tuple[list[TensorHeader], dict[str, str]]:
    """Let the library judge the header, then take from it what the library does not tell."""
    try:
        with (
            _stand_in(header, size) as file,
            safe_open(file, framework="numpy", backend="pread") as checkpoint,
        ):
            spans = json.loads(header)
            start = 8 + len(header)
            tensors = [
                _tensor(checkpoint, name, path, spans[name]["data_offsets"], start)
                for name in checkpoint.keys()  # noqa: SIM118
            ]
            return tensors, dict(checkpoint.metadata() or {})
    except SafetensorError as error:
        raise NotReadableError(_plainly(str(error), size)) from error
    except OSError as error:
        raise NotReadableError(reason_of(error)) from error


@contextmanager
def _stand_in(header: bytes, size: int) -> Iterator[str]:
    """Make a file for the library, which asks for a path: this header, and nothing but a size.

    It lies in memory where the system has such files, and takes up the header's bytes alone.
    """
    start = len(header).to_bytes(8, "little") + header
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("header"), "wb", buffering=0) as file:
            file.write(start)
            file.truncate(size)
            yield f"/proc/self/fd/{file.fileno()}"
        return
    with tempfile.NamedTemporaryFile(buffering=0) as named:
        named.write(start)
        named.truncate(size)
        yield named.name


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
