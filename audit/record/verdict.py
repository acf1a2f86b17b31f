# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The gate's answer, and the exit code that stands for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from audit.errors import ExitCode
from audit.record.findings import Severity
from audit.record.said import Said

LEVEL_PAPERS: Final = "AUDIT_PAPERS_ONLY"
LEVEL_WEIGHTS: Final = "AUDIT_WEIGHTS_AND_PAPERS"
"""What was looked at before a pass, in the words of verification summaries."""


class Status(StrEnum):
    """Three values, as ETSI signature validation has them."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    INDETERMINATE = "INDETERMINATE"

    @property
    def exit_code(self) -> ExitCode:
        """The process exit code that stands for this status."""
        return {
            Status.PASS: ExitCode.PASS,
            Status.FAIL: ExitCode.FAIL,
            Status.INDETERMINATE: ExitCode.INDETERMINATE,
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The gate's answer.

    ``failing``, ``undetermined`` and ``waived`` hold fingerprints of findings at or over
    ``fail_on``. ``papers_only``: no weights were compared with anything, so that a PASS says
    nothing about where they come from.
    """

    status: Status
    policy: str
    fail_on: Severity
    failing: tuple[str, ...]
    undetermined: tuple[str, ...]
    reasons: tuple[Said, ...]
    waived: tuple[str, ...] = ()
    papers_only: bool = False
