# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signing identities: a P-256 key and its certificates, in memory, in a file or in a token.

One key signs both the PDF and the attestation. P-256, because it is what PDF readers,
OpenSSL and DSSE libraries all accept: poppler calls an Ed25519 signature corrupted.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate

from audit.errors import UsageError
from audit.record.custody import Signer
from audit.signing.identity.certificates import (
    common_name,
    fingerprint,
    issue,
    pem,
    validity_problem,
)
from audit.signing.identity.path import chain_problem

IdentityKind = Literal["self-made", "local", "file", "token"]

SELF_MADE_NAME = "audit self-made identity"


class SigningKey(Protocol):
    """What signs: a private key in memory, or one that never leaves its token."""

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Return the public side."""
        ...

    def sign(
        self, data: bytes, signature_algorithm: ec.EllipticCurveSignatureAlgorithm, /
    ) -> bytes:
        """Return the DER signature of ``data``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who signs.

    ``chain`` holds the leaf first, then its issuers. ``kind`` is ``self-made`` (made
    for this run and forgotten after it), ``local`` (the user's own, from the
    configuration folder), ``file`` or ``token`` (given with ``--key``).
    """

    key: SigningKey = field(repr=False)
    chain: tuple[Certificate, ...]
    kind: IdentityKind

    @property
    def leaf(self) -> Certificate:
        """The signer's own certificate."""
        return self.chain[0]

    @property
    def name(self) -> str:
        """The common name in the certificate: what the signer calls themselves."""
        return common_name(self.leaf)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the leaf's DER encoding, in lower-case hex."""
        return fingerprint(self.leaf)

    @property
    def signer(self) -> Signer:
        """The same, as the record's custody block states it."""
        return Signer(kind=self.kind, name=self.name, fingerprint=self.fingerprint)

    @property
    def pem(self) -> list[str]:
        """The certificates, as statements carry them."""
        return [pem([certificate]) for certificate in self.chain]

    def sign(self, data: bytes) -> bytes:
        """Return the DER signature (ECDSA) of the SHA-256 of ``data``."""
        return self.key.sign(data, ec.ECDSA(SHA256()))


def names_signer(signer: Signer, certificate: Certificate) -> bool:
    """Whether ``signer`` is what a statement says of the holder of ``certificate``."""
    said = signer.name, signer.fingerprint
    return said == (common_name(certificate), fingerprint(certificate))


def new_identity(name: str, *, kind: IdentityKind = "local") -> Identity:
    """Make a key, a small authority, and a leaf certificate for ``name``.

    Raises ``UsageError`` if ``name`` is empty, longer than 60 characters, or not printable.
    """
    if not 1 <= len(name.strip()) <= 60 or not name.isprintable():
        raise UsageError(
            "The name of an identity is 1 to 60 printable characters.",
            advice="Pass a shorter --name, such as your name or your team's.",
        )
    key = ec.generate_private_key(ec.SECP256R1())
    return Identity(key=key, chain=issue(name.strip(), key), kind=kind)


def self_made() -> Identity:
    """Make an identity that lives in memory and dies with the run."""
    return new_identity(SELF_MADE_NAME, kind="self-made")


def require_signer(
    where: str, chain: tuple[Certificate, ...], public_key: ec.EllipticCurvePublicKey
) -> None:
    """Demand that ``chain`` (leaf first) is ``public_key``'s, holds together and is valid today.

    Raises ``UsageError``: one line that names ``where`` and what does not hold.
    """
    if chain[0].public_key() != public_key:
        raise UsageError(
            f"{where}: the first certificate does not belong to the private key.",
            advice="Put the key's own certificate before those of its issuers.",
        )
    problem = chain_problem(chain) or validity_problem(chain, datetime.now(UTC))
    if problem:
        raise UsageError(
            f"{where}: {problem}.",
            advice="Get a new certificate for it, or make a key with `audit key new`.",
        )
