# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Progress as an observer: library code reports, only the command line draws."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[int], None]
"""Call with the number of units done since the last call."""


class Progress(Protocol):
    """Something that can show how far a task has come."""

    def task(self, description: str, total: int | None) -> AbstractContextManager[Advance]:
        """Open a task of ``total`` units (``None`` if unknown) and yield its ``Advance``."""
        ...


class Silent:
    """The default: shows nothing."""

    @contextmanager
    def task(self, description: str, total: int | None) -> Iterator[Advance]:  # noqa: ARG002
        """See :meth:`Progress.task`."""
        yield lambda _units: None


SILENT = Silent()
