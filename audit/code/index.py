# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The reference index: which fingerprints stand in which files, as hashes only.

On disk an index is two ``.npz`` files, one per view, that numpy reads without pickles.
``header`` is JSON: project, versions, source archives with their SHA-256, and per document its
path, licence and copyright lines. ``keys`` are the sorted 32-bit keys as differences,
``counts`` in how many documents each stands, ``documents`` in which, ``masks`` in which of the
versions, one bit each. Integers are stored as four planes of bytes, because that is what
deflate packs best. No code is in it, and none can be got back.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.code.files import python_files, read_artifact
from audit.code.fingerprint import Keys, View, prints
from audit.code.tokens import Source
from audit.errors import UsageError
from audit.inventory import Inventory

SCHEMA_VERSION = 1
MAX_VERSIONS = 16
_ARRAYS = ("header", "keys", "counts", "documents", "masks")
_DAMAGED = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A source archive that an index was made from."""

    version: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One path of a project, in all its versions; ``holders`` are copyright lines."""

    path: str
    license: str
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Sorted distinct keys; row i of ``documents``/``masks`` from ``starts[i]`` to the next.

    A mask has bit v set if the key stands in that document in ``versions[v]``.
    """

    keys: Keys
    starts: NDArray[np.int64]
    documents: NDArray[np.uint32]
    masks: NDArray[np.uint16]

    def find(self, wanted: Keys) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the row of each wanted key, and whether it is there at all."""
        if not len(self.keys):
            return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
        rows = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return rows, self.keys[rows] == wanted


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Index:
    """The fingerprints of one project. ``origin`` is ``index`` or ``reference``."""

    project: str
    versions: tuple[str, ...]
    archives: tuple[Archive, ...]
    documents: tuple[Document, ...]
    views: dict[View, Postings]
    origin: str
    digest: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FileKeys:
    """The keys of one file of one version, on the way into an index."""

    document: Document
    version: int
    keys: dict[View, Keys]


def folder_keys(
    inventory: Inventory, describe: Callable[[str, Source], Document]
) -> list[FileKeys]:
    """Fingerprint the Python files of a folder; those that cannot be read are left out."""
    read = ((a.path, read_artifact(inventory, a)) for a in python_files(inventory))
    return [
        FileKeys(document=describe(path, source), version=0, keys=all_keys(source))
        for path, source in read
        if isinstance(source, Source)
    ]


def all_keys(source: Source) -> dict[View, Keys]:
    """Return the fingerprints of a file in every view."""
    return {view: prints(source, view).keys for view in View}


def build(
    project: str,
    versions: tuple[str, ...],
    entries: Iterable[FileKeys],
    *,
    archives: tuple[Archive, ...] = (),
    origin: str = "index",
) -> Index:
    """Put fingerprints of files together; the order of ``entries`` does not matter.

    Raises
    ------
    UsageError
        If there are more than ``MAX_VERSIONS`` versions.
    """
    if len(versions) > MAX_VERSIONS:
        raise UsageError(
            f"An index holds at most {MAX_VERSIONS} versions.", advice="Choose fewer releases."
        )
    listed = sorted(entries, key=lambda e: (e.document.path, e.version))
    latest = {entry.document.path: entry.document for entry in listed}
    number = {path: i for i, path in enumerate(sorted(latest))}
    views = {
        view: _postings([(number[e.document.path], e.version, e.keys[view]) for e in listed])
        for view in View
    }
    return Index(
        project=project,
        versions=versions,
        archives=archives,
        documents=tuple(latest[path] for path in sorted(latest)),
        views=views,
        origin=origin,
        digest=_digest(views),
    )


