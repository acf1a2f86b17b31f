# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Walks a pickle of PyTorch opcode by opcode, as data: nothing is imported, called or unpickled."""

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import index
from typing import Any

from audit.record.said import Said
from audit.text.file_names import shortened
from audit.unreadable import NotReadableError

_MAX_OPCODES = 20_000_000
_MAX_AXES = 64
_MAX_BITS = 64
_STORAGES = {
    "FloatStorage": ("F32", 4), "DoubleStorage": ("F64", 8), "HalfStorage": ("F16", 2),
    "BFloat16Storage": ("BF16", 2), "LongStorage": ("I64", 8), "IntStorage": ("I32", 4),
    "ShortStorage": ("I16", 2), "CharStorage": ("I8", 1), "ByteStorage": ("U8", 1),
    "BoolStorage": ("BOOL", 1),
}  # fmt: skip
_TENSORS = ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor")
_WRAPPED = ("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state")
_DICT = "collections.OrderedDict"
_SCRIPT = ("__torch__.", "torch.jit._pickle.")
_PLAIN = frozenset({
    "torch.device", "torch.Size", "torch.serialization._get_layout", "_codecs.encode",
    "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    "collections.defaultdict", "collections.deque", "collections.Counter", "functools.partial",
    *(f"{python}.{kind}" for python in ("builtins", "__builtin__")
      for kind in ("slice", "range", "complex", "bytearray")),
    *(f"datetime.{kind}" for kind in ("datetime", "date", "time", "timedelta", "timezone")),
    *(f"pathlib.{kind}" for kind in ("Path", "PosixPath", "WindowsPath", "PurePosixPath")),
})  # fmt: skip
"""Calls that hold settings and no values."""
_LISTS = frozenset(
    f"{python}.{kind}"
    for python in ("builtins", "__builtin__")
    for kind in ("set", "frozenset", "list")
)
_OBJECTS = ("copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__")
"""What makes an object of the class that is given first, as ``NEWOBJ`` does."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A class or function that the pickle names."""

    text: str


@dataclass(frozen=True, slots=True)
class Storage:
    """Values beside the pickle: their type, bytes of one, and under which key they lie."""

    dtype: str
    size: int
    key: str


@dataclass(frozen=True, slots=True)
class Tensor:
    """A view of a storage, ``offset`` and ``stride`` counted in values."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


@dataclass(slots=True)
class Record:
    """An object: its state and what was put into it as a container, and nothing that it does."""

    state: Any = field(default_factory=dict)
    entries: dict[Any, Any] = field(default_factory=dict)


class _Machine:
    """Stack, memo and marks of the walk."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.marks: list[int] = []
        self.storages: dict[str, int] = {}
        self._spent = 0

    def spend(self, count: int) -> None:
        """Count opcodes and what they copy: a few that copy much again and again are many."""
        self._spent += count
        if self._spent > _MAX_OPCODES:
            raise NotReadableError(Said("its data.pkl is larger than any model needs"))

    def since_mark(self) -> list[Any]:
        at = self.marks.pop()
        taken = self.stack[at:]
        del self.stack[at:]
        return taken


def walk(data: bytes) -> tuple[Any, int, dict[str, int]]:
    """Build what a pickle holds of plain containers, numbers, texts and tensors.

    Returns it, how many bytes the pickle has, and bytes of one value by key of its storage.
    """
    machine = _Machine()
    try:
        for opcode, argument, place in pickletools.genops(data):
            machine.spend(1)
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
    target = _container(m)
    for key, value in zip(items[::2], items[1::2], strict=True):
        target[_key(key)] = value


def _set_item(m: _Machine) -> None:
    value, key = m.stack.pop(), m.stack.pop()
    _container(m)[_key(key)] = value


def _key(key: Any) -> Any:
    """Return a key that is small when it is hashed and written out, which few bytes may not be.

    A tuple of twice another, sixty times over, has no end.
    """
    parts = key if isinstance(key, tuple) else (key,)
    if any(isinstance(part, tuple) for part in parts):
        raise ValueError("a key inside a key")
    if any(isinstance(part, int) and part.bit_length() > _MAX_BITS for part in parts):
        raise ValueError("a key of many digits")
    return key


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a name that is no text")
    return value


def _extend(m: _Machine, values: list[Any]) -> None:
    target = _container(m)
    if isinstance(target, dict):  # an object that is a list or a set, too
        target.update(enumerate(values, len(target)))
    else:
        target.extend(values)


def _container(m: _Machine) -> Any:
    return m.stack[-1].entries if isinstance(m.stack[-1], Record) else m.stack[-1]


