# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is kept on this machine, so that it is not fetched, scanned or computed again.

Parts of a hub's files stand under hub, model, commit, path and offset; results under the digest of
everything that decides them. Each stands behind its own SHA-256, and what does not have it is not
there. Values are bytes and JSON, never pickles: whoever can write into the folder could otherwise
run code in an audit. ``diskcache`` keeps the size under a limit, the oldest going first, and lets
several processes share the folder. A cache that cannot be used, or a full disk, costs time only.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from audit.errors import UsageError
from audit.record.absent import Absent

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LIMIT = 20 << 30
"""Bytes that are kept, unless ``AUDIT_CACHE_LIMIT`` says another number; nothing is for 0."""
RESULT = "result"
"""What the key of a result begins with, where that of a part has the hub."""
_DIGEST = 32
_T = TypeVar("_T")
_HELD: list[dict[tuple[str, int], Any]] = []
"""What is held open, by folder and limit, for the command that runs."""


@contextmanager
def held_open() -> Iterator[None]:
    """Leave a folder open until the end: opening it writes all settings of ``diskcache`` anew."""
    _HELD.append({})
    try:
        yield
    finally:
        for opened in _HELD.pop().values():
            opened.close()


def folder() -> Path:
    """Return where things are kept: below ``$AUDIT_CACHE_DIR``, else the user's cache folder."""
    from platformdirs import user_cache_dir

    return Path(os.environ.get("AUDIT_CACHE_DIR") or user_cache_dir("audit")) / "kept"


class Kept:
    """What is kept; ``failed`` says that the cache was given up."""

    def __init__(self, place: Path | None = None) -> None:
        import sqlite3

        from diskcache import Cache, Timeout

        self._lapses = (OSError, sqlite3.Error, ValueError, KeyError, TypeError, Timeout)
        self.failed = False
        self._cache: Any = None
        limit = _limit()
        if not limit:
            return
        held = _HELD[-1] if _HELD else {}
        try:
            where = str(place or folder())
            self._cache = held.get((where, limit))
            if self._cache is None:
                self._cache = Cache(where, disk=_bytes_only(), size_limit=limit, timeout=10)
                held[where, limit] = self._cache
        except self._lapses:
            self.failed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._cache is not None and not _HELD:
            self._cache.close()

    @property
    def keeps(self) -> bool:
        """Whether what is put may be found by the next run."""
        return self._cache is not None and not self.failed

    def get(self, key: str) -> bytes | None:
        """Return what was put, ``None`` if it is not there or was damaged."""
        if self._cache is None:
            return None
        try:
            value = self._cache.get(key)
        except self._lapses:
            return None
        return _checked(value)

    def put(self, key: str, data: bytes) -> None:
        """Keep something; what cannot be kept is not."""
        if not self.keeps:
            return
        try:
            self._cache.set(key, hashlib.sha256(data).digest() + data)
        except self._lapses:
            self.failed = True

    def result(
        self, kind: Any, depends_on: tuple[object, ...], compute: Callable[[], _T | Absent]
    ) -> _T | Absent:
        """Return the kept result, else compute and keep it.

        Parameters
        ----------
        kind : type
            What the result is: a dataclass, or a tuple of them.
        depends_on : tuple
            Everything that decides the result, as JSON can hold it: content, options, versions
            of tool and code.
        compute : callable
            Gives the result, or why there is none, which is not kept.
        """
        decides = json.dumps([str(kind), *depends_on]).encode("utf-8", "surrogatepass")
        key = f"{RESULT}\n{hashlib.sha256(decides).hexdigest()}"
        if (data := self.get(key)) is not None:
            try:
                kept: _T = _adapter(kind).validate_json(data)
            except ValueError:  # of another version, or of a foreign hand
                pass
            else:
                return kept
        found = compute()
        if not isinstance(found, Absent):
            self.put(key, _adapter(kind).dump_json(found))
        return found

    def models(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """Return hub, model and commit of what is kept: how many parts, and bytes.

        Results stand together under ``RESULT`` and two empty names.
        """
        found: dict[tuple[str, str, str], tuple[int, int]] = {}
        for key in self._keys():
            host, model, commit, *_ = (*key.split("\n"), "", "", "")
            place = (RESULT, "", "") if host == RESULT else (host, model, commit)
            parts, size = found.get(place, (0, 0))
            found[place] = parts + 1, size + len(self.get(key) or b"")
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


def digest(text: str) -> str:
    """Return the SHA-256 of a text, half surrogate pairs included."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(kind: Any, value: object) -> str:
    """Return the SHA-256 of a value of a type of the record, as JSON."""
    return hashlib.sha256(_adapter(kind).dump_json(value)).hexdigest()


@cache
def _adapter(kind: Any) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _limit() -> int:
    text = os.environ.get("AUDIT_CACHE_LIMIT", str(LIMIT))
    if not (text.isascii() and text.isdigit()):
        raise UsageError("AUDIT_CACHE_LIMIT is no number of bytes.", advice="Set it to one.")
    return int(text)


def _checked(value: object) -> bytes | None:
    if not isinstance(value, bytes):
        return None
    stated, data = value[:_DIGEST], value[_DIGEST:]
    return data if hashlib.sha256(data).digest() == stated else None


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
