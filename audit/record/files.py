# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What an audited folder holds: its files, what was not read, and what it says it is."""

from dataclasses import dataclass
from enum import StrEnum

from audit.record.said import Said


class Kind(StrEnum):
    """What a file is for, judged by name and first bytes, never by running it."""

    WEIGHTS = "weights"
    """A safetensors, GGUF or ONNX file."""
    WEIGHTS_INDEX = "weights-index"
    """``*.safetensors.index.json``."""
    WEIGHTS_DATA = "weights-data"
    """Values that an ONNX file keeps beside itself."""
    OTHER_WEIGHTS = "other-weights"
    """HDF5, msgpack, older GGML, a ``.bin`` of unknown content: not compared by this version."""
    PICKLE = "pickle"
    """A Python pickle (``.bin``, ``.pt``, ``.pkl``...): never loaded."""
    CONFIG = "config"
    """The one ``config.json`` that describes the weights."""
    ADAPTER_CONFIG = "adapter-config"
    TOKENIZER = "tokenizer"
    MODEL_CARD = "model-card"
    """``README.md`` at the top level, or else the one beside the weights."""
    LEGAL = "legal"
    """LICENSE, COPYING, NOTICE and the like."""
    PACKAGE_METADATA = "package-metadata"
    """``pyproject.toml``, ``setup.cfg``, ``*.dist-info/METADATA``, ``PKG-INFO``."""
    CODE = "code"
    NOTEBOOK = "notebook"
    DOCUMENT = "document"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file: POSIX path relative to the folder, size in bytes, SHA-256 in hex."""

    path: str
    size: int
    sha256: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something in the folder that was not read, and why."""

    path: str
    reason: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredParent:
    """A parent that the folder itself names.

    ``name`` is a hub id or a path, as written; ``relation`` is the card's
    ``base_model_relation`` (``finetune``, ``adapter``, ``merge``, ``quantized``)
    or ``None``; ``path`` and ``field`` say where it was read (``README.md``, ``base_model``).
    """

    name: str
    relation: str | None
    path: str
    field: str

    @property
    def origin(self) -> str:
        """Where it was read, for people: ``README.md: base_model``."""
        return f"{self.path}: {self.field}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A commit of 40 hexadecimal digits, and where the folder states it."""

    commit: str
    origin: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRanges:
    r"""What was read of a file of which not all was read.

    ``ranges`` are half-open, in bytes, in order; they consist of blocks of ``block`` bytes (the
    last one of a file may be shorter). ``sha256`` is that of the lines ``<number> <SHA-256>\n`` of
    all these blocks in order, the number counting from 0 at the start of the file.
    """

    path: str
    ranges: tuple[tuple[int, int], ...]
    block: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which published model this is, and who says so.

    ``said_by`` is the hub itself, or what in the folder says it. ``stated`` are the files whose
    SHA-256 is the one that the hub states and was not computed here, in order of path; ``read``
    says what of them was read, with our own digests.
    """

    model: str
    commit: str | None
    said_by: Said
    address: str | None = None
    stated: tuple[str, ...] = ()
    read: tuple[FileRanges, ...] = ()
