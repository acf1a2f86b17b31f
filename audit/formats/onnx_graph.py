# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Gives the constants of an ONNX graph back the names and scales that the export took.

Exporters fold the transposition of a linear layer into its weight and call the result
``onnx::MatMul_123``. What it was can be seen in the graph: the bias that is added to the
product still has its name, and so, often, has the node. Quantising exporters replace a
weight by codes, a scale and sometimes a zero point, and compute the weight in the graph.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate, takewhile
from math import prod

from audit.formats.tensors import Format, Scaled, Stored, TensorHeader

_PARAMETER = re.compile(r"(?!onnx::)[A-Za-z_][\w-]*(\.[\w-]+)+")
"""``layer.0.query.weight``, and not ``onnx::MatMul_12``, ``val_7`` or ``/layer.0/Add``."""
_CODES = frozenset({"I8", "U8"})
_INDICES = frozenset({"I64", "I32", "BOOL"})
_DEEPEST, _LONGEST = 16, 256
"""Segments of a dotted name that are compared, and its characters; real ones have ten and 80."""
_MATMULS = frozenset({"MatMul", "Gemm"})
_INTEGER = frozenset({"MatMulInteger", "ConvInteger"})
_LINEAR = frozenset({"QLinearMatMul", "QLinearConv"})
_DYNAMIC = "_quantized"
"""Suffix that dynamic quantisation gives to codes; their scale ends in ``_scale``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A constant of the graph and where its values lie."""

    name: str
    stored: Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One operation; ``integers`` are its attributes with an integer value."""

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    integers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weight:
    """A weight under the name by which the graph computes with it."""

    name: str
    stored: Stored
    scaled: Scaled | None = None
    flipped: bool = False


def named(
    constants: Iterable[Constant], nodes: Iterable[Node], file: str
) -> Iterator[TensorHeader]:
    """Describe every constant: dequantised where the graph does so, renamed where it tells.

    A name that would then occur twice is left as the file has it. Scales and zero points
    that belong to a weight are part of it and not listed, nor are the graph's own numbers.
    """
    graph = _Graph(tuple(constants), tuple(nodes))
    weights = list(graph.weights())
    proposals = {weight.name: graph.name_of(weight) for weight in weights}
    often = Counter(name for name, _ in proposals.values())
    for weight in weights:
        name, transposed = proposals[weight.name]
        if often[name] > 1:
            name, transposed = weight.name, weight.flipped
        shape = weight.stored.shape
        if _is_number(weight):
            continue
        yield TensorHeader(
            name=name,
            file=file,
            dtype=weight.stored.dtype,
            shape=tuple(reversed(shape)) if transposed else shape,
            format=Format.ONNX,
            stored=weight.stored,
            transposed=transposed,
            scaled=weight.scaled,
        )


def _is_number(weight: _Weight) -> bool:
    """Whether a nameless constant is a number or a list of indices, not a weight."""
    nameless = not _PARAMETER.fullmatch(weight.name)
    return nameless and (weight.stored.dtype in _INDICES or prod(weight.stored.shape) == 1)


class _Graph:
    """The edges of the graph, by name of value."""

    def __init__(self, constants: tuple[Constant, ...], nodes: tuple[Node, ...]) -> None:
        self._constants = {c.name: c.stored for c in constants}
        self._listed = constants
        self._readers: dict[str, list[Node]] = defaultdict(list)
        for node in nodes:
            for name in node.inputs:
                self._readers[name].append(node)
        self._beginnings = frozenset(
            beginning
            for constant in constants
            if len(constant.name) <= _LONGEST and _PARAMETER.fullmatch(constant.name)
            for beginning in accumulate(constant.name.split(".")[:_DEEPEST], "{}.{}".format)
        )
        self._products = {
            name: found
            for name, readers in self._readers.items()
            if (found := next((node for node in readers if self._scales(node, name)), None))
        }

    def weights(self) -> Iterator[_Weight]:
        """Yield the constants, codes together with their scales."""
        found = []
        parts: set[str] = set()
        for constant in self._listed:
            weight, used = self._dequantised(constant)
            found.append(self._flipped(weight))
            parts |= used
        yield from (weight for weight in found if weight.name not in parts)

    def name_of(self, weight: _Weight) -> tuple[str, bool]:
        """Return the weight's name, and whether its transpose is what the file holds."""
        if _PARAMETER.fullmatch(weight.name):
            return weight.name, weight.flipped
        for node in self._readers[weight.name]:
            if node.op not in _MATMULS or node.inputs.index(weight.name) != 1:
                continue
            stem = self._stem(node)
            if stem and len(weight.stored.shape) == 2:
                folded = node.op == "MatMul" or not node.integers.get("transB")
                return f"{stem}.weight", folded != weight.flipped
        return weight.name, weight.flipped

    def _dequantised(self, constant: Constant) -> tuple[_Weight, set[str]]:
        plain = _Weight(name=constant.name, stored=constant.stored)
        if constant.stored.dtype not in _CODES:
            return plain, set()
        for node in self._readers[constant.name]:
            found = (
                self._by_operator(constant, node)
                or self._by_arithmetic(node)
                or self._by_suffix(constant, node)
                or self._by_position(constant, node)
            )
            if found is not None:
                name, scale, zero, axis = found
                scaled = self._scaled(constant.stored, scale, zero, axis)
                if scaled is not None:
                    used = {part for part in (scale, zero) if part}
                    return replace(plain, name=name, scaled=scaled), used
        return plain, set()

    def _by_operator(self, constant: Constant, node: Node) -> tuple[str, str, str, int] | None:
        """``DequantizeLinear(codes, scale, zero point)``; its default axis is the second."""
        if node.op != "DequantizeLinear" or node.inputs[0] != constant.name:
            return None
        if node.integers.get("block_size") or len(node.inputs) < 2 or not node.outputs:
            return None
        zero = node.inputs[2] if len(node.inputs) > 2 else ""
        return node.outputs[0], node.inputs[1], zero, node.integers.get("axis", 1)

    def _by_arithmetic(self, node: Node) -> tuple[str, str, str, int] | None:
        """``Mul(Cast(codes), scale)``, broadcast as written."""
        if node.op != "Cast" or len(node.outputs) != 1:
            return None
        product = self._products.get(node.outputs[0])
        if product is None:
            return None
        scale = next(name for name in product.inputs if name != node.outputs[0])
        return product.outputs[0], scale, "", -1

    def _scales(self, node: Node, name: str) -> bool:
        """Whether a node multiplies a value by a constant."""
        if node.op != "Mul" or len(node.inputs) != 2 or not node.outputs:
            return False
        return any(other != name and other in self._constants for other in node.inputs)

    def _by_suffix(self, constant: Constant, node: Node) -> tuple[str, str, str, int] | None:
        """``MatMulInteger(.., codes, .., zero point)``, whose scale is applied to the product."""
        name = constant.name.removesuffix(_DYNAMIC)
        taken = node.inputs[1:2] == (constant.name,)
        if node.op not in _INTEGER or name == constant.name or not taken:
            return None
        zero = node.inputs[3] if len(node.inputs) > 3 else ""
        return name, f"{name}_scale", zero, _outputs(node.op, constant)

    def _by_position(self, constant: Constant, node: Node) -> tuple[str, str, str, int] | None:
        """``QLinearConv(x, scale, zero, codes, scale, zero, ..)``, and the like for products."""
        if node.op not in _LINEAR or len(node.inputs) < 6 or node.inputs[3] != constant.name:
            return None
        return constant.name, node.inputs[4], node.inputs[5], _outputs(node.op, constant)

    def _scaled(self, codes: Stored, scale: str, zero: str, axis: int) -> Scaled | None:
        """Shape scale and zero point so that they broadcast; ``None`` if they cannot."""
        values = self._constants.get(scale)
        offsets = self._constants.get(zero) if zero else None
        if values is None or (zero and offsets is None):
            return None
        shaped = [_along(part, codes.shape, axis) for part in (values, offsets) if part]
        if None in shaped or values.dtype not in ("F32", "F16"):
            return None
        return Scaled(scale=shaped[0], zero=shaped[1] if offsets else None)  # type: ignore[arg-type]

    def _flipped(self, weight: _Weight) -> _Weight:
        """Follow a weight through a transposition that the graph performs."""
        readers = self._readers[weight.name]
        if len(readers) == 1 and readers[0].op == "Transpose" and len(weight.stored.shape) == 2:
            output = readers[0].outputs[0] if readers[0].outputs else ""
            if not _PARAMETER.fullmatch(weight.name) and self._readers[output]:
                return replace(weight, name=output, flipped=True)
        return weight

    def _stem(self, node: Node) -> str | None:
        """Return the module of a product: by its bias, else by the node's own path."""
        added = [node.inputs[2]] if node.op == "Gemm" and len(node.inputs) > 2 else []
        for output in node.outputs:
            for reader in self._readers[output]:
                added += [name for name in reader.inputs if reader.op == "Add"]
        for name in added:
            if name.endswith(".bias") and _PARAMETER.fullmatch(name):
                return name.removesuffix(".bias")
        return self._scope(node.name)

    def _scope(self, name: str) -> str | None:
        """Read ``/model/layer.0/query/MatMul``, dropping what the exporter put in front."""
        if not name.startswith("/"):
            return None
        segments = name.strip("/").split("/", _DEEPEST)[:-1]
        stems = [".".join(segments[skip:]) for skip in range(min(3, len(segments)))]
        shared = [self._known(stem) for stem in stems]
        if not shared or not max(shared):
            return None
        return stems[shared.index(max(shared))]

    def _known(self, stem: str) -> int:
        """How many leading segments a dotted name shares with a parameter."""
        parts = stem.split(".")[:_DEEPEST]
        beginnings = accumulate(parts, "{}.{}".format)
        return sum(1 for _ in takewhile(self._beginnings.__contains__, beginnings))


def _outputs(op: str, codes: Constant) -> int:
    """Return the axis of the codes that has a scale for each: the outputs."""
    return 0 if op.endswith(("Conv", "ConvInteger")) else len(codes.stored.shape) - 1


def _along(part: Stored, shape: tuple[int, ...], axis: int) -> Stored | None:
    """Return a scale with a shape that broadcasts against codes of ``shape``."""
    if part.nbytes == 0:
        return None
    if part.shape in ((), (1,)):
        return replace(part, shape=(1,) * len(shape))
    if len(part.shape) == len(shape):
        fits = all(a in (1, b) for a, b in zip(part.shape, shape, strict=True))
        return part if fits else None
    axis %= max(1, len(shape))
    if len(part.shape) != 1 or not shape or part.shape[0] != shape[axis]:
        return None
    return replace(part, shape=tuple(n if i == axis else 1 for i, n in enumerate(shape)))
