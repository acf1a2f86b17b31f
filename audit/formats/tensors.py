# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a weight file says of one tensor: its name, type and shape, and where its bytes lie.

All formats meet here. A tensor is always described as its model uses it (rows are what
a matrix gives, columns what it takes); what a format stores differently is said beside it,
so that whoever reads values need not know the format.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import prod

from audit.record.said import Said
from audit.text.file_names import shortened
from audit.unreadable import NotReadableError


class Format(StrEnum):
    """The file format that a tensor was found in."""

    SAFETENSORS = "safetensors"
    GGUF = "gguf"
    ONNX = "onnx"
    PYTORCH = "pytorch"
    NUMPY = "numpy"
    HDF5 = "hdf5"
    TFLITE = "tflite"
    MSGPACK = "msgpack"
    TENSORFLOW = "tensorflow"
    OPENVINO = "openvino"


BYTES = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1, "I8": 1, "U8": 1,
    "I32": 4, "I64": 8, "BOOL": 1, "I16": 2, "U32": 4,
}  # fmt: skip
"""Types whose elements are read one by one, and their size in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An array as it lies in a file: row-major, little-endian, ``offset`` bytes from the start.

    ``dtype`` is the type's name in its format (``F32``, ``I8``, ``Q4_K``). ``inline`` has the
    bytes where the file writes numbers out one by one; ``offset`` then counts in it.
    """

    file: str
    offset: int
    nbytes: int
    dtype: str
    shape: tuple[int, ...]
    inline: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """Codes that stand for ``(code - zero) * scale``, both broadcast against the codes.

    With ``block``, one scale serves so many rows by so many columns instead. ``divisor`` is what
    every scale is divided by.
    """

    scale: Stored
    zero: Stored | None
    block: tuple[int, int] | None = None
    divisor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Several codes of ``bits`` bits to a word: ``(code - zero - zero_offset) * scale``.

    ``method`` (``gptq``, ``awq``, ``rows``) says along which axis and in which order they are
    packed. ``zeros`` and ``scales`` have one row for each group of inputs (of ``rows``: one column,
    and ``least`` is added to what codes and scales give); ``groups`` gives the group of each
    input, ``None`` where the groups follow one another.
    """

    method: str
    bits: int
    scales: Stored
    zeros: Stored | None = None
    groups: Stored | None = None
    zero_offset: int = 0
    least: Stored | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabled:
    """Codes of 4 bits, two to a byte, that stand for ``table[code] * scale``, row after row.

    Each ``block`` of values has one scale: a power of two (E8M0) where ``exponents``, an 8-bit
    float (E4M3) where ``small``, whatever type the file states. Where scales are codes themselves,
    they are ``levels[code] * of_blocks + shift``, with one of ``of_blocks`` for each ``outer``
    scales. ``factor`` is of the whole matrix, or of each of a stack, and divides where ``divides``.
    ``high_first`` tells which half of a byte comes first.
    """

    table: tuple[float, ...]
    high_first: bool
    block: int
    scales: Stored
    exponents: bool = False
    small: bool = False
    levels: Stored | None = None
    of_blocks: Stored | None = None
    outer: int = 1
    shift: float = 0.0
    factor: Stored | None = None
    divides: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorHeader:
    """One tensor as its file states it; no data is read.

    ``shape`` is the shape in the model. ``stored`` says where the bytes are, ``None`` for a
    tensor made for a test; ``transposed`` that they hold the transpose; ``order`` which axis of
    what is stored each axis of the model is, where there are more than two; ``scaled`` how codes
    become values, ``packed`` the same for codes packed into words, ``tabled`` for entries of a
    table; ``interleaved`` that the rows of each of so many heads are stored as pairs, one of the
    first half and one of the second, where the model keeps the halves apart; ``groups`` that rows
    of several matrices are stored group after group (so many groups, and of each matrix so many
    rows in a group), where the model has one matrix after the other.
    """

    name: str
    file: str
    dtype: str
    shape: tuple[int, ...]
    format: Format = Format.SAFETENSORS
    stored: Stored | None = None
    transposed: bool = False
    order: tuple[int, ...] | None = None
    scaled: Scaled | None = None
    interleaved: int | None = None
    groups: tuple[int, tuple[int, ...]] | None = None
    packed: Packed | None = None
    tabled: Tabled | None = None

    @property
    def coded(self) -> bool:
        """Whether what lies in the file are codes that something beside them turns into values."""
        return bool(self.scaled or self.packed or self.tabled)

    @property
    def nbytes(self) -> int:
        """Bytes in the file, without scales; 0 when it is not known where they lie."""
        return self.stored.nbytes if self.stored else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMetadata:
    """What a weight file says about itself; ``fields`` is canonical JSON text of an object."""

    path: str
    format: Format
    fields: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFile:
    """Everything that the header of one weight file says."""

    tensors: tuple[TensorHeader, ...]
    metadata: FileMetadata | None = None


def refuse_twice(tensors: list[TensorHeader]) -> None:
    """Refuse two tensors of one name: readers would disagree about which of them counts.

    Raises
    ------
    NotReadableError
        If a name occurs twice.
    """
    seen: set[str] = set()
    for tensor in tensors:
        if tensor.name in seen:
            raise NotReadableError(
                Said('two tensors are called "{tensor}"', tensor=shortened(tensor.name))
            )
        seen.add(tensor.name)


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
    shape: Sequence[int],
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
