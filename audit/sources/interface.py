# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The one way to the bytes of a model: what a source lists, and how a file of it is read.

A source is a folder, and could be a hub. It writes two methods: :meth:`Source.listing` says
which files there are, :meth:`Source.connect` gives access to one of them *as it was listed*.
Everything above works with :class:`RandomAccess`, which is bounded by the listed size, counts
what it hands out, and refuses a file that changed between its opening and its closing: what is
said of a file must be said of the bytes that were digested.
"""

import hashlib
import stat
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable
from copy import copy
from dataclasses import dataclass
from fnmatch import fnmatchcase
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Protocol, Self

from audit.record.absent import Absent
from audit.record.files import Origin, Revision, Unread
from audit.record.said import Said
from audit.unreadable import ChangedError, NotReadableError

NOT_STATED = Absent(Said("The source states none."))
NOT_THERE = Absent(Said("There is no such file."))
LINK = Said("a link, not followed")
"""Why a file that :meth:`Source.find` was asked for is not given."""
SPECIAL = {
    stat.S_IFIFO: Said("a named pipe, not a file"),
    stat.S_IFSOCK: Said("a socket, not a file"),
    stat.S_IFBLK: Said("a device, not a file"),
    stat.S_IFCHR: Said("a device, not a file"),
    stat.S_IFLNK: LINK,
}
"""What is no file, by its kind."""
_BLOCK = 1 << 16
_BLOCKS = 32
"""Bytes of a block of the cache, and how many blocks of one file are kept."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that a source lists: its printable path and its size in bytes.

    ``mark`` is what the source knows the file by: a file with another mark is another file.
    ``stated`` is the SHA-256 that the source says it has; nothing here was read to know it.
    """

    path: str
    size: int
    mark: Hashable
    stated: str | Absent = NOT_STATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source holds, each in order of path: files, what cannot be read, and folders."""

    entries: tuple[Entry, ...]
    unread: tuple[Unread, ...] = ()
    folders: tuple[str, ...] = ()


