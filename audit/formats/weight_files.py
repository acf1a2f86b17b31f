# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The formats of weight files that are read; a new one is a module and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from audit.formats import (
    flax_msgpack,
    gguf,
    hdf5,
    numpy_arrays,
    onnx,
    openvino,
    safetensors,
    tensorflow,
    tflite,
    zipped,
)
from audit.formats.tensors import WeightFile
from audit.formats.torch_files import archive
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.unreadable import NotReadableError


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: what tells it (suffixes, and first bytes where these tell it), and its reader.

    ``read(path, access, sizes)`` returns what the header of the file at ``path`` says; ``sizes``
    are all files of the source by path, for a format that keeps values in files beside it. It
    raises ``NotReadableError`` if the file is not of the format or contradicts itself.
    """

    suffixes: tuple[str, ...]
    begins: Callable[[bytes], bool]
    read: Callable[[str, RandomAccess, Mapping[str, int]], WeightFile]


_START = 32
READERS = (
    Reader((".gguf",), lambda head: head.startswith(gguf.MAGIC), gguf.read_gguf),
    Reader((".onnx",), lambda _: False, onnx.read_onnx),
    Reader((".safetensors",), safetensors.looks_like_safetensors, safetensors.read_safetensors),
    Reader((".npy",), lambda head: head.startswith(numpy_arrays.NPY), numpy_arrays.read_npy),
    Reader((".npz",), numpy_arrays.begins_npz, numpy_arrays.read_npz),
    Reader((".h5", ".hdf5"), lambda head: head.startswith(hdf5.MAGIC), hdf5.read_hdf5),
    Reader((".tflite",), lambda head: head[4:8] == tflite.MAGIC, tflite.read_tflite),
    Reader((".msgpack",), lambda _: False, flax_msgpack.read_flax),
    Reader((), tensorflow.begins, tensorflow.read_index),
    Reader((), openvino.begins, openvino.read_openvino),
    Reader((".keras",), lambda _: False, hdf5.read_keras),
)
HEAD_BYTES = 1024
"""How much of the start of a file tells its format."""


def format_of(head: bytes) -> Reader | None:
    """Return the format that the first bytes of a file tell, whatever it is called."""
    return next((reader for reader in READERS if reader.begins(head)), None)


def read_pickled(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile | None:
    """Return the tensors of a file of PyTorch; ``None`` if it is a pickle of something else.

    Raises
    ------
    NotReadableError
        If it is of PyTorch, and holds more than tensors or contradicts itself.
    """
    start = bytes(access.read_at(0, min(_START, access.size)))
    known = start.startswith(zipped.MAGIC) or archive.LEGACY in start
    return archive.read_torch(path, access, sizes) if known else None


def read_weights(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return what the header of one weight file says: by its first bytes, else by its name.

    Raises
    ------
    NotReadableError
        If the file is not what its name or its first bytes say, or contradicts itself.
    """
    told = format_of(bytes(access.read_at(0, min(HEAD_BYTES, access.size))))
    named = next((reader for reader in READERS if path.lower().endswith(reader.suffixes)), None)
    reader = told or named
    if reader is None:
        raise NotReadableError(Said("of no format that is read"))
    return reader.read(path, access, sizes)
