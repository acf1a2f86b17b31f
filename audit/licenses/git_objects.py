# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads git objects as data: no git is run, no configuration read, no hook can fire.

A repository's own configuration can make ``git`` run programmes (``core.fsmonitor``, filters,
pagers), so an audited one is never given to it. Libraries follow links and alternates out of
the folder and unpack what they are told to; here every object has a limit and stays inside.
Source: git's ``gitformat-pack`` and ``gitrepository-layout``, version 2 indexes, SHA-1.
"""

import mmap
import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

MAX_OBJECT = 8 * 1024 * 1024
"""Bytes of an unpacked object; commits, trees and licences are far smaller."""
MAX_DEPTH = 256
"""Deltas in a chain; git itself makes 50, at most 4095."""
MAX_REFS = 10_000
_TYPES = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
_OFFSET_DELTA, _REFERENCE_DELTA = 6, 7
LAPSES = (OSError, ValueError, LookupError, struct.error, zlib.error)
"""What reading a damaged repository raises; ``GitError`` is a ``ValueError``."""


class GitError(ValueError):
    """The repository is not one that is read here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitObject:
    """One object: ``commit``, ``tree``, ``blob`` or ``tag``, and its bytes."""

    kind: str
    data: bytes


class Repository:
    """The objects and names in a ``.git`` folder; use as a context manager.

    Raises
    ------
    GitError
        If the folder is a link or a pointer, or borrows objects from elsewhere.
    """

    def __init__(self, folder: Path) -> None:
        if folder.is_symlink() or not folder.is_dir():
            raise GitError("the history lies outside the folder")
        if (folder / "objects" / "info" / "alternates").exists():
            raise GitError("a part of the history lies outside the folder")
        self._root = folder.resolve()
        self._open = ExitStack()
        self._packs: list[_Pack] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def _inside(self, relative: str) -> Path:
        path = self._root / relative
        if not path.resolve().is_relative_to(self._root):
            raise GitError("a part of the history lies outside the folder")
        return path

    def tags(self) -> dict[str, str]:
        """Return the object id of each tag, by name."""
        found = {}
        packed = self._inside("packed-refs")
        if packed.is_file():
            for line in _read(packed).decode().splitlines():
                name, _, ref = line.partition(" ")
                if ref.startswith("refs/tags/"):
                    found[ref.removeprefix("refs/tags/")] = name
        folder = self._inside("refs/tags")
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file():
                relative = path.relative_to(self._root).as_posix()
                found[path.relative_to(folder).as_posix()] = _read(self._inside(relative)).decode()
        if len(found) > MAX_REFS:
            raise GitError(f"it has more than {MAX_REFS:,} tags")
        return {name: _checked(value.strip()) for name, value in found.items()}

    def get(self, name: str, depth: int = 0) -> GitObject:
        """Return an object by its id.

        Raises
        ------
        GitError, or another of ``LAPSES``
            If it is not there, is larger than ``MAX_OBJECT``, or is damaged.
        """
        loose = self._inside(f"objects/{name[:2]}/{name[2:]}")
        if loose.is_file():
            data = _inflated(_read(loose, MAX_OBJECT), MAX_OBJECT)
            head, _, body = data.partition(b"\0")
            kind = head.decode().split(" ")[0]
            return GitObject(kind=kind, data=body)
        for pack in self._all_packs():
            offset = pack.offset_of(name)
            if offset is not None:
                return self._packed(pack, offset, depth)
        raise GitError("an object of the history is not there")

    def _packed(self, pack: "_Pack", offset: int, depth: int) -> GitObject:
        if depth > MAX_DEPTH:
            raise GitError("an object of the history is a chain without end")
        number, size, start = _entry_head(pack.data, offset)
        if size > MAX_OBJECT:
            raise GitError("an object of the history is too large")
        if number in _TYPES:
            return GitObject(kind=_TYPES[number], data=_inflated(pack.zipped(start, size), size))
        if number == _OFFSET_DELTA:
            distance, start = _distance(pack.data, start)
            if not 0 < distance <= offset:
                raise GitError("an object of the history points outside its file")
            base = self._packed(pack, offset - distance, depth + 1)
        elif number == _REFERENCE_DELTA:
            base = self.get(pack.data[start : start + 20].hex(), depth + 1)
            start += 20
        else:
            raise GitError("an object of the history is of no known type")
        delta = _inflated(pack.zipped(start, size), size)
        return GitObject(kind=base.kind, data=_patched(base.data, delta))

    def _all_packs(self) -> "list[_Pack]":
        if self._packs is None:
            folder = self._inside("objects/pack")
            names = sorted(p.name for p in folder.glob("*.idx")) if folder.is_dir() else []
            self._packs = [self._pack(f"objects/pack/{name}") for name in names]
        return self._packs

    def _pack(self, index: str) -> "_Pack":
        views = [
            _mapped(self._inside(path), self._open)
            for path in (index, index.removesuffix(".idx") + ".pack")
        ]
        return _Pack(*views)


