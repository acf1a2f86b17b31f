# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A folder on this machine: the only module that opens files of an audited model.

Links are the danger: a repository can point one at a private key, at a device that never ends,
or at itself. A link is read only if its target is an ordinary file of the same folder. One layout
is excepted because it is how the hub's own cache stores a download: the links of
``models--owner--name/snapshots/<revision>`` lead to files in ``models--owner--name/blobs``, and
to nowhere else.

A file is opened name by name from the root, so that no folder on the way can have become a
link; without blocking, so that a named pipe holds nothing up; and only as an ordinary file with
the stamp that was listed. The stamp has the time of the inode's last change, which no programme
can set back.
"""

import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from audit.record.absent import Absent
from audit.record.files import Origin, Revision, Unread
from audit.record.said import Said, quoted
from audit.sources.interface import LINK, NOT_THERE, SPECIAL, Entry, Listing, Source
from audit.sources.marks import is_of_git, looks_like_model, model_of
from audit.text.file_names import as_named, printable
from audit.unreadable import ChangedError, NotReadableError, reason_of

_CHECKED = os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NONBLOCK | _CHECKED
_LIST = os.O_RDONLY | os.O_DIRECTORY | _CHECKED
_STEP = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | _CHECKED
_COMMIT = re.compile(r"[0-9a-f]{40}")
_HIDDEN = ".git"
_CONFIG_BYTES = 1 << 20
IN_CACHE = Said("name of the folder in the hub's cache")
_POINTER = 4096
"""Bytes of a file called ``.git`` that says where the history lies; a larger one says more."""
_TICK = 0.02
"""Seconds within which a system may give two writes the same time."""
T = TypeVar("T")


Stamp = tuple[str, int, int, int, int, int]
"""A name below the base, device, inode, size, and the times of change of content and inode (ns).

