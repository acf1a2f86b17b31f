# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keeps results by content, so that a second audit starts no scanner and loads no known text.

Values are JSON, never pickles: ``diskcache.JSONDisk`` writes JSON, but still *reads* a row that
says it is a pickle, and whoever can write into the cache folder could so run code in an audit;
here such a row is an error. The cache is a convenience: if its folder cannot be written, or is
damaged, the audit goes on without it.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_dir
from pydantic import TypeAdapter

from audit.record.absent import Absent

SIZE_LIMIT = 256 * 1024 * 1024
"""Bytes; the oldest results go first."""
_LAPSES = (OSError, sqlite3.Error, TimeoutError, ValueError, TypeError)
"""What a store that is damaged, full or read-only raises; ``ValidationError`` is a ValueError."""
_T = TypeVar("_T")


class Results:
    """Results by what they depend on; every failure of the store reads as "not there"."""

    def __init__(self, store: Any | None) -> None:
        self._store = store

    def get_or_compute(
        self, kind: Any, depends_on: tuple[str | bool, ...], compute: Callable[[], _T | Absent]
    ) -> _T | Absent:
        """Return the kept result, else compute and keep it.

        Parameters
        ----------
        kind : type
            What the result is: a dataclass, or a tuple of them.
        depends_on : tuple
            Everything that decides the result: content, options, versions of tool and code.
        compute : callable
            Gives the result, or why there is none, which is not kept.
        """
        key = hashlib.sha256(json.dumps([str(kind), *depends_on]).encode()).hexdigest()
        kept: _T | None = self._get(key, kind)
        if kept is not None:
            return kept
        found = compute()
        if not isinstance(found, Absent):
            self._put(key, _adapter(kind).dump_json(found).decode())
        return found

    def _get(self, key: str, kind: Any) -> Any | None:
        try:
            value = None if self._store is None else self._store.get(key)
            return None if value is None else _adapter(kind).validate_json(value)
        except _LAPSES:
            return None

    def _put(self, key: str, value: str) -> None:
        try:
            if self._store is not None:
                self._store.set(key, value)
        except _LAPSES:
            self._store = None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def digest(text: str) -> str:
    """Return the SHA-256 of a text, half surrogate pairs included."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def open_results(folder: Path | None) -> Iterator[Results]:
    """Open the store in ``folder``, else ``$AUDIT_CACHE_DIR``, else the user's cache folder."""
    chosen = folder or Path(os.environ.get("AUDIT_CACHE_DIR") or user_cache_dir("audit"))
    store = _open(chosen / "licenses")
    try:
        yield Results(store)
    finally:
        if store is not None:
            store.close()


def _open(folder: Path) -> Any | None:
    from diskcache import Cache, Timeout

    try:
        return Cache(str(folder), disk=_plain_disk(), size_limit=SIZE_LIMIT, timeout=5)
    except (OSError, sqlite3.Error, Timeout):
        return None


@cache
def _plain_disk() -> type:
    from diskcache import JSONDisk
    from diskcache.core import MODE_PICKLE

    class PlainDisk(JSONDisk):  # type: ignore[misc]
        """Stores JSON, and refuses what is not."""

        def get(self, key: Any, raw: bool) -> Any:
            if not raw:
                raise ValueError("the cache holds a pickled key")
            return super().get(key, raw)

        def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
            if mode == MODE_PICKLE:
                raise ValueError("the cache holds a pickled value")
            return super().fetch(mode, filename, value, read)

    return PlainDisk
