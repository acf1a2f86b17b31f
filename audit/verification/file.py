# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A file of a report, read once; it may be anything at all, and may have another name here."""

import os
from dataclasses import dataclass
from pathlib import Path

from audit.budgets import Purse
from audit.given import open_regular
from audit.record.absent import Absent
from audit.record.said import Said

_LIMIT = 1 << 29
"""Bytes of one file that are read at most; a record of 100,000 files is 0.03 of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file by the name it has here, the name that the statement lists, and what it holds."""

    name: str
    listed: str
    content: bytes | Absent

    @property
    def held(self) -> bytes | Absent:
        """The content, or why it is not there, beginning with the name."""
        content = self.content
        return (
            Absent(Said("{name}: {why}", name=self.name, why=content.reason))
            if isinstance(content, Absent)
            else content
        )


def read_file(path: Path, purse: Purse | None = None) -> bytes | Absent:
    """Return what a regular file holds; why not, if it cannot be read or is larger than 512 MiB.

    ``purse`` pays for what is read of many files.
    """
    try:
        if not path.exists():
            return Absent(Said("is missing"))
        if not path.is_file():
            return Absent(Said("is not a regular file"))
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > _LIMIT:
                return Absent(Said("is larger than 512 MiB"))
            if purse is not None and not purse.pays(size):
                return Absent(Said("was not read: {why}", why=purse.budget.reason))
            content = file.read(_LIMIT + 1)
    except OSError as error:
        return Absent(Said("cannot be read: {why}", why=str(error.strerror)))
    return content if len(content) <= _LIMIT else Absent(Said("is larger than 512 MiB"))
