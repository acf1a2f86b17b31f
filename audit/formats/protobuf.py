# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Walks the wire format of protocol buffers without loading what it holds.

An ONNX file is one message of up to two gigabytes, most of it weights; a parser that
builds the message needs that memory twice over and forgets where in the file each weight
lies. The wire format itself is four cases (protobuf.dev, *Encoding*). Groups, which
proto3 has abolished, are refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.unreadable import NotReadableError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_FIELDS = 2_000_000
"""More than the largest published graphs have; bounds the time a hostile file can take."""
_BUFFER = 1 << 13
"""Bytes read at once: fields that hold weights are jumped over."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length-delimited field: where it starts in the file and how many bytes it has."""

    start: int
    length: int


class Wire:
    """Reads fields of a file."""

    def __init__(self, access: RandomAccess) -> None:
        self._stream = access.stream(_BUFFER)
        self._seen = 0
        self.whole = Span(0, access.size)

    def fields(self, span: Span) -> Iterator[tuple[int, int | Span]]:
        """Yield the fields of one message: number and integer, or number and span.

        Fixed-width fields come as spans of four and eight bytes.

        Raises
        ------
        NotReadableError
            If the bytes are not a message of that length.
        """
        place, end = span.start, span.start + span.length
        while place < end:
            self._seen += 1
            if self._seen > _MAX_FIELDS:
                raise NotReadableError(Said("has more fields than any model needs"))
            self._stream.seek(place)
            key, used = self._varint(end - place)
            place += used
            number, wire = key >> 3, key & 7
            if wire == _VARINT:
                value, used = self._varint(end - place)
                place += used
                yield number, value
                continue
            length = {_FIXED64: 8, _FIXED32: 4}.get(wire, -1)
            if wire == _BYTES:
                length, used = self._varint(end - place)
                place += used
            if number == 0 or length < 0:
                raise NotReadableError(Said("not a protocol buffer: an impossible field"))
            if length > end - place:
                raise NotReadableError(
                    Said(
                        "truncated: a field claims {length} bytes where {left} are left",
                        length=length,
                        left=end - place,
                    )
                )
            yield number, Span(place, length)
            place += length

    def bytes(self, span: Span, limit: int) -> bytes:
        """Return the content of a span of at most ``limit`` bytes.

        Raises
        ------
        NotReadableError
            If it is longer, or the file ends before.
        """
        if span.length > limit:
            raise NotReadableError(
                Said("holds a text or list of {length} bytes", length=span.length)
            )
        self._stream.seek(span.start)
        data = self._stream.read(span.length)
        if len(data) != span.length:
            raise NotReadableError(Said("truncated: a field is cut short"))
        return data

    def integers(self, span: Span, limit: int) -> list[int]:
        """Return a packed list of integers."""
        data, values, value, shift = self.bytes(span, limit), [], 0, 0
        for byte in data:
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                values.append(value)
                value = shift = 0
            elif shift > 63:
                raise NotReadableError(Said("not a protocol buffer: an integer without end"))
        return values

    def _varint(self, left: int) -> tuple[int, int]:
        value = 0
        for used in range(min(left, 10)):
            byte = self._stream.read(1)
            if not byte:
                break
            value |= (byte[0] & 0x7F) << (7 * used)
            if byte[0] < 0x80:
                return value, used + 1
        raise NotReadableError(Said("not a protocol buffer: an integer is cut short"))
