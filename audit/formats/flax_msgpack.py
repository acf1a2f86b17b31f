# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Arrays of a Flax file (``.msgpack``): maps in maps, and arrays as extensions of type 1.

The extension's content is itself a message, ``[shape, type, bytes]``
(``flax.serialization``). The published reader gives no place of a value and copies each, so
the few types that such a file needs are walked here; the bytes of arrays are passed over.
"""

import struct
from collections.abc import Iterator, Mapping

from audit.budgets import TENSORS
from audit.formats.tensors import NAMED, Format, TensorHeader, WeightFile, array, refuse_twice
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import printable, shortened
from audit.unreadable import NotReadableError

_ARRAY = 1
_CHUNKED = "__msgpack_chunked_array__"
_MAX_DEPTH, _MAX_TEXT = 64, 1 << 12
_LENGTHS = {
    0xC4: ("bytes", 1), 0xC5: ("bytes", 2), 0xC6: ("bytes", 4),
    0xC7: ("extension", 1), 0xC8: ("extension", 2), 0xC9: ("extension", 4),
    0xD9: ("text", 1), 0xDA: ("text", 2), 0xDB: ("text", 4),
    0xDC: ("list", 2), 0xDD: ("list", 4), 0xDE: ("map", 2), 0xDF: ("map", 4),
}  # fmt: skip
_FIXED = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
    0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
_EXTENSIONS = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_SMALL = {0xC0: None, 0xC2: False, 0xC3: True}


def read_flax(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the arrays of one file in order of name.

    Raises
    ------
    NotReadableError
        If it is no such message, or ends before it should.
    """
    del sizes
    walk = _Walk(access, path)
    found = list(walk.arrays("", 0))
    if not found or walk.at != access.size:
        raise NotReadableError(Said("not a file of Flax: it is no map of arrays"))
    refuse_twice(found)
    return WeightFile(tensors=tuple(sorted(found, key=lambda tensor: tensor.name)))


class _Walk:
    """Walks forward through one file."""

    def __init__(self, access: RandomAccess, path: str) -> None:
        self._access, self._path = access, path
        self._purse = TENSORS.purse()
        self.at = 0

    def arrays(self, name: str, depth: int) -> Iterator[TensorHeader]:
        """Pass one value, and yield the arrays in it."""
        if depth > _MAX_DEPTH:
            raise NotReadableError(Said("its maps are nested too deeply"))
        kind, size = self._next()
        if kind == "map":
            for _ in range(size):
                key = self._plain()
                if key == _CHUNKED:
                    raise NotReadableError(
                        Said('"{name}" is stored in pieces', name=shortened(name))
                    )
                yield from self.arrays(f"{name}/{key}" if name else str(key), depth + 1)
        elif kind == "list":
            for place in range(size):
                yield from self.arrays(f"{name}/{place}", depth + 1)
        elif kind == "extension":
            yield from self._array(name, size)
        else:
            self.at += size if kind in ("text", "bytes") else 0

    def _array(self, name: str, size: int) -> Iterator[TensorHeader]:
        what, end = self._take(1)[0], self.at + size
        if what == _ARRAY:
            kind, count = self._next()
            shape = [self._plain() for _ in range(self._count("list"))] if count == 3 else [""]
            dtype = str(self._plain())
            room = self._count("bytes")
            if kind != "list" or not all(isinstance(n, int) for n in shape):
                raise NotReadableError(Said("not a file of Flax: it is no map of arrays"))
            yield array(
                printable(name),
                self._path,
                Format.MSGPACK,
                dtype=NAMED.get(dtype, shortened(dtype)),
                shape=[n for n in shape if isinstance(n, int)],
                offset=self.at,
                room=room,
            )
        if end > self._access.size:
            raise NotReadableError(Said("truncated: not all of its values are there"))
        self.at = end

    def _count(self, wanted: str) -> int:
        kind, count = self._next()
        if kind != wanted or (wanted == "list" and count > _MAX_DEPTH):
            raise NotReadableError(Said("not a file of Flax: it is no map of arrays"))
        return count

    def _plain(self) -> object:
        """Return a number or a text."""
        kind, size = self._next()
        if kind == "text" and size <= _MAX_TEXT:
            return self._take(size).decode("utf-8", "replace")
        if kind != "value":
            raise NotReadableError(Said("not a file of Flax: it is no map of arrays"))
        return size

    def _next(self) -> tuple[str, int]:
        """Pass the head of a value: its kind and length, or ``value`` and the number itself."""
        if not self._purse.pays(1):
            raise NotReadableError(TENSORS.reason)
        head = self._take(1)[0]
        if head < 0x80 or head >= 0xE0:
            return "value", head if head < 0x80 else head - 0x100
        if head < 0xC0:
            short = {0x80: ("map", 15), 0x90: ("list", 15)}.get(head & 0xF0, ("text", 31))
            return short[0], head & short[1]
        if head in _LENGTHS:
            kind, width = _LENGTHS[head]
            return kind, int.from_bytes(self._take(width), "big")
        if head in _EXTENSIONS:
            return "extension", _EXTENSIONS[head]
        if head in _FIXED:
            return "value", struct.unpack(_FIXED[head], self._take(struct.calcsize(_FIXED[head])))[
                0
            ]
        if head not in _SMALL:
            raise NotReadableError(Said("not a file of Flax: it is no map of arrays"))
        return "value", _SMALL[head] or 0

    def _take(self, count: int) -> bytes:
        if count > self._access.size - self.at:
            raise NotReadableError(Said("truncated: not all of its values are there"))
        self.at += count
        return bytes(self._access.read_at(self.at - count, count))
