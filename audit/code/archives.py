# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Builds indexes from wheels and source archives, without unpacking or importing them."""

import hashlib
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from audit.code.files import MAX_BYTES, decode
from audit.code.fingerprint import Keys, View
from audit.code.index import Archive, Document, FileKeys, Index, all_keys, build, folder_keys
from audit.code.tokens import NotPythonError, Source, read_source
from audit.errors import UsageError
from audit.inventory import Inventory
from audit.progress import SILENT, Progress
from audit.rules import CodeSource

_WHEEL = re.compile(r"(?P<name>[\w.]+)-(?P<version>[^-]+)(-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl")
_SDIST = re.compile(r"(?P<name>[\w.-]+)-(?P<version>\d[^-]*)\.tar\.gz")
_COPYRIGHT = re.compile(r"copyright|©|\(c\)\s*(?:19|20)\d\d", re.I)
_NO_HOLDER = re.compile(r"notice|licen[cs]e|holders?\b|owner", re.I)
_SPDX = re.compile(r"SPDX-License-Identifier:\s*([\w.+-]+)")
_DAMAGED = (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error, RuntimeError)
_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An archive on this machine, with the project and version that its name says."""

    path: Path
    project: str
    version: str


def release(path: Path) -> Release:
    """Read project and version off an archive's file name.

    Raises
    ------
    UsageError
        If the name is neither a wheel's nor a source archive's.
    """
    found = _WHEEL.fullmatch(path.name) or _SDIST.fullmatch(path.name)
    if found is None or not path.is_file():
        raise UsageError(
            f"{path.name} is not a wheel or a source archive (.whl, .tar.gz).",
            advice="Pass the files that `pip download --no-deps` wrote.",
        )
    project = re.sub(r"[-_.]+", "-", found["name"]).lower()
    return Release(path=path, project=project, version=found["version"])


def build_project(
    source: CodeSource, releases: list[Release], *, progress: Progress = SILENT
) -> Index:
    """Fingerprint the chosen files of all releases of one project.

    Raises
    ------
    UsageError
        If an archive is damaged, or none of its files is chosen.
    """
    ordered = sorted(releases, key=lambda r: version_order(r.version))
    seen: dict[bytes, tuple[Document, dict[View, Keys]] | None] = {}
    entries: list[FileKeys] = []
    with progress.task(f"Reading {source.project}", len(ordered)) as advance:
        for number, item in enumerate(ordered):
            found = list(_entries(source, item, number, seen))
            if not found:
                raise UsageError(
                    f"{item.path.name} holds none of the files that are known code.",
                    advice="See the patterns in rules/code/sources.yaml.",
                )
            entries += found
            advance(1)
    return build(
        source.project,
        tuple(item.version for item in ordered),
        entries,
        archives=tuple(_archive(item) for item in ordered),
    )


def known_code(source: CodeSource, version: str, inventory: Inventory) -> Index:
    """Fingerprint every Python file of a folder as one version of a project."""
    entries = folder_keys(inventory, lambda path, tokens: _document(source, path, tokens))
    return build(source.project, (version,), entries)


def version_order(version: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts versions of one project by their numbers.

    Examples
    --------
    >>> sorted(["4.41.2", "4.5.0"], key=version_order)
    ['4.5.0', '4.41.2']
    """
    return tuple((int(n), rest) for n, rest in re.findall(r"(\d+)(\D*)", version))


def _archive(item: Release) -> Archive:
    digest = hashlib.sha256(item.path.read_bytes()).hexdigest()
    return Archive(version=item.version, name=item.path.name, sha256=digest)


def _entries(
    source: CodeSource,
    item: Release,
    version: int,
    seen: dict[bytes, tuple[Document, dict[View, Keys]] | None],
) -> Iterator[FileKeys]:
    """Yield the files of one release; a file that an earlier one has is not read again."""
    for path, data in _members(source, item):
        digest = hashlib.sha256(path.encode() + b"\0" + data).digest()
        if digest not in seen:
            seen[digest] = _fingerprinted(source, path, data)
        known = seen[digest]
        if known is not None:
            yield FileKeys(document=known[0], version=version, keys=known[1])


def _fingerprinted(
    source: CodeSource, path: str, data: bytes
) -> tuple[Document, dict[View, Keys]] | None:
    try:
        tokens = read_source(decode(data))
    except NotPythonError:
        return None
    return _document(source, path, tokens), all_keys(tokens)


def _document(source: CodeSource, path: str, tokens: Source) -> Document:
    """Take licence and holders off the header; where it says nothing, the project's."""
    lines = [line.strip(" #*\"'\t") for line in tokens.header.splitlines()]
    held = [line for line in lines if _COPYRIGHT.search(line) and not _NO_HOLDER.search(line)]
    tag = _SPDX.search(tokens.header)
    return Document(
        path=path,
        license=source.license if tag is None else tag[1],
        holders=tuple(dict.fromkeys(held[:_LINES])) or (source.holder,),
    )


def _chosen(source: CodeSource, path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in source.include) and not any(
        fnmatchcase(path, pattern) for pattern in source.exclude
    )


def _members(source: CodeSource, item: Release) -> Iterator[tuple[str, bytes]]:
    try:
        if item.path.suffix == ".whl":
            yield from _of_wheel(source, item.path)
        else:
            yield from _of_sdist(source, item.path)
    except _DAMAGED as error:
        raise UsageError(
            f"{item.path.name} cannot be read as an archive.", advice="Download it again."
        ) from error


def _of_wheel(source: CodeSource, path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda m: m.filename):
            if _chosen(source, member.filename) and member.file_size <= MAX_BYTES:
                yield member.filename, archive.read(member)


def _of_sdist(source: CodeSource, path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            inside = member.name.partition("/")[2].removeprefix("src/")
            if member.isfile() and _chosen(source, inside) and member.size <= MAX_BYTES:
                file = archive.extractfile(member)
                if file is not None:
                    yield inside, file.read()
