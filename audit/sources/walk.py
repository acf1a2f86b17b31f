# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Lists the files of a folder without ever leaving it.

Links are the danger: a repository can point one at a private key, at a device that
never ends, or at itself. A link is read only if its target is an ordinary file of
the same folder. One layout is excepted because it is how the hub's own cache stores
a download: the links of ``models--owner--name/snapshots/<revision>`` lead to files
in ``models--owner--name/blobs``, and to nowhere else.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from audit.record.files import Unread
from audit.record.said import Said
from audit.sources.kinds import expects_file
from audit.text.file_names import printable
from audit.unreadable import NotReadableError, reason_of

_SPECIAL = {
    stat.S_IFIFO: Said("a named pipe, not a file"),
    stat.S_IFSOCK: Said("a socket, not a file"),
    stat.S_IFBLK: Said("a device, not a file"),
    stat.S_IFCHR: Said("a device, not a file"),
}


class Stamp(NamedTuple):
    """What must stay the same while a file is read; ``size`` in bytes, time in ns.

    A tuple, because three of them are made for each of perhaps 100,000 files.
    """

    device: int
    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        """Take the stamp of a file from its status."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file to read: its printable relative path, where it lies, and its stamp.

    ``file`` is absolute and, for a link, already resolved.
    """

    path: str
    file: str
    stamp: Stamp


def walk(root: Path) -> tuple[tuple[Entry, ...], tuple[Unread, ...]]:
    """List every file under ``root``, and what is there but will not be read.

    Anything named ``.git`` is left out. Both lists are in order of ``path``.
    """
    walker = _Walker(os.path.realpath(root))
    pending = [""]
    while pending:
        pending.extend(walker.folder(pending.pop()))
    entries = tuple(sorted(walker.entries, key=lambda entry: entry.path))
    return entries, tuple(sorted(walker.unread, key=lambda item: item.path))


class _Walker:
    """Collects entries; relative paths are as the system spells them, until stored."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.blobs = _blobs_of_hub_cache(root)
        self.entries: list[Entry] = []
        self.unread: list[Unread] = []

    def folder(self, relative: str) -> list[str]:
        """Take in one folder and return its sub-folders, relative to the root."""
        try:
            with os.scandir(os.path.join(self.root, relative)) as listing:  # noqa: PTH118
                return [sub for item in listing if (sub := self.item(relative, item))]
        except OSError as error:
            self.skip(relative or ".", reason_of(error))
            return []

    def item(self, folder: str, item: os.DirEntry[str]) -> str | None:
        """Take in one directory entry; return its path if it is a folder to descend into."""
        if item.name == ".git":
            return None
        relative = f"{folder}/{item.name}" if folder else item.name
        try:
            status = item.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                if expects_file(item.name):
                    self.skip(relative, Said("is a folder, not a file"))
                return relative
            self.entries.append(self.entry(relative, item.path, status))
        except OSError as error:
            self.skip(relative, reason_of(error))
        except NotReadableError as error:
            self.skip(relative, error.reason)
        return None

    def entry(self, relative: str, file: str, status: os.stat_result) -> Entry:
        """Return the entry of an ordinary file, or of a link to one that may be read."""
        if stat.S_ISLNK(status.st_mode):
            file = self.target(file)
            status = os.lstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise NotReadableError(_SPECIAL.get(stat.S_IFMT(status.st_mode), Said("not a file")))
        return Entry(printable(relative), file, Stamp.of(status))

    def target(self, link: str) -> str:
        """Resolve a link, refusing every target but a file of this folder."""
        try:
            target = os.path.realpath(link, strict=True)
        except OSError as error:
            raise NotReadableError(Said("a link that leads nowhere")) from error
        if self.blobs and os.path.dirname(target) == self.blobs:  # noqa: PTH120
            return target
        inside = os.path.commonpath((self.root, target)) == self.root
        is_folder = os.path.isdir(target)  # noqa: PTH112
        if not inside:
            raise NotReadableError(
                Said("a link to a folder outside this tree, not followed")
                if is_folder
                else Said("a link to a file outside this tree, not followed")
            )
        if ".git" in target[len(self.root) :].split("/"):
            raise NotReadableError(Said("a link into .git, which is not audited"))
        if is_folder:
            raise NotReadableError(Said("a link to another folder of this tree, already listed"))
        return target

    def skip(self, relative: str, reason: Said) -> None:
        """Note something that will not be read."""
        self.unread.append(Unread(path=printable(relative), reason=reason))


def _blobs_of_hub_cache(root: str) -> str | None:
    """Return the ``blobs`` folder if ``root`` is a snapshot in a hub cache."""
    folder = Path(root)
    if len(folder.parts) < 4 or folder.parent.name != "snapshots":
        return None
    repository = folder.parent.parent
    return str(repository / "blobs") if repository.name.startswith("models--") else None