A plain tuple, because several are made for each of perhaps 100,000 files.
"""


def _stamp(file: str, status: os.stat_result) -> Stamp:
    """Take the stamp of an ordinary file; refuse whatever else bears the name."""
    if not stat.S_ISREG(status.st_mode):
        raise NotReadableError(SPECIAL.get(stat.S_IFMT(status.st_mode), Said("not a file")))
    device, inode, size = status.st_dev, status.st_ino, status.st_size
    return file, device, inode, size, status.st_mtime_ns, status.st_ctime_ns


class Folder(Source):
    """A folder, by its resolved path and the name it goes by in the report."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self.root = root
        self.place = root.parts
        self.own = (root,)
        cached = root.parent.name == "snapshots"
        if cached and _COMMIT.fullmatch(root.name):
            self.revision = Revision(commit=root.name, origin=IN_CACHE)
        cached = cached and root.parent.parent.name.startswith("models--")
        self.said_by = IN_CACHE
        self.resolved = os.path.realpath(root)
        self.base = os.path.realpath(root.parent.parent) if cached else self.resolved
        self.inner = f"snapshots/{root.name}/" if cached else ""
        if cached:
            self.model = root.parent.parent.name.removeprefix("models--").replace("--", "/")
        elif (remote := self._remote()) is not None:
            self.model, self.said_by = remote, quoted(".git/config")
        if self.model is not None:
            self.name = printable(self.model.rpartition("/")[2])

    def origin(self, stated: frozenset[str]) -> Origin | None:
        """Say which model it is by the cache that it lies in, or by where it was cloned from."""
        del stated
        if self.model is None:
            return None
        commit = None if self.revision is None else self.revision.commit
        return Origin(model=self.model, commit=commit, said_by=self.said_by)

    def _remote(self) -> str | None:
        """Return the model of the hub that a clone is of."""
        try:
            entry = self.find(".git/config")
            text = "" if isinstance(entry, Absent) else self.content(entry, _CONFIG_BYTES).decode()
        except (NotReadableError, UnicodeDecodeError):
            return None
        return model_of(text)

    def __repr__(self) -> str:
        return f"Folder({str(self.root)!r}, {self.name!r})"

    def is_same(self, other: Source) -> bool:
        """Whether both are one folder, whatever it is called."""
        with suppress(OSError):
            return isinstance(other, Folder) and self.root.samefile(other.root)
        return super().is_same(other)

    def listing(self) -> Listing:
        """List every file, and what is there but will not be read.

        The ``.git`` at the top is left out; one further down, and what git does not keep in its
        own, is named as not read.
        """
        walk = _Walk(self, hidden=False).all("", None)
        walk.strange_in_git()
        newest = max((stamp[-1] for stamp in walk.stamps), default=0)
        wait = newest / 1e9 + _TICK - time.time()
        if 0 < wait <= _TICK:  # a file just written could be written again at the same time
            time.sleep(wait)
        return walk.listing()

    def below(self, folder: str) -> Listing:
        """List the files below ``.git`` or a folder in it; no link is followed there."""
        start = as_named(folder)
        walk = _Walk(self, hidden=True)
        try:
            status = self._at(self.inner + start, _status)
        except FileNotFoundError:
            return walk.listing()
        except OSError:
            status = None
        if status is None or not stat.S_ISDIR(status.st_mode):
            return Listing(entries=(), unread=(Unread(path=folder, reason=LINK),))
        return walk.all(start, _identity(status)).listing()

    def find(self, path: str) -> Entry | Absent:
        """Return one file of ``.git``; no link is followed on the way."""
        file = self.inner + as_named(path)
        try:
            stamp = _stamp(file, self._at(file, _status))
        except FileNotFoundError:
            return NOT_THERE
        except OSError as error:  # a folder on the way is a link, or none
            raise NotReadableError(LINK) from error
        return Entry(path, stamp[3], stamp)

    def connect(self, entry: Entry) -> "_File":
        """Open a listed file; refuse it if it is another by now."""
        stamp: Stamp = entry.mark  # type: ignore[assignment]
        try:
            descriptor = self._at(stamp[0], lambda name, at: os.open(name, _FILE, dir_fd=at))
        except OSError as error:
            raise NotReadableError(reason_of(error)) from error
        file = _File(descriptor, stamp)
        if not file.holds():
            file.close()
            raise ChangedError
        return file

    def neighbours(self, name: str) -> Iterator[Source]:
        """Find folders beside this one that look like a model, in order of path."""
        beside = []
        with suppress(OSError), os.scandir(self.root.parent) as listed:
            beside = sorted(Path(item.path) for item in listed if item.is_dir())
        for path in beside:
            if path.name.casefold() == name and looks_like_model(path):
                yield Folder(path.resolve(), printable(path.name))

    def _at(self, file: str, use: Callable[[str, int | None], T]) -> T:
        """Open the folder of ``file`` name by name, and call ``use`` with the last name and it."""
        *folders, name = file.split("/")
        if ".." in (*folders, name):
            raise NotReadableError(LINK)
        if not folders:
            return use(f"{self.base}/{name}", None)
        here = os.open(f"{self.base}/{folders[0]}", _STEP)
        try:
            for folder in folders[1:]:
                above, here = here, os.open(folder, _STEP, dir_fd=here)
                os.close(above)
            return use(name, here)
        finally:
            os.close(here)


class _File:
    """One open file, held against its stamp."""

    __slots__ = ("_descriptor", "_stamp")

    def __init__(self, descriptor: int, stamp: Stamp) -> None:
        self._descriptor = descriptor
        self._stamp = stamp

    def read_into(self, offset: int, buffer: memoryview) -> int:
        try:
            return os.preadv(self._descriptor, [buffer], offset)
        except OSError as error:
            raise NotReadableError(reason_of(error)) from error

    def holds(self) -> bool:
        try:
            return _stamp(self._stamp[0], os.fstat(self._descriptor)) == self._stamp
        except (OSError, NotReadableError):
            return False

    def close(self) -> None:
        os.close(self._descriptor)
        self._descriptor = -1  # the number can be another file's next


_Identity = tuple[int, int]
_Pending = list[tuple[str, _Identity | None]]


