# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Checks a ``*.safetensors.index.json`` against the files beside it.

A model that comes in shards is only read whole if every shard is there; a shard that
is named and missing must be seen, because a comparison of the rest would be silent
about it.
"""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from audit.formats.tensors import TensorHeader
from audit.record.files import Unread
from audit.record.said import Said, by_number
from audit.text.file_names import printable, shortened
from audit.unreadable import NotReadableError

MAX_INDEX_BYTES = 100_000_000
"""As for a header; the index of a 671-billion-parameter mixture of experts has 9 MB."""
_MOST_NAMED = 100
"""How many missing shards are named one by one; the rest are by_number."""
MISSING_REASON = Said("named by the index but not in the folder")


def check_index(
    path: str, index: Mapping[str, Any], tensors: Iterable[TensorHeader], present: frozenset[str]
) -> tuple[Unread, ...]:
    """Compare an index with what was found.

    Parameters
    ----------
    path : str
        Where the index lies, as in the inventory.
    index : mapping
        Its content.
    tensors : iterable of TensorHeader
        Every tensor of every file that could be read.
    present : frozenset of str
        Paths of everything in the folder, read or not: what is there and was
        refused has its own reason already.
    """
    try:
        shards = _shards(path, index)
    except NotReadableError as error:
        return (Unread(path=path, reason=error.reason),)
    missing = sorted(set(shards.values()) - present)
    found: dict[str, set[str]] = {}
    for tensor in tensors:
        found.setdefault(tensor.file, set()).add(tensor.name)
    return (*_missing(path, missing), *_disagreement(path, shards, found))


def shard_files(path: str, index: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the index itself and the files that it names; nothing where it cannot be read."""
    try:
        return (path, *sorted(set(_shards(path, index).values())))
    except NotReadableError:
        return ()


def _shards(path: str, index: Mapping[str, Any]) -> dict[str, str]:
    """Return the path of the shard that is to hold each tensor."""
    weight_map = index.get("weight_map")
    if not isinstance(weight_map, dict):
        raise NotReadableError(Said("has no weight_map that assigns tensors to files"))
    folder = PurePosixPath(path).parent
    return {name: _shard(folder, file) for name, file in weight_map.items()}


def _shard(folder: PurePosixPath, file: object) -> str:
    if not isinstance(file, str) or not file:
        raise NotReadableError(Said("its weight_map does not map names to file names"))
    parts = PurePosixPath(file).parts
    if file.startswith("/") or ".." in parts:
        raise NotReadableError(
            Said('names a shard outside its folder: "{file}"', file=shortened(file))
        )
    return (folder / printable(file)).as_posix()


def _missing(path: str, missing: list[str]) -> list[Unread]:
    notes = [Unread(path=shard, reason=MISSING_REASON) for shard in missing[:_MOST_NAMED]]
    more = len(missing) - len(notes)
    if more:
        notes.append(
            Unread(
                path=path,
                reason=by_number(
                    "names 1 further shard that is missing",
                    "names {n:count} further shards that are missing",
                    n=more,
                ),
            )
        )
    return notes


def _disagreement(
    path: str, shards: dict[str, str], found: Mapping[str, set[str]]
) -> tuple[Unread, ...]:
    """Say how often, and first where, index and headers contradict each other."""
    absent = [n for n, file in shards.items() if file in found and n not in found[file]]
    files = set(shards.values()) & found.keys()
    extra = [n for file in files for n in found[file] if shards.get(n) != file]
    notes = []
    if absent:
        notes.append(
            by_number(
                'assigns 1 tensor to files whose headers do not have it (first: "{first}")',
                "assigns {n:count} tensors to files whose headers do not have them"
                ' (first: "{first}")',
                n=len(absent),
                first=shortened(min(absent)),
            )
        )
    if extra:
        notes.append(
            by_number(
                'does not assign 1 tensor to the files that hold it (first: "{first}")',
                'does not assign {n:count} tensors to the files that hold them (first: "{first}")',
                n=len(extra),
                first=shortened(min(extra)),
            )
        )
    return tuple(Unread(path=path, reason=note) for note in notes)
