# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A second source: a model whose files are a dictionary, and that no folder holds."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from audit.sources.interface import Connection, Entry, Listing, Source


class Memory(Source):
    """The files of a model by path."""

    def __init__(self, name: str, files: Mapping[str, bytes]) -> None:
        self.name = name
        self.place = ("memory", name)
        self.files = files

    def listing(self) -> Listing:
        folders = {str(p) for path in self.files for p in PurePosixPath(path).parents} - {"."}
        return Listing(
            entries=tuple(Entry(path, len(self.files[path]), 0) for path in sorted(self.files)),
            folders=tuple(sorted(folders)),
        )

    def connect(self, entry: Entry) -> Connection:
        return _Bytes(self.files[entry.path])


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read_into(self, offset: int, buffer: memoryview) -> int:
        piece = self._data[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)

    def holds(self) -> bool:
        return True

    def close(self) -> None:
        pass
