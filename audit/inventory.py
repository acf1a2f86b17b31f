# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is in the folder: every file with its digest, and what could not be read."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What a file is for, judged by name and first bytes, never by running it."""

    WEIGHTS = "weights"
    """A safetensors file."""
    WEIGHTS_INDEX = "weights-index"
    """``*.safetensors.index.json``."""
    OTHER_WEIGHTS = "other-weights"
    """GGUF, ONNX, HDF5, msgpack: weights in a format this version does not compare."""
    PICKLE = "pickle"
    """A Python pickle (``.bin``, ``.pt``, ``.pkl``...): never loaded."""
    CONFIG = "config"
    ADAPTER_CONFIG = "adapter-config"
    TOKENIZER = "tokenizer"
    MODEL_CARD = "model-card"
    """``README.md`` at the top level."""
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
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorHeader:
    """One tensor as its safetensors header states it; no data is read."""

    name: str
    file: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredParent:
    """A parent that the folder itself names.

    ``name`` is a hub id or a path, as written; ``relation`` is the card's
    ``base_model_relation`` (``finetune``, ``adapter``, ``merge``, ``quantized``)
    or ``None``; ``origin`` says where it was read (``README.md: base_model``).
    """

    name: str
    relation: str | None
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """The front matter and prose of ``README.md``.

    ``metadata`` is the front matter re-encoded as canonical JSON text (so that the
    record stays flat); ``problem`` says why front matter could not be parsed.
    """

    path: str
    metadata: str
    prose: str
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything the later stages may know about a folder without opening it again.

    ``root`` is where the files lie on this machine; it never enters the record.
    ``manifest_sha256`` is the SHA-256 of the lines ``<sha256>  <path>\\n`` of all
    artifacts in path order (what ``sha256sum`` prints), so it binds names and bytes.
    """

    root: Path
    name: str
    artifacts: tuple[Artifact, ...]
    unread: tuple[Unread, ...]
    tensors: tuple[TensorHeader, ...]
    config: str | None
    """``config.json`` as canonical JSON text; ``None`` when there is none."""
    card: ModelCard | None
    parents: tuple[DeclaredParent, ...]
    manifest_sha256: str

    def of_kind(self, *kinds: Kind) -> tuple[Artifact, ...]:
        """Return the artifacts of the given kinds, in path order."""
        return tuple(a for a in self.artifacts if a.kind in kinds)
