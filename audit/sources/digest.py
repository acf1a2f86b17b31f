# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Opens the files of an audited folder safely, and computes their SHA-256 in parallel.

A file is opened without following links and without blocking, and must still be the
file that was listed, both before and after it is read: a digest of bytes that
changed half-way would be a statement about a file that never existed.
"""

import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import FileIO

from audit.progress import Advance, Progress
from audit.record.files import Artifact, Kind, Unread
from audit.record.said import Said
from audit.sources.kinds import HEAD_BYTES, classify, is_lfs_pointer
from audit.sources.walk import Entry, Stamp
from audit.unreadable import NotReadableError, reason_of

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_BUFFER_BYTES = 1 << 20
_BATCH_FILES = 128
_BATCH_BYTES = 64 << 20
LFS_REASON = Said(
    "a Git LFS pointer, the file itself was not downloaded: run `git lfs pull` in the repository"
)
_WEIGHTS = (Kind.WEIGHTS, Kind.WEIGHTS_DATA, Kind.OTHER_WEIGHTS, Kind.PICKLE)
_CHANGED = Said("changed while it was being read")


@contextmanager
def opened(entry: Entry) -> Iterator[FileIO]:
    """Open the listed file for reading, unbuffered.

    Raises
    ------
    NotReadableError
        If the system refuses, or the file is not, or no longer, the one that was listed.
    """
    try:
        with FileIO(os.open(entry.file, _FLAGS)) as stream:
            if Stamp.of(os.fstat(stream.fileno())) != entry.stamp:
                raise NotReadableError(_CHANGED)
            yield stream
            if Stamp.of(os.fstat(stream.fileno())) != entry.stamp:
                raise NotReadableError(_CHANGED)
    except OSError as error:
        raise NotReadableError(reason_of(error)) from error


def read_bytes(entry: Entry, sha256: str, *, limit: int) -> bytes:
    """Return the whole content of a small file: the bytes that ``sha256`` was computed of.

    Raises
    ------
    NotReadableError
        If it is larger than ``limit`` bytes, cannot be read, or has changed.
    """
    if entry.stamp.size > limit:
        raise NotReadableError(Said("larger than {limit} MiB, not parsed", limit=limit >> 20))
    with opened(entry) as stream:
        data = stream.read(entry.stamp.size + 1)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise NotReadableError(_CHANGED)
    return data


def digest_all(
    entries: tuple[Entry, ...], *, progress: Progress, weights: bool = True
) -> tuple[tuple[Artifact, ...], tuple[Unread, ...]]:
    """Hash and classify every entry; results keep the order of ``entries``.

    The one progress task counts bytes. Without ``weights``, weight files are only classified:
    their artifacts have an empty digest and must not leave the inventory.
    """
    stop = threading.Event()
    with progress.task("Hashing files", sum(entry.stamp.size for entry in entries)) as advance:
        hasher = _Hasher(advance, stop, weights=weights)
        pool = ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1))
        try:
            found = [item for batch in pool.map(hasher.batch, _batches(entries)) for item in batch]
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    artifacts = tuple(item for item in found if isinstance(item, Artifact))
    return artifacts, tuple(item for item in found if isinstance(item, Unread))


def _batches(entries: tuple[Entry, ...]) -> Iterator[list[Entry]]:
    """Group small files, so that 100,000 of them do not make 100,000 tasks."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += entry.stamp.size
        if len(batch) == _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Hasher:
    """Hashes batches in worker threads; tells progress one thread at a time."""

    def __init__(self, advance: Advance, stop: threading.Event, *, weights: bool) -> None:
        self._advance = advance
        self._weights = weights
        self._lock = threading.Lock()
        self._stop = stop

    def batch(self, entries: list[Entry]) -> list[Artifact | Unread]:
        """Return an artifact or an ``Unread`` (for an LFS pointer: both) per entry."""
        buffer = memoryview(bytearray(_BUFFER_BYTES))
        found: list[Artifact | Unread] = []
        for entry in entries:
            if self._stop.is_set():
                break
            try:
                found += self._one(entry, buffer)
            except NotReadableError as error:
                found.append(Unread(path=entry.path, reason=error.reason))
        return found

    def _one(self, entry: Entry, buffer: memoryview) -> list[Artifact | Unread]:
        with opened(entry) as stream:
            count = stream.readinto(buffer)
            head = bytes(buffer[: min(count, HEAD_BYTES)])
            kind = classify(entry.path, head)
            if kind in _WEIGHTS and not self._weights:
                self._report(entry.stamp.size)
                return [Artifact(path=entry.path, size=entry.stamp.size, sha256="", kind=kind)]
            digest = self._digest(entry, stream, buffer, count)
        artifact = Artifact(path=entry.path, size=entry.stamp.size, sha256=digest, kind=kind)
        if is_lfs_pointer(head):
            return [artifact, Unread(path=entry.path, reason=LFS_REASON)]
        return [artifact]

    def _digest(self, entry: Entry, stream: FileIO, buffer: memoryview, count: int) -> str:
        """Hash the file, whose first ``count`` bytes are in the buffer, to its end."""
        digest = hashlib.sha256()
        size = 0
        while count and not self._stop.is_set():
            digest.update(buffer[:count])
            size += count
            if size > entry.stamp.size:  # a log that is written to has no end
                raise NotReadableError(_CHANGED)
            self._report(count)
            count = stream.readinto(buffer)
        if size != entry.stamp.size:
            raise NotReadableError(_CHANGED)
        return digest.hexdigest()

    def _report(self, count: int) -> None:
        with self._lock:
            self._advance(count)
