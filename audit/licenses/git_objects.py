# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads git objects as data: no git is run, no configuration read, no hook can fire.

A repository's own configuration can make ``git`` run programmes (``core.fsmonitor``, filters,
pagers), so an audited one is never given to it. Libraries follow links and alternates out of
the folder and unpack what they are told to; here every object has a limit and stays inside.
Source: git's ``gitformat-pack`` and ``gitrepository-layout``, version 2 indexes, SHA-1.
"""

import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from audit.budgets import HISTORY
from audit.record.absent import Absent
from audit.sources.interface import LINK, Entry, RandomAccess, Source
from audit.text.numbers import count
from audit.unreadable import NotReadableError

MAX_OBJECT = 8 * 1024 * 1024
"""Bytes of an unpacked object; commits, trees and licences are far smaller."""
MAX_DEPTH = 256
"""Deltas in a chain; git itself makes 50, at most 4095."""
MAX_REFS = 10_000
_TYPES = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
_OFFSET_DELTA, _REFERENCE_DELTA = 6, 7
_HEAD = 32
"""Bytes that the size of an object and the distance to its base take at most."""
_OUTSIDE = "a part of the history lies outside the folder"
LAPSES = (NotReadableError, ValueError, LookupError, struct.error, zlib.error)
"""What reading a damaged repository raises; ``GitError`` is a ``ValueError``."""


class GitError(ValueError):
    """The repository is not one that is read here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitObject:
    """One object: ``commit``, ``tree``, ``blob`` or ``tag``, and its bytes."""

    kind: str
    data: bytes


