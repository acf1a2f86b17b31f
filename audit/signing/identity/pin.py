# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The signer that the verifier expects, learnt from somewhere else than the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from cryptography.x509 import Certificate

from audit.errors import UsageError
from audit.given import read_given
from audit.signing.identity.certificates import (
    common_name,
    fingerprint,
    public_key_der,
    read_chain,
)
from audit.signing.identity.path import certified_problem

_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A certificate, or a bare public key (``None``), with its key in DER.

    It is of the signer, of whom then no more is asked, or of an authority: then the signer's
    certificate must lead to it and be meant for documents or code.
    """

    name: str
    certificate: Certificate | None
    public_key: bytes

    def is_of(self, certificate: Certificate) -> bool:
        """Whether this very certificate, or its key, is expected."""
        if self.certificate is None:
            return public_key_der(certificate) == self.public_key
        return certificate == self.certificate

    def other(self, certificate: Certificate) -> str:
        """Say that somebody else than expected signed."""
        certified = self.certificate
        expected = "the given public key" if certified is None else fingerprint(certified)
        return (
            f"signed by {common_name(certificate)} ({fingerprint(certificate)}), not by {expected}"
        )

    def problem(self, chain: Sequence[Certificate], moment: datetime) -> str | None:
        """Say why ``chain`` (leaf first) is not expected for a signature of ``moment``."""
        if self.is_of(chain[0]):
            return None
        if self.certificate is None:
            return self.other(chain[0])
        why = certified_problem(chain, self.certificate, moment)
        return None if why is None else f"{self.other(chain[0])}, and {why}"

    def agreement(self, chain: Sequence[Certificate]) -> str:
        """Say how ``chain`` meets the expectation."""
        if self.is_of(chain[0]):
            return f"is the expected one, {self.name}"
        return f"{common_name(chain[0])}, certified by the expected authority, {self.name}"


def read_pin(path: Path) -> Pin:
    """Read the expected signer: a PEM certificate (the first one counts) or public key.

    Raises ``UsageError`` if the file cannot be read, holds neither, or holds a private key: who
    verifies has no use for one, and who was sent one should not have been.
    """
    content = read_given(path, limit=_LIMIT, option="--key")
    if b"PRIVATE KEY-----" in content:
        raise UsageError(
            f"{path} holds a private key, which nobody needs to verify a signature.",
            advice="Pass the signer's certificate alone (`audit key show`).",
        )
    try:
        for certificate in read_chain(content):
            key = public_key_der(certificate)
            return Pin(name=common_name(certificate), certificate=certificate, public_key=key)
        bare = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(
            f"{path} holds neither a PEM certificate nor a PEM public key.",
            advice="Pass the certificate that the signer published (`audit key show`).",
        ) from error
    der = bare.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Pin(name=path.name, certificate=None, public_key=der)
