# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The signer that the verifier expects, learnt from somewhere else than the report."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import UsageError
from audit.signing.identity.certificates import chain_problem, common_name, fingerprint, read_chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.x509 import Certificate

_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A certificate (by ``fingerprint``) or a bare public key (``None``), with its key.

    ``public_key`` is the DER SubjectPublicKeyInfo, ``name`` what to call it.
    """

    name: str
    fingerprint: str | None
    public_key: bytes

    def problem(self, chain: "Sequence[Certificate]") -> str | None:
        """Say why the leaf of ``chain`` is not the expected signer; ``None`` if it is.

        The expected certificate may also be that of an authority: then it must be among the
        issuers, whose links :func:`audit.signing.identity.certificates.chain_problem` judges.
        """
        if self._place(chain) is not None:
            return None
        expected, leaf = self.fingerprint or "the given public key", chain[0]
        return f"signed by {common_name(leaf)} ({fingerprint(leaf)}), not by {expected}"

    def agreement(self, chain: "Sequence[Certificate]") -> str:
        """Say how ``chain`` meets the expectation."""
        if self._place(chain) == 0:
            return f"is the expected one, {self.name}"
        return f"{common_name(chain[0])}, certified by the expected authority, {self.name}"

    def _place(self, chain: "Sequence[Certificate]") -> int | None:
        """Return where the expected key stands in ``chain``; issuers only by certificate."""
        if self.fingerprint is None:
            return 0 if spki(chain[0]) == self.public_key else None
        prints = [fingerprint(certificate) for certificate in chain]
        place = prints.index(self.fingerprint) if self.fingerprint in prints else None
        return None if place and chain_problem(chain) else place


def read_pin(path: Path) -> Pin:
    """Read the expected signer: a PEM certificate (the first one counts) or public key.

    Raises
    ------
    UsageError
        If the file cannot be read or holds neither.
    """
    content = _read(path)
    try:
        chain = read_chain(content)
        if chain:
            return Pin(
                name=common_name(chain[0]),
                fingerprint=fingerprint(chain[0]),
                public_key=spki(chain[0]),
            )
        return Pin(name=path.name, fingerprint=None, public_key=_bare_key(content))
    except ValueError as error:
        raise UsageError(
            f"{path} holds neither a PEM certificate nor a PEM public key.",
            advice="Pass the certificate that the signer published (`audit key show`).",
        ) from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LIMIT)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", advice="Check the path after --key."
        ) from error


def _bare_key(content: bytes) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_public_key,
    )

    try:
        key = load_pem_public_key(content)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def spki(certificate: "Certificate") -> bytes:
    """Return the DER SubjectPublicKeyInfo of a certificate's key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
