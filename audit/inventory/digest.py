# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Computes the SHA-256 of every file of a source in parallel, and what each is for."""

import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from audit.formats.weight_files import HEAD_BYTES
from audit.inventory.kinds import classify, is_lfs_pointer
from audit.progress import Advance, Progress
from audit.record.files import Artifact, Kind, Unread
from audit.record.said import Said
from audit.sources.interface import Entry, RandomAccess, Source
from audit.unreadable import ChangedError, NotReadableError

_BUFFER_BYTES = 1 << 20
_BATCH_FILES = 128
_BATCH_BYTES = 64 << 20
LFS_REASON = Said(
    "a Git LFS pointer, the file itself was not downloaded: run `git lfs pull` in the repository"
)
_WEIGHTS = (Kind.WEIGHTS, Kind.WEIGHTS_DATA, Kind.OTHER_WEIGHTS, Kind.PICKLE)


def digest_all(
    source: Source, entries: tuple[Entry, ...], *, progress: Progress, weights: bool = True
) -> tuple[tuple[Artifact, ...], tuple[Unread, ...]]:
    """Hash and classify every entry; results keep the order of ``entries``.

    The one progress task counts bytes. Without ``weights``, weight files are only classified:
    their artifacts have an empty digest and must not leave the inventory.
    """
    stop = threading.Event()
    with progress.task("Hashing files", sum(entry.size for entry in entries)) as advance:
        hasher = _Hasher(source, advance, stop, weights=weights)
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
        size += entry.size
        if len(batch) == _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Hasher:
    """Hashes batches in worker threads; tells progress one thread at a time."""

    def __init__(
        self, source: Source, advance: Advance, stop: threading.Event, *, weights: bool
    ) -> None:
        self._source = source
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
        with self._source.opened(entry) as access:
            count = access.read_into(0, buffer)
            head = bytes(buffer[: min(count, HEAD_BYTES)])
            kind = classify(entry.path, head)
            if kind in _WEIGHTS and not self._weights:
                self._report(entry.size)
                return [Artifact(path=entry.path, size=entry.size, sha256="", kind=kind)]
            digest = self._digest(access, buffer, count)
        artifact = Artifact(path=entry.path, size=entry.size, sha256=digest, kind=kind)
        if is_lfs_pointer(head):
            return [artifact, Unread(path=entry.path, reason=LFS_REASON)]
        return [artifact]

    def _digest(self, access: RandomAccess, buffer: memoryview, count: int) -> str:
        """Hash the file, whose first ``count`` bytes are in the buffer, to its end."""
        digest = hashlib.sha256()
        size = 0
        while count and not self._stop.is_set():
            digest.update(buffer[:count])
            size += count
            self._report(count)
            count = access.read_into(size, buffer)
        if size != access.size:
            raise ChangedError
        return digest.hexdigest()

    def _report(self, count: int) -> None:
        with self._lock:
            self._advance(count)
