# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The attestation's two files: lines of DSSE envelopes, and a Sigstore bundle.

``report.intoto.jsonl`` is an in-toto bundle: one envelope per line. ``report.sigstore.json``
carries the first of them again as a Sigstore bundle v0.3 with a public-key hint, the form
that Sigstore's tools read; it states nothing of its own, so it is checked byte for byte.
"""

import hashlib
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from audit.signing.attestation.dsse import EnvelopeError
from audit.text.strict_json import parse_object
from audit.unreadable import NotReadableError

MEDIA_TYPE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"


class _Bundle(BaseModel):
    """Only where the envelope lies: the whole is compared afterwards."""

    model_config = ConfigDict(frozen=True, strict=True)
    dsseEnvelope: dict[str, Any]


def to_lines(envelopes: tuple[bytes, ...]) -> bytes:
    """Return one envelope per line."""
    return b"".join(envelope + b"\n" for envelope in envelopes)


def from_lines(data: bytes) -> tuple[bytes, ...]:
    """Return the envelopes, one per line; none of them has been read.

    Raises
    ------
    EnvelopeError
        If the text is not made of whole lines, none of them empty.
    """
    *lines, rest = data.split(b"\n")
    if rest or not lines or not all(lines):
        raise EnvelopeError("it is not one envelope per line")
    return tuple(lines)


def hint(public_key_pem: bytes) -> str:
    """Return the hint of a key, as OpenSSF model signing forms it: SHA-256 of its PEM."""
    return hashlib.sha256(public_key_pem).hexdigest()


def wrap(envelope: bytes, public_key_pem: bytes) -> bytes:
    """Return a Sigstore bundle v0.3 around ``envelope``, as canonical JSON.

    Parameters
    ----------
    public_key_pem : bytes
        PEM SubjectPublicKeyInfo of the signer; named by its hint, not carried.
    """
    import rfc8785

    material: dict[str, Any] = {"publicKey": {"hint": hint(public_key_pem)}, "tlogEntries": []}
    return rfc8785.dumps(
        {
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": material,
            "dsseEnvelope": parse_object(envelope),
        }
    )


def envelope_of(data: bytes) -> bytes:
    """Return the envelope in a bundle; that the rest is as :func:`wrap` writes it stays open.

    Raises
    ------
    EnvelopeError
        If the bytes are no bundle.
    """
    import rfc8785

    try:
        return rfc8785.dumps(_Bundle.model_validate(parse_object(data)).dsseEnvelope)
    except (ValidationError, NotReadableError, rfc8785.CanonicalizationError) as error:
        raise EnvelopeError("it is not a Sigstore bundle around a DSSE envelope") from error
