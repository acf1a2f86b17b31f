# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Signing identities: a P-256 key and its certificates, in one PEM file or in memory.

One key signs both the PDF and the attestation. P-256, because it is what PDF readers,
OpenSSL and DSSE libraries all accept: poppler calls an Ed25519 signature corrupted.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from audit.errors import OutputError, UsageError
from audit.report.document import Signer
from audit.signing.certificates import (
    chain_problem,
    common_name,
    fingerprint,
    issue,
    pem,
    read_chain,
    validity_problem,
)
from audit.signing.passphrase import PassphraseSource, encoded, environment_or_prompt

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

IdentityKind = Literal["self-made", "local", "file"]

SELF_MADE_NAME = "audit self-made identity"
_LOCKED = (b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"Proc-Type: 4,ENCRYPTED")
_KEY_LIMIT = 1 << 20
"""Bytes; a PEM file of one key and a few certificates is a few kilobytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who signs.

    ``chain`` holds the leaf first, then its issuers. ``kind`` is ``self-made`` (made
    for this run and forgotten after it), ``local`` (the user's own, from the
    configuration folder) or ``file`` (given with ``--key``).
    """

    key: "EllipticCurvePrivateKey" = field(repr=False)
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


def identity_for(key: Path | None, passphrase_source: PassphraseSource | None = None) -> Identity:
    """Return the identity that a run signs with.

    The file ``key`` if given; else the user's own if there is one; else a self-made one.

    Raises
    ------
    UsageError
        As :func:`load_identity`.
    """
    source = passphrase_source or environment_or_prompt
    if key is not None:
        return load_identity(key, source, kind="file")
    path = default_path()
    return load_identity(path, source, kind="local") if path.exists() else self_made()


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
        passphrase is empty or longer than 1023 bytes.
    OutputError
        If the file cannot be written; nothing is left behind.
    """
    from cryptography.hazmat.primitives import serialization as ser

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


def load_identity(
    path: Path, passphrase_source: PassphraseSource, *, kind: IdentityKind = "file"
) -> Identity:
    """Read an identity that :func:`save_identity` wrote, or any P-256 key with certificates.

    1. The file can be read, and by its owner only.
    2. It holds a private key, which opens with the passphrase.
    3. The key is ECDSA P-256.
    4. The file holds the key's certificate, first, then its issuers.
    5. The certificates belong together and are valid today.

    Raises
    ------
    UsageError
        One line that says which of these does not hold.
    """
    content = _read(path, private=True)
    key = _private_key(path, content, passphrase_source)
    chain = _certificates(path, content)
    if not chain:
        raise UsageError(
            f"{path} holds a private key but no certificate.",
            advice="Append the PEM certificate of the key, then those of its issuers.",
        )
    if chain[0].public_key() != key.public_key():
        raise UsageError(
            f"{path}: the first certificate does not belong to the private key.",
            advice="Put the key's own certificate before those of its issuers.",
        )
    problem = chain_problem(chain) or validity_problem(chain, datetime.now(UTC))
    if problem:
        raise UsageError(f"{path}: {problem}.", advice="Make a new one with `audit key new`.")
    return Identity(key=key, chain=chain, kind=kind)


def public_chain(path: Path) -> "tuple[Certificate, ...]":
    """Return the certificates in an identity file without touching its private key.

    Raises
    ------
    UsageError
        If the file cannot be read or holds no certificate.
    """
    chain = _certificates(path, _read(path))
    if chain:
        return chain
    raise UsageError(
        f"{path} holds no certificate.", advice="Pass a file that `audit key new` wrote."
    )


def _certificates(path: Path, content: bytes) -> "tuple[Certificate, ...]":
    try:
        return read_chain(content)
    except ValueError as error:
        raise UsageError(
            f"{path}: a certificate in it is damaged.",
            advice="Restore the file from a backup, or make a new one with `audit key new`.",
        ) from error


def _read(path: Path, *, private: bool = False) -> bytes:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(_KEY_LIMIT + 1)
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no key file {path}.", advice="Make one with `audit key new`."
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.",
            advice="Check the path and its permissions.",
        ) from error
    if len(content) > _KEY_LIMIT:
        raise UsageError(f"{path} is not a key file: it is too large.", advice="Check the path.")
    if private and os.name == "posix" and mode & 0o077:
        raise UsageError(
            f"{path} can be read by other users of this machine; such a key is not used.",
            advice=f"Run `chmod 600 {path}`, and make a new key if others may have seen it.",
        )
    return content


def _private_key(
    path: Path, content: bytes, passphrase_source: PassphraseSource
) -> "EllipticCurvePrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    locked = any(mark in content for mark in _LOCKED)
    passphrase = passphrase_source(path).encode(errors="surrogateescape") if locked else None
    try:
        key = load_pem_private_key(content, passphrase)
    except (ValueError, TypeError) as error:
        raise _unopened(path, locked=locked) from error
    except UnsupportedAlgorithm as error:
        raise _unsupported(path) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _unsupported(path)
    return key


def _unopened(path: Path, *, locked: bool) -> UsageError:
    if locked:
        return UsageError(
            f"The passphrase does not open {path}.",
            advice="Check AUDIT_KEY_PASSPHRASE, or type the passphrase again.",
        )
    return UsageError(
        f"{path} is not a key file: it holds no PEM private key.",
        advice="Pass a file that `audit key new` wrote.",
    )


def _unsupported(path: Path) -> UsageError:
    return UsageError(
        f"{path}: only ECDSA P-256 keys are supported.",
        advice="Make one with `audit key new`; PDF readers do not accept every other kind.",
    )
