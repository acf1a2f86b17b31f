# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Files that the command line names: read whole, up to a limit, or refused in one line.

None of them holds a run up: a named pipe that nobody writes to is refused like a folder. What the
shell hands over as an open descriptor (``/dev/fd/63``, ``/dev/stdin``) is read as it comes.
"""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from audit.errors import UsageError

_DESCRIPTORS = ("/dev/", "/proc/self/fd/")


class NotAFileError(OSError):
    """Something else than a file has that name."""

    strerror = "it is not a regular file"


def open_regular(path: Path) -> BinaryIO:
    """Open a file that somebody named, and nothing that could block.

    Raises
    ------
    OSError
        If it cannot be opened, or is no regular file.
    """
    if str(path).startswith(_DESCRIPTORS):
        return path.open("rb")
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotAFileError
    return os.fdopen(descriptor, "rb")


def read_given(path: Path, *, limit: int, option: str) -> bytes:
    """Return what the file after ``option`` holds.

    Raises
    ------
    UsageError
        If it cannot be read or has more than ``limit`` bytes.
    """
    try:
        with open_regular(path) as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name cannot be one"
        raise UsageError(
            f"{path} cannot be read: {why}.", advice=f"Check the path after {option}."
        ) from error
    if len(content) > limit:
        raise UsageError(
            f"{path} is too large: more than {limit >> 20} MiB.", advice=f"Check {option}."
        )
    return content
