# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Variables of a TensorFlow checkpoint or SavedModel: an index, and data files beside it.

The index is a sorted table of LevelDB (``table_format.md``) from names to messages that say type,
shape and place (``tensor_bundle.proto``); TensorFlow writes it without compression.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from audit.formats.protobuf import Span, Wire
from audit.formats.tensors import Format, TensorHeader, WeightFile, array, refuse_twice
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import printable, shortened
from audit.unreadable import NotReadableError

SUFFIX = ".index"
_FOOTER = 48
_MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
_MAX_BLOCK, _MAX_BLOCKS = 16 << 20, 1 << 16
_TRACKED = "/.ATTRIBUTES/VARIABLE_VALUE"
"""What TensorFlow 2 adds to the name of a variable."""
_DTYPE, _SHAPE, _SHARD, _OFFSET, _SIZE, _SLICES = 1, 2, 3, 4, 5, 7
_SHARDS, _ENDIAN = 1, 2
_DIM, _DIM_SIZE = 2, 1
_TYPES = {
    1: "F32", 2: "F64", 3: "I32", 4: "U8", 5: "I16", 6: "I8", 9: "I64", 10: "BOOL", 14: "BF16",
    19: "F16",
}  # fmt: skip
_TEXT = 7


def begins(head: bytes) -> bool:
    """Whether a file with this beginning is an index: its first name is empty, for the header."""
    return head[:2] == b"\0\0" and head[3:4] == b"\x08" and b"\x1a\x02\x08\x01" in head[4:16]


def read_index(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the variables that an index lists, in order of name.

    Raises
    ------
    NotReadableError
        If it is no such index, is compressed, or a data file is missing or too short.
    """
    wire = Wire(access)
    entries = dict(_entries(access))
    header = _numbers(wire, entries.pop(b"", Span(0, 0)))
    shards = header.get(_SHARDS, 0)
    if not shards or header.get(_ENDIAN):
        raise NotReadableError(Said("no index of TensorFlow, or of another byte order"))
    stem = path[: -len(SUFFIX)] if path.endswith(SUFFIX) else path
    found = []
    for name, span in entries.items():
        values = _numbers(wire, span)
        shard, of = (str(n).zfill(5) for n in (values.get(_SHARD, 0), shards))
        file = f"{stem}.data-{shard}-of-{of}"
        if values.get(_DTYPE, 0) != _TEXT:
            found.append(_variable(wire, name, span, (path, file), sizes))
    refuse_twice(found)
    return WeightFile(tensors=tuple(sorted(found, key=lambda tensor: tensor.name)))


def _variable(
    wire: Wire, name: bytes, span: Span, files: tuple[str, str], sizes: Mapping[str, int]
) -> TensorHeader:
    path, file = files
    if file not in sizes:
        raise NotReadableError(
            Said('its data file "{path}" is not in the folder', path=shortened(file))
        )
    values = _numbers(wire, span)
    shape = [
        size
        for number, inner in wire.fields(span)
        if number == _SHAPE and isinstance(inner, Span)
        for dim, place in wire.fields(inner)
        if dim == _DIM and isinstance(place, Span)
        for size in [_numbers(wire, place).get(_DIM_SIZE, 0)]
    ]
    sliced = any(number == _SLICES for number, _ in wire.fields(span))
    code = values.get(_DTYPE, 0)
    offset, size = values.get(_OFFSET, 0), values.get(_SIZE, 0)
    own = array(
        printable(name.decode("utf-8", "replace")).removesuffix(_TRACKED),
        file,
        Format.TENSORFLOW,
        dtype=_TYPES.get(code, f"TensorFlow type {code}"),
        shape=shape,
        offset=offset,
        room=size if offset + size <= sizes[file] else 0,
        plain=not sliced,
    )
    return replace(own, file=path)


def _numbers(wire: Wire, span: Span) -> dict[int, int]:
    return {number: value for number, value in wire.fields(span) if isinstance(value, int)}


def _entries(access: RandomAccess) -> Iterator[tuple[bytes, Span]]:
    """Yield each name with the place of its message, block by block."""
    start = access.size - _FOOTER
    footer = bytes(access.read_at(start, _FOOTER)) if start >= 0 else b""
    if not footer.endswith(_MAGIC):
        raise NotReadableError(Said("no index of TensorFlow, or of another byte order"))
    handle = _Bytes(footer)
    handle.varint(), handle.varint()
    top = (handle.varint(), handle.varint())
    for place, (_, span) in enumerate(_block(access, *top)):
        if place >= _MAX_BLOCKS:
            raise NotReadableError(Said("has more parts than any model needs"))
        inner = _Bytes(bytes(access.read_at(span.start, span.length)))
        yield from _block(access, inner.varint(), inner.varint())


def _block(access: RandomAccess, start: int, size: int) -> Iterator[tuple[bytes, Span]]:
    if not 4 <= size <= _MAX_BLOCK or start + size >= access.size:
        raise NotReadableError(Said("truncated: it points beyond its end"))
    data = bytes(access.read_at(start, size + 1))
    if data[size]:
        raise NotReadableError(Said("its index is compressed, which TensorFlow never does"))
    restarts = int.from_bytes(data[size - 4 : size], "little")
    end, reader, name = size - 4 - 4 * restarts, _Bytes(data), b""
    while reader.at < end:
        shared, own, length = reader.varint(), reader.varint(), reader.varint()
        place = reader.at + own
        if shared > len(name) or place + length > end:
            raise NotReadableError(Said("truncated: it points beyond its end"))
        name = name[:shared] + data[reader.at : place]
        reader.at = place + length
        yield name, Span(start + place, length)


class _Bytes:
    """Bytes, and how many of them were read."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            if self.at >= len(self.data):
                raise NotReadableError(Said("truncated: it points beyond its end"))
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise NotReadableError(Said("not a protocol buffer: an integer without end"))
