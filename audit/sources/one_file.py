# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One weight file as a source."""

from pathlib import Path

from audit.sources.folder import Folder
from audit.sources.interface import Entry, Listing, Source
from audit.text.file_names import printable


class OneFile(Folder):
    """One weight file, and the values that an ONNX file keeps beside it; nothing else is listed."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path.parent, name)
        self.name, self.model, self.revision = name, None, None
        self.place, self.own, self._file = path.parts, (), path.name

    def listing(self) -> Listing:
        """List the file, and what lies beside it under a longer name that ends in data."""
        beside = (f"{self._file}.data", f"{self._file}_data")
        found = [self.find(printable(name)) for name in (self._file, *beside)]
        return Listing(entries=tuple(one for one in found if isinstance(one, Entry)))

    def is_same(self, other: Source) -> bool:
        """Whether both are one file."""
        return isinstance(other, OneFile) and self.place == other.place
