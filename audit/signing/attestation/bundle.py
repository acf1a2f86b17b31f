# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Envelopes in files: lines of them, and Sigstore bundles, ours and others'.

``report.intoto.jsonl`` is an in-toto bundle: one envelope per line. ``report.sigstore.json``
carries the first of them again as a Sigstore bundle v0.3 with a public-key hint, the form
that Sigstore's tools read; it states nothing of its own, so it is checked byte for byte.

Bundles that others made (github.com/sigstore/protobuf-specs, a DSSE envelope of one signature)
are read leniently where the format allows additions.
"""

import hashlib
from base64 import b64decode
from dataclasses import dataclass
from typing import Any, Final

import rfc8785
from cryptography.x509 import Certificate
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from audit.signing.attestation.dsse import Envelope
from audit.signing.identity.certificates import public_key_pem, read_der
from audit.signing.unsound import UnsoundError, sound
from audit.text.strict_json import parse_object

MEDIA_TYPE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"


def to_lines(envelopes: tuple[bytes, ...]) -> bytes:
    """Return one envelope per line."""
    return b"".join(envelope + b"\n" for envelope in envelopes)


def from_lines(data: bytes) -> tuple[bytes, ...]:
    """Return the envelopes, one per line; none of them has been read.

    Raises ``UnsoundError`` if the text is not made of whole lines, none of them empty.
    """
    *lines, rest = data.split(b"\n")
    if rest or not lines or not all(lines):
        raise UnsoundError("it is not one envelope per line")
    return tuple(lines)


def wrap(envelope: bytes, signer: Certificate) -> bytes:
    """Return a Sigstore bundle v0.3 around ``envelope``, as canonical JSON.

    Its signer's key is not carried, but named by its PEM's SHA-256, as in OpenSSF model signing.
    """
    hint = hashlib.sha256(public_key_pem(signer)).hexdigest()
    return rfc8785.dumps(
        {
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": {"publicKey": {"hint": hint}, "tlogEntries": []},
            "dsseEnvelope": parse_object(envelope),
        }
    )


class _Model(BaseModel):
    """Fields that the format may add are ignored, as it asks verifiers to."""

    model_config = ConfigDict(frozen=True, strict=True, alias_generator=to_camel, defer_build=True)


class _Carried(_Model):
    dsse_envelope: dict[str, Any]


def envelope_of(data: bytes) -> bytes:
    """Return the envelope in a bundle; that the rest is as :func:`wrap` writes it stays open.

    Raises ``UnsoundError`` if the bytes are no bundle.
    """
    with sound("it is not a Sigstore bundle around a DSSE envelope: "):
        return rfc8785.dumps(_Carried.model_validate(parse_object(data)).dsse_envelope)


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

    envelope: Envelope
    certificate: Certificate | None
    hint: str


def open_bundle(data: bytes) -> ForeignBundle:
    """Read a bundle that others made.

    Raises ``UnsoundError`` if it is none.
    """
    with sound():
        bundle = _Bundle.model_validate(parse_object(data))
        material, inner = bundle.verification_material, bundle.dsse_envelope
        chain = material.x509_certificate_chain
        leaf = material.certificate or (chain.certificates[0] if chain else None)
        return ForeignBundle(
            envelope=Envelope(
                payload=b64decode(inner.payload, validate=True),
                payload_type=inner.payload_type,
                key_id="signer",
                signature=b64decode(inner.signatures[0].sig, validate=True),
            ),
            certificate=None if leaf is None else read_der(b64decode(leaf.raw_bytes)),
            hint=(material.public_key or _Hint()).hint,
        )