class Connection(Protocol):
    """What a source gives for one file; its methods raise ``NotReadableError``."""

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Read what is at ``offset``; return how many bytes, 0 at the end."""
        ...

    def holds(self) -> bool:
        """Whether the file is still the one that was listed."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class RandomAccess:
    """One opened file: reads at positions; use it as a context manager.

    Small reads are served from blocks that are kept, large ones go straight into their buffer.
    Leaving it raises ``ChangedError`` unless the file is as it was listed.
    """

    __slots__ = ("_blocks", "_connection", "bytes_read", "size")

    def __init__(self, connection: Connection, size: int) -> None:
        self._connection = connection
        self._blocks: dict[int, bytearray] = {}
        self.size = size
        self.bytes_read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.confirm()
        finally:
            self.close()

    def confirm(self) -> None:
        """Raise ``ChangedError`` unless the file is still as it was listed."""
        if not self._connection.holds():
            raise ChangedError

    def close(self) -> None:
        """Close the file, whatever became of it."""
        self._connection.close()

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fill ``buffer`` from ``offset`` on; return how many bytes the file has for it."""
        wanted, done = min(len(buffer), self.size - offset), 0
        while done < wanted:
            count = self._connection.read_into(offset + done, buffer[done:wanted])
            if not count:
                break
            done += count
        self.bytes_read += done
        return done

    def read_at(self, offset: int, count: int) -> bytearray:
        """Return ``count`` bytes at ``offset``.

        Raises
        ------
        ChangedError
            If the file ends before.
        """
        if 0 < count <= _BLOCK:
            data = self._cached(offset, count)
        else:
            data = bytearray(count)
            del data[self.read_into(offset, memoryview(data)) :]
        if len(data) != count:
            raise ChangedError
        return data

    def expect(self, start: int, stop: int) -> None:
        """Say that the bytes ``start:stop`` will be walked through soon, in small pieces."""
        told = getattr(self._connection, "expect", None)  # of those that fetch from far away
        if told is not None:
            told(start, min(stop, self.size))

    def stream(
        self, block: int = _BLOCK, *, start: int = 0, size: int | None = None
    ) -> BufferedReader:
        """Return the file, or a piece of it, as a stream with a buffer, for small steps."""
        left = self.size - start
        return BufferedReader(_Stream(self, start, left if size is None else size), block)

    def _cached(self, offset: int, count: int) -> bytearray:
        number, start = divmod(offset, _BLOCK)
        data = self._block(number)[start : start + count]
        if start + count > _BLOCK:
            data += self._block(number + 1)[: start + count - _BLOCK]
        self.bytes_read += len(data)
        return data

    def _block(self, number: int) -> bytearray:
        if number not in self._blocks:
            block = bytearray(max(0, min(_BLOCK, self.size - number * _BLOCK)))
            got = self.read_into(number * _BLOCK, memoryview(block))
            self.bytes_read -= got
            del block[got:]
            if len(self._blocks) == _BLOCKS:
                del self._blocks[next(iter(self._blocks))]
            self._blocks[number] = block
        return self._blocks[number]


class _Stream(RawIOBase):
    """A piece of a ``RandomAccess`` as the standard library reads files."""

    def __init__(self, access: RandomAccess, start: int, size: int) -> None:
        self._access = access
        self._start = start
        self._size = size
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = offset + (0, self._place, self._size)[whence]
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = max(0, self._size - self._place)
        count = self._access.read_into(self._start + self._place, memoryview(buffer)[:left])
        self._place += count
        return count


class Source(ABC):
    """Where a model lies.

    ``name`` is what it goes by in the report, ``place`` the parts of its address: two sources of
    one place are the same. ``revision`` is the commit that the address itself names. Nothing may
    be written below the folders ``own``. ``address`` is where it is fetched from, if it is;
    ``model`` the published model that it is (``owner/name``), where that is known, by the word of
    ``said_by``, ``also`` its earlier names, ``bases`` what the hub takes for its bases;
    ``notes`` what the caller should hear about it. What matches a glob in ``ignore`` and none in
    ``include`` is left out by the caller's choice (:meth:`left_out`).
    """

    name: str
    place: tuple[str, ...]
    revision: Revision | None = None
    own: tuple[Path, ...] = ()
    address: str | None = None
    model: str | None = None
    said_by: Said = Said("the hub")
    also: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    include: tuple[str, ...] = ()

    @abstractmethod
    def listing(self) -> Listing:
        """List all files that belong to the model; nothing that is in the source raises."""

    @abstractmethod
    def connect(self, entry: Entry) -> Connection:
        """Give access to a listed file, or raise ``NotReadableError`` if it is another now."""

    def trusts(self, entry: Entry) -> bool:
        """Whether the digest that an entry states may stand for reading all of its bytes."""
        del entry
        return False

    def abandon(self) -> None:  # noqa: B027 - most sources have nothing to end
        """Be told that the run ends before its time, while other threads may read."""

    def origin(self, stated: frozenset[str]) -> Origin | None:
        """Say which published model this is; ``stated`` are the files taken at their word."""
        del stated
        return None

    def find(self, path: str) -> Entry | Absent:
        """Return a file that the listing leaves out (``.git/HEAD``).

        Raises
        ------
        NotReadableError
            If something else has that name, or a link stands on the way.
        """
        del path
        return NOT_THERE

    def below(self, folder: str) -> Listing:
        """List the files below a folder that the listing leaves out; nothing if it is none."""
        del folder
        return Listing(entries=())

    def neighbours(self, name: str) -> Iterable["Source"]:
        """Return the models called ``name`` (in lower case) that lie where this one lies."""
        del name
        return ()

    def is_same(self, other: "Source") -> bool:
        """Whether both are one place."""
        return self.place == other.place

    def named(self, name: str) -> Self:
        """Return the same source under another name."""
        again = copy(self)
        again.name = name
        return again

    def leaving_out(self, ignore: Iterable[str], include: Iterable[str]) -> Self:
        """Return the same source with files left out; ``folder/`` is all below a folder."""
        again = copy(self)
        again.ignore, again.include = (
            tuple(f"{glob}*" if glob.endswith("/") else glob for glob in globs)
            for globs in (ignore, include)
        )
        return again

    def left_out(self, path: str) -> Said | None:
        """Return why a file is left out, if it is and holds no weights."""
        found = next((glob for glob in self.ignore if fnmatchcase(path, glob)), None)
        if found is None or any(fnmatchcase(path, glob) for glob in self.include):
            return None
        return Said("left out because the caller asked for it ({glob})", glob=found)

    def opened(self, entry: Entry) -> RandomAccess:
        """Open a file for reading, as it was listed.

        Raises
        ------
        NotReadableError
            If it cannot be read, or is not, or no longer, the one that was listed.
        """
        return RandomAccess(self.connect(entry), entry.size)

    def content(self, entry: Entry, limit: int, sha256: str | None = None) -> bytes:
        """Return all bytes of a small file; given ``sha256``, the bytes of that digest.

        Raises
        ------
        NotReadableError
            If it is larger than ``limit`` bytes, cannot be read, or has changed.
        """
        if entry.size > limit:
            raise NotReadableError(Said("larger than {limit} MiB, not parsed", limit=limit >> 20))
        with self.opened(entry) as access:
            data = access.read_at(0, entry.size)
        if sha256 and hashlib.sha256(data).hexdigest() != sha256:
            raise ChangedError
        return bytes(data)
