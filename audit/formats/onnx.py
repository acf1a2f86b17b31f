# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Names, types and shapes of the constants of an ONNX file, and where their bytes lie.

Field numbers are those of ``onnx.proto3`` (IR version 3 and later). Nothing but names,
shapes, graph edges and numbers that are written out one by one is loaded. The sub-graphs of
``If``, ``Loop`` and the like and the functions of the model are read as the graph itself.
"""

import posixpath
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from math import prod

from audit.formats.onnx_graph import Constant, Node, named
from audit.formats.protobuf import Span, Wire
from audit.formats.tensors import FileMetadata, Format, Stored, WeightFile, refuse_twice
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import printable, shortened
from audit.text.strict_json import canonical
from audit.unreadable import NotReadableError

_GRAPH, _PROPERTIES, _FUNCTION = 7, 14, 25
_FUNCTION_NODE = 7
_ABOUT = {2: "producer_name", 3: "producer_version"}
_NODE, _INITIALIZER = 1, 5
_INPUT, _OUTPUT, _NODE_NAME, _OP, _ATTRIBUTE = 1, 2, 3, 4, 5
_ATTRIBUTE_NAME, _INT, _TENSOR, _INNER, _INNERS = 1, 3, 5, 6, 11
_INT32S, _INT64S, _UINT64S = 5, 7, 11
_LISTED = {
    **dict.fromkeys(("I8", "U8", "I16", "U16", "I32", "BOOL", "F16", "BF16"), _INT32S),
    "I64": _INT64S, "U32": _UINT64S, "U64": _UINT64S,
}  # fmt: skip
"""Types whose numbers may be written out one by one, and in which field."""
_MAX_LISTED = 1 << 20
_MAX_DEPTH = 8
_DIMS, _DATA_TYPE, _FLOATS, _TENSOR_NAME, _RAW, _DOUBLES, _EXTERNAL, _LOCATION = (
    1, 2, 4, 8, 9, 10, 13, 14,
)  # fmt: skip
_TYPES = {
    1: "F32", 2: "U8", 3: "I8", 4: "U16", 5: "I16", 6: "I32", 7: "I64", 9: "BOOL", 10: "F16",
    11: "F64", 12: "U32", 13: "U64", 16: "BF16", 17: "F8_E4M3", 19: "F8_E5M2", 21: "U4", 22: "I4",
}  # fmt: skip
"""``TensorProto.DataType``, in the names that safetensors gives the same types."""
_BITS = {
    "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16,
    "I16": 16, "U16": 16, "I8": 8, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8, "U4": 4, "I4": 4,
}  # fmt: skip
_MAX_TEXT = 1 << 16
_MAX_AXES = 16
_MAX_DIMENSION = 2**53 - 1


def read_onnx(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:
    """Return the constants of one ONNX file in order of name, and what it says of itself.

    ``sizes`` are the files of the source by path: weights may lie in files beside this one.

    Raises
    ------
    NotReadableError
        If the file is not ONNX, or contradicts itself or its neighbours.
    """
    wire = Wire(access)
    fields = list(wire.fields(wire.whole))
    graphs = [value for number, value in fields if number == _GRAPH]
    if len(graphs) != 1 or not isinstance(graphs[0], Span):
        raise NotReadableError(Said("not ONNX: it holds no graph, or more than one"))
    reader = _Reader(wire, path, sizes)
    functions = [v for number, v in fields if number == _FUNCTION and isinstance(v, Span)]
    inside = [reader.graph(f, node=_FUNCTION_NODE, initializer=0) for f in functions]
    constants, nodes = _joined(reader.graph(graphs[0]), inside)
    tensors = list(named(constants, nodes, path))
    about = canonical(reader.about(fields))
    refuse_twice(tensors)
    return WeightFile(
        tensors=tuple(sorted(tensors, key=lambda tensor: tensor.name)),
        metadata=FileMetadata(path=path, format=Format.ONNX, fields=about),
    )


class _Reader:
    """Reads the parts of one model message."""

    def __init__(self, wire: Wire, path: str, sizes: Mapping[str, int]) -> None:
        self._wire = wire
        self._path = path
        self._files = sizes

    def graph(
        self, span: Span, *, node: int = _NODE, initializer: int = _INITIALIZER, depth: int = 0
    ) -> tuple[list[Constant], list[Node]]:
        """Return the constants and the nodes, those of sub-graphs among them."""
        if depth > _MAX_DEPTH:
            raise NotReadableError(Said("has graphs inside graphs without end"))
        constants, nodes = [], []
        inside: list[_Graph] = []
        for number, value in self._wire.fields(span):
            if number == initializer and isinstance(value, Span):
                constants.append(self._constant(value))
            elif number == node and isinstance(value, Span):
                read, inner, graphs = self._node(value)
                nodes.append(read)
                constants += [] if inner is None else [inner]
                inside += (self.graph(below, depth=depth + 1) for below in graphs)
        return _joined((constants, nodes), inside)

    def about(self, fields: list[tuple[int, int | Span]]) -> dict[str, str]:
        """Return the producer and the free properties that the exporter wrote."""
        found: dict[str, str] = {}
        for number, value in fields:
            if number in _ABOUT and isinstance(value, Span):
                found[_ABOUT[number]] = self._text(value)
            elif number == _PROPERTIES and isinstance(value, Span) and value.length <= _MAX_TEXT:
                found.update([self._pair(value)])  # longer ones are lists of an alphabet
        return found

    def _text(self, span: Span) -> str:
        return self._wire.bytes(span, _MAX_TEXT).decode("utf-8", "replace")

    def _spans(self, span: Span) -> dict[int, list[Span]]:
        """Return the fields of a message that have a length, by number."""
        found: dict[int, list[Span]] = defaultdict(list)
        for number, value in self._wire.fields(span):
            if isinstance(value, Span):
                found[number].append(value)
        return found

    def _pair(self, span: Span) -> tuple[str, str]:
        texts = {number: self._text(spans[-1]) for number, spans in self._spans(span).items()}
        return texts.get(1, ""), texts.get(2, "")

    def _node(self, span: Span) -> tuple[Node, Constant | None, list[Span]]:
        parts = self._spans(span)
        inputs, outputs, name, op = (
            tuple(map(self._text, parts[n])) for n in (_INPUT, _OUTPUT, _NODE_NAME, _OP)
        )
        integers: dict[str, int] = {}
        inner: Span | None = None
        graphs: list[Span] = []
        for attribute in parts[_ATTRIBUTE]:
            listed = list(self._wire.fields(attribute))
            graphs += [v for n, v in listed if n in (_INNER, _INNERS) and isinstance(v, Span)]
            fields = dict(listed)
            whole, called = fields.get(_INT), fields.get(_ATTRIBUTE_NAME)
            if isinstance(whole, int):
                named = self._text(called) if isinstance(called, Span) else ""
                integers[named] = whole if whole < 1 << 63 else whole - (1 << 64)
            tensor = fields.get(_TENSOR)
            inner = tensor if isinstance(tensor, Span) else inner
        node = Node(
            op="".join(op), name="".join(name), inputs=inputs, outputs=outputs, integers=integers
        )
        if inner is None or node.op != "Constant":
            return node, None, graphs
        return node, self._constant(inner, name=next(iter(outputs), "")), graphs

    def _constant(self, span: Span, name: str = "") -> Constant:
        """Read one ``TensorProto`` but for its values; ``name`` is for one that has none."""
        fields = list(self._wire.fields(span))
        numbers = {n: v for n, v in fields if isinstance(v, int)}
        spans = {n: v for n, v in fields if isinstance(v, Span)}
        name = (self._text(spans[_TENSOR_NAME]) if _TENSOR_NAME in spans else "") or name
        dims = [size for n, v in fields if n == _DIMS for size in self._sizes(v)]
        if len(dims) > _MAX_AXES or max(dims, default=0) > _MAX_DIMENSION:
            raise NotReadableError(
                Said('tensor "{name}" states a shape that cannot be', name=shortened(name))
            )
        code = numbers.get(_DATA_TYPE, 0)
        dtype = _TYPES.get(code, f"ONNX type {code}")
        stored = Stored(
            file=self._path,
            offset=0,
            nbytes=-(-prod(dims) * _BITS.get(dtype, 8) // 8),
            dtype=dtype,
            shape=tuple(dims),
        )
        if numbers.get(_LOCATION) == 1:
            pairs = (self._pair(v) for n, v in fields if n == _EXTERNAL and isinstance(v, Span))
            return Constant(name=name, stored=self._outside(name, stored, dict(pairs)))
        if _RAW not in spans and stored.dtype in _LISTED:
            return Constant(name=name, stored=self._listed(name, stored, fields))
        return Constant(name=name, stored=self._inside(name, stored, spans))

    def _sizes(self, value: int | Span) -> list[int]:
        """Return the dimensions in one field: a number, or a packed list of them."""
        return [value] if isinstance(value, int) else self._wire.integers(value, _MAX_TEXT)

    def _listed(self, name: str, stored: Stored, fields: list[tuple[int, int | Span]]) -> Stored:
        """Read numbers that are written out one by one, half floats by their bits."""
        number = _LISTED[stored.dtype]
        if prod(stored.shape) > _MAX_LISTED:
            return replace(stored, nbytes=0)
        values = [
            one
            for n, v in fields
            if n == number
            for one in ([v] if isinstance(v, int) else self._wire.integers(v, 10 * _MAX_LISTED))
        ]
        if not values:
            return replace(stored, nbytes=0)
        size = _BITS[stored.dtype] // 8
        data = b"".join((v % (1 << 8 * size)).to_bytes(size, "little") for v in values)
        if len(data) != stored.nbytes:
            raise _wrong_length(name, len(data), stored.nbytes)
        return replace(stored, inline=data)

    def _inside(self, name: str, stored: Stored, spans: dict[int, Span]) -> Stored:
        typed = {"F32": _FLOATS, "F64": _DOUBLES}.get(stored.dtype)
        span = spans.get(_RAW) or (spans.get(typed) if typed else None)
        if span is None or stored.dtype not in _BITS:
            return replace(stored, nbytes=0)  # a list of integers or texts: never weights
        if span.length != stored.nbytes:
            raise _wrong_length(name, span.length, stored.nbytes)
        return replace(stored, offset=span.start)

    def _outside(self, name: str, stored: Stored, external: dict[str, str]) -> Stored:
        location = external.get("location", "")
        if not location or location.startswith("/") or ".." in location.split("/"):
            raise NotReadableError(
                Said('names data outside its folder: "{location}"', location=shortened(location))
            )
        folder = posixpath.dirname(self._path)
        path = posixpath.normpath(posixpath.join(folder, printable(location)))
        if path not in self._files:
            raise NotReadableError(
                Said('its data file "{path}" is not in the folder', path=shortened(path))
            )
        offset = external.get("offset", "0")
        length = external.get("length", str(stored.nbytes))
        if not (offset.isdecimal() and length.isdecimal() and len(offset + length) < 38):
            raise NotReadableError(
                Said('tensor "{name}" has an offset that is no number', name=shortened(name))
            )
        fits = int(offset) + stored.nbytes <= self._files[path]
        if int(length) != stored.nbytes or not fits:
            raise NotReadableError(
                Said(
                    'truncated: the bytes of tensor "{name}" are not all in {path}',
                    name=shortened(name),
                    path=path,
                )
            )
        return replace(stored, file=path, offset=int(offset))


def _wrong_length(name: str, length: int, nbytes: int) -> NotReadableError:
    return NotReadableError(
        Said(
            'tensor "{name}" has {length} bytes, its shape needs {nbytes}',
            name=shortened(name),
            length=length,
            nbytes=nbytes,
        )
    )


_Graph = tuple[list[Constant], list[Node]]


def _joined(outer: _Graph, inside: list[_Graph]) -> _Graph:
    """Put the constants and nodes of sub-graphs after those of the graph that holds them."""
    constants, nodes = outer
    for found in inside:
        apart = _apart(found, {c.name for c in constants})
        constants, nodes = constants + apart[0], nodes + apart[1]
    return constants, nodes


def _apart(found: _Graph, taken: set[str]) -> _Graph:
    """Give constants of a sub-graph that bear a name of another graph a name of their own."""
    constants, nodes = found
    new: dict[str, str] = {}
    for name in sorted({c.name for c in constants} & taken):
        n = 2
        while f"{name}#{n}" in taken:
            n += 1
        new[name] = f"{name}#{n}"
    return (
        [replace(c, name=new.get(c.name, c.name)) for c in constants],
        [replace(n, inputs=tuple(new.get(i, i) for i in n.inputs)) for n in nodes],
    )
