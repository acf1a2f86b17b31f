# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A model on a hub, read by parts: what is asked for, and little more.

A revision is resolved to a commit once; everything after that is asked of the commit. Papers and
code are small and fetched whole, and must have the digest that the hub keeps of them (git's, or
LFS's SHA-256). Of weights only the blocks are fetched that somebody reads; the SHA-256 of such a
file is the one that the hub states, and the digests of the blocks are our own (:meth:`Hub.origin`).
A file that the hub's own client has downloaded to this machine already is read there, under the
same rules.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Protocol, Self

from audit.errors import AccessError
from audit.kept import Kept
from audit.record.absent import Absent
from audit.record.files import Origin, Revision, Unread
from audit.record.said import Said
from audit.sources.blocks import is_file, ranges
from audit.sources.client import SMALL, stopped
from audit.sources.downloads import Downloaded, Local, blobs, cached, listed_files, reference
from audit.sources.interface import NOT_STATED, Entry, Listing, Source
from audit.sources.wire import COMMIT, OFFLINE, Found, Listed, Wire, lies_about
from audit.text.addresses import without_secrets
from audit.text.file_names import printable, shortened
from audit.unreadable import NotReadableError

BLOCK = 1 << 18
"""Bytes that are fetched and kept together; parts of files begin and end at its multiples."""
_MOST, _GROWTH = 64, 4
"""Blocks of one request, and how much faster a reader that goes straight on is read ahead for."""
_MEMORY = 128
"""Blocks of one model that stay in memory."""
_WAY = re.compile(r"(?!.*(^|/)\.\.?(/|$))[^/]+(/[^/]+)*", re.DOTALL)


class Net(Protocol):
    """What a model is read from: a :class:`Wire`, or nothing."""

    host: str
    endpoint: str

    def part(self, name: str, commit: str, file: Listed, start: int, stop: int) -> bytes:
        """Return the bytes ``start:stop`` of a file."""
        ...


class Nobody:
    """Stands for the hub when nothing may be asked."""

    def __init__(self) -> None:
        from huggingface_hub import constants

        self.endpoint = constants.ENDPOINT
        self.host = self.endpoint.partition("://")[2].rpartition("@")[2]

    def part(self, name: str, commit: str, file: Listed, start: int, stop: int) -> bytes:
        """Refuse."""
        del name, commit, file, start, stop
        raise NotReadableError(Said("not on this machine, and nothing is fetched offline"))


class Hub(Source):
    """One commit of a model on a hub."""

    def __init__(self, net: Net, found: Found, files: Iterable[Listed], *, full: bool) -> None:
        self.net, self.found, self.whole = net, found, full
        owner, _, self.name = found.model.rpartition("/")
        self.model, self.bases = found.model, tuple(found.bases)
        self.place = (net.host, owner, f"{self.name}@{found.commit[:12]}")
        self.revision = Revision(commit=found.commit, origin=Said("the hub"))
        self.address = f"{without_secrets(net.endpoint)}/{found.model}"
        self._files = {printable(file.path): file for file in files}
        self._kept = Kept()
        self._memory: dict[tuple[str, int], bytes] = {}
        self._seen: dict[str, dict[int, str]] = {}
        self._lock = threading.Lock()
        self._blobs = blobs(found.model)

    def listing(self) -> Listing:
        """List the files of the commit; names that lead elsewhere are named and not read."""
        entries, odd = [], []
        for path, file in sorted(self._files.items()):
            if _WAY.fullmatch(file.path):
                stated = file.sha256 or NOT_STATED
                mark = (self.found.commit, file.oid)
                entries.append(Entry(path, file.size, mark, stated))
            else:
                odd.append(Unread(path=path, reason=Said("its name leads out of the model")))
        folders = {str(p) for e in entries for p in _above(e.path)}
        return Listing(entries=tuple(entries), unread=tuple(odd), folders=tuple(sorted(folders)))

    def part(self, path: str) -> Self:
        """Return a file or a folder of the model alone.

        Raises
        ------
        AccessError
            If it has none of that name.
        """
        path = printable(path.strip("/"))
        below = {p: f for p, f in self._files.items() if p == path or p.startswith(f"{path}/")}
        if not below:
            raise AccessError(f"{self.model} has no {shortened(path)}.", advice="Check the path.")
        again = type(self)(self.net, self.found, below.values(), full=self.whole)
        again.also, again.notes, again.place = self.also, self.notes, (*self.place, path)
        return again

    def connect(self, entry: Entry) -> "_Part":
        """Give access to a file; nothing is fetched before it is read."""
        return _Part(self, self._files[entry.path], entry.path)

    def abandon(self) -> None:
        """Let requests in other threads end, instead of being made again."""
        stopped.set()

    def trusts(self, entry: Entry) -> bool:
        """Whether the digest that the hub states stands for reading all of a large file."""
        return not self.whole and entry.size > BLOCK and not isinstance(entry.stated, Absent)

    def origin(self, stated: frozenset[str]) -> Origin:
        """Say what this is, which digests are only the hub's, and what was read of those files."""
        with self._lock:
            seen = {path: dict(self._seen.get(path, {})) for path in sorted(stated)}
        return Origin(
            model=self.found.model,
            commit=self.found.commit,
            said_by=Said("the hub"),
            address=self.address,
            stated=tuple(sorted(stated)),
            read=tuple(ranges(p, self._files[p].size, BLOCK, b) for p, b in seen.items() if b),
        )

    def small(self, file: Listed) -> bytes:
        """Return a small file, whose bytes have the digest that the hub keeps."""
        key = self._key(file, 0)
        with self._lock:
            data = self._memory.get((file.path, -1))
        data = data if data is not None else self._kept.get(key)
        if data is None or not is_file(file.sha256, file.oid, file.size, data):
            local = self._local(file)
            data = None if local is None else local.read(0, file.size)
            if data is None or not is_file(file.sha256, file.oid, file.size, data):
                data = self._part(file, 0, file.size)
                if not is_file(file.sha256, file.oid, file.size, data):
                    raise lies_about(self.net.host, file.path)
                self._kept.put(key, data)
        self._remember(file.path, -1, data)
        return data

    def block(self, file: Listed, number: int, until: int) -> tuple[bytes, int]:
        """Return a block, and the first one after those that were fetched for it (0: none were).

        ``until`` is the last block that is wanted soon.
        """
        with self._lock:
            data = self._memory.get((file.path, number))
        if data is None:
            data = self._kept.get(self._key(file, number))
        if data is not None:
            return self._noted(file, number, data), 0
        local = self._local(file)
        if local is not None:
            start = number * BLOCK
            data = local.read(start, min(BLOCK, file.size - start))
            return self._noted(file, number, data), 0
        until = min(until, number + _MOST - 1, (file.size - 1) // BLOCK)
        start, stop = number * BLOCK, min((until + 1) * BLOCK, file.size)
        fetched = self._part(file, start, stop)
        for i in range(number, until + 1):
            piece = fetched[(i - number) * BLOCK : (i - number + 1) * BLOCK]
            self._kept.put(self._key(file, i), piece)
            self._remember(file.path, i, piece)
        return self._noted(file, number, fetched[:BLOCK]), until + 1

    def _noted(self, file: Listed, number: int, data: bytes) -> bytes:
        self._remember(file.path, number, data)
        with self._lock:
            seen = self._seen.setdefault(printable(file.path), {})
            known = number in seen
        if not known:
            digest = hashlib.sha256(data).hexdigest()
            with self._lock:
                seen[number] = digest
        return data

    def _remember(self, path: str, number: int, data: bytes) -> None:
        with self._lock:
            self._memory.pop((path, number), None)
            self._memory[path, number] = data
            while len(self._memory) > _MEMORY:
                del self._memory[next(iter(self._memory))]

    def _part(self, file: Listed, start: int, stop: int) -> bytes:
        if start == stop:
            return b""
        return self.net.part(self.found.model, self.found.commit, file, start, stop)

    def _key(self, file: Listed, number: int) -> str:
        return _key(
            self.net.host, self.found.model, self.found.commit, file.path, str(number * BLOCK)
        )

    def _local(self, file: Listed) -> "Local | None":
        """Return the file as the hub's own client keeps it on this machine, if it does."""
        if self._blobs is None:
            return None
        entry = self._blobs.find(file.sha256 or file.oid)
        return (
            None
            if isinstance(entry, Absent) or entry.size != file.size
            else Local(self._blobs, entry)
        )


class _Part:
    """One file that is read from a hub: by blocks, or whole where it is small."""

    def __init__(self, hub: Hub, file: Listed, path: str) -> None:
        self._hub, self._file, self._path = hub, file, path
        self._next, self._ahead = -1, 1
        self._span = range(0)

    def expect(self, start: int, stop: int) -> None:
        """Fetch all of a span together, and nothing behind it."""
        self._span = range(start // BLOCK, (stop - 1) // BLOCK + 1)

    def read_into(self, offset: int, buffer: memoryview) -> int:
        file = self._file
        if file.size <= BLOCK or (file.size <= SMALL and not file.sha256):  # git's have no parts
            data, place = self._hub.small(file), offset
        else:
            number, place = divmod(offset, BLOCK)
            last = (offset + len(buffer) - 1) // BLOCK
            ahead = self._ahead * _GROWTH if number == self._next else 1
            until = self._span[-1] if number in self._span else number + ahead - 1
            data, after = self._hub.block(file, number, max(last, until))
            if after and number not in self._span:
                self._next, self._ahead = after, min(ahead, _MOST)
        piece = data[place : place + len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)

    def holds(self) -> bool:
        """A commit does not change; that the hub keeps to it is asked at every request."""
        return True

    def close(self) -> None:
        """Nothing is open between two reads."""


def of_hub(name: str, revision: str | None, *, full: bool = False) -> Hub:
    """Return a model of the hub, its revision resolved and its files listed.

    Raises
    ------
    AccessError, SourceError
        If there is no such model or revision, or it cannot be asked for.
    """
    wire, kept = Wire(), Kept()
    found = wire.model(name, revision)
    key = _key(wire.host, found.model, found.commit, "", "files")
    files = _unpacked(kept.get(key))
    if files is None:
        files = wire.tree(found.model, found.commit)
        kept.put(key, json.dumps([asdict(file) for file in files]).encode())
    kept.put(
        _key(wire.host, name, revision or "main", "", "commit"), json.dumps(asdict(found)).encode()
    )
    hub = Hub(wire, found, files, full=full)
    if found.model != name:
        hub.also, hub.notes = (name,), (f"{name} is now called {found.model}.",)
    return hub


def of_caches(name: str, revision: str | None, *, full: bool = False) -> "Hub | Downloaded":
    """Return a model as the caches of this machine hold it, asking nobody.

    Raises
    ------
    AccessError
        If they hold nothing of it.
    """
    nobody, kept = Nobody(), Kept()
    commit = revision if revision and COMMIT.fullmatch(revision) else None
    known = kept.get(_key(nobody.host, name, revision or "main", "", "commit"))
    found = None if known is None else Found(**json.loads(known))
    store = cached(name)
    if found is None:
        commit = commit or reference(store, revision or "main")
        found = None if commit is None else Found(name, commit)
    if found is not None:
        listed = _unpacked(kept.get(_key(nobody.host, found.model, found.commit, "", "files")))
        files = listed or listed_files(store, found.commit)
        if files is not None:
            return Hub(nobody, found, files, full=full)
        snapshot = store / "snapshots" / found.commit
        if snapshot.is_dir():
            return Downloaded(snapshot.resolve(), found.model.rpartition("/")[2])
    raise AccessError(f"{name} is not on this machine, and this run is offline.", advice=OFFLINE)


def _key(*parts: str) -> str:
    return "\n".join(printable(part) for part in parts)


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")[:-1]
    return ("/".join(parts[: i + 1]) for i in range(len(parts)))


def _unpacked(data: bytes | None) -> tuple[Listed, ...] | None:
    return None if data is None else tuple(Listed(**one) for one in json.loads(data))
