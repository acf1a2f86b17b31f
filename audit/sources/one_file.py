# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One weight file as a source."""

from pathlib import Path

from audit.sources.folder import Folder
from audit.sources.interface import Entry, Listing, Source
from audit.text.file_names import printable

_SHARDS = 17
"""Fewer data files than this are looked for beside an index of TensorFlow."""


class OneFile(Folder):
    """One weight file, and the values that its format keeps beside it; nothing else is listed."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path.parent, name)
        self.name, self.model, self.revision = name, None, None
        self.place, self.own, self._file = path.parts, (), path.name

    def listing(self) -> Listing:
        """List the file, and what lies beside it under the name that its format gives to values."""
        stem, _, end = self._file.rpartition(".")
        beside = [f"{self._file}.data", f"{self._file}_data"]
        if end == "xml":
            beside.append(f"{stem}.bin")
        elif end == "index":
            numbers = [
                (str(i).zfill(5), str(n).zfill(5)) for n in range(1, _SHARDS) for i in range(n)
            ]
            beside += (f"{stem}.data-{which}-of-{of}" for which, of in numbers)
        found = [self.find(printable(name)) for name in (self._file, *sorted(beside))]
        return Listing(entries=tuple(one for one in found if isinstance(one, Entry)))

    def is_same(self, other: Source) -> bool:
        """Whether both are one file."""
        return isinstance(other, OneFile) and self.place == other.place
