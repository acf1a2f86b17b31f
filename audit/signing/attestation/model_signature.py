# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The OpenSSF model-signing format: its root digest, and an existing ``model.sig``.

Format: predicate ``https://model_signing/signature/v1.0`` in a DSSE envelope in a Sigstore
bundle v0.3 (github.com/sigstore/model-transparency, docs/model_signing_format.md). The root
digest binds contents in their order but no names, so the list of files is compared too.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from audit.signing.unsound import UnsoundError, sound
from audit.text.file_names import some
from audit.text.strict_json import parse_object

if TYPE_CHECKING:
    from audit.signing.attestation.bundle import ForeignBundle

PREDICATE_TYPE: Final = "https://model_signing/signature/v1.0"
FILE_NAME: Final = "model.sig"
IGNORED = (".git", ".gitattributes", ".github", ".gitignore", FILE_NAME)
"""Paths that the format leaves out by default, with whatever lies below them."""
_NAMED = 10


def root_digest(digests: Mapping[str, str], ignored: tuple[str, ...] = IGNORED) -> str:
    """Return the root: SHA-256 over the raw digests of the files, by path components.

    ``digests`` maps POSIX paths to SHA-256 in hex; ``ignored`` paths are left out, with what lies
    below them.
    """
    kept = [path for path in digests if not _under(path, ignored)]
    raw = b"".join(bytes.fromhex(digests[path]) for path in sorted(kept, key=PurePosixPath))
    return hashlib.sha256(raw).hexdigest()


def _under(path: str, ignored: tuple[str, ...]) -> bool:
    parts = PurePosixPath(path).parts
    return any(parts[: len(PurePosixPath(i).parts)] == PurePosixPath(i).parts for i in ignored)


class _Snake(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, defer_build=True)


class _Resource(_Snake):
    name: str
    algorithm: str
    digest: str


class _Serialization(_Snake):
    method: str
    ignore_paths: list[str] = []


class _Predicate(_Snake):
    serialization: _Serialization
    resources: list[_Resource]


class _Subject(_Snake):
    digest: dict[str, str]


class _Statement(_Snake):
    predicate_type: str = Field(alias="predicateType")
    subject: list[_Subject] = Field(min_length=1, max_length=1)
    predicate: _Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSignature:
    """A parsed bundle; the signature has not been verified.

    ``digests`` are the signed files, ``root`` the signed root.
    """

    digests: dict[str, str]
    root: str
    ignored: tuple[str, ...]
    bundle: "ForeignBundle"


def parse(data: bytes) -> ModelSignature:
    """Read a bundle.

    Raises ``UnsoundError`` if it is no bundle of this format, or its root is not that of
    its own list.
    """
    from audit.signing.attestation.bundle import open_bundle

    with sound("it is no model signature: "):
        bundle = open_bundle(data)
        statement = _Statement.model_validate(parse_object(bundle.envelope.payload))
        return ModelSignature(
            digests=_listed(bundle, statement),
            root=statement.subject[0].digest.get("sha256", ""),
            ignored=tuple(statement.predicate.serialization.ignore_paths),
            bundle=bundle,
        )


def _listed(bundle: "ForeignBundle", statement: _Statement) -> dict[str, str]:
    from audit.signing.attestation.dsse import PAYLOAD_TYPE

    if bundle.envelope.payload_type != PAYLOAD_TYPE:
        raise UnsoundError(f"its payload type is not {PAYLOAD_TYPE}")
    if statement.predicate_type != PREDICATE_TYPE:
        raise UnsoundError(f"its predicate type is {statement.predicate_type}")
    resources, method = statement.predicate.resources, statement.predicate.serialization.method
    if method != "files" or any(r.algorithm != "sha256" for r in resources):
        raise UnsoundError(f"its method ({method}) is not SHA-256 of whole files")
    digests = {resource.name: resource.digest for resource in resources}
    if len(digests) != len(resources):
        raise UnsoundError("it names a file twice")
    raw = b"".join(bytes.fromhex(resource.digest) for resource in resources)
    if hashlib.sha256(raw).hexdigest() != statement.subject[0].digest.get("sha256"):
        raise UnsoundError("its root digest is not that of the files it lists")
    return digests


def files_problem(signed: ModelSignature, digests: Mapping[str, str]) -> str | None:
    """Say how the audited files differ from the signed ones; ``None`` if they do not.

    What the signer left out on purpose (``.git`` and the like) is not compared.
    """
    ours = {p: d for p, d in digests.items() if not _under(p, (*signed.ignored, FILE_NAME))}
    kinds = {
        "changed": [p for p in ours if p in signed.digests and signed.digests[p] != ours[p]],
        "missing": [p for p in signed.digests if p not in ours],
        "not signed": [p for p in ours if p not in signed.digests],
    }
    found = [f"{kind}: {some(paths, _NAMED)}" for kind, paths in kinds.items() if paths]
    if not signed.digests:
        found.append("it signs no file")
    return "; ".join(found) or None


def left_out(signed: ModelSignature, digests: Mapping[str, str]) -> str:
    """Name the audited files that the signer left out, to follow a sentence; the format's aside."""
    paths = [p for p in digests if _under(p, signed.ignored) and not _under(p, IGNORED)]
    return f"; left out by the signer: {some(paths, _NAMED)}" if paths else ""
