# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What was read from hubs, kept on this machine: parts of files by commit and place.

Each part stands under its hub, model, commit, path and offset, behind its own SHA-256; a part that
does not have it is read again. ``diskcache`` keeps the size under a limit, the oldest parts going
first, and lets several processes share the folder. A cache that cannot be used, or a full disk,
costs speed and nothing else.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

from audit.errors import UsageError
from audit.record.files import FileRanges

LIMIT = 20 << 30
"""Bytes that are kept, unless ``AUDIT_CACHE_LIMIT`` says another number."""
_DIGEST = 32


def folder() -> Path:
    """Return where parts are kept: below ``$AUDIT_CACHE_DIR``, else the user's cache folder."""
    return Path(os.environ.get("AUDIT_CACHE_DIR") or user_cache_dir("audit")) / "hub"


class Kept:
    """The parts that are kept; ``failed`` says that the cache was given up."""

    def __init__(self, place: Path | None = None) -> None:
        from diskcache import Cache, Timeout

        self._lapses = (OSError, sqlite3.Error, ValueError, KeyError, Timeout)
        self.failed = False
        self._cache: Any = None
        limit = _limit()
        try:
            where = str(place or folder())
            self._cache = Cache(where, disk=_bytes_only(), size_limit=limit, timeout=10)
        except self._lapses:
            self.failed = True

    def get(self, key: str) -> bytes | None:
        """Return a part as it was put, ``None`` if it is not there or was damaged."""
        if self._cache is None:
            return None
        try:
            value = self._cache.get(key)
        except self._lapses:
            return None
        return _checked(value)

    def put(self, key: str, data: bytes) -> None:
        """Keep a part; what cannot be kept is not."""
        if self._cache is None or self.failed:
            return
        try:
            self._cache.set(key, hashlib.sha256(data).digest() + data)
        except self._lapses:
            self.failed = True

    def models(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """Return hub, model and commit of what is kept: how many parts, and bytes."""
        found: dict[tuple[str, str, str], tuple[int, int]] = {}
        for key in self._keys():
            host, model, commit, *_ = (*key.split("\n"), "", "", "")
            parts, size = found.get((host, model, commit), (0, 0))
            value = self.get(key)
            found[host, model, commit] = parts + 1, size + len(value or b"")
        return found

    def verify(self) -> tuple[int, int]:
        """Drop what is damaged; return how many parts are sound, and how many were not."""
        damaged = [key for key in self._keys() if self.get(key) is None]
        for key in damaged:
            self._cache.delete(key)
        return len(list(self._keys())), len(damaged)

    def clear(self) -> int:
        """Drop everything; return how many parts there were."""
        return 0 if self._cache is None else int(self._cache.clear())

    def _keys(self) -> Iterator[str]:
        return iter(()) if self._cache is None else iter(sorted(self._cache.iterkeys()))


def ranges(path: str, size: int, block: int, blocks: dict[int, str]) -> FileRanges:
    """Say what was read of a file, by the SHA-256 of its blocks by their number."""
    numbers = sorted(blocks)
    whole = hashlib.sha256("".join(f"{n} {blocks[n]}\n" for n in numbers).encode()).hexdigest()
    starts = [n for n, before in zip(numbers, [-2, *numbers], strict=False) if n != before + 1]
    ends = [n for n, after in zip(numbers, [*numbers[1:], -2], strict=True) if after != n + 1]
    return FileRanges(
        path=path,
        ranges=tuple(
            (a * block, min((b + 1) * block, size)) for a, b in zip(starts, ends, strict=True)
        ),
        block=block,
        sha256=whole,
    )


def is_file(sha256: str, oid: str, size: int, data: bytes) -> bool:
    """Whether the bytes have the digest that the hub keeps of the file: LFS's, or git's."""
    if len(data) != size:
        return False
    if sha256:
        return hashlib.sha256(data).hexdigest() == sha256
    git = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
    return git.hexdigest() == oid


def _limit() -> int:
    text = os.environ.get("AUDIT_CACHE_LIMIT", str(LIMIT))
    if not (text.isascii() and text.isdigit()):
        raise UsageError("AUDIT_CACHE_LIMIT is no number of bytes.", advice="Set it to one.")
    return int(text)


def _checked(value: object) -> bytes | None:
    if not isinstance(value, bytes):
        return None
    digest, data = value[:_DIGEST], value[_DIGEST:]
    return data if hashlib.sha256(data).digest() == digest else None


@cache
def _bytes_only() -> type:
    from diskcache import Disk
    from diskcache.core import MODE_PICKLE

    class BytesOnly(Disk):  # type: ignore[misc]
        """Never unpickles, and leaves no half-written file behind."""

        def get(self, key: Any, raw: bool) -> Any:
            if not raw:
                raise ValueError("the cache holds a pickled key")
            return super().get(key, raw)

        def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
            if mode == MODE_PICKLE:
                raise ValueError("the cache holds a pickled value")
            return super().fetch(mode, filename, value, read)

        def _write(self, full_path: str, *more: Any) -> None:
            written = False
            try:
                super()._write(full_path, *more)
                written = True
            finally:
                if not written:
                    Path(full_path).unlink(missing_ok=True)

    return BytesOnly
