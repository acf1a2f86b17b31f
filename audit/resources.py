# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds ``rules/`` and ``templates/`` in an installed wheel or in a checkout."""

import hashlib
import os
from functools import cache
from importlib.resources import files
from pathlib import Path

LOCK = "requirements.lock"


def tree(name: str) -> Path:
    """Return the folder ``rules`` or ``templates``; nothing else knows the two layouts."""
    package = Path(str(files("audit")))
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name


def families() -> Path:
    """Return the folder of architecture files, which ship inside the package."""
    return Path(str(files("audit"))) / "weights" / "families"


def weight_data() -> Path:
    """Return the folder with the architecture files and the data beside each statistic."""
    return Path(str(files("audit"))) / "weights"


def lock_digest() -> str:
    """SHA-256 of the lock file that this version was tested with, empty if it is not at hand."""
    package = Path(str(files("audit")))
    found = (package / "_data" / LOCK, package.parent / LOCK)
    path = next((path for path in found if path.is_file()), None)
    return "" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def digest(folder: Path) -> str:
    """SHA-256 over the sorted lines ``<sha256>  <path>`` of every file in ``folder``."""
    lines = [
        f"{hashlib.sha256((folder / path).read_bytes()).hexdigest()}  {path}\n"
        for path in _files(folder)
        if not path.endswith(".py")
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@cache
def stamp() -> str:
    """Digest names, sizes and times of the programme's own files: another version, another stamp.

    Reading them all would take longer than what is asked for; nothing is decided by it but whether
    a kept result is still this programme's.
    """
    package = Path(str(files("audit")))
    own = ((path, os.stat(f"{package}/{path}")) for path in _files(package))  # noqa: PTH116 - quick
    lines = (f"{path} {status.st_size} {status.st_mtime_ns}" for path, status in own)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _files(folder: Path) -> list[str]:
    """Return the paths of the files in a folder, part by part in order, without compiled code."""
    here = len(str(folder)) + 1
    found = [
        f"{place}/{name}"[here:].replace(os.sep, "/")
        for place, _, names in os.walk(folder)
        for name in names
        if not place.endswith("__pycache__")
    ]
    return sorted(found, key=lambda path: path.split("/"))
