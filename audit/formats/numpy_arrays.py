# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Arrays of NumPy: ``.npy``, and ``.npz``, which is an archive of them.

NumPy's own functions read the headers. An array of objects is a pickle: it is listed and named,
and never opened.
"""

import io
import warnings
from collections.abc import Mapping
from tokenize import TokenError
from typing import BinaryIO

from audit.formats.tensors import PICKLED, Format, Purse, TensorHeader, WeightFile, array
from audit.formats.zipped import MAGIC, inflated, members
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import shortened
from audit.unreadable import NotReadableError, foreign

NPY = b"\x93NUMPY"
_SUFFIX = ".npy"
_MAX_HEADER = 1 << 16


def begins_npz(head: bytes) -> bool:
    """Whether a file with this beginning is an archive whose first member is an array."""
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return head.startswith(MAGIC) and name.endswith(_SUFFIX.encode())


def read_npy(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the one array of a file.

    Raises
    ------
    NotReadableError
        If the header is none, or states more than the file has.
    """
    del sizes
    start = io.BytesIO(access.read_at(0, min(access.size, _MAX_HEADER)))
    return WeightFile(tensors=(_array("array", path, start, access.size),))


def read_npz(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the arrays of an archive in order of name; compressed ones are unpacked, in bounds.

    Raises
    ------
    NotReadableError
        If it is no archive of arrays, or one of them is not what its header says.
    """
    del sizes
    purse, found = Purse(), []
    for name, member in sorted(members(access, deflated=True).items()):
        if not name.endswith(_SUFFIX):
            continue
        own = name.removesuffix(_SUFFIX)
        if member.packed is not None:
            purse.pay(member.size)
            data = inflated(access, member)
            found.append(_array(own, path, io.BytesIO(data), member.size, inline=data))
            continue
        start = io.BytesIO(access.read_at(member.offset, min(member.size, _MAX_HEADER)))
        found.append(_array(own, path, start, member.size, at=member.offset))
    if not found:
        raise NotReadableError(Said("not an archive of arrays: it has no .npy, or none is plain"))
    return WeightFile(tensors=tuple(found))


def _array(
    name: str, path: str, start: BinaryIO, size: int, *, at: int = 0, inline: bytes | None = None
) -> TensorHeader:
    """Describe the array whose header ``start`` gives and that has ``size`` bytes with it."""
    from numpy.lib import format as npy

    # NumPy repairs headers of Python 2 with a tokenizer, and warns
    with foreign(TokenError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        version = npy.read_magic(start)
        readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
        if version not in readers:
            raise NotReadableError(Said('"{name}" is no plain array', name=shortened(name)))
        shape, columns_first, dtype = readers[version](start)
    header = start.tell()
    return array(
        name,
        path,
        Format.NUMPY,
        dtype=PICKLED if dtype.hasobject else dtype.str,
        shape=shape,
        offset=0 if inline is not None else at + header,
        inline=None if inline is None else inline[header:],
        room=size - header,
        columns_first=columns_first,
    )
