# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keeps scan results by content, so that a second audit starts no scanner.

Values are JSON text, never pickles. The cache is a convenience: if its folder cannot be
written, or is damaged, the audit goes on without it.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

SIZE_LIMIT = 256 * 1024 * 1024
"""Bytes; the oldest results go first."""


class ResultCache:
    """Scan results by key; every failure of the store reads as "not there"."""

    def __init__(self, store: Any | None) -> None:
        self._store = store

    def get(self, key: str) -> Any | None:
        """Return the stored result, or ``None``."""
        if self._store is None:
            return None
        try:
            value = self._store.get(key)
            return None if value is None else json.loads(value)
        except (OSError, sqlite3.Error, ValueError, TypeError):
            return None

    def put(self, key: str, value: Any) -> None:
        """Store a result; a full or read-only disk is no reason to stop."""
        if self._store is None:
            return
        try:
            self._store.set(key, json.dumps(value, sort_keys=True))
        except (OSError, sqlite3.Error, TimeoutError):
            self._store = None


def key(*parts: str | int | bool) -> str:
    """Digest what a result depends on: content, options, tool and worker."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@contextmanager
def open_cache(folder: Path | None) -> Iterator[ResultCache]:
    """Open the cache in ``folder``, else ``$AUDIT_CACHE_DIR``, else the user's cache folder."""
    chosen = folder or Path(os.environ.get("AUDIT_CACHE_DIR") or user_cache_dir("audit"))
    store = _open(chosen / "licenses")
    try:
        yield ResultCache(store)
    finally:
        if store is not None:
            store.close()


def _open(folder: Path) -> Any | None:
    from diskcache import Cache, Timeout

    from audit.licenses.detected.json_disk import PlainDisk

    try:
        return Cache(str(folder), disk=PlainDisk, size_limit=SIZE_LIMIT, timeout=5)
    except (OSError, sqlite3.Error, Timeout):
        return None
