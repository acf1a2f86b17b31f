# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Records that the caller names: a ``record.json``, or the folder of a report that holds one."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.record.document import AuditRecord
    from audit.waivers import Baseline

LARGEST = 1 << 30
"""Bytes; a record of a hundred thousand files has some tens of millions."""


def read_bytes_of(path: Path, option: str = "the command") -> bytes:
    """Return what a file of a report holds; raises ``UsageError`` if it cannot be read."""
    from audit.given import read_given

    return read_given(path, limit=LARGEST, option=option)


def read_record(path: Path, option: str = "the command") -> "AuditRecord":
    """Return the record in a file or in the folder of a report.

    Raises
    ------
    UsageError
        If there is none.
    """
    return _read(path, option)[1]


def read_baseline(path: Path | None) -> "Baseline | None":
    """Return what ``--baseline`` names; raises as :func:`read_record`."""
    from audit.waivers import Baseline

    return None if path is None else Baseline.of(*_read(path, "--baseline"))


def _read(path: Path, option: str) -> "tuple[bytes, AuditRecord]":
    from audit.record.document import record_from_bytes
    from audit.signing.attestation.names import RECORD

    data = read_bytes_of(path / RECORD if path.is_dir() else path, option)
    return data, record_from_bytes(data, where=str(path))
