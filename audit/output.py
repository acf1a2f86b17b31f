# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes a folder of results, all of it or none of it.

The files are written to a hidden folder beside the destination and synchronised to
disk; one rename then makes them appear. Whatever stops the programme before that
rename (a full disk, Ctrl-C, a crash of the renderer) leaves the destination untouched.
"""

import errno
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from audit.errors import OutputError, UsageError

_STAGING = ".audit-staging-"
_LEFT = re.compile(r"\.audit-staging-[a-z0-9_]{8}")
_OLD = 24 * 60 * 60
"""Seconds after which what a killed run left is removed; a younger one may still be in use."""
_ADVICE = {
    errno.ENOSPC: "Free some space or choose another disk for --out.",
    errno.EDQUOT: "Free some of your disk quota or choose another disk for --out.",
    errno.EACCES: "Choose an --out that you may write to.",
    errno.EPERM: "Choose an --out that you may write to.",
    errno.EROFS: "Choose an --out on a disk that is not read-only.",
    errno.ENAMETOOLONG: "Choose a shorter --out.",
}


def check_destination(
    out: str | Path, *, not_inside: tuple[Path, ...] = (), replacing: bool = False
) -> Path:
    """Return the resolved destination, if a result can be written there.

    Meant for the start of a run, so that hours of work do not end in an error that
    was known before. Writes nothing.

    Parameters
    ----------
    out : str or Path
        A folder that does not exist yet, or is empty.
    not_inside : tuple of Path
        Resolved folders that must stay as they are.
    replacing : bool
        Whether ``out`` may hold something, of which the caller made sure that it may go.

    Raises
    ------
    UsageError
        If ``out`` is in use, is a mount point, or lies in one of ``not_inside``.
    OutputError
        If nothing may be written there.
    """
    with _explained(Path(out)):
        path = Path(out).expanduser().resolve()
        for folder in not_inside:
            if path == folder or folder in path.parents:
                raise UsageError(
                    f"--out {out} lies inside {folder.name}, which the audit must not change.",
                    advice="Choose a folder outside it.",
                )
        _check_free(path, out, replacing=replacing)
        _check_writable(path)
    return path


def write_folder(
    destination: Path,
    files: Mapping[str, bytes | Iterator[bytes]],
    *,
    replacing: bool = False,
) -> None:
    """Write ``files`` (name to content, or its blocks) as the folder, or nothing at all.

    ``replacing`` what stands there, which stays if anything fails.

    Raises
    ------
    UsageError
        If ``destination`` came into use since it was checked.
    OutputError
        If the disk is full, or may not be written to.
    """
    with _explained(destination), _parents_made(destination.parent):
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=destination.parent))
        try:
            for name in sorted(files):
                (staging / name).parent.mkdir(parents=True, exist_ok=True)
                _write_synchronised(staging / name, files[name])
            staging.chmod(0o777 & ~_umask())
            with _set_aside(destination) if replacing else nullcontext():
                staging.replace(destination)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        _synchronise(destination.parent)


@contextmanager
def _set_aside(folder: Path) -> Iterator[None]:
    """Take ``folder`` away while another takes its place; put it back if that fails."""
    if not folder.exists():
        yield
        return
    aside = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder.parent))
    folder.rename(aside / folder.name)
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            (aside / folder.name).rename(folder)
        shutil.rmtree(aside, ignore_errors=done)


def clear_leftovers(folder: Path) -> dict[str, bool]:
    """Remove what killed runs left in ``folder`` more than a day ago; say of each whether.

    Only what this user owns under a name that only this module gives; a link is left alone.
    """
    found = {}
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if _LEFT.fullmatch(path.name):
                found[path.name] = _removed(path)
    return found


def _removed(path: Path) -> bool:
    with suppress(OSError):
        status = path.lstat()
        if status.st_uid == os.getuid() and time.time() - status.st_mtime > _OLD:
            if stat.S_ISDIR(status.st_mode):
                shutil.rmtree(path, ignore_errors=True)
            elif stat.S_ISREG(status.st_mode):
                path.unlink()
    return not os.path.lexists(path)


def check_new(path: Path) -> None:
    """Demand that there is nothing at ``path``.

    Raises
    ------
    UsageError
        If there is, be it a link to nothing.
    """
    if path.exists() or path.is_symlink():
        raise UsageError(
            f"{path.name} exists already, and nothing is ever overwritten.",
            advice="Move it away first.",
        )


def add_file(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write one new file beside others, of a mode less the umask; never touch an existing one.

    Raises
    ------
    UsageError
        If ``path`` exists.
    OutputError
        If it cannot be written; nothing is left behind.
    """
    check_new(path)
    with _staged(path, content, mode) as staging:
        os.link(staging, path)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file, in place of the one that stands there, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written; what stood there stands there still.
    """
    with _staged(path, content) as staging:
        staging.replace(path)


def check_fillable(path: Path) -> None:
    """Demand that ``path`` is free, or an empty file as CI hosts prepare them for results.

    Raises
    ------
    UsageError
        If something stands there.
    """
    if not (path.is_file() and not path.is_symlink() and path.stat().st_size == 0):
        check_new(path)


def fill_file(path: Path, content: bytes) -> None:
    """Write a new file, or an empty one that was prepared; raises as :func:`add_file`."""
    check_fillable(path)
    if path.exists():
        add_to_file(path, content)
    else:
        add_file(path, content)


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """Give a folder below ``folder`` for what is not finished; it is gone afterwards.

    Raises
    ------
    OutputError
        If something cannot be written there.
    """
    clear_leftovers(folder)
    with _explained(folder):
        place = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def add_to_file(path: Path, content: bytes) -> None:
    """Write at the end of a file that is there; ``OutputError`` if that cannot be done."""
    with _explained(path), path.open("ab") as file:
        file.write(content)


def _check_free(path: Path, out: str | Path, *, replacing: bool) -> None:
    if path.exists() and not path.is_dir():
        raise UsageError(f"--out {out} is a file.", advice="Name a folder that does not exist yet.")
    if path.is_dir() and any(path.iterdir()) and not replacing:
        raise UsageError(
            f"--out {out} exists and is not empty; nothing is ever overwritten.",
            advice="Name a folder that does not exist yet, or empty it first.",
        )
    if path.is_mount():
        raise UsageError(
            f"--out {out} is a mount point, which cannot be replaced in one step.",
            advice=f"Name a folder inside it, such as {Path(out) / 'report'}.",
        )


def _check_writable(path: Path) -> None:
    parent = next(folder for folder in path.parents if folder.exists())
    if not parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(parent))
    if not os.access(parent, os.W_OK | os.X_OK):
        read_only = os.statvfs(parent).f_flag & os.ST_RDONLY
        code = errno.EROFS if read_only else errno.EACCES
        raise OSError(code, os.strerror(code), str(parent))


@contextmanager
def _explained(destination: Path) -> Iterator[None]:
    """Turn an operating-system error into one that says what, where and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
            raise UsageError(
                f"--out {destination.name} came into use while the audit ran.",
                advice="Name a folder that does not exist yet.",
            ) from error
        raise OutputError(
            f"Cannot write the result to {destination}: {error.strerror}. Nothing was left behind.",
            advice=_ADVICE.get(error.errno or 0, "Choose another --out."),
        ) from error


@contextmanager
def _staged(path: Path, content: bytes, mode: int = 0o666) -> Iterator[Path]:
    """Write a file beside ``path`` that becomes it, or is gone again."""
    with _explained(path):
        handle, staged = tempfile.mkstemp(prefix=_STAGING, dir=path.parent)
        os.close(handle)
        staging = Path(staged)
        try:
            staging.unlink()
            _write_synchronised(staging, content, mode)
            yield staging
        finally:
            staging.unlink(missing_ok=True)
        _synchronise(path.parent)


@contextmanager
def _parents_made(parent: Path) -> Iterator[None]:
    """Make missing parent folders, and take them away again if the writing fails."""
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    made: list[Path] = []
    done = False
    try:
        for folder in reversed(missing):
            folder.mkdir()
            made.append(folder)
        yield
        done = True
    finally:
        for folder in [] if done else reversed(made):
            folder.rmdir()


def _write_synchronised(path: Path, content: bytes | Iterator[bytes], mode: int = 0o666) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.writelines((content,) if isinstance(content, bytes) else content)
        file.flush()
        os.fsync(file.fileno())


def _synchronise(folder: Path) -> None:
    """Make the rename durable where the file system can; the files already are."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    """Read the process's umask, which can only be done by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
