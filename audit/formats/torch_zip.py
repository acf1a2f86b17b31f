# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Tensors of a PyTorch file (``.pt``, ``.pth``, ``.bin``), without unpickling anything.

The pickle inside is walked opcode by opcode as data. What it names (classes, functions) is kept
as a name and never imported; the names that make tensors, and records of TorchScript, are known,
and any other makes the file unreadable. Values lie beside the pickle as plain bytes.
"""

import pickletools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from audit.formats.tensors import Format, Stored, TensorHeader, WeightFile
from audit.formats.zipped import MAGIC, Member, members
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import shortened
from audit.unreadable import NotReadableError

_PICKLE = "data.pkl"
_MAX_PICKLE = 64 << 20
_MAX_OPCODES = 20_000_000
_MAX_DEPTH = 64
_LEGACY_PICKLES = 5
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
"""``torch.serialization.MAGIC_NUMBER``."""
LEGACY = _LEGACY_MAGIC.to_bytes(10, "little")
"""What is near the start of a file of before the archives."""
_STORAGES = {
    "FloatStorage": ("F32", 4), "DoubleStorage": ("F64", 8), "HalfStorage": ("F16", 2),
    "BFloat16Storage": ("BF16", 2), "LongStorage": ("I64", 8), "IntStorage": ("I32", 4),
    "ShortStorage": ("I16", 2), "CharStorage": ("I8", 1), "ByteStorage": ("U8", 1),
    "BoolStorage": ("BOOL", 1),
}  # fmt: skip
_TENSOR = "torch._utils._rebuild_tensor_v2"
_WRAPPED = ("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state")
_DICT = "collections.OrderedDict"
_SCRIPT = ("__torch__.", "torch.jit._pickle.")
_PLAIN = frozenset({"torch.device", "torch.Size", "builtins.set", "__builtin__.set"})
"""Calls that hold settings and no values."""
_INNER = ("state_dict", "model_state_dict", "model_state", "model", "module", "net")
"""Where training programmes put the weights among other things."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A class or function that the pickle names."""

    text: str


@dataclass(frozen=True, slots=True)
class _Storage:
    dtype: str
    size: int
    key: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


@dataclass(slots=True)
class _Record:
    """An object of TorchScript, or settings: what it was given, and nothing that it does."""

    state: Any = field(default_factory=dict)


def read_torch(path: str, access: RandomAccess, sizes: Mapping[str, int]) -> WeightFile:  # noqa: ARG001
    """Return the tensors of one archive, in order of name.

    Raises
    ------
    NotReadableError
        If it is no archive of PyTorch, or its pickle is more than tensors in containers.
    """
    if bytes(access.read_at(0, min(len(MAGIC), access.size))) != MAGIC:
        return _weights(path, *_legacy(access))
    inside = members(access)
    found = [name for name in inside if name.rpartition("/")[2] == _PICKLE]
    if len(found) != 1:
        raise NotReadableError(Said("not a PyTorch archive: it has no data.pkl, or several"))
    root, pickled = found[0].removesuffix(_PICKLE), inside[found[0]]
    if pickled.size > _MAX_PICKLE:
        raise NotReadableError(Said("its data.pkl is larger than any model needs"))
    data = bytes(access.read_at(pickled.offset, pickled.size))
    beside = f"{root}data/"
    values = {n.removeprefix(beside): m for n, m in inside.items() if n.startswith(beside)}
    return _weights(path, _walk(data)[0], values)


def _weights(path: str, held: Any, values: Mapping[str, Member]) -> WeightFile:
    tensors: dict[str, _Tensor] = {}
    for name, tensor in _named(held, set()):
        tensors.setdefault(name, tensor)
    return WeightFile(
        tensors=tuple(_header(name, one, path, values) for name, one in sorted(tensors.items()))
    )


def _legacy(access: RandomAccess) -> tuple[Any, dict[str, Member]]:
    """Read a file of before the archives: five pickles, and then the values of each storage."""
    data = bytes(access.read_at(0, min(access.size, _MAX_PICKLE)))
    at, held = 0, []
    sizes: dict[str, int] = {}
    for _ in range(_LEGACY_PICKLES):
        value, length, storages = _walk(data[at:])
        held.append(value)
        sizes |= storages
        at += length
    magic, _, _, weights, keys = held
    if magic != _LEGACY_MAGIC or not isinstance(keys, list):
        raise NotReadableError(Said("no file of PyTorch"))
    values: dict[str, Member] = {}
    for key in keys:
        count = int.from_bytes(access.read_at(at, 8), "little") if at + 8 <= access.size else -1
        size = count * sizes.get(str(key), 0)
        if count < 0 or at + 8 + size > access.size:
            raise NotReadableError(Said("truncated: not all of its values are there"))
        values[str(key)] = Member(offset=at + 8, size=size)
        at += 8 + size
    return weights, values


