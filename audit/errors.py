# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What can stop the programme, and what the user can do about it.

An *input* that cannot be used is a typed value inside the record (see
``audit.record.weights`` and ``audit.inventory.Unread``). A *programme* that
cannot run is one of these exceptions. Each knows its exit code and its advice,
so the command line only prints.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """Documented exit codes; every other code is reserved."""

    PASS = 0
    """The gate passed."""
    FAIL = 1
    """The gate failed, or a signature does not verify."""
    USAGE = 2
    """The command line or the configuration is wrong."""
    INDETERMINATE = 3
    """Evidence is missing, insufficient or unreadable: could not decide."""
    ERROR = 4
    """The audit could not run."""
    INTERRUPTED = 130
    """Ctrl-C; the code that shells expect."""


class AuditError(Exception):
    """Root of every error that the command line reports in one line.

    Parameters
    ----------
    message : str
        What went wrong and where.
    advice : str
        What the user can do about it.
    """

    exit_code: ExitCode = ExitCode.ERROR

    def __init__(self, message: str, *, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(AuditError):
    """A path, option, policy, key or passphrase that the user must correct."""

    exit_code = ExitCode.USAGE


class AccessError(UsageError):
    """A model that is not there under this name, or that the caller may not read."""


class SourceError(AuditError):
    """A hub fails, cannot be reached, or contradicts itself."""


class RulesError(AuditError):
    """A file under ``rules/`` or a family file is not valid; names file and field."""

    exit_code = ExitCode.USAGE


class OutputError(AuditError):
    """The result cannot be written (disk full, no permission)."""


class ScanError(AuditError):
    """The licence scanner cannot be used at all."""


class WeightsChangedError(AuditError):
    """A weight file is no longer what its header said when the folder was listed."""


class RenderError(AuditError):
    """The report cannot be rendered (fonts, Pango, template)."""


class SigningError(AuditError):
    """The result cannot be signed."""
