# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the hub's own client has downloaded to this machine, read where it lies."""

import json
from pathlib import Path
from typing import Self

from audit.errors import AccessError
from audit.record.absent import Absent
from audit.record.files import Unread
from audit.record.said import Said
from audit.sources.folder import Folder
from audit.sources.interface import Entry, Listing
from audit.sources.wire import COMMIT, OFFLINE, Listed
from audit.text.file_names import shortened
from audit.unreadable import NotReadableError

_TREE = 64 << 20
"""Bytes of a listing that somebody else wrote."""


class Local:
    """A file in the cache of the hub's own client."""

    def __init__(self, folder: Folder, entry: Entry) -> None:
        self._folder, self._entry = folder, entry

    def read(self, start: int, count: int) -> bytes:
        """Return ``count`` bytes from ``start``."""
        with self._folder.opened(self._entry) as access:
            return bytes(access.read_at(start, count))


class Downloaded(Folder):
    """A snapshot of which nobody knows whether it is all of the model."""

    def part(self, path: str) -> Self:
        """Refuse: a part of a download is a folder or a file on this machine."""
        raise AccessError(f"{shortened(path)} cannot be told apart offline.", advice=OFFLINE)

    def listing(self) -> Listing:
        """List what is there, and say that there may be more."""
        listed = super().listing()
        doubt = Said("only what was downloaded is known offline; the model may have more files")
        return Listing(
            entries=listed.entries,
            unread=(*listed.unread, Unread(path=".", reason=doubt)),
            folders=listed.folders,
        )


def cached(model: str) -> Path:
    """Return where the hub's own client keeps a model."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) / f"models--{model.replace('/', '--')}"


def blobs(model: str) -> Folder | None:
    """Return where that client keeps the bytes of a model, if it has any."""
    folder = cached(model) / "blobs"
    return Folder(folder.resolve(), "blobs") if folder.is_dir() else None


def reference(store: Path, revision: str) -> str | None:
    """Return the commit that a branch or tag was when the hub's own client last asked."""
    commit = _text(store, f"refs/{revision}").strip()
    return commit if COMMIT.fullmatch(commit) else None


def listed_files(store: Path, commit: str) -> tuple[Listed, ...] | None:
    """Return the files of a commit as the hub's own client last listed them (its format 1)."""
    try:
        tree = json.loads(_text(store, f"trees/{commit}.json"))
        if tree["format_version"] != 1:
            return None
        return tuple(
            Listed(str(path), int(one["size"]), str(one["blob_id"]), one.get("lfs_sha256") or "")
            for path, one in sorted(tree["files"].items())
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _text(store: Path, path: str) -> str:
    """Return a text of the cache of the hub's own client, nothing where there is none."""
    if not store.is_dir():
        return ""
    folder = Folder(store.resolve(), "cache")
    try:
        entry = folder.find(path)
        return "" if isinstance(entry, Absent) else folder.content(entry, _TREE).decode()
    except (NotReadableError, UnicodeDecodeError):
        return ""
