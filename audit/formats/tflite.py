# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Constants of a TensorFlow Lite file (``.tflite``), by windows.

It is a FlatBuffer: a table begins with the distance back to its vtable, which has the place of
each field in the table, 0 for one that is left out. Fields have the numbers of TensorFlow's
``schema.fbs`` (version 3). The published Python bindings want the whole file in memory and check
no bound, so the few fields that are needed are walked here (docs/decisions/0074).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import prod

from audit.budgets import TENSORS
from audit.formats.tensors import Format, Scaled, Stored, TensorHeader, WeightFile, array
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import printable
from audit.unreadable import NotReadableError

MAGIC = b"TFL3"
_MODEL_GRAPHS, _MODEL_BUFFERS = 2, 4
_GRAPH_TENSORS = 0
_SHAPE, _TYPE, _BUFFER, _NAME, _QUANTISATION, _SPARSITY = 0, 1, 2, 3, 4, 6
_SCALES, _ZEROS, _AXIS = 2, 3, 6
_DATA, _FAR, _FAR_SIZE = 0, 1, 2
_TYPES = {
    0: "F32", 1: "F16", 2: "I32", 3: "U8", 4: "I64", 6: "BOOL", 7: "I16", 9: "I8", 10: "F64",
    17: "I4",
}  # fmt: skip
_CODES = ("I8", "U8", "I16")
_MAX_AXES, _MAX_NAME, _MAX_SCALES = 16, 1 << 12, 1 << 20


def read_tflite(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the constants of all graphs of one file in order of name.

    Raises
    ------
    NotReadableError
        If a table, vector or buffer does not lie in the file.
    """
    del sizes
    walk = _Walk(access)
    model = walk.link(0)
    buffers = list(walk.tables(model, _MODEL_BUFFERS))
    found: dict[str, TensorHeader] = {}
    for graph in walk.tables(model, _MODEL_GRAPHS):
        for table in walk.tables(graph, _GRAPH_TENSORS):
            tensor = _tensor(walk, table, buffers, path)
            if tensor is not None:
                name, n = tensor.name, 2
                while name in found:
                    name, n = f"{tensor.name}#{n}", n + 1
                found[name] = replace(tensor, name=name)
    return WeightFile(tensors=tuple(found[name] for name in sorted(found)))


class _Walk:
    """Reads numbers, tables and vectors; whatever does not lie in the file is refused."""

    def __init__(self, access: RandomAccess) -> None:
        self._access = access
        self._purse = TENSORS.purse()

    @property
    def size(self) -> int:
        return self._access.size

    def piece(self, at: int, count: int) -> bytes:
        if not 0 <= at <= self.size - count:
            raise NotReadableError(Said("truncated: it points beyond its end"))
        return bytes(self._access.read_at(at, count))

    def number(self, at: int, size: int = 4, *, signed: bool = False) -> int:
        return int.from_bytes(self.piece(at, size), "little", signed=signed)

    def link(self, at: int) -> int:
        """Follow the offset that stands at ``at``."""
        return at + self.number(at)

    def field(self, table: int, number: int) -> int | None:
        """Return where a field of a table lies, ``None`` if it is left out."""
        vtable = table - self.number(table, signed=True)
        place = 4 + 2 * number
        offset = self.number(vtable + place, 2) if place < self.number(vtable, 2) else 0
        return table + offset if offset else None

    def value(self, table: int, number: int, size: int = 4) -> int:
        """Return a number of a table, 0 if it is left out."""
        place = self.field(table, number)
        return 0 if place is None else self.number(place, size)

    def vector(self, table: int, number: int) -> tuple[int, int]:
        """Return where the items of a vector begin, and how many there are."""
        place = self.field(table, number)
        if place is None:
            return 0, 0
        start = self.link(place)
        return start + 4, self.number(start)

    def items(self, table: int, number: int, size: int, most: int) -> bytes:
        """Return the bytes of a vector of at most ``most`` items."""
        start, count = self.vector(table, number)
        if count > most:
            raise NotReadableError(Said("has a list longer than any model needs"))
        return self.piece(start, count * size)

    def tables(self, table: int, number: int) -> Iterator[int]:
        """Yield the tables of a vector."""
        start, count = self.vector(table, number)
        if not self._purse.pays(count):
            raise NotReadableError(TENSORS.reason)
        for place in range(start, start + 4 * count, 4):
            yield self.link(place)


def _tensor(walk: _Walk, table: int, buffers: list[int], path: str) -> TensorHeader | None:
    """Describe a tensor whose values are in the file; ``None`` for one that is computed."""
    number = walk.value(table, _BUFFER)
    if not 0 < number < len(buffers):
        return None
    offset, nbytes = walk.vector(buffers[number], _DATA)
    if not nbytes:
        offset, nbytes = (walk.value(buffers[number], n, 8) for n in (_FAR, _FAR_SIZE))
    if nbytes <= 0 or offset <= 0:
        return None
    if offset + nbytes > walk.size:
        raise NotReadableError(Said("truncated: it points beyond its end"))
    dims = walk.items(table, _SHAPE, 4, _MAX_AXES)
    shape = [int.from_bytes(dims[i : i + 4], "little", signed=True) for i in range(0, len(dims), 4)]
    code = walk.value(table, _TYPE, 1)
    name = walk.items(table, _NAME, 1, _MAX_NAME).decode("utf-8", "replace")
    header = array(
        printable(name),
        path,
        Format.TFLITE,
        dtype=_TYPES.get(code, f"TFLite type {code}"),
        shape=shape,
        offset=offset,
        room=nbytes,
        plain=walk.field(table, _SPARSITY) is None,
    )
    quantised = walk.field(table, _QUANTISATION)
    if quantised is None or header.dtype not in _CODES:
        return header
    return replace(header, scaled=_scaled(walk, walk.link(quantised), header))


def _scaled(walk: _Walk, table: int, header: TensorHeader) -> Scaled | None:
    """Return how codes become values: one scale for all, or one for each place of an axis."""
    scales, zeros = (walk.items(table, n, s, _MAX_SCALES) for n, s in ((_SCALES, 4), (_ZEROS, 8)))
    count, axis = len(scales) // 4, walk.value(table, _AXIS)
    fits = count == 1 or (axis < len(header.shape) and header.shape[axis] == count)
    if not count or not fits:
        return None
    shape = tuple(count if a == axis else 1 for a in range(len(header.shape))) or (1,)
    parts = [
        Stored(file=header.file, offset=0, nbytes=len(d), dtype=t, shape=shape, inline=d)
        for d, t in ((scales, "F32"), (zeros, "I64"))
    ]
    known = len(zeros) == 8 * prod(shape)
    return Scaled(scale=parts[0], zero=parts[1] if known else None)
