# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What named persons answer for: every waiver, correction and attestation, used or not."""

from dataclasses import dataclass

from audit.record.document import AuditRecord
from audit.record.waivers import Entry
from audit.report.wording import clip


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRow:
    """One entry of the file."""

    kind: str
    target: str
    account: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionsView:
    """The table, and by which day it was judged; no rows without a file."""

    lead: str
    rows: tuple[ExceptionRow, ...]


def exceptions(record: AuditRecord) -> ExceptionsView:
    """Return every entry of the waiver file with what came of it."""
    as_of = record.options.as_of or "an unknown day"
    return ExceptionsView(
        lead=(
            f"From the file with SHA-256 {record.options.waivers_sha256}, judged as of {as_of}. A"
            " waiver changes the gate and never what was found; a correction changes what a"
            " statement is taken for."
        ),
        rows=tuple(_row(entry) for entry in record.exceptions),
    )


def _row(entry: Entry) -> ExceptionRow:
    return ExceptionRow(
        kind=entry.kind,
        target=clip(entry.target, 120),
        account=(
            f"{clip(entry.by, 120)}: {clip(entry.reason, 200)}. {clip(entry.note, 400)} "
            f"({clip(entry.on, 20)} to {clip(entry.expires, 20)})"
        ),
        outcome=entry.state.value,
    )
