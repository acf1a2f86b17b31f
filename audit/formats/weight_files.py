# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Chooses the reader of a weight file, by its first bytes and else by its name."""

from collections.abc import Mapping

from audit.formats.gguf import read_gguf
from audit.formats.onnx import read_onnx
from audit.formats.safetensors import read_headers
from audit.formats.tensors import WeightFile
from audit.sources.digest import opened
from audit.sources.kinds import GGUF_MAGIC
from audit.sources.walk import Entry


def read_weights(entry: Entry, entries: Mapping[str, Entry]) -> WeightFile:
    """Return what the header of one weight file says.

    ``entries`` are all files of the folder by path; an ONNX file may keep values in them.

    Raises
    ------
    NotReadableError
        If the file is not what its name or its first bytes say, or contradicts itself.
    """
    name = entry.path.lower()
    with opened(entry) as stream:
        head = stream.read(len(GGUF_MAGIC))
    if head == GGUF_MAGIC or name.endswith(".gguf"):
        return read_gguf(entry)
    if name.endswith(".onnx"):
        return read_onnx(entry, entries)
    return WeightFile(tensors=read_headers(entry))
