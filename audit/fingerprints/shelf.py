# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A library: one folder of fingerprints, each under the digest of its bytes, and an index.

The files are the library. A file appears whole or not at all, and its name is what it holds, so
that a killed ``add`` leaves nothing half-added and two that run at once cannot meet. The index is
made from the files and written in one step; one that does not list just these files is mended.
"""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import OutputError, UsageError
from audit.fingerprints import index as indexes
from audit.fingerprints.file import LIMIT, SUFFIX, from_bytes
from audit.fingerprints.index import Entry, Index
from audit.given import read_given
from audit.output import add_file, clear_leftovers, replace_file, write_folder
from audit.text.file_names import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.fingerprints.document import Fingerprint

_NAME = re.compile(r"[0-9a-f]{64}")
_INDEX = "index.safetensors"
_MOST_INDEX = 1 << 33
_SHORTEST = 6


def default_folder() -> Path:
    """Return where a library lies that nobody named (``AUDIT_DATA_DIR`` overrides)."""
    from platformdirs import user_data_dir

    return Path(os.environ.get("AUDIT_DATA_DIR") or user_data_dir("audit")) / "library"


class Library:
    """The fingerprints in a folder, which may not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser()

    def members(self) -> tuple[str, ...]:
        """Return the digests of the files, in order."""
        if not self.folder.is_dir():
            return ()
        names = (p.name.removesuffix(SUFFIX) for p in self.folder.glob(f"*{SUFFIX}"))
        return tuple(sorted(name for name in names if _NAME.fullmatch(name)))

    @property
    def digest(self) -> str:
        """SHA-256 of the list of members: digests in order, a line each."""
        return sha256("".join(f"{member}\n" for member in self.members()).encode()).hexdigest()

    def add(self, data: bytes, name: str) -> tuple[Fingerprint, bool]:
        """Add a fingerprint; return it, and whether it is new here.

        Raises
        ------
        UsageError
            If it is none.
        OutputError
            If it cannot be written; nothing is left behind.
        """
        found = from_bytes(data, name)
        path = self._path(found.sha256)
        self.folder.mkdir(parents=True, exist_ok=True)
        clear_leftovers(self.folder)
        try:
            add_file(path, data)
        except UsageError:
            if not path.is_file():
                raise
            return found, False  # by an earlier run, or by one at the same time
        return found, True

    def remove(self, digest: str) -> None:
        """Take a member out."""
        self._path(digest).unlink(missing_ok=True)

    def read(self, digest: str) -> Fingerprint:
        """Read a member.

        Raises
        ------
        UsageError
            If its bytes are not those that its name says, or are no fingerprint.
        """
        return from_bytes(self.bytes_of(digest), digest)

    def bytes_of(self, digest: str) -> bytes:
        """Return the bytes of a member; raises as :meth:`read`."""
        data = read_given(self._path(digest), limit=LIMIT, option="--library")
        if sha256(data).hexdigest() != digest:
            raise UsageError(
                f"{digest[:12]} is not what was added: its bytes have another digest.",
                advice="Remove it with `audit library remove`, and add it again.",
            )
        return data

    def index(self) -> Index:
        """Return the index of just these files; what is missing of it is made and kept."""
        kept = {one.sha256: one for one in self._kept()}
        members = self.members()
        found = Index([kept.get(m) or self._entry(m) for m in members])
        if set(members) != kept.keys():
            self._keep(found)
        return found

    def find(self, word: str) -> str:
        """Return the one member that a name, or the beginning of a digest, means.

        Raises
        ------
        UsageError
            If none or several are meant.
        """
        entries = self.index().entries
        short = len(word) >= _SHORTEST
        found = {e.sha256 for e in entries if short and e.sha256.startswith(word)}
        found |= {e.sha256 for e in entries if e.name == word}
        if len(found) == 1:
            return found.pop()
        several = "Several fingerprints are" if found else "No fingerprint is"
        raise UsageError(
            f"{several} called {shortened(word)} in this library.",
            advice="Give the beginning of the digest that `audit library list` shows.",
        )

    def verify(self) -> dict[str, str]:
        """Read every member; return of each damaged one why."""
        found = {}
        for member in self.members():
            try:
                self.read(member)
            except UsageError as error:
                found[member] = error.message
        return found

    def export(self, out: Path, members: Iterable[str], more: Mapping[str, bytes]) -> int:
        """Write members, and ``more`` files, into a new folder, all or none; count the members."""
        files = {f"{member}{SUFFIX}": self._blocks(member) for member in members}
        write_folder(out, {**files, **more})
        return len(files)

    def _blocks(self, member: str) -> Iterator[bytes]:
        yield self.bytes_of(member)  # one member in memory at a time

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}{SUFFIX}"

    def _kept(self) -> tuple[Entry, ...]:
        path = self.folder / _INDEX
        try:
            if not path.is_file():
                return ()
            return indexes.from_bytes(
                read_given(path, limit=_MOST_INDEX, option="--library")
            ).entries
        except (ValueError, UsageError):
            return ()

    def _entry(self, member: str) -> Entry:
        try:
            return indexes.entry(self.read(member))
        except UsageError as error:
            return indexes.damaged(member, error.message)

    def _keep(self, found: Index) -> None:
        try:
            replace_file(self.folder / _INDEX, indexes.to_bytes(found))
        except OutputError:
            return  # of a library that only others write to


def given(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of the fingerprints in a folder that somebody gave, each in bounds.

    Raises
    ------
    UsageError
        If there are none, or one cannot be read.
    """
    paths = sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    if not paths:
        raise UsageError(
            f"{shortened(str(folder))} holds no fingerprints.",
            advice=f"Name a folder with files that end in {SUFFIX}.",
        )
    for path in paths:
        yield path.name, read_given(path, limit=LIMIT, option=path.name)


def is_as_named(name: str, found: Fingerprint) -> bool:
    """Whether a file that is named for its digest has that digest."""
    stem = name.removesuffix(SUFFIX)
    return not _NAME.fullmatch(stem) or stem == found.sha256
