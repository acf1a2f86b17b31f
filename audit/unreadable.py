# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Why one file could not be read: the way from where it is noticed to the value in the record."""

import errno
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from audit.record.said import Said

FAULTS: tuple[type[Exception], ...] = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    EOFError,
    MemoryError,
    RecursionError,
    SyntaxError,
    struct.error,
    zlib.error,
)
"""What parsers were seen to raise on input, and not what a fault of the machine raises."""


class NotReadableError(Exception):
    """Carries the reason from where it is noticed to where the ``Unread`` is made.

    It never leaves the inventory: a file that cannot be used is a value in the record.
    """

    def __init__(self, reason: Said) -> None:
        super().__init__(reason)
        self.reason = reason


class ChangedError(NotReadableError):
    """The file is no longer the one that was listed, or became another while it was read."""

    def __init__(self) -> None:
        super().__init__(Said("changed while it was being read"))


@contextmanager
def foreign(*more: type[Exception]) -> Iterator[None]:
    """Let a parser read bytes of strangers: whatever it raises is why this file is not read.

    ``more`` are exceptions of its library that derive from none of ``FAULTS``.

    Raises
    ------
    NotReadableError
        In place of any of those.
    """
    try:
        yield
    except (*FAULTS, *more) as error:
        kind = type(error).__name__
        raise NotReadableError(
            Said("its content defeats the reader ({kind})", kind=kind)
        ) from error


_REASONS = {
    errno.EACCES: Said("permission denied"),
    errno.EPERM: Said("permission denied"),
    errno.ENOENT: Said("vanished while the folder was being read"),
    errno.ENOTDIR: Said("vanished while the folder was being read"),
    errno.ELOOP: Said("became a link while the folder was being read"),
    errno.ENAMETOOLONG: Said("its path is longer than this system allows"),
    errno.EIO: Said("the disk reports a read error"),
}


def reason_of(error: OSError) -> Said:
    """Say in plain words why the system refused; the same words on every platform."""
    number = error.errno or 0
    known = _REASONS.get(number)
    if known is None and number in errno.errorcode:
        return Said("could not be read ({code})", code=errno.errorcode[number])
    return known or Said("could not be read (unknown error)")
