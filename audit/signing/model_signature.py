# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The OpenSSF model-signing format: its root digest, and an existing ``model.sig``.

Format: predicate ``https://model_signing/signature/v1.0`` in a DSSE envelope in a Sigstore
bundle v0.3 (github.com/sigstore/model-transparency, docs/model_signing_format.md). The root
digest binds contents in their order but no names, so the list of files is compared too.
"""

import binascii
import hashlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from audit.inventory.strict_json import parse_object
from audit.inventory.unread import NotReadableError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

PREDICATE_TYPE: Final = "https://model_signing/signature/v1.0"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
FILE_NAME: Final = "model.sig"
IGNORED = (".git", ".gitattributes", ".github", ".gitignore", FILE_NAME)
"""Paths that the format leaves out by default, with whatever lies below them."""
_NAMED = 10
_KEY = "model"
"""What the one key is called between the library's calls."""


class ModelSignatureError(ValueError):
    """The bundle is not one, or does not hold; the message says why."""


def root_digest(digests: Mapping[str, str], ignored: tuple[str, ...] = IGNORED) -> str:
    """Return the root: SHA-256 over the raw digests of the files, by path components.

    Parameters
    ----------
    digests : mapping
        POSIX path to SHA-256 in hex.
    ignored : tuple of str
        Paths that are left out, with what lies below them.
    """
    kept = [path for path in digests if not _under(path, ignored)]
    raw = b"".join(bytes.fromhex(digests[path]) for path in sorted(kept, key=PurePosixPath))
    return hashlib.sha256(raw).hexdigest()


def _under(path: str, ignored: tuple[str, ...]) -> bool:
    parts = PurePosixPath(path).parts
    return any(parts[: len(PurePosixPath(i).parts)] == PurePosixPath(i).parts for i in ignored)


class _Model(BaseModel):
    """Fields that the format may add are ignored, as it asks verifiers to."""

    model_config = ConfigDict(frozen=True, strict=True, alias_generator=to_camel)


class _Signature(_Model):
    sig: str


class _Envelope(_Model):
    payload: str
    payload_type: str
    signatures: list[_Signature] = Field(min_length=1, max_length=1)


class _Raw(_Model):
    raw_bytes: str


class _Chain(_Model):
    certificates: list[_Raw] = Field(min_length=1, max_length=8)


class _Hint(_Model):
    hint: str = ""


class _Material(_Model):
    public_key: _Hint | None = None
    certificate: _Raw | None = None
    x509_certificate_chain: _Chain | None = Field(default=None, alias="x509CertificateChain")


class _Bundle(_Model):
    verification_material: _Material
    dsse_envelope: _Envelope


class _Snake(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


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

    ``digests`` are the signed files, ``root`` the signed root, ``hint`` the digest of the
    public key, ``certificate`` the leaf, where the bundle carries one.
    """

    digests: dict[str, str]
    root: str
    ignored: tuple[str, ...]
    certificate: "Certificate | None"
    hint: str
    payload: bytes
    signature: bytes


def parse(data: bytes) -> ModelSignature:
    """Read a bundle.

    Raises
    ------
    ModelSignatureError
        If it is no bundle of this format, or its root is not that of its own list.
    """
    try:
        bundle = _Bundle.model_validate(parse_object(data))
        payload = b64decode(bundle.dsse_envelope.payload, validate=True)
        statement = _Statement.model_validate(parse_object(payload))
        signature = b64decode(bundle.dsse_envelope.signatures[0].sig, validate=True)
        certificate = _leaf(bundle.verification_material)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "top level"
        raise ModelSignatureError(f"it is no model signature: {place}: {first['msg']}") from error
    except (NotReadableError, binascii.Error, ValueError) as error:
        raise ModelSignatureError(f"it is no model signature: {error}") from error
    hint = bundle.verification_material.public_key
    return ModelSignature(
        digests=_listed(bundle, statement),
        root=statement.subject[0].digest.get("sha256", ""),
        ignored=tuple(statement.predicate.serialization.ignore_paths),
        certificate=certificate,
        hint=hint.hint if hint else "",
        payload=payload,
        signature=signature,
    )


def _leaf(material: _Material) -> "Certificate | None":
    from cryptography.x509 import load_der_x509_certificate

    chain = material.x509_certificate_chain
    raw = material.certificate or (chain.certificates[0] if chain else None)
    return None if raw is None else load_der_x509_certificate(b64decode(raw.raw_bytes))


def _listed(bundle: _Bundle, statement: _Statement) -> dict[str, str]:
    if bundle.dsse_envelope.payload_type != PAYLOAD_TYPE:
        raise ModelSignatureError(f"its payload type is not {PAYLOAD_TYPE}")
    if statement.predicate_type != PREDICATE_TYPE:
        raise ModelSignatureError(f"its predicate type is {statement.predicate_type}")
    resources, method = statement.predicate.resources, statement.predicate.serialization.method
    if method != "files" or any(r.algorithm != "sha256" for r in resources):
        raise ModelSignatureError(f"its method ({method}) is not SHA-256 of whole files")
    digests = {resource.name: resource.digest for resource in resources}
    if len(digests) != len(resources):
        raise ModelSignatureError("it names a file twice")
    raw = b"".join(bytes.fromhex(resource.digest) for resource in resources)
    if hashlib.sha256(raw).hexdigest() != statement.subject[0].digest.get("sha256"):
        raise ModelSignatureError("its root digest is not that of the files it lists")
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
    found = [f"{kind}: {_names(paths)}" for kind, paths in kinds.items() if paths]
    return "; ".join(found) or None


def _names(paths: list[str]) -> str:
    shown, more = sorted(paths)[:_NAMED], len(paths) - _NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def signer_problem(signed: ModelSignature, key: bytes) -> str | None:
    """Say why the signature is not that of ``key`` (DER SubjectPublicKeyInfo)."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key
    from securesystemslib import dsse
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import Signature, SSlibKey  # type: ignore[attr-defined]

    try:
        public = SSlibKey.from_crypto(load_der_public_key(key), keyid=_KEY)
        given = Signature(_KEY, signed.signature.hex())
        dsse.Envelope(signed.payload, PAYLOAD_TYPE, {_KEY: given}).verify([public], 1)
    except (VerificationError, UnsupportedAlgorithm, ValueError):
        return "its signature does not verify with that key"
    return None
