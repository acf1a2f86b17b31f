# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Files that the command line names: read whole, up to a limit, or refused in one line."""

from pathlib import Path

from audit.errors import UsageError


def read_given(path: Path, *, limit: int, option: str) -> bytes:
    """Return what the file after ``option`` holds.

    Raises ``UsageError`` if it cannot be read or has more than ``limit`` bytes.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", advice=f"Check the path after {option}."
        ) from error
    if len(content) > limit:
        raise UsageError(
            f"{path} is too large: more than {limit >> 20} MiB.", advice=f"Check {option}."
        )
    return content
