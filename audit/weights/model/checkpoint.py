# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A read-only, lazy view of the weights of one folder, whatever their file format.

Only the rows that a test asks for are read; what was read is counted.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from audit.errors import WeightsChangedError
from audit.formats.levels import CODES
from audit.formats.tables import beside, looked_up
from audit.formats.tensors import BYTES, Scaled, Stored, TensorHeader
from audit.formats.unpacking import unpacked
from audit.formats.windows import window
from audit.inventory import Inventory
from audit.unreadable import NotReadableError
from audit.weights.model.devices import CPU
from audit.weights.model.order import NUMBER
from audit.weights.model.slots import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from audit.sources.interface import RandomAccess


_BEGINNING = 64
"""Bytes that tell a tensor's values from another's."""


@contextmanager
def unchanged(path: str) -> Iterator[None]:
    """Demand that a file of the weights can be read as it was when the folder was listed.

    Raises
    ------
    WeightsChangedError
        If it cannot: what would be compared is not what was digested.
    """
    try:
        yield
    except NotReadableError as error:
        raise WeightsChangedError(
            f"{path} is no longer what it was when the folder was listed.",
            advice="Audit a folder that nobody writes to.",
        ) from error


class Checkpoint:
    """Opens each file once, when first needed; use it as a context manager.

    Values are handed out on ``device`` (``"cpu"`` or ``"cuda"``). When it is left, every file
    that was read must still be the one that was listed, else ``WeightsChangedError``.
    """

    def __init__(self, inventory: Inventory, device: str = CPU) -> None:
        self._inventory = inventory
        self._device = device
        self._open: dict[str, RandomAccess] = {}
        self._end: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            for path, access in self._open.items() if kind is None else ():
                with unchanged(path):
                    access.confirm()
        finally:
            for access in self._open.values():
                access.close()

    @property
    def bytes_read(self) -> int:
        """Bytes read from the weight files so far."""
        return sum(access.bytes_read for access in self._open.values())

    @cached_property
    def fingerprint(self) -> str:
        """Digest what every tensor is, and what those outside the layers begin with.

        The tests read these in any case: the beginning of every tensor of a model on a hub would
        cost a request each.
        """
        digest = hashlib.sha256()
        headers = sorted(self._inventory.tensors, key=lambda h: h.name)
        outside = [h for h in headers if not NUMBER.search(h.name)]
        for header in headers:
            digest.update(f"{header.name} {header.dtype} {header.shape}\n".encode())
        for header in outside or headers:
            if header.stored is not None:
                digest.update(self._beginning(header.stored))
        return digest.hexdigest()

    def _beginning(self, stored: Stored) -> bytes | bytearray:
        count = min(_BEGINNING, stored.nbytes)
        if stored.inline is not None:
            return stored.inline[stored.offset : stored.offset + count]
        return self.piece(stored.file, stored.offset, count)

    def rows(self, slot: Slot, start: int, stop: int) -> Tensor:
        """Read units ``start:stop`` of the axis that is not the residual one.

        Returns the values in the stored type (float32 where they are stored as codes),
        shape ``(stop - start, width)``; for a vector, shape ``(1, width)`` whatever the range.
        """
        if len(slot.shape) == 1:
            return self.slab(slot.header, 0, slot.header.shape[0]).reshape(1, -1)
        first, last = slot.rows or (0, units(slot))
        units_wanted = range(min(first + start, last), min(first + stop, last))
        width = range(slot.shape[slot.hidden_axis])
        if slot.hidden_axis == 0:
            return self._matrix(slot.header, slot.index, width, units_wanted).T
        return self._matrix(slot.header, slot.index, units_wanted, width)

    def levels(self, slot: Slot, start: int, stop: int, *ends: int) -> tuple[Tensor, ...]:
        """Return what :meth:`rows` would be with every code at each of ``ends``.

        Those of ``audit.formats.levels``; only for a tensor that has steps there.
        """
        found = []
        for end in ends:
            self._end = end
            try:
                found.append(self.rows(slot, start, stop))
            finally:
                self._end = None
        return tuple(found)

    def slab(self, header: TensorHeader, start: int, stop: int) -> Tensor:
        """Read ``start:stop`` of the first axis of any tensor, as :meth:`rows` gives values."""
        import torch

        rows = range(start, min(stop, header.shape[0])) if header.shape else range(1)
        if header.tabled and len(header.shape) == 3:
            high, wide = range(header.shape[1]), range(header.shape[2])
            return torch.stack([self._matrix(header, index, high, wide) for index in rows])
        if header.transposed or header.coded or header.interleaved or header.groups:
            columns = range(header.shape[1]) if len(header.shape) == 2 else range(1)
            return self._matrix(header, None, rows, columns).reshape(len(rows), *header.shape[1:])
        if header.order is not None:
            return self._moved(header, header.order)[rows.start : rows.stop]
        return self._read(_stored(header), rows)

    def _moved(self, header: TensorHeader, order: tuple[int, ...]) -> Tensor:
        """Read all of a tensor whose axes lie in another order: convolutions, which are small."""
        return self._read(_stored(header), range(_stored(header).shape[0])).permute(order)

    def _matrix(
        self, header: TensorHeader, index: int | None, rows: range, columns: range
    ) -> Tensor:
        """Read a window of one matrix (or vector, as one column) as the model uses it."""
        if header.groups:
            return self._regrouped(header, *header.groups, rows, columns)
        if header.order is not None:
            whole = self._moved(header, header.order)
            matrix = whole if index is None else whole[index]
            return matrix[rows.start : rows.stop, columns.start : columns.stop]
        if header.tabled:
            sides = (columns, rows) if header.transposed else (rows, columns)
            values = looked_up(header, self._read, index, *sides, end=self._end)
            return values.T if header.transposed else values
        stored = _stored(header, index)
        if header.interleaved:
            return self._paired(stored, header.interleaved, rows, columns)
        if header.packed:
            return unpacked(header.packed, self._read, header, rows, columns, end=self._end)
        return self._upright(header, stored, rows, columns)

    def _upright(self, header: TensorHeader, stored: Stored, rows: range, columns: range) -> Tensor:
        """Read a window of one matrix that lies as its file has it, codes turned into values."""
        if header.transposed:
            rows, columns = columns, rows
        values = self._read(stored, rows, columns)
        if header.scaled:
            codes = values.float()
            if self._end is not None:
                codes = self._at_end(header.dtype, codes, self._end)
            values = self._scaled(header.scaled, codes, rows, columns)
        return values.T if header.transposed else values

    def _at_end(self, dtype: str, codes: Tensor, end: int) -> Tensor:
        """Set codes to the end of their levels, or to the next one where those are floats."""
        import torch

        if dtype in CODES:
            return codes.fill_(CODES[dtype][end])
        kind = torch.float8_e4m3fn if dtype == "F8_E4M3" else torch.float8_e5m2
        levels = torch.arange(256, dtype=torch.uint8, device=codes.device).view(kind).float()
        return beside(codes, levels[levels.isfinite()], end)

    def _scaled(self, scaled: Scaled, values: Tensor, rows: range, columns: range) -> Tensor:
        """Turn codes of one window into values."""
        if scaled.block:
            high, wide = scaled.block
            scale = self._read(scaled.scale, range(scaled.scale.shape[0])).float()
            tall = scale.repeat_interleave(high, 0)[rows.start : rows.stop]
            return values * tall.repeat_interleave(wide, 1)[:, columns.start : columns.stop]
        if scaled.zero:
            values = values - self._broadcast(scaled.zero, rows, columns).float()
        return values * self._broadcast(scaled.scale, rows, columns).float() / scaled.divisor

    def _read(self, stored: Stored, rows: range, columns: range | None = None) -> Tensor:
        some = columns if len(stored.shape) == 2 else None
        if some is not None and len(some) < stored.shape[1]:  # a piece of each row
            stride = stored.nbytes // stored.shape[0]
            start = stored.offset + rows.start * stride
            self._access(stored.file).expect(start, start + len(rows) * stride)
        end = None if stored.dtype in BYTES else self._end
        return window(self.piece, stored, rows, some, end=end).to(self._device)

    def piece(self, path: str, offset: int, count: int) -> bytearray:
        """Read bytes of a file that is opened when first needed."""
        with unchanged(path):
            return self._access(path).read_at(offset, count)

    def _access(self, path: str) -> RandomAccess:
        if path not in self._open:
            with unchanged(path):
                self._open[path] = self._inventory.opened(path)
        return self._open[path]

    def _broadcast(self, part: Stored, rows: range, columns: range) -> Tensor:
        """Read the scales of a window; an axis of length one serves all of it."""
        some = rows if part.shape[0] > 1 else range(1)
        if len(part.shape) == 1:
            return self._read(part, some)
        return self._read(part, some, columns if part.shape[1] > 1 else range(1))

    def _paired(self, stored: Stored, heads: int, rows: range, columns: range) -> Tensor:
        """Read rows that a rotary format stores as pairs, in the order of the model.

        Row ``2 j + p`` of a head is row ``p * size / 2 + j`` of the model's head.
        """
        size = stored.shape[0] // heads
        first, last = rows.start // size, -(-rows.stop // size)
        whole = self._read(stored, range(first * size, last * size), columns)
        pairs = whole.reshape(last - first, size // 2, 2, -1).transpose(1, 2)
        inside = slice(rows.start - first * size, rows.stop - first * size)
        return pairs.reshape(whole.shape)[inside]

    def _regrouped(
        self, header: TensorHeader, count: int, sizes: tuple[int, ...], rows: range, columns: range
    ) -> Tensor:
        """Read rows of matrices that are stored group after group, in the order of the model."""
        import torch

        as_stored, whole, found, before = replace(header, groups=None), sum(sizes), [], 0
        for size in sizes:
            first, last = max(rows.start - before * count, 0), rows.stop - before * count
            last = min(last, size * count)
            if first < last:
                near, far = first // size, -(-last // size)
                read = self._matrix(as_stored, None, range(near * whole, far * whole), columns)
                part = read.reshape(far - near, whole, -1)[:, before : before + size]
                found.append(
                    part.reshape(-1, len(columns))[first - near * size : last - near * size]
                )
            before += size
        return torch.cat(found) if found else self._matrix(as_stored, None, range(0), columns)


def _stored(header: TensorHeader, index: int | None = None) -> Stored:
    """Return where the tensor lies, or the matrix at ``index`` of a stack of them."""
    stored = header.stored
    if stored is None:
        raise ValueError(f"nobody said where {header.name} lies")
    if index is None:
        return stored
    each = stored.nbytes // stored.shape[0]
    return Stored(
        file=stored.file,
        offset=stored.offset + index * each,
        nbytes=each,
        dtype=stored.dtype,
        shape=stored.shape[1:],
        inline=stored.inline,
    )


def units(slot: Slot) -> int:
    """How many rows :meth:`Checkpoint.rows` can give: the size of the other axis."""
    return 1 if len(slot.shape) == 1 else slot.shape[1 - slot.hidden_axis]
