# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Why one file could not be read: the way from where it is noticed to the value in the record."""

import errno


class NotReadableError(Exception):
    """Carries the reason from where it is noticed to where the ``Unread`` is made.

    It never leaves the inventory: a file that cannot be used is a value in the record.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChangedError(NotReadableError):
    """The file is no longer the one that was listed, or became another while it was read."""

    def __init__(self) -> None:
        super().__init__("changed while it was being read")


_REASONS = {
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENOENT: "vanished while the folder was being read",
    errno.ENOTDIR: "vanished while the folder was being read",
    errno.ELOOP: "became a link while the folder was being read",
    errno.ENAMETOOLONG: "its path is longer than this system allows",
    errno.EIO: "the disk reports a read error",
}


def reason_of(error: OSError) -> str:
    """Say in plain words why the system refused; the same words on every platform."""
    known = _REASONS.get(error.errno or 0)
    return known or f"could not be read ({errno.errorcode.get(error.errno or 0, 'unknown error')})"