def _tuple(count: int) -> Callable[[_Machine], None]:
    def made(m: _Machine) -> None:
        m.stack.append(tuple([m.stack.pop() for _ in range(count)][::-1]))

    return made


def _global(m: _Machine) -> None:
    name, module = _text(m.stack.pop()), _text(m.stack.pop())
    m.stack.append(_Name(f"{module}.{name}"))


def _persistent(m: _Machine) -> None:
    tag, kind, key, *_ = m.stack.pop()
    if _text(tag) == "module":  # the older format gives the source of a class beside it
        m.stack.append(kind)
        return
    known = isinstance(kind, _Name) and kind.text.startswith("torch.")
    dtype = _STORAGES.get(kind.text.removeprefix("torch.")) if known else None
    if tag != "storage" or dtype is None:
        what = kind.text if isinstance(kind, _Name) else tag
        raise NotReadableError(
            Said("its data.pkl refers to {what}, which holds no values", what=shortened(what))
        )
    m.storages[_text(key)] = dtype[1]
    m.stack.append(Storage(dtype[0], dtype[1], key))


def _tensor(storage: Any, offset: Any, shape: Any, stride: Any) -> Tensor:
    if not isinstance(storage, Storage):
        raise NotReadableError(Said("its data.pkl makes a tensor of something else"))
    if len(shape) > _MAX_AXES:
        raise ValueError("more axes than any model has")
    axes = [(index(n), index(step)) for n, step in zip(shape, stride, strict=True)]
    sizes, steps = (tuple(axis[part] for axis in axes) for part in (0, 1))
    return Tensor(storage, index(offset), sizes, steps)


def _call(m: _Machine) -> None:
    """Make a tensor or an empty container of what is called; refuse every other call."""
    arguments, called = m.stack.pop(), m.stack.pop()
    if not isinstance(called, _Name):
        raise NotReadableError(Said("its data.pkl calls what it made itself"))
    if called.text in _TENSORS:
        m.stack.append(_tensor(*arguments[:4]))
    elif called.text in _WRAPPED:
        m.stack.append(arguments[0])
    elif called.text == _DICT:
        given = arguments[0] if arguments else ()  # Python 2 gives pairs
        m.spend(len(given))
        pairs = given.items() if isinstance(given, dict) else given
        m.stack.append({_key(key): value for key, value in pairs})
    elif called.text in _LISTS:
        m.spend(sum(map(len, arguments)))
        m.stack.append(list(*arguments))
    elif called.text.startswith(_SCRIPT) or called.text in (*_PLAIN, *_OBJECTS):
        m.stack.append(Record())
    else:
        raise NotReadableError(
            Said("its data.pkl calls {name}, which is no data", name=shortened(called.text))
        )


def _new(m: _Machine) -> None:
    """Keep an object of any class as what it is given; its class is not asked for anything."""
    _, made = m.stack.pop(), m.stack.pop()
    if not isinstance(made, _Name):
        raise NotReadableError(Said("its data.pkl calls what it made itself"))
    m.stack.append({} if made.text == _DICT else Record())


def _new_with_keywords(m: _Machine) -> None:
    m.stack.pop()
    _new(m)


def _build(m: _Machine) -> None:
    state = m.stack.pop()
    if isinstance(m.stack[-1], Record):
        m.stack[-1].state = state
    elif not isinstance(m.stack[-1], dict):
        raise NotReadableError(Said("its data.pkl changes what it made itself"))


_PUSHED = frozenset({
    "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BININT", "BININT1", "BININT2",
    "INT", "LONG", "LONG1", "LONG4", "BINFLOAT", "FLOAT", "BINBYTES", "SHORT_BINBYTES",
    "SHORT_BINSTRING", "BINSTRING", "STRING", "BINBYTES8", "BYTEARRAY8",
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
    "APPEND": lambda m: _extend(m, [m.stack.pop()]),
    "APPENDS": lambda m: _extend(m, m.since_mark()),
    "ADDITEMS": lambda m: _extend(m, m.since_mark()),
    "FROZENSET": lambda m: m.stack.append(m.since_mark()),
    "TUPLE": lambda m: m.stack.append(tuple(m.since_mark())),
    "TUPLE1": _tuple(1),
    "TUPLE2": _tuple(2),
    "TUPLE3": _tuple(3),
    "DICT": lambda m: m.stack.append(
        dict(zip(map(_key, (items := m.since_mark())[::2]), items[1::2], strict=True))
    ),
    "LIST": lambda m: m.stack.append(m.since_mark()),
    "STACK_GLOBAL": _global,
    "BINPERSID": _persistent,
    "REDUCE": _call,
    "NEWOBJ": _new,
    "NEWOBJ_EX": _new_with_keywords,
    "BUILD": _build,
}
