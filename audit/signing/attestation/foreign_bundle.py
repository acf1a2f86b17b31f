# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Sigstore bundles that others made: read leniently where the format allows additions.

Bundle v0.3 (github.com/sigstore/protobuf-specs) around a DSSE envelope of one signature.
"""

import binascii
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from audit.signing.identity.certificates import read_der
from audit.text.strict_json import parse_object, refused
from audit.unreadable import NotReadableError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_KEY: Final = "signer"
"""What the one key is called between the library's calls."""


class ForeignBundleError(ValueError):
    """The bytes are no such bundle; the message says why."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignBundle:
    """What a bundle holds; the signature has not been verified.

    ``certificate`` is the leaf where it carries one, ``hint`` what it says of the key otherwise.
    """

    payload: bytes
    payload_type: str
    signature: bytes
    certificate: "Certificate | None"
    hint: str


def open_bundle(data: bytes) -> ForeignBundle:
    """Read a bundle.

    Raises
    ------
    ForeignBundleError
        If it is none.
    """
    try:
        bundle = _Bundle.model_validate(parse_object(data))
        payload = b64decode(bundle.dsse_envelope.payload, validate=True)
        signature = b64decode(bundle.dsse_envelope.signatures[0].sig, validate=True)
        certificate = _leaf(bundle.verification_material)
    except ValidationError as error:
        raise ForeignBundleError(refused(error)) from error
    except (NotReadableError, binascii.Error, ValueError) as error:
        raise ForeignBundleError(str(error)) from error
    hint = bundle.verification_material.public_key
    return ForeignBundle(
        payload=payload,
        payload_type=bundle.dsse_envelope.payload_type,
        signature=signature,
        certificate=certificate,
        hint=hint.hint if hint else "",
    )


def _leaf(material: _Material) -> "Certificate | None":
    chain = material.x509_certificate_chain
    raw = material.certificate or (chain.certificates[0] if chain else None)
    return None if raw is None else read_der(b64decode(raw.raw_bytes))


def signer_problem(bundle: ForeignBundle, key: bytes) -> str | None:
    """Say why the signature is not that of ``key`` (DER SubjectPublicKeyInfo)."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key
    from securesystemslib import dsse
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import Signature, SSlibKey  # type: ignore[attr-defined]

    try:
        public = SSlibKey.from_crypto(load_der_public_key(key), keyid=_KEY)
        given = Signature(_KEY, bundle.signature.hex())
        dsse.Envelope(bundle.payload, bundle.payload_type, {_KEY: given}).verify([public], 1)
    except (VerificationError, UnsupportedAlgorithm, ValueError):
        return "its signature does not verify with that key"
    return None