class Repository:
    """The objects and names in the ``.git`` folder of a source; use as a context manager."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open = ExitStack()
        self._packs: list[_Pack] | None = None
        self._purse = HISTORY.purse()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def exists(self) -> bool:
        """Whether there is a history.

        Raises
        ------
        GitError
            If it is a link or a pointer, or borrows objects from elsewhere.
        """
        if self._find("objects/info/alternates") is not None:
            raise GitError(_OUTSIDE)
        return any(self._find(name) is not None for name in ("HEAD", "config", "packed-refs"))

    def tags(self) -> dict[str, str]:
        """Return the object id of each tag, by name."""
        found = {}
        packed = self._find("packed-refs")
        for line in self._read(packed).decode().splitlines() if packed else ():
            name, _, ref = line.partition(" ")
            if ref.startswith("refs/tags/"):
                found[ref.removeprefix("refs/tags/")] = name
        for entry in self._below("refs/tags"):
            found[entry.path.removeprefix(".git/refs/tags/")] = self._read(entry).decode()
        if len(found) > MAX_REFS:
            raise GitError(f"it has more than {count(MAX_REFS)} tags")
        return {name: _checked(value.strip()) for name, value in found.items()}

    def _find(self, path: str) -> Entry | None:
        try:
            found = self._source.find(f".git/{path}")
        except NotReadableError as error:
            raise _refused(error.reason) from error
        return None if isinstance(found, Absent) else found

    def _below(self, folder: str) -> tuple[Entry, ...]:
        found = self._source.below(f".git/{folder}")
        for item in found.unread:
            raise _refused(item.reason)
        return found.entries

    def _read(self, entry: Entry, limit: int = 1 << 22) -> bytes:
        if entry.size > limit:
            raise GitError("a file of the history is too large")
        return self._source.content(entry, limit)

    def get(self, name: str, depth: int = 0) -> GitObject:
        """Return an object by its id.

        Raises
        ------
        GitError, or another of ``LAPSES``
            If it is not there, is larger than ``MAX_OBJECT``, or is damaged.
        """
        loose = self._find(f"objects/{name[:2]}/{name[2:]}")
        if loose is not None:
            data = _inflated(self._read(loose, MAX_OBJECT), MAX_OBJECT)
            self._pay(len(data))
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
        self._pay(size)
        if number in _TYPES:
            return GitObject(kind=_TYPES[number], data=_inflated(pack.zipped(start, size), size))
        if number == _OFFSET_DELTA:
            distance, start = _distance(pack.data, start)
            if not 0 < distance <= offset:
                raise GitError("an object of the history points outside its file")
            base = self._packed(pack, offset - distance, depth + 1)
        elif number == _REFERENCE_DELTA:
            base = self.get(_piece(pack.data, start, 20).hex(), depth + 1)
            start += 20
        else:
            raise GitError("an object of the history is of no known type")
        delta = _inflated(pack.zipped(start, size), size)
        return GitObject(kind=base.kind, data=_patched(base.data, delta))

    def _pay(self, size: int) -> None:
        if not self._purse.pays(size):
            raise NotReadableError(HISTORY.reason)

    def _all_packs(self) -> "list[_Pack]":
        if self._packs is None:
            files = {entry.path: entry for entry in self._below("objects/pack")}
            self._packs = [
                _Pack(*(self._opened(files.get(p)) for p in (path, f"{path[:-4]}.pack")))
                for path in files
                if path.endswith(".idx")
            ]
        return self._packs

    def _opened(self, entry: Entry | None) -> RandomAccess:
        if entry is None:
            raise GitError("a pack of the history is cut short")
        return self._open.enter_context(self._source.opened(entry))


def _refused(reason: str) -> GitError:
    """Say why a file was not opened: links are how a history lies elsewhere."""
    return GitError(_OUTSIDE if reason == LINK else "it is damaged")


class _Pack:
    """One pack and its index of version 2."""

    def __init__(self, index: RandomAccess, data: RandomAccess) -> None:
        if _piece(index, 0, 8) != b"\xfftOc\x00\x00\x00\x02" or _piece(data, 0, 4) != b"PACK":
            raise GitError("a pack of the history is of another version")
        self.data = data
        self._index = index
        self._count = struct.unpack(">I", _piece(index, 8 + 255 * 4, 4))[0]
        if index.size < 1032 + 28 * self._count:
            raise GitError("a pack of the history is cut short")

    def zipped(self, start: int, size: int) -> bytes:
        """Return the bytes in which ``size`` bytes are packed, and perhaps some more."""
        return _piece(self.data, start, size + size // 100 + 1024)

    def offset_of(self, name: str) -> int | None:
        """Return where an object begins, if it is in this pack."""
        wanted, names = bytes.fromhex(name), 1032

        def nth(number: int) -> bytes:
            return _piece(self._index, names + 20 * number, 20)

        at = bisect_left(range(self._count), wanted, key=nth)
        if at == self._count or nth(at) != wanted:
            return None
        offsets = names + 24 * self._count
        offset: int = struct.unpack(">I", _piece(self._index, offsets + 4 * at, 4))[0]
        if offset & 0x8000_0000:
            far = offsets + 4 * self._count + 8 * (offset & 0x7FFF_FFFF)
            offset = struct.unpack(">Q", _piece(self._index, far, 8))[0]
        return offset


def _piece(access: RandomAccess, start: int, count: int) -> bytes:
    """Return ``count`` bytes of a file, fewer at its end."""
    return bytes(access.read_at(start, max(0, min(count, access.size - start))))


def _checked(name: str) -> str:
    if len(name) != 40 or bytes.fromhex(name).hex() != name:
        raise GitError("its names are not SHA-1")
    return name


def _inflated(data: bytes, limit: int) -> bytes:
    """Unpack at most ``limit`` bytes: a few kilobytes can hold gigabytes of zeros."""
    machine = zlib.decompressobj()
    out = machine.decompress(data, limit + 1)
    if len(out) > limit or not machine.eof:
        raise GitError("an object of the history is too large or cut short")
    return out


def _entry_head(access: RandomAccess, start: int) -> tuple[int, int, int]:
    data, at = _piece(access, start, _HEAD), 0
    byte = data[at]
    number, size, shift = (byte >> 4) & 7, byte & 15, 4
    while byte & 0x80:
        at += 1
        byte = data[at]
        size |= (byte & 0x7F) << shift
        shift += 7
    return number, size, start + at + 1


def _distance(access: RandomAccess, start: int) -> tuple[int, int]:
    data, at = _piece(access, start, _HEAD), 0
    byte = data[at]
    value = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = data[at]
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, start + at + 1


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
    for first, most in ((0, 4), (4, 3)):
        value = 0
        for bit in range(most):
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
