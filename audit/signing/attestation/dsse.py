# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""DSSE envelopes: the signature is over the exact payload bytes, never a re-encoding.

The envelope itself is written in one way only (canonical JSON) and any other spelling
is refused, so that no byte of the file can change unnoticed: DSSE does not sign the
key id, nor the white space.
"""

import binascii
from dataclasses import dataclass
from typing import Annotated

import rfc8785
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import Certificate
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from securesystemslib.exceptions import VerificationError

from audit.signing.attestation.light import Signature, SSlibKey, dsse
from audit.signing.identity.certificates import fingerprint, public_key_der
from audit.signing.identity.keys import Identity
from audit.signing.unsound import UnsoundError
from audit.text.strict_json import refused

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class _Signature(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    keyid: str
    sig: str


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    payload: str
    payloadType: str
    signatures: Annotated[list[_Signature], Field(min_length=1, max_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What was signed, and a signature of it that nobody has verified.

    ``payload`` is the exact bytes that were signed, ``key_id`` what the envelope calls the key.
    """

    payload: bytes
    payload_type: str
    key_id: str
    signature: bytes

    def made_with(self, key: bytes) -> bool:
        """Whether the signature is that of ``key`` (DER SubjectPublicKeyInfo)."""
        try:
            public = SSlibKey.from_crypto(load_der_public_key(key), keyid=self.key_id)
            signatures = {self.key_id: Signature(self.key_id, self.signature.hex())}
            dsse.Envelope(self.payload, self.payload_type, signatures).verify([public], 1)
        except (VerificationError, UnsupportedAlgorithm, ValueError):
            return False
        return True


def seal(payload: bytes, identity: Identity) -> bytes:
    """Sign an in-toto payload; the key id is the certificate's fingerprint."""
    envelope = dsse.Envelope(payload, PAYLOAD_TYPE, {})
    made, key_id = identity.sign(envelope.pae()), identity.fingerprint
    envelope.signatures[key_id] = Signature(key_id, made.hex())
    return rfc8785.dumps(envelope.to_dict())


def parse(data: bytes) -> Envelope:
    """Read an envelope of one signature around an in-toto payload.

    Raises ``UnsoundError`` if the bytes are not exactly what :func:`seal` would write for this
    content.
    """
    try:
        model = _Envelope.model_validate_json(data)
        payload = _decode(model.payload)
        signature = _decode(model.signatures[0].sig)
    except ValidationError as error:
        raise UnsoundError(f"it is not a DSSE envelope: {refused(error)}") from error
    except ValueError as error:
        raise UnsoundError("it is not a DSSE envelope: its base64 text is damaged") from error
    if rfc8785.dumps(model.model_dump()) != data:
        raise UnsoundError("its bytes are not as they were written (spacing or order differ)")
    if model.payloadType != PAYLOAD_TYPE:
        raise UnsoundError(f"its payload type is not {PAYLOAD_TYPE}")
    return Envelope(
        payload=payload,
        payload_type=model.payloadType,
        key_id=model.signatures[0].keyid,
        signature=signature,
    )


def _decode(text: str) -> bytes:
    """Decode standard base64, refusing every second spelling of the same bytes."""
    raw = binascii.a2b_base64(text, strict_mode=True)
    if binascii.b2a_base64(raw, newline=False).decode("ascii") != text:
        raise binascii.Error("not in canonical form")
    return raw


def signature_problem(envelope: Envelope, certificate: Certificate) -> str | None:
    """Say why the signature is not ``certificate``'s; ``None`` if it is."""
    if envelope.key_id != fingerprint(certificate):
        return "its key id is not the fingerprint of the certificate it names"
    if envelope.made_with(public_key_der(certificate)):
        return None
    return "its signature does not verify: the file was changed, or the key is not this one"
