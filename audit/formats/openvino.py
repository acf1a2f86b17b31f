# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Constants of an OpenVINO model: an XML file that describes the graph, values in a ``.bin``.

A document type is refused, and with it every entity.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.parsers import expat

from audit.budgets import TENSORS
from audit.formats.tensors import Format, TensorHeader, WeightFile, array
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import printable, shortened
from audit.unreadable import NotReadableError

SUFFIX = ".xml"
_MAX_XML = 256 << 20
_PIECE = 1 << 16
_TYPES = {
    "f64": "F64", "f32": "F32", "f16": "F16", "bf16": "BF16", "i8": "I8", "u8": "U8", "i16": "I16",
    "i32": "I32", "i64": "I64", "boolean": "BOOL",
}  # fmt: skip


def begins(head: bytes) -> bool:
    """Whether a file with this beginning describes a graph."""
    return head.lstrip().startswith(b"<?xml") and b"<net " in head


def read_openvino(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the constants of one model in order of name.

    Raises
    ------
    NotReadableError
        If the XML is none, has a document type, or its values are not all there.
    """
    beside = path.removesuffix(SUFFIX) + ".bin"
    if beside not in sizes:
        raise NotReadableError(
            Said('its data file "{path}" is not in the folder', path=shortened(beside))
        )
    found = _Found(path, beside, sizes[beside])
    parser = expat.ParserCreate()
    parser.StartElementHandler = found.element
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for start in range(0, min(access.size, _MAX_XML), _PIECE):
            piece = bytes(access.read_at(start, min(_PIECE, access.size - start)))
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    # An encoding that nobody knows, or of several bytes to a character, is no error of expat's.
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise NotReadableError(Said("not a model of OpenVINO: its XML is damaged")) from error
    return WeightFile(tensors=tuple(found.tensors[name] for name in sorted(found.tensors)))


def _refuse(*_: object) -> None:
    raise NotReadableError(Said("its XML has a document type, which no model needs"))


class _Found:
    """Collects the constants while the XML goes by."""

    def __init__(self, path: str, beside: str, size: int) -> None:
        self._path, self._beside, self._size = path, beside, size
        self._purse = TENSORS.purse()
        self._layer: str | None = None
        self.tensors: dict[str, TensorHeader] = {}

    def element(self, tag: str, attributes: dict[str, Any]) -> None:
        """Remember the constant whose element begins, or take down its data."""
        if tag == "layer":
            constant = attributes.get("type") == "Const"
            self._layer = printable(attributes.get("name", "")) if constant else None
        elif tag == "data" and self._layer is not None:
            name, n = self._layer, 2
            while name in self.tensors:
                name, n = f"{self._layer}#{n}", n + 1
            self._take(name, attributes)
            self._layer = None

    def _take(self, name: str, attributes: dict[str, Any]) -> None:
        if not self._purse.pays(1):
            raise NotReadableError(TENSORS.reason)
        shape = [s for s in attributes.get("shape", "").replace(" ", "").split(",") if s]
        offset, size = attributes.get("offset", ""), attributes.get("size", "")
        if not all(n.isascii() and n.isdecimal() and len(n) < 19 for n in (*shape, offset, size)):
            raise NotReadableError(
                Said('tensor "{name}" has an offset that is no number', name=shortened(name))
            )
        dtype = attributes.get("element_type", "")
        fits = int(offset) + int(size) <= self._size
        tensor = array(
            name,
            self._beside,
            Format.OPENVINO,
            dtype=_TYPES.get(dtype, shortened(dtype)),
            shape=[int(n) for n in shape],
            offset=int(offset),
            room=int(size) if fits else 0,
        )
        self.tensors[name] = replace(tensor, file=self._path)
