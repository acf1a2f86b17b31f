# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A cache format without pickles.

``diskcache.JSONDisk`` writes JSON, but still *reads* a row that says it is a pickle. Whoever
can write into the cache folder could so run code in an audit; here such a row is an error.
"""

from typing import Any

from diskcache import JSONDisk
from diskcache.core import MODE_PICKLE


class PlainDisk(JSONDisk):  # type: ignore[misc]
    """Stores JSON, and refuses what is not."""

    def get(self, key: Any, raw: bool) -> Any:
        """Return a key; see :meth:`fetch`."""
        if not raw:
            raise ValueError("the cache holds a pickled key")
        return super().get(key, raw)

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        """Return a value.

        Raises
        ------
        ValueError
            If the row is not JSON.
        """
        if mode == MODE_PICKLE:
            raise ValueError("the cache holds a pickled value")
        return super().fetch(mode, filename, value, read)