def _postings(rows: list[tuple[int, int, Keys]]) -> Postings:
    """Sort (key, document) pairs; versions of one pair become one mask."""
    empty = np.zeros(0, dtype=np.uint64)
    keys = np.concatenate([empty, *(k.astype(np.uint64) for _, _, k in rows)])
    places = np.concatenate([empty, *(np.full(len(k), d, np.uint64) for d, _, k in rows)])
    bits = np.concatenate([empty, *(np.full(len(k), 1 << v, np.uint64) for _, v, k in rows)])
    pairs, inverse = np.unique((keys << np.uint64(32)) | places, return_inverse=True)
    masks = np.zeros(len(pairs), dtype=np.uint16)
    np.bitwise_or.at(masks, inverse, bits.astype(np.uint16))
    distinct, starts = np.unique(pairs >> np.uint64(32), return_index=True)
    return Postings(
        keys=distinct.astype(np.uint32),
        starts=np.append(starts, len(pairs)).astype(np.int64),
        documents=(pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        masks=masks,
    )


def _digest(views: dict[View, Postings]) -> str:
    seen = hashlib.sha256()
    for view in View:
        for array in (views[view].keys, views[view].starts, views[view].documents):
            seen.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
    return seen.hexdigest()


def file_name(stem: str, view: View) -> str:
    """Return the name of the file of one view of an index."""
    return f"{stem}.{view}.npz"


def to_files(index: Index, stem: str) -> dict[str, bytes]:
    """Encode an index as files; the same index gives the same bytes (with one numpy and zlib)."""
    return {file_name(stem, view): _to_bytes(index, view) for view in View}


def _to_bytes(index: Index, view: View) -> bytes:
    header = {
        "schema_version": SCHEMA_VERSION,
        "project": index.project,
        "versions": index.versions,
        "view": [view.value, view.gram, view.window],
        "archives": [[a.version, a.name, a.sha256] for a in index.archives],
        "documents": [[d.path, d.license, d.holders] for d in index.documents],
    }
    text = json.dumps(header, sort_keys=True, ensure_ascii=False).encode()
    postings = index.views[view]
    out = io.BytesIO()
    np.savez_compressed(
        out,
        header=np.frombuffer(text, dtype=np.uint8),
        keys=_planes(np.diff(postings.keys, prepend=np.uint32(0))),
        counts=_planes(np.diff(postings.starts)),
        documents=_planes(postings.documents),
        masks=_planes(postings.masks),
    )
    return out.getvalue()


def _planes(values: NDArray[Any]) -> NDArray[np.uint8]:
    little = np.ascontiguousarray(values, dtype="<u4").view(np.uint8)
    return np.ascontiguousarray(little.reshape(-1, 4).T)


def _joined(planes: NDArray[np.uint8]) -> NDArray[np.uint32]:
    if planes.dtype != np.uint8 or planes.ndim != 2 or planes.shape[0] != 4:
        raise ValueError("not byte planes")
    return np.ascontiguousarray(planes.T).reshape(-1).view("<u4").astype(np.uint32)


def load(folder: Path, stem: str) -> Index:
    """Read an index that ``audit refs`` wrote.

    Raises
    ------
    UsageError
        If it cannot be read, is not an index of this schema version, or its two files do
        not belong together.
    """
    try:
        headers, views = [], {}
        for view in View:
            with (folder / file_name(stem, view)).open("rb") as file:
                stored = np.load(file, allow_pickle=False)
                arrays = {name: stored[name] for name in _ARRAYS}
            headers.append(_header(arrays["header"], view))
            views[view] = _stored(arrays, len(headers[-1]["documents"]))
        if headers[0] != headers[1]:
            raise ValueError("the two files differ")
        return _index(headers[0], views)
    except _DAMAGED as error:
        raise UsageError(
            f"{stem} is not an index of known code that this version can read.",
            advice=f"Delete {stem}.*.npz and make it again with `audit refs`.",
        ) from error


def _header(stored: NDArray[Any], view: View) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(stored.tobytes())
    expected = [view.value, view.gram, view.window]
    if header["schema_version"] != SCHEMA_VERSION or header.pop("view") != expected:
        raise ValueError("another schema version")
    return header


def _index(header: dict[str, Any], views: dict[View, Postings]) -> Index:
    return Index(
        project=header["project"],
        versions=tuple(header["versions"]),
        archives=tuple(Archive(version=v, name=n, sha256=s) for v, n, s in header["archives"]),
        documents=tuple(
            Document(path=p, license=s, holders=tuple(h)) for p, s, h in header["documents"]
        ),
        views=views,
        origin="index",
        digest=_digest(views),
    )


def _stored(arrays: dict[str, NDArray[Any]], documents: int) -> Postings:
    keys = np.cumsum(_joined(arrays["keys"]), dtype=np.uint32)
    counts = _joined(arrays["counts"])
    places = _joined(arrays["documents"])
    masks = _joined(arrays["masks"]).astype(np.uint16)
    if len(counts) != len(keys) or int(counts.sum()) != len(places) or len(masks) != len(places):
        raise ValueError("lengths differ")
    if len(places) and int(places.max()) >= documents:
        raise ValueError("a document is missing")
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    return Postings(keys=keys, starts=starts, documents=places, masks=masks)
