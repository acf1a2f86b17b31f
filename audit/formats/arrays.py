# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What formats of named arrays have in common: NumPy's types, orders, and a purse for unpacking."""

from math import prod
from typing import TYPE_CHECKING

from audit.formats.tensors import BYTES, Format, Stored, TensorHeader
from audit.record.said import Said
from audit.text.file_names import shortened
from audit.unreadable import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

_TYPES = {
    "<f8": "F64", "<f4": "F32", "<f2": "F16", "|i1": "I8", "|u1": "U8", "<i2": "I16",
    "<i4": "I32", "<i8": "I64", "|b1": "BOOL",
}  # fmt: skip
NAMED = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int8": "I8",
    "uint8": "U8", "int16": "I16", "int32": "I32", "int64": "I64", "bool": "BOOL",
}  # fmt: skip
"""Types by the words that formats write for them."""
PICKLED = "pickled objects"
"""Stands as the type of an array that is a pickle inside."""
_MAX_AXES, _MAX_DIMENSION = 32, 2**53 - 1
_MOST_UNPACKED = 256 << 20


class Purse:
    """How many bytes of one file may be unpacked into memory; no archive decides that."""

    def __init__(self) -> None:
        self._left = _MOST_UNPACKED

    def pay(self, count: int) -> None:
        """Take ``count`` bytes out, or raise ``NotReadableError``."""
        self._left -= count
        if self._left < 0:
            raise NotReadableError(
                Said(
                    "its values are compressed and more than {limit} MiB: save them uncompressed",
                    limit=_MOST_UNPACKED >> 20,
                )
            )


def array(
    name: str,
    path: str,
    format_: Format,
    *,
    dtype: str,
    shape: "Sequence[int]",
    offset: int = 0,
    inline: bytes | None = None,
    room: int,
    columns_first: bool = False,
    plain: bool = True,
) -> TensorHeader:
    """Describe one array that starts at ``offset``, or whose bytes are ``inline``.

    ``dtype`` is NumPy's code (``<f4``) or a name of this programme; ``room`` how many bytes there
    are from its start on. ``columns_first`` is Fortran's order; an array that is not ``plain``,
    or has such an order and more than two axes, is listed without values.

    Raises
    ------
    NotReadableError
        If the shape cannot be, or needs more bytes than there are.
    """
    sizes = tuple(int(n) for n in shape)
    if len(sizes) > _MAX_AXES or any(not 0 <= n <= _MAX_DIMENSION for n in sizes):
        raise NotReadableError(
            Said('tensor "{name}" states a shape that cannot be', name=shortened(name))
        )
    kind = _TYPES.get(dtype, dtype)
    turned = columns_first and len(sizes) == 2
    size = BYTES.get(kind)
    readable = plain and size is not None and (turned or not columns_first or len(sizes) < 2)
    nbytes = prod(sizes) * (size or 0) if readable else 0
    if nbytes > room:
        raise NotReadableError(
            Said('the values of "{name}" are not all there', name=shortened(name))
        )
    stored = sizes[::-1] if turned else sizes
    return TensorHeader(
        name=name,
        file=path,
        dtype=kind,
        shape=sizes,
        format=format_,
        stored=Stored(
            file=path, offset=offset, nbytes=nbytes, dtype=kind, shape=stored, inline=inline
        ),
        transposed=turned,
    )
