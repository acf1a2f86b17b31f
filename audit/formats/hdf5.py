# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Weights of Keras: HDF5 files (``.h5``), and ``.keras``, an archive that holds one.

pyfive finds the arrays, in Python: the C library behind h5py has had faults that a file could use.
It is given a stream that counts what it reads, so that no tree without end keeps it. The values
are found here: at an offset, or in chunks that are unpacked in bounds; pyfive would unpack what a
file asks for (docs/decisions/0074).
"""

import io
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from math import prod
from typing import TYPE_CHECKING, Any

from audit.budgets import TENSORS
from audit.formats.tensors import Format, Purse, TensorHeader, WeightFile, array
from audit.formats.zipped import inflated, members
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import printable
from audit.unreadable import NotReadableError, foreign

if TYPE_CHECKING:
    import numpy as np

MAGIC = b"\x89HDF\r\n\x1a\n"
_INSIDE = "model.weights.h5"
_TOP = "model_weights/"
"""The group of the weights in files that hold the optimiser's as well."""
_DEFLATE, _SHUFFLE, _CHECKSUM = 1, 2, 3
_COMPACT, _CONTIGUOUS, _CHUNKED = range(3)
_NEVER_WRITTEN = (1 << 64) - 1
_MAX_READS, _MAX_READ = 2_000_000, 64 << 20


def read_hdf5(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the arrays of one HDF5 file in order of name.

    Raises
    ------
    NotReadableError
        If it is no HDF5, or lies.
    """
    del sizes
    return WeightFile(tensors=_Arrays(path, Purse()).of(_Metered(access.stream()), access.size))


def read_keras(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the arrays of the weights inside a ``.keras`` archive; raises as :func:`read_hdf5`."""
    del sizes
    member = members(access, deflated=True).get(_INSIDE)
    if member is None:
        raise NotReadableError(Said("not a Keras archive: it has no {name}", name=_INSIDE))
    purse = Purse()
    if member.packed is None:
        stream = access.stream(start=member.offset, size=member.size)
        arrays = _Arrays(path, purse, start=member.offset)
        return WeightFile(tensors=arrays.of(_Metered(stream), member.size))
    purse.pay(member.size)
    data = inflated(access, member)
    arrays = _Arrays(path, purse, held=data)
    return WeightFile(tensors=arrays.of(_Metered(io.BytesIO(data)), member.size))


class _Metered:
    """A stream that ends the reading of whoever reads without end.

    It is never closed in the reader's eyes, so that nothing is opened by a name instead.
    """

    closed = False

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._left = _MAX_READS
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, as a stream does."""
        self._left -= 1
        if self._left < 0 or not 0 <= size <= _MAX_READ:
            raise NotReadableError(Said("has more parts than any model needs"))
        return self._stream.read(size)


class _Arrays:
    """Finds the arrays of one file, which begins at ``start`` or is ``held`` in memory."""

    def __init__(
        self, path: str, purse: Purse, *, start: int = 0, held: bytes | None = None
    ) -> None:
        self._path, self._purse, self._start, self._held = path, purse, start, held
        self._tensors = TENSORS.purse()

    def of(self, stream: _Metered, size: int) -> tuple[TensorHeader, ...]:
        """Return all of them."""
        import pyfive

        self._stream, self._size = stream, size
        with foreign(NotImplementedError, pyfive.core.InvalidHDF5File), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            datasets: dict[str, Any] = {}
            pyfive.File(stream).visititems(partial(self._keep, datasets), noindex=True)
            found = [self._header(name, one) for name, one in datasets.items()]
        tops = all(t.name.startswith((_TOP, "optimizer_weights/")) for t in found)
        named = {t.name.removeprefix(_TOP) if tops else t.name: t for t in found}
        return tuple(replace(named[name], name=name) for name in sorted(named))

    def _keep(self, found: dict[str, Any], name: str, item: Any) -> None:
        """Keep a dataset; what has several names keeps its first."""
        if not self._tensors.pays(1):
            raise NotReadableError(TENSORS.reason)
        if getattr(item, "shape", None) is not None:
            found.setdefault(printable(name), item)

    def _header(self, name: str, dataset: Any) -> TensorHeader:
        held, dtype, shape = dataset.id, dataset.dtype, tuple(int(n) for n in dataset.shape)
        code = dtype.str if dtype.kind in "fiub" else str(dtype)
        offset, inline, room = 0, None, self._size
        kind = held.layout_class
        if kind == _CONTIGUOUS and held.data_offset != _NEVER_WRITTEN:
            offset = self._start + held.data_offset
            room = self._size - held.data_offset
            if self._held is not None:
                inline, offset = self._held, held.data_offset
        elif kind == _CHUNKED and dtype.kind in "fiub":
            self._purse.pay(prod(shape) * dtype.itemsize)
            inline = self._chunks(dataset, shape, dtype)
            room = len(inline)
        plain = offset > 0 or inline is not None
        return array(
            name,
            self._path,
            Format.HDF5,
            dtype=code,
            shape=shape,
            offset=offset,
            inline=inline,
            room=max(0, room),
            plain=plain,
        )

    def _chunks(self, dataset: Any, shape: tuple[int, ...], dtype: "np.dtype[Any]") -> bytes:
        """Put the chunks of an array together."""
        import numpy as np

        filters = [f["filter_id"] for f in dataset.id.filter_pipeline or ()]
        if not set(filters) <= {_DEFLATE, _SHUFFLE, _CHECKSUM}:
            raise NotReadableError(Said("its values are compressed in a way that is not read"))
        whole = np.zeros(shape, dtype)
        chunk = tuple(int(n) for n in dataset.chunks)
        for number in range(dataset.id.get_num_chunks()):
            info = dataset.id.get_chunk_info(number)
            data = self._chunk(info, filters, prod(chunk) * dtype.itemsize, dtype.itemsize)
            part = np.frombuffer(data, dtype).reshape(chunk)
            place = tuple(slice(int(o), int(o) + n) for o, n in zip(info[0], chunk, strict=True))
            whole[place] = part[tuple(slice(0, n) for n in whole[place].shape)]
        return whole.tobytes()

    def _chunk(self, info: Any, filters: list[int], nbytes: int, itemsize: int) -> bytes:
        """Read one chunk and undo its filters, last first; a set bit of the mask skips one."""
        import numpy as np

        self._purse.pay(nbytes)
        self._stream.seek(info.byte_offset)
        data = self._stream.read(info.size)
        for place, kind in reversed(list(zip(count(), filters, strict=False))):
            if info.filter_mask >> place & 1:
                continue
            if kind == _DEFLATE:
                data = zlib.decompressobj().decompress(data, nbytes + 4)
            elif kind == _SHUFFLE:
                data = np.frombuffer(data, np.uint8).reshape(itemsize, -1).T.tobytes()
            else:
                data = data[:-4]
        return data
