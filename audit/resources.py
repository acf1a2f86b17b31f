# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds ``rules/`` and ``templates/`` in an installed wheel or in a checkout."""

import hashlib
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
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@cache
def stamp() -> str:
    """Digest names, sizes and times of the programme's own files: another version, another stamp.

    Reading them all would take longer than what is asked for; nothing is decided by it but whether
    a kept result is still this programme's.
    """
    package = Path(str(files("audit")))
    own = sorted(path for path in package.rglob("*") if path.suffix != ".pyc" and path.is_file())
    lines = (f"{p.relative_to(package)} {(s := p.stat()).st_size} {s.st_mtime_ns}" for p in own)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