def _named(value: Any, seen: set[int], path: str = "") -> Iterator[tuple[str, _Tensor]]:
    """Give every tensor a name of the keys that lead to it; containers are entered once."""
    if isinstance(value, _Tensor):
        yield path or "tensor", value
        return
    if isinstance(value, _Record):
        value = value.state
    if id(value) in seen or path.count(".") > _MAX_DEPTH:
        return
    entries: list[tuple[object, object]] = []
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list | tuple):
        entries = list(enumerate(value))
    if entries:
        seen.add(id(value))
    for key, inner in entries:
        own = path if not path and key in _INNER and isinstance(inner, dict) else _under(path, key)
        yield from _named(inner, seen, own)


def _under(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _header(name: str, tensor: _Tensor, path: str, values: Mapping[str, Member]) -> TensorHeader:
    """Say where the values lie; of a view that is neither whole nor a transpose, that none do."""
    member = values.get(tensor.storage.key)
    shape, size = tensor.shape, tensor.storage.size
    if member is None:
        raise NotReadableError(Said('the values of "{name}" are not there', name=shortened(name)))
    turned = len(shape) == 2 and tensor.stride == (1, shape[0]) and min(shape) > 1
    stored_shape = shape[::-1] if turned else shape
    plain = turned or _is_contiguous(shape, tensor.stride)
    nbytes = prod(shape) * size if plain else 0
    if min(tensor.offset, *shape, 0) < 0 or tensor.offset * size + nbytes > member.size:
        raise NotReadableError(
            Said('the values of "{name}" are not all there', name=shortened(name))
        )
    stored = Stored(
        file=path,
        offset=member.offset + tensor.offset * size,
        nbytes=nbytes,
        dtype=tensor.storage.dtype,
        shape=stored_shape,
    )
    return TensorHeader(
        name=name,
        file=path,
        dtype=tensor.storage.dtype,
        shape=shape,
        format=Format.PYTORCH,
        stored=stored,
        transposed=turned,
    )


def _is_contiguous(shape: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    wanted = 1
    for size, step in zip(reversed(shape), reversed(stride), strict=False):
        if size != 1 and step != wanted:
            return False
        wanted *= size
    return len(shape) == len(stride)


class _Machine:
    """Stack, memo and marks of the walk."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.marks: list[int] = []
        self.storages: dict[str, int] = {}

    def since_mark(self) -> list[Any]:
        at = self.marks.pop()
        taken = self.stack[at:]
        del self.stack[at:]
        return taken


def _walk(data: bytes) -> tuple[Any, int, dict[str, int]]:
    """Build what a pickle holds of plain containers, numbers, texts and tensors.

    Returns it, how many bytes the pickle has, and bytes of one value by key of its storage.
    """
    machine, count = _Machine(), 0
    try:
        for opcode, argument, place in pickletools.genops(data):
            count += 1
            if count > _MAX_OPCODES:
                raise NotReadableError(Said("its data.pkl is larger than any model needs"))
            if opcode.name == "STOP":
                return machine.stack.pop(), (place or 0) + 1, machine.storages
            _step(machine, opcode.name, argument)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotReadableError(Said("its pickle is damaged")) from error
    raise NotReadableError(Said("its pickle is damaged"))


def _step(m: _Machine, name: str, argument: Any) -> None:
    if name in _PUSHED:
        m.stack.append(argument)
    elif name in _MADE:
        m.stack.append(_MADE[name]())
    elif name in _KEPT:
        _KEPT[name](m, argument)
    elif name in _ACTIONS:
        _ACTIONS[name](m)
    else:
        raise NotReadableError(
            Said("its data.pkl uses {opcode}, which no weights need", opcode=name)
        )


def _put(m: _Machine, at: int) -> None:
    m.memo[at] = m.stack[-1]


def _get(m: _Machine, at: int) -> None:
    m.stack.append(m.memo[at])


def _set_items(m: _Machine) -> None:
    items = m.since_mark()
    target = m.stack[-1]
    for key, value in zip(items[::2], items[1::2], strict=True):
        target[key] = value


def _set_item(m: _Machine) -> None:
    value, key = m.stack.pop(), m.stack.pop()
    m.stack[-1][key] = value


def _append(m: _Machine) -> None:
    value = m.stack.pop()
    m.stack[-1].append(value)


def _tuple(count: int) -> Callable[[_Machine], None]:
    def made(m: _Machine) -> None:
        taken = m.stack[-count:]
        del m.stack[-count:]
        m.stack.append(tuple(taken))

    return made


def _global(m: _Machine) -> None:
    name, module = m.stack.pop(), m.stack.pop()
    m.stack.append(_Name(f"{module}.{name}"))


def _persistent(m: _Machine) -> None:
    tag, kind, key, *_ = m.stack.pop()
    known = isinstance(kind, _Name) and kind.text.startswith("torch.")
    dtype = _STORAGES.get(kind.text.removeprefix("torch.")) if known else None
    if tag != "storage" or dtype is None:
        what = kind.text if isinstance(kind, _Name) else str(tag)
        raise NotReadableError(
            Said("its data.pkl refers to {what}, which holds no values", what=shortened(what))
        )
    m.storages[str(key)] = dtype[1]
    m.stack.append(_Storage(dtype[0], dtype[1], str(key)))


def _call(m: _Machine) -> None:
    """Make a tensor or an empty container of what is called; refuse every other call."""
    arguments, called = m.stack.pop(), m.stack.pop()
    if not isinstance(called, _Name):
        raise NotReadableError(Said("its data.pkl calls what it made itself"))
    if called.text == _TENSOR:
        storage, offset, shape, stride, *_ = arguments
        if not isinstance(storage, _Storage):
            raise NotReadableError(Said("its data.pkl makes a tensor of something else"))
        sizes, steps = (tuple(int(n) for n in part) for part in (shape, stride))
        m.stack.append(_Tensor(storage, int(offset), sizes, steps))
    elif called.text in _WRAPPED:
        m.stack.append(arguments[0])
    elif called.text == _DICT:
        m.stack.append({})
    elif called.text.startswith(_SCRIPT) or called.text in _PLAIN:
        m.stack.append(_Record())
    else:
        raise NotReadableError(
            Said("its data.pkl calls {name}, which is no data", name=shortened(called.text))
        )


def _build(m: _Machine) -> None:
    state = m.stack.pop()
    if isinstance(m.stack[-1], _Record):
        m.stack[-1].state = state
    elif not isinstance(m.stack[-1], dict):
        raise NotReadableError(Said("its data.pkl changes what it made itself"))


_PUSHED = frozenset({
    "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BININT", "BININT1", "BININT2",
    "INT", "LONG", "LONG1", "LONG4", "BINFLOAT", "FLOAT", "BINBYTES", "SHORT_BINBYTES",
    "SHORT_BINSTRING", "BINSTRING",
})  # fmt: skip
_MADE: Mapping[str, Callable[[], Any]] = {
    "EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "EMPTY_SET": list,
    "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False,
}  # fmt: skip
_KEPT: Mapping[str, Callable[[_Machine, Any], None]] = {
    "BINPUT": _put, "LONG_BINPUT": _put, "PUT": _put,
    "BINGET": _get, "LONG_BINGET": _get, "GET": _get,
    "GLOBAL": lambda m, name: m.stack.append(_Name(name.replace(" ", ".", 1))),
    "PROTO": lambda _, __: None, "FRAME": lambda _, __: None,
}  # fmt: skip
_ACTIONS: Mapping[str, Callable[[_Machine], None]] = {
    "MARK": lambda m: m.marks.append(len(m.stack)),
    "MEMOIZE": lambda m: _put(m, len(m.memo)),
    "SETITEMS": _set_items,
    "SETITEM": _set_item,
    "APPEND": _append,
    "APPENDS": lambda m: (items := m.since_mark(), m.stack[-1].extend(items))[1],
    "ADDITEMS": lambda m: (items := m.since_mark(), m.stack[-1].extend(items))[1],
    "TUPLE": lambda m: m.stack.append(tuple(m.since_mark())),
    "TUPLE1": _tuple(1),
    "TUPLE2": _tuple(2),
    "TUPLE3": _tuple(3),
    "DICT": lambda m: m.stack.append(
        dict(zip((items := m.since_mark())[::2], items[1::2], strict=True))
    ),
    "LIST": lambda m: m.stack.append(m.since_mark()),
    "STACK_GLOBAL": _global,
    "BINPERSID": _persistent,
    "REDUCE": _call,
    "NEWOBJ": _call,
    "BUILD": _build,
}
