# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes small ONNX files for tests: the fields of ``onnx.proto3``, encoded by hand.

The `onnx` package is not a dependency; the real exports in ``tests/validation`` were
written by it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

Array = np.ndarray
_CODES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7, "float16": 10}


def varint(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def message(number: int, content: bytes | str) -> bytes:
    data = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(data)) + data


def integer(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def tensor(name: str, value: Array, *, outside: tuple[str, int] | None = None) -> bytes:
    """A ``TensorProto``; ``outside`` is the file and offset of values kept beside the model."""
    dims = b"".join(integer(1, size) for size in value.shape)
    head = dims + integer(2, _CODES[value.dtype.name]) + message(8, name)
    if outside is None:
        return head + message(9, value.tobytes())
    pairs = {"location": outside[0], "offset": str(outside[1]), "length": str(value.nbytes)}
    external = b"".join(message(13, message(1, k) + message(2, v)) for k, v in pairs.items())
    return head + external + integer(14, 1)


def listed(name: str, value: Array) -> bytes:
    """A ``TensorProto`` whose integers are written out one by one, in ``int32_data``."""
    dims = b"".join(integer(1, size) for size in value.shape)
    numbers = b"".join(varint(int(v)) for v in value.reshape(-1))
    return dims + integer(2, _CODES[value.dtype.name]) + message(8, name) + message(5, numbers)


def constant_node(name: str, value: Array) -> bytes:
    """A ``Constant`` node, as exporters write that keep every weight in one."""
    attribute = message(1, "value") + message(5, tensor("", value)) + integer(20, 4)
    return message(2, name) + message(4, "Constant") + message(5, attribute)


def branching(condition: str, *graphs: tuple[Iterable[bytes], Iterable[bytes]]) -> bytes:
    """An ``If`` node; each branch has constants and nodes."""
    attributes = b"".join(
        message(5, message(1, f"branch_{i}") + message(6, graph(*parts)) + integer(20, 5))
        for i, parts in enumerate(graphs)
    )
    return message(1, condition) + message(4, "If") + attributes


def graph(constants: Iterable[bytes], nodes: Iterable[bytes]) -> bytes:
    return b"".join(message(1, n) for n in nodes) + b"".join(message(5, c) for c in constants)


def node(op: str, inputs: Iterable[str], output: str, name: str = "", **integers: int) -> bytes:
    attributes = (
        message(5, message(1, key) + integer(3, value) + integer(20, 2))
        for key, value in integers.items()
    )
    return (
        b"".join(message(1, i) for i in inputs)
        + message(2, output)
        + message(3, name)
        + message(4, op)
        + b"".join(attributes)
    )


def model(constants: Iterable[bytes], nodes: Iterable[bytes]) -> bytes:
    return integer(1, 8) + message(2, "pytorch") + message(7, graph(constants, nodes))


def linear_as_exported(
    tensors: Mapping[str, Array], *, scoped: bool = False
) -> tuple[list[bytes], list[bytes]]:
    """Fold and rename the matrices of linear layers as the exporter of torch does.

    Where a layer has no bias, ``scoped`` gives its node the path of the module.
    """
    constants, nodes = [], []
    for i, (name, value) in enumerate(tensors.items()):
        if not name.endswith("proj.weight"):
            constants.append(tensor(name, value))
            continue
        anonymous = f"onnx::MatMul_{i}"
        constants.append(tensor(anonymous, np.ascontiguousarray(value.T)))
        path = "/" + name.removesuffix(".weight").replace(".", "/") + "/MatMul"
        inputs = (f"in_{i}", anonymous)
        nodes.append(node("MatMul", inputs, f"product_{i}", path if scoped else ""))
        bias = name.removesuffix("weight") + "bias"
        if bias in tensors:
            nodes.append(node("Add", (bias, f"product_{i}"), f"sum_{i}"))
    return constants, nodes


def write(path: Path, constants: Iterable[bytes], nodes: Iterable[bytes]) -> Path:
    path.write_bytes(model(constants, nodes))
    return path