class _Pack:
    """One pack and its index of version 2."""

    def __init__(self, index: mmap.mmap, data: mmap.mmap) -> None:
        if index[:8] != b"\xfftOc\x00\x00\x00\x02" or data[:4] != b"PACK":
            raise GitError("a pack of the history is of another version")
        self.data = data
        self._index = index
        self._count = struct.unpack_from(">I", index, 8 + 255 * 4)[0]
        if len(index) < 1032 + 28 * self._count:
            raise GitError("a pack of the history is cut short")

    def zipped(self, start: int, size: int) -> bytes:
        """Return the bytes in which ``size`` bytes are packed, and perhaps some more."""
        return self.data[start : start + size + size // 100 + 1024]

    def offset_of(self, name: str) -> int | None:
        """Return where an object begins, if it is in this pack."""
        wanted, names = bytes.fromhex(name), 1032
        at = bisect_left(
            range(self._count),
            wanted,
            key=lambda n: self._index[names + 20 * n : names + 20 * n + 20],
        )
        if at == self._count or self._index[names + 20 * at : names + 20 * at + 20] != wanted:
            return None
        offsets = names + 24 * self._count
        offset: int = struct.unpack_from(">I", self._index, offsets + 4 * at)[0]
        if offset & 0x8000_0000:
            far = offsets + 4 * self._count + 8 * (offset & 0x7FFF_FFFF)
            offset = struct.unpack_from(">Q", self._index, far)[0]
        return offset


def _checked(name: str) -> str:
    if len(name) != 40 or bytes.fromhex(name).hex() != name:
        raise GitError("its names are not SHA-1")
    return name


def _read(path: Path, limit: int = 1 << 22) -> bytes:
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise GitError("a file of the history is too large")
    return data


def _mapped(path: Path, stack: ExitStack) -> mmap.mmap:
    file = stack.enter_context(path.open("rb"))
    return stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _inflated(data: bytes, limit: int) -> bytes:
    """Unpack at most ``limit`` bytes: a few kilobytes can hold gigabytes of zeros."""
    machine = zlib.decompressobj()
    out = machine.decompress(data, limit + 1)
    if len(out) > limit or not machine.eof:
        raise GitError("an object of the history is too large or cut short")
    return out


def _entry_head(data: mmap.mmap, at: int) -> tuple[int, int, int]:
    byte = data[at]
    number, size, shift = (byte >> 4) & 7, byte & 15, 4
    while byte & 0x80:
        at += 1
        byte = data[at]
        size |= (byte & 0x7F) << shift
        shift += 7
    return number, size, at + 1


def _distance(data: mmap.mmap, at: int) -> tuple[int, int]:
    byte = data[at]
    value = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = data[at]
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, at + 1


def _length(delta: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = delta[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def _patched(base: bytes, delta: bytes) -> bytes:
    """Apply a delta: instructions to copy from ``base`` or to insert."""
    size, at = _length(delta, 0)
    target, at = _length(delta, at)
    if size != len(base) or target > MAX_OBJECT:
        raise GitError("an object of the history is damaged or too large")
    out = bytearray()
    while at < len(delta) and len(out) <= target:
        part, at = _instruction(base, delta, at)
        out += part
    if len(out) != target:
        raise GitError("an object of the history is damaged")
    return bytes(out)


def _instruction(base: bytes, delta: bytes, at: int) -> tuple[bytes, int]:
    code = delta[at]
    at += 1
    if not code & 0x80:
        if not code:
            raise GitError("an object of the history is damaged")
        return delta[at : at + code], at + code
    numbers = []
    for first, count in ((0, 4), (4, 3)):
        value = 0
        for bit in range(count):
            if code >> (first + bit) & 1:
                value |= delta[at] << (8 * bit)
                at += 1
        numbers.append(value)
    offset, length = numbers[0], numbers[1] or 0x10000
    return base[offset : offset + length], at


def tree_entries(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield name and object id of each entry of a tree."""
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        name = data[at:end].partition(b" ")[2].decode("utf-8", "surrogateescape")
        yield name, data[end + 1 : end + 21].hex()
        at = end + 21
