# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The order of the first stage: list, hash, classify, then read what describes the model."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from audit.budgets import TENSORS
from audit.formats.tensors import FileMetadata, TensorHeader
from audit.formats.weight_files import read_pickled, read_weights
from audit.inventory import declared_parents
from audit.inventory.digest import digest_all
from audit.inventory.kinds import expects_file
from audit.inventory.layout import settle
from audit.inventory.model_card import MAX_CARD_BYTES, ModelCard, parse_card
from audit.inventory.revision import stated_revision
from audit.inventory.shard_index import MAX_INDEX_BYTES, check_index, shard_files
from audit.progress import SILENT, Progress
from audit.record.files import Artifact, DeclaredParent, Kind, Origin, Revision, Unread
from audit.record.said import Said
from audit.sources.interface import Entry, Listing, RandomAccess, Source
from audit.text.strict_json import canonical, parse_object
from audit.unreadable import ChangedError, NotReadableError, foreign

_MAX_CONFIG_BYTES = 8 << 20
_NOT_READ = (Kind.PICKLE, Kind.OTHER_WEIGHTS, Kind.WEIGHTS_DATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    r"""Everything the later stages may know about a model, and the way back to its bytes.

    ``source`` and the ``entries`` that it listed never enter the record.
    ``manifest_sha256`` is the SHA-256 of the lines ``<sha256>  <path>\n`` of all
    artifacts in path order (what ``sha256sum`` prints, sorted by name in the C
    locale), so it binds names and bytes.
    """

    source: Source = field(compare=False, repr=False)
    entries: Mapping[str, Entry] = field(compare=False, repr=False)
    name: str
    artifacts: tuple[Artifact, ...]
    unread: tuple[Unread, ...]
    tensors: tuple[TensorHeader, ...]
    metadata: tuple[FileMetadata, ...] = ()
    """What weight files say about themselves, in path order."""
    shards: tuple[tuple[str, ...], ...] = ()
    """Each index of shards, and after it the files that it names."""
    config: str | None
    """``config.json`` as canonical JSON text; ``None`` when there is none."""
    card: ModelCard | None
    parents: tuple[DeclaredParent, ...]
    manifest_sha256: str
    other_weights: tuple[tuple[str, int], ...] = ()
    """Files that hold weights and were not read, with their sizes in bytes."""
    revision: Revision | None = None
    """What the folder says it is; nothing is decided by it."""
    is_part: bool = False
    """Whether this is some of a model's tensors: what is missing is said of the whole."""
    stated: frozenset[str] = frozenset()
    """Files whose digest is the one that their source states; not all of them was read."""

    @property
    def origin(self) -> Origin | None:
        """Which published model this is, and what has been read of the files in ``stated``."""
        found = self.source.origin(self.stated)
        if found is None or found.commit is not None or self.revision is None:
            return found
        return replace(found, commit=self.revision.commit)

    def of_kind(self, *kinds: Kind) -> tuple[Artifact, ...]:
        """Return the artifacts of the given kinds, in path order."""
        return tuple(a for a in self.artifacts if a.kind in kinds)

    def opened(self, path: str) -> RandomAccess:
        """Open a file as it was listed; see :meth:`audit.sources.interface.Source.opened`."""
        return self.source.opened(self.entries[path])

    def content(self, artifact: Artifact, limit: int) -> bytes:
        """Return the bytes that the artifact's digest was computed of, or raise as that does."""
        return self.source.content(self.entries[artifact.path], limit, artifact.sha256)

    def reread(self, artifact: Artifact, limit: int) -> bytes | Unread:
        """Return the bytes that the artifact's digest was computed of, or why not."""
        try:
            return self.content(artifact, limit)
        except ChangedError:
            return Unread(path=artifact.path, reason=Said("it changed while the audit ran"))
        except NotReadableError:
            return Unread(path=artifact.path, reason=Said("it could not be opened a second time"))


def take_inventory(
    source: Source, *, progress: Progress = SILENT, digest_weights: bool = True
) -> Inventory:
    """List, hash and classify every file of a model, and read what describes the model.

    Parameters
    ----------
    source : Source
        Where it lies; nothing outside is read, and nothing in it is written.
    progress : Progress
        Is told of one task, ``Hashing files``, in bytes.
    digest_weights : bool
        Whether weight files are hashed, which reads all of their bytes. Those that are not
        are no artifacts of the inventory, which then serves a comparison and no record.

    Returns
    -------
    Inventory
        Artifacts in path order, tensors in order of file and name, ``unread`` in
        order of path and reason. The same files give the same inventory wherever
        the folder lies.
    """
    listing = source.listing()
    entries = {entry.path: entry for entry in listing.entries}
    digested, unhashed, stated = digest_all(
        source, listing.entries, progress=progress, weights=digest_weights
    )
    artifacts = settle(digested)
    unread = [*listing.unread, *_instead_of_files(listing), *unhashed]
    reader = _Reader(source, entries, artifacts, unread)
    tensors, metadata, shards = reader.tensors()
    card, config = reader.card(), reader.config()
    parents = reader.parents(card, config, metadata)
    opened = {one.file for tensor in tensors for one in (tensor, tensor.stored or tensor)}
    others = (a for a in artifacts if a.kind in _NOT_READ and a.path not in opened)
    unopened = tuple((a.path, a.size) for a in others)
    artifacts = tuple(artifact for artifact in artifacts if artifact.sha256)
    return Inventory(
        source=source,
        entries=entries,
        name=source.name,
        artifacts=artifacts,
        tensors=tensors,
        metadata=metadata,
        shards=shards,
        other_weights=unopened,
        config=None if config is None else canonical(config),
        card=card,
        parents=parents,
        manifest_sha256=manifest_sha256(artifacts),
        unread=tuple(sorted(set(unread), key=lambda item: (item.path, item.reason))),
        revision=stated_revision(source, entries),
        stated=stated,
    )


def _instead_of_files(listing: Listing) -> list[Unread]:
    """Name the folders that stand where a reader expects a file."""
    odd = (path for path in listing.folders if expects_file(path.rpartition("/")[2]))
    return [Unread(path=path, reason=Said("is a folder, not a file")) for path in odd]


def manifest_sha256(artifacts: tuple[Artifact, ...]) -> str:
    """Digest the manifest of the artifacts; see :class:`Inventory`."""
    digest = hashlib.sha256()
    for artifact in sorted(artifacts, key=lambda item: item.path):
        digest.update(f"{artifact.sha256}  {artifact.path}\n".encode())
    return digest.hexdigest()


class _Reader:
    """Reads the few files that describe the model; notes what it cannot read."""

    def __init__(
        self,
        source: Source,
        entries: dict[str, Entry],
        artifacts: tuple[Artifact, ...],
        unread: list[Unread],
    ) -> None:
        self.source = source
        self.entries = entries
        self.artifacts = artifacts
        self.unread = unread

    def tensors(
        self,
    ) -> tuple[tuple[TensorHeader, ...], tuple[FileMetadata, ...], tuple[tuple[str, ...], ...]]:
        """Read the headers of all weight files and check them against the indexes."""
        found: list[TensorHeader] = []
        about: list[FileMetadata] = []
        purse = TENSORS.purse()
        sizes = {path: entry.size for path, entry in self.entries.items()}
        for artifact in self.of_kind(Kind.WEIGHTS):
            with self.noting(artifact):
                with self.source.opened(self.entries[artifact.path]) as access:
                    read = read_weights(artifact.path, access, sizes)
                if not purse.pays(len(read.tensors)):
                    raise NotReadableError(TENSORS.reason)
                found += read.tensors
                about += [read.metadata] if read.metadata else []
        for artifact in self.of_kind(Kind.PICKLE):
            with self.noting(artifact), self.source.opened(self.entries[artifact.path]) as access:
                read_file = read_pickled(artifact.path, access, sizes)
                found += read_file.tensors if read_file else ()
        shards = []
        present = frozenset(self.entries) | {item.path for item in self.unread}
        for artifact in self.of_kind(Kind.WEIGHTS_INDEX):
            index = self.json(artifact, MAX_INDEX_BYTES)
            if index is not None:
                self.unread += check_index(artifact.path, index, found, present)
                shards.append(shard_files(artifact.path, index))
        return tuple(found), tuple(about), tuple(filter(None, shards))

    def config(self) -> dict[str, Any] | None:
        """Parse the chosen ``config.json``."""
        chosen = next(iter(self.of_kind(Kind.CONFIG)), None)
        return None if chosen is None else self.json(chosen, _MAX_CONFIG_BYTES)

    def card(self) -> ModelCard | None:
        """Parse the chosen model card."""
        for artifact in self.of_kind(Kind.MODEL_CARD):
            with self.noting(artifact):
                return parse_card(artifact.path, self.bytes(artifact, MAX_CARD_BYTES))
        return None

    def parents(
        self,
        card: ModelCard | None,
        config: dict[str, Any] | None,
        metadata: tuple[FileMetadata, ...],
    ) -> tuple[DeclaredParent, ...]:
        """Collect the declared parents: the card's, the adapters', else the weights' own files'."""
        by_card = declared_parents.of_card(card) if card else ()
        parents = list(by_card)
        for artifact in self.of_kind(Kind.ADAPTER_CONFIG):
            adapter = self.json(artifact, _MAX_CONFIG_BYTES)
            named = declared_parents.of_adapter(artifact.path, adapter or {})
            # A path is what a tool wrote of its own disk; the card's word is the author's.
            parents += (p for p in named if not (by_card and declared_parents.is_path(p.name)))
        if not by_card:
            parents += (p for item in metadata for p in declared_parents.of_metadata(item))
        if config is not None and not by_card:
            path = self.of_kind(Kind.CONFIG)[0].path
            parents += declared_parents.of_config(path, config)
        return tuple(parents)

    def json(self, artifact: Artifact, limit: int) -> dict[str, Any] | None:
        """Parse a JSON file strictly, or note why not."""
        with self.noting(artifact):
            return parse_object(self.bytes(artifact, limit))
        return None

    def bytes(self, artifact: Artifact, limit: int) -> bytes:
        """Return the bytes that the artifact's digest was computed of."""
        return self.source.content(self.entries[artifact.path], limit, artifact.sha256)

    def of_kind(self, kind: Kind) -> tuple[Artifact, ...]:
        """Return the artifacts of one kind, in path order."""
        return tuple(artifact for artifact in self.artifacts if artifact.kind is kind)

    @contextmanager
    def noting(self, artifact: Artifact) -> Iterator[None]:
        """Note a file that was hashed but not understood; whatever its reader raised."""
        try:
            with foreign():
                yield
        except NotReadableError as error:
            self.unread.append(Unread(path=artifact.path, reason=error.reason))
