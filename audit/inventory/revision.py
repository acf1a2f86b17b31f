# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which revision a folder says it is: for the report's list of items, never for a decision.

A downloaded folder carries its commit in one of three places. All three are what somebody wrote
there, so that only 40 hexadecimal digits are taken from them, and no link is followed.
"""

import re
from pathlib import Path

from audit.record.files import Revision
from audit.record.said import Said, quoted

_COMMIT = re.compile(r"[0-9a-f]{40}")
_HEAD = re.compile(r"ref: (refs/[\w./-]{1,200})")
_LARGEST, _MOST = 1 << 20, 200
"""Bytes of a file that is read, and files of download notes that are looked at."""


def stated_revision(root: Path) -> Revision | None:
    """Return the revision that the folder states, ``None`` where it states none.

    The hub's cache names the folder after it, the hub's downloads note it beside each file, a
    clone has it in ``.git``. Files can have been changed since.
    """
    if root.parent.name == "snapshots" and _COMMIT.fullmatch(root.name):
        return Revision(commit=root.name, origin=Said("name of the folder in the hub's cache"))
    noted = _noted(root / ".cache" / "huggingface" / "download")
    if noted is not None:
        return Revision(commit=noted, origin=Said("the hub's notes of the download"))
    head = _head(root / ".git")
    return None if head is None else Revision(commit=head, origin=quoted(".git/HEAD"))


def _noted(folder: Path) -> str | None:
    """Return the one commit that all notes of a download name."""
    if not _is_inside(folder, 3):
        return None
    notes = sorted(folder.glob("*.metadata"))[:_MOST]
    commits = {_text(path).partition("\n")[0].strip() for path in notes}
    only = commits.pop() if len(commits) == 1 else ""
    return only if _COMMIT.fullmatch(only) else None


def _head(git: Path) -> str | None:
    if not _is_inside(git, 1):
        return None
    head = _text(git / "HEAD").strip()
    named = _HEAD.fullmatch(head)
    if named is None or ".." in named[1]:
        return head if _COMMIT.fullmatch(head) else None
    found = _text(git / named[1]).strip() or _packed(git, named[1])
    return found if _COMMIT.fullmatch(found) else None


def _packed(git: Path, name: str) -> str:
    for line in _text(git / "packed-refs").splitlines():
        commit, _, ref = line.partition(" ")
        if ref == name:
            return commit
    return ""


def _is_inside(folder: Path, depth: int) -> bool:
    """Whether a folder is there and neither it nor the ``depth - 1`` above it is a link."""
    above = (folder, *list(folder.parents)[: depth - 1])
    return folder.is_dir() and not any(part.is_symlink() for part in above)


def _text(path: Path) -> str:
    """Return a small file's text, nothing where it cannot be read as such."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
            return ""
        return path.read_bytes().decode("ascii")
    except (OSError, UnicodeDecodeError):
        return ""