class _Walk:
    """Collects the files below a root; names are as the system spells them, until stored."""

    def __init__(self, folder: Folder, *, hidden: bool) -> None:
        self.root, self.base, self.inner = folder.resolved, folder.base, folder.inner
        self.blobs = f"{self.base}/blobs" if self.inner else None
        self.hidden = hidden
        self.paths: list[str] = []
        self.stamps: list[Stamp] = []
        self.unread: list[Unread] = []
        self.folders: list[str] = []

    def all(self, start: str, identity: _Identity | None) -> "_Walk":
        """Take in a folder and all below it."""
        pending: _Pending = [(start, identity)]
        while pending:
            pending += self.folder(*pending.pop())
        return self

    def listing(self) -> Listing:
        """Return what was found, each in order of path."""
        entries = (Entry(p, s[3], s) for p, s in zip(self.paths, self.stamps, strict=True))
        return Listing(
            entries=tuple(sorted(entries, key=lambda entry: entry.path)),
            unread=tuple(sorted(self.unread, key=lambda item: item.path)),
            folders=tuple(sorted(self.folders)),
        )

    def folder(self, relative: str, identity: _Identity | None) -> _Pending:
        """Take in one folder, if it is still the one that was listed; return those in it."""
        try:
            descriptor = os.open(f"{self.root}/{relative}", _LIST)
            try:
                if identity not in (None, _identity(os.fstat(descriptor))):
                    raise NotReadableError(Said("became a link while the folder was being read"))
                with os.scandir(descriptor) as listing:
                    return [sub for item in listing if (sub := self.item(relative, item))]
            finally:
                os.close(descriptor)
        except OSError as error:
            self.skip(relative or ".", reason_of(error))
        except NotReadableError as error:
            self.skip(relative, error.reason)
        return []

    def item(self, folder: str, item: os.DirEntry[str]) -> tuple[str, _Identity] | None:
        """Take in one directory entry; return it if it is a folder to descend into."""
        relative = f"{folder}/{item.name}" if folder else item.name
        try:
            status = item.stat(follow_symlinks=False)
            if item.name == _HIDDEN and self.is_of_git(folder, status):
                return None
            if stat.S_ISDIR(status.st_mode):
                self.folders.append(printable(relative))
                return relative, _identity(status)
            self.file(relative, status)
        except OSError as error:
            self.skip(relative, reason_of(error))
        except NotReadableError as error:
            self.skip(relative, error.reason)
        return None

    def file(self, relative: str, status: os.stat_result) -> None:
        """Take in an ordinary file, or a link to one that may be read."""
        file = self.inner + relative
        if stat.S_ISLNK(status.st_mode) and not self.hidden:
            target = self.target(f"{self.root}/{relative}")
            status, file = os.lstat(target), os.path.relpath(target, self.base)
        self.stamps.append(_stamp(file, status))
        self.paths.append(printable(relative))

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
        if _HIDDEN in target[len(self.root) :].split("/"):
            raise NotReadableError(Said("a link into .git, which is not audited"))
        if is_folder:
            raise NotReadableError(Said("a link to another folder of this tree, already listed"))
        return target

    def is_of_git(self, folder: str, status: os.stat_result) -> bool:
        """Whether what is called ``.git`` is the history at the top, a pointer to one, or a link.

        Raises
        ------
        NotReadableError
            If it is a folder further down, in which anything could lie.
        """
        if stat.S_ISDIR(status.st_mode) and folder and not self.hidden:
            raise NotReadableError(Said("a folder of git inside the tree, not looked into"))
        return not stat.S_ISREG(status.st_mode) or status.st_size <= _POINTER

    def strange_in_git(self) -> None:
        """Name what lies in the history's own folder and is not git's: a model could."""
        with suppress(OSError):
            descriptor = os.open(f"{self.root}/{_HIDDEN}", _LIST)
            try:
                names = os.listdir(descriptor)  # noqa: PTH208 - of a folder that is open
            finally:
                os.close(descriptor)
            for name in names:
                if not is_of_git(name):
                    reason = Said("in the folder of git, which does not keep such a file there")
                    self.skip(f"{_HIDDEN}/{name}", reason)

    def skip(self, relative: str, reason: Said) -> None:
        """Note something that will not be read."""
        self.unread.append(Unread(path=printable(relative), reason=reason))


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino


def _status(name: str, folder: int | None) -> os.stat_result:
    return os.stat(name, dir_fd=folder, follow_symlinks=False)
