# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Tensors of a PyTorch file (``.pt``, ``.pth``, ``.bin``), without unpickling anything.

The pickle inside is walked opcode by opcode as data. What it names (classes, functions) is kept
as a name and never imported. The names that make tensors are known; an object of any class (a whole
model, TorchScript, settings) is what was put into it; a call of anything else makes the file
unreadable. Values lie beside the pickle as plain bytes.
"""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from audit.formats.tensors import Format, Stored, TensorHeader, WeightFile
from audit.formats.torch_files.walk import Record, Tensor, walk
from audit.formats.zipped import MAGIC, Member, members
from audit.record.said import Said
from audit.sources.interface import RandomAccess
from audit.text.file_names import shortened, valid
from audit.unreadable import NotReadableError

_PICKLE = "data.pkl"
_MAX_PICKLE = 64 << 20
_MAX_DEPTH, _MAX_NAME = 1000, 1 << 20
_LEGACY_PICKLES = 5
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
"""``torch.serialization.MAGIC_NUMBER``."""
LEGACY = _LEGACY_MAGIC.to_bytes(10, "little")
"""What is near the start of a file of before the archives."""
_INNER = ("state_dict", "model_state_dict", "model_state", "model", "module", "net")
"""Where training programmes put the weights among other things."""
_OF_MODULES = ("_parameters", "_buffers", "_modules")
_LEFT_OUT = "_non_persistent_buffers_set"
"""What ``torch.nn.Module`` keeps its parts under; names in a state dict go without."""


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
    return _weights(path, walk(data)[0], values)


def _weights(path: str, held: Any, values: Mapping[str, Member]) -> WeightFile:
    found = sorted(_named(held), key=lambda one: one[2])
    known = {tensor for _, tensor, beside in found if not beside}
    tensors: dict[str, Tensor] = {}
    for given, tensor, beside in found:
        name = given
        while tensors.get(name, tensor) != tensor:  # nothing is hidden behind a name
            name = f"again.{name}"
        if not beside or tensor not in known:
            tensors[name] = tensor
    return WeightFile(
        tensors=tuple(_header(name, one, path, values) for name, one in sorted(tensors.items()))
    )


def _legacy(access: RandomAccess) -> tuple[Any, dict[str, Member]]:
    """Read a file of before the archives: five pickles, and then the values of each storage."""
    data = bytes(access.read_at(0, min(access.size, _MAX_PICKLE)))
    at, held = 0, []
    sizes: dict[str, int] = {}
    for _ in range(_LEGACY_PICKLES):
        value, length, storages = walk(data[at:])
        held.append(value)
        sizes |= storages
        at += length
    magic, _, _, weights, keys = held
    if magic != _LEGACY_MAGIC or not isinstance(keys, list):
        raise NotReadableError(Said("no file of PyTorch"))
    values: dict[str, Member] = {}
    for key in keys:
        if not isinstance(key, str):
            raise NotReadableError(Said("no file of PyTorch"))
        count = int.from_bytes(access.read_at(at, 8), "little") if at + 8 <= access.size else -1
        size = count * sizes.get(key, 0)
        if count < 0 or at + 8 + size > access.size:
            raise NotReadableError(Said("truncated: not all of its values are there"))
        values[key] = Member(offset=at + 8, size=size)
        at += 8 + size
    return weights, values


def _named(root: Any) -> Iterator[tuple[str, Tensor, bool]]:
    """Give every tensor a name of the keys that lead to it; containers are entered once.

    The last value says whether a module keeps it beside its parameters, where they are repeated.
    """
    seen: dict[int, object] = {}
    levels: list[Iterator[tuple[Any, str, bool]]] = [iter([(root, "", False)])]
    while levels:
        entry = next(levels[-1], None)
        if entry is None:
            levels.pop()
        elif isinstance(entry[0], Tensor):
            yield entry[1] or "tensor", entry[0], entry[2]
        elif len(levels) > _MAX_DEPTH or len(entry[1]) > _MAX_NAME:
            raise NotReadableError(Said("its maps are nested too deeply"))
        else:
            levels.append(_inside(*entry, seen))


def _inside(
    value: Any, path: str, beside: bool, seen: dict[int, object]
) -> Iterator[tuple[Any, str, bool]]:
    """Yield what a container holds, and the name of each."""
    if id(value) in seen:
        return
    is_object = isinstance(value, Record)
    if isinstance(value, Record):
        seen[id(value)] = value
        value = _held(value)
    entries: list[tuple[object, object]] = []
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list | tuple):
        entries = list(enumerate(value))
    if entries:
        seen[id(value)] = value
    inner_keys = [k for k, v in entries if k in _INNER and isinstance(v, dict | Record)]
    is_module = is_object and any(key in _OF_MODULES for key, _ in entries)
    for key, inner in sorted(entries, key=lambda entry: entry[0] not in _OF_MODULES):
        part = is_module and key in _OF_MODULES
        wrapped = not path and inner_keys == [key]
        under = path if wrapped or part else _under(path, key)
        yield inner, under, beside or (is_module and not part)


def _held(one: Record) -> Any:
    """What an object holds; of a module's buffers those that its state dict has."""
    state = one.state
    if not isinstance(state, dict):
        return [state, *one.entries.values()] if one.entries else state
    left_out, buffers = state.get(_LEFT_OUT), state.get("_buffers")
    if isinstance(left_out, list) and isinstance(buffers, dict):
        gone = {name for name in left_out if isinstance(name, str)}
        kept = {name: value for name, value in buffers.items() if name not in gone}
        state = {**state, "_buffers": kept}
    return {**state, **one.entries}


def _under(path: str, key: object) -> str:
    return f"{path}.{valid(str(key))}" if path else valid(str(key))


def _header(name: str, tensor: Tensor, path: str, values: Mapping[str, Member]) -> TensorHeader:
    """Say where the values lie; of a view that leaves values out or repeats some, that none do."""
    member = values.get(tensor.storage.key)
    shape, size = tensor.shape, tensor.storage.size
    if member is None:
        raise NotReadableError(Said('the values of "{name}" are not there', name=shortened(name)))
    axes = sorted(range(len(shape)), key=lambda axis: (-tensor.stride[axis], axis))
    stored_shape = tuple(shape[axis] for axis in axes)
    plain = _is_contiguous(stored_shape, tuple(tensor.stride[axis] for axis in axes))
    if _is_contiguous(shape, tensor.stride):  # an axis of one has any stride
        axes, stored_shape, plain = sorted(axes), shape, True
    turned = plain and axes == [1, 0]
    moved = plain and axes != sorted(axes) and not turned
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
        order=tuple(axes.index(axis) for axis in range(len(shape))) if moved else None,
    )


def _is_contiguous(shape: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    wanted = 1
    for size, step in zip(reversed(shape), reversed(stride), strict=False):
        if size != 1 and step != wanted:
            return False
        wanted *= size
    return len(shape) == len(stride)
