# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Computes the SHA-256 of every file of a source in parallel, and what each is for."""

import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from audit.errors import SourceError
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
_MOST_READ = 32 << 20
"""Bytes of a file that holds no weights and is read although its digest is stated."""
_WEIGHTS = (Kind.WEIGHTS, Kind.WEIGHTS_DATA, Kind.OTHER_WEIGHTS, Kind.PICKLE)
_LOOKED_AT = (*_WEIGHTS, Kind.WEIGHTS_INDEX)
"""Never left out, whatever a caller asks for."""


def digest_all(
    source: Source, entries: tuple[Entry, ...], *, progress: Progress, weights: bool = True
) -> tuple[tuple[Artifact, ...], tuple[Unread, ...], frozenset[str]]:
    """Hash and classify every entry; results keep the order of ``entries``.

    The one progress task counts bytes. Without ``weights``, weight files are only classified:
    their artifacts have an empty digest and must not leave the inventory. The last of the results
    are the paths whose digest is the one that a trusted source states.
    """
    stop = threading.Event()
    with progress.task("Hashing files", sum(entry.size for entry in entries)) as advance:
        hasher = _Hasher(source, advance, stop, weights=weights)
        pool = ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1))
        found = None
        try:
            found = [item for batch in pool.map(hasher.batch, _batches(entries)) for item in batch]
        finally:
            stop.set()
            if found is None:
                source.abandon()
            pool.shutdown(cancel_futures=True)
    artifacts = tuple(item for item in found if isinstance(item, Artifact))
    unread = tuple(item for item in found if isinstance(item, Unread))
    return artifacts, unread, frozenset(hasher.stated)


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
        self.stated: set[str] = set()

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
        stated = entry.stated if isinstance(entry.stated, str) else ""
        trusted = bool(stated) and self._source.trusts(entry)
        with self._source.opened(entry) as access:
            count = access.read_into(0, buffer[:HEAD_BYTES] if trusted else buffer)
            head = bytes(buffer[: min(count, HEAD_BYTES)])
            kind = classify(entry.path, head)
            weighty = kind in _WEIGHTS
            why = None if kind in _LOOKED_AT else self._source.left_out(entry.path)
            if why is not None and not is_lfs_pointer(head):
                self._report(entry.size)
                return [Unread(path=entry.path, reason=why)]
            if (weighty and not self._weights) or (
                trusted and (weighty or entry.size > _MOST_READ)
            ):
                self._report(entry.size)
                digest = "" if weighty and not self._weights else stated
                self.stated.update([entry.path] if digest else ())
                return [Artifact(path=entry.path, size=entry.size, sha256=digest, kind=kind)]
            digest = self._digest(access, buffer, count)
        if stated and digest != stated:
            raise SourceError(
                f"{entry.path} does not have the SHA-256 that its source states.",
                advice="Run it again; if it stays so, do not rely on that source.",
            )
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
