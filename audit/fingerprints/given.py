# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A fingerprint where a model could be: told by its file, read through the same door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from audit.errors import UsageError
from audit.fingerprints.file import LIMIT, SUFFIX, from_bytes, to_bytes
from audit.fingerprints.make import make
from audit.progress import SILENT, Progress
from audit.sources.names import is_fingerprint
from audit.unreadable import NotReadableError

if TYPE_CHECKING:
    from audit.fingerprints.document import Fingerprint
    from audit.inventory import Inventory


def is_given(inventory: Inventory) -> bool:
    """Whether an inventory is that of a fingerprint's file alone."""
    return is_fingerprint(inventory.source)


def fingerprint_of(
    inventory: Inventory, *, released: str | None = None, progress: Progress = SILENT
) -> Fingerprint:
    """Return the fingerprint that an inventory is, or that of its model, which may be empty.

    Raises
    ------
    UsageError
        If the file is no fingerprint, or cannot be read.
    WeightsChangedError
        If a file of the model changed while it was read.
    """
    if not is_given(inventory):
        made = make(inventory, released=released, progress=progress)
        return made if made.is_empty else from_bytes(to_bytes(made), made.name)
    for path, entry in inventory.entries.items():
        if path.endswith(SUFFIX) and entry.size <= LIMIT:
            with _named(path), inventory.source.opened(entry) as access:
                return from_bytes(bytes(access.read_at(0, entry.size)), path)
    raise UsageError(
        f"{inventory.name}{SUFFIX} cannot be read, or is too large.", advice="Check the path."
    )


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Refuse a file that somebody named and that cannot be read."""
    try:
        yield
    except NotReadableError as error:
        raise UsageError(
            f"{path} cannot be read: {error.reason}.", advice="Check the path."
        ) from error
