# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signing identities: a P-256 key and its certificates, in memory, in a file or in a token.

One key signs both the PDF and the attestation. P-256, because it is what PDF readers,
OpenSSL and DSSE libraries all accept: poppler calls an Ed25519 signature corrupted.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from audit.errors import OutputError, UsageError
from audit.record.custody import Signer
from audit.signing.identity.certificates import common_name, fingerprint, issue, pem
from audit.signing.identity.passphrase import PassphraseSource, encoded, environment_or_prompt

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePublicKey,
        EllipticCurveSignatureAlgorithm,
    )
    from cryptography.x509 import Certificate

IdentityKind = Literal["self-made", "local", "file", "token"]

SELF_MADE_NAME = "audit self-made identity"
TOKEN_SCHEME = "pkcs11:"  # noqa: S105 - a scheme of addresses (RFC 7512)


class SigningKey(Protocol):
    """What signs: a private key in memory, or one that never leaves its token."""

    def public_key(self) -> "EllipticCurvePublicKey":
        """Return the public side."""
        ...

    def sign(self, data: bytes, signature_algorithm: "EllipticCurveSignatureAlgorithm", /) -> bytes:
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
    chain: "tuple[Certificate, ...]"
    kind: IdentityKind

    @property
    def leaf(self) -> "Certificate":
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


def default_path() -> Path:
    """Return where the user's own identity lies (``AUDIT_CONFIG_DIR`` overrides)."""
    from platformdirs import user_config_dir

    folder = os.environ.get("AUDIT_CONFIG_DIR") or user_config_dir("audit")
    return Path(folder) / "identity.pem"


def new_identity(name: str, *, kind: IdentityKind = "local") -> Identity:
    """Make a key, a small authority, and a leaf certificate for ``name``.

    Raises
    ------
    UsageError
        If ``name`` is empty, longer than 60 characters, or not printable.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

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


def is_token(key: str | Path) -> bool:
    """Whether ``--key`` names a key in a PKCS#11 token instead of a file."""
    return str(key).startswith(TOKEN_SCHEME)


def identity_for(
    key: str | Path | None, passphrase_source: PassphraseSource | None = None
) -> Identity:
    """Return the identity that a run signs with.

    The file or token ``key`` if given; else the user's own if there is one; else a self-made one.

    Raises
    ------
    UsageError
        As :func:`audit.signing.identity.key_file.load_identity` and
        :func:`audit.signing.identity.token.token_identity`.
    """
    from audit.signing.identity.key_file import load_identity

    source = passphrase_source or environment_or_prompt
    if key is not None and is_token(key):
        from audit.signing.identity.token import token_identity

        return token_identity(str(key), source)
    if key is not None:
        return load_identity(Path(key), source, kind="file")
    path = default_path()
    return load_identity(path, source, kind="local") if path.exists() else self_made()


def public_chain(
    key: str | Path, passphrase_source: PassphraseSource | None = None
) -> "tuple[Certificate, ...]":
    """Return the certificates of an identity, for showing them.

    Only a PKCS#12 file needs its passphrase for that.

    Raises
    ------
    UsageError
        If they cannot be read, or there are none.
    """
    if is_token(key):
        from audit.signing.identity.token import token_chain

        return token_chain(str(key))
    from audit.signing.identity.key_file import file_chain

    return file_chain(Path(key), passphrase_source or environment_or_prompt)


def save_identity(identity: Identity, path: Path, passphrase: str | None) -> None:
    """Write key and certificates into a new file that only its owner can read.

    Parameters
    ----------
    passphrase : str or None
        Encrypts the private key (PKCS#8, scrypt or PBKDF2 as the library chooses);
        ``None`` leaves it in the clear.

    Raises
    ------
    UsageError
        If ``path`` exists, whatever it is: a key is never overwritten. If the
        passphrase is empty or longer than 1023 bytes, or the key cannot leave its token.
    OutputError
        If the file cannot be written; nothing is left behind.
    """
    from cryptography.hazmat.primitives import serialization as ser
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    if not isinstance(identity.key, EllipticCurvePrivateKey):
        raise UsageError("A key in a token cannot be saved.", advice="Leave it in its token.")
    protection: ser.KeySerializationEncryption = ser.NoEncryption()
    if passphrase is not None:
        protection = ser.BestAvailableEncryption(encoded(passphrase))
    private = identity.key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, protection)
    _write_private(path, private + pem(identity.chain).encode("ascii"))


def _write_private(path: Path, content: bytes) -> None:
    descriptor = _create_private(path)
    complete = False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        complete = True
    except OSError as error:
        raise OutputError(
            f"{path} could not be written completely: {error.strerror}.",
            advice="Make room on the disk and try again; nothing was left behind.",
        ) from error
    finally:
        if not complete:
            with suppress(OSError):
                path.unlink()


def _create_private(path: Path) -> int:
    """Create ``path``, which must not exist, with mode 0600; return its descriptor."""
    advice = "Choose another file with --out."
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path.parent} cannot be made: {error.strerror}.", advice=advice
        ) from error
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{path} exists, and a key is never overwritten.",
            advice="Choose another file with --out, or move the old one away first.",
        ) from error
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", advice=advice) from error
