# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Identities in files: PEM as ``audit key new`` writes it, or PKCS#12."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509 import Certificate

from audit.errors import OutputError, UsageError
from audit.given import open_regular
from audit.output import add_file
from audit.signing.identity.certificates import in_issuing_order, legible, pem, read_chain
from audit.signing.identity.keys import Identity, IdentityKind, require_signer
from audit.signing.identity.passphrase import PassphraseSource, encoded, given

_LOCKED = (b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"Proc-Type: 4,ENCRYPTED")
_KEY_LIMIT = 1 << 20
"""Bytes; a file of one key and a few certificates is a few kilobytes."""


def load_identity(
    path: Path, passphrase_source: PassphraseSource, *, kind: IdentityKind = "file"
) -> Identity:
    """Read an identity of ``audit key new``, or any P-256 key with certificates.

    PEM, or PKCS#12 (``.p12``, ``.pfx``).

    1. The file can be read, and by its owner only.
    2. It holds a private key, which opens with the passphrase.
    3. The key is ECDSA P-256.
    4. The file holds the key's certificate, first, then its issuers.
    5. The certificates belong together and are valid today.

    Raises ``UsageError``: one line that says which of these does not hold.
    """
    content = _read(path, private=True)
    if _is_pkcs12(content):
        key, chain = _unpacked(path, content, passphrase_source)
    else:
        key, chain = _private_key(path, content, passphrase_source), _certificates(path, content)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise _unsupported(path)
    if not chain:
        raise UsageError(
            f"{path} holds a private key but no certificate.",
            advice="Append the PEM certificate of the key, then those of its issuers.",
        )
    require_signer(str(path), chain, key.public_key())
    return Identity(key=key, chain=chain, kind=kind)


def file_chain(path: Path, passphrase_source: PassphraseSource) -> tuple[Certificate, ...]:
    """Return the certificates in an identity file; of PEM without touching its private key.

    Raises ``UsageError`` if the file cannot be read or holds no certificate.
    """
    content = _read(path)
    packed = _is_pkcs12(content)
    chain = (
        _unpacked(path, content, passphrase_source)[1] if packed else _certificates(path, content)
    )
    if chain:
        return chain
    raise UsageError(
        f"{path} holds no certificate.", advice="Pass a file that `audit key new` wrote."
    )


def _read(path: Path, *, private: bool = False) -> bytes:
    try:
        with open_regular(path) as file:
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


def _is_pkcs12(content: bytes) -> bool:
    """Whether it is DER, which starts with the tag of a sequence, and not PEM text."""
    return content[:1] == b"\x30" and b"-----BEGIN " not in content


def _unpacked(
    path: Path, content: bytes, passphrase_source: PassphraseSource
) -> tuple[object, tuple[Certificate, ...]]:
    """Return key and certificates of a PKCS#12 file; one without a passphrase opens unasked."""
    wrong = f"The passphrase does not open {path}, or it is no PKCS#12 file."
    advice = "Check the passphrase; a .p12 or .pfx file holds a key and its certificate."
    with _explained(path, wrong, advice):
        try:
            packed = load_pkcs12(content, None)
        except ValueError:
            packed = load_pkcs12(content, given(passphrase_source, str(path)))
    with _explained(path, *_damaged(path)):
        others = legible([entry.certificate for entry in packed.additional_certs])
        leaves = legible([] if packed.cert is None else [packed.cert.certificate])
    return packed.key, in_issuing_order(leaves[0], others) if leaves else ()


def _private_key(path: Path, content: bytes, passphrase_source: PassphraseSource) -> object:
    wrong = f"{path} is not a key file: it holds no PEM private key."
    advice, passphrase = "Pass a file that `audit key new` wrote.", None
    if any(mark in content for mark in _LOCKED):
        wrong = f"The passphrase does not open {path}."
        advice = "Check AUDIT_KEY_PASSPHRASE, or type the passphrase again."
        passphrase = given(passphrase_source, str(path))
    with _explained(path, wrong, advice):
        return ser.load_pem_private_key(content, passphrase)


def _certificates(path: Path, content: bytes) -> tuple[Certificate, ...]:
    with _explained(path, *_damaged(path)):
        return read_chain(content)


def _damaged(path: Path) -> tuple[str, str]:
    advice = "Restore the file from a backup, or make a new one with `audit key new`."
    return f"{path}: a certificate in it is damaged.", advice


@contextmanager
def _explained(path: Path, wrong: str, advice: str) -> Iterator[None]:
    """Say what is wrong where the library only refuses."""
    try:
        yield
    except UnsupportedAlgorithm as error:
        raise _unsupported(path) from error
    except (ValueError, TypeError) as error:
        raise UsageError(wrong, advice=advice) from error


def _unsupported(path: Path) -> UsageError:
    return UsageError(
        f"{path}: only ECDSA P-256 keys are supported.",
        advice="Make one with `audit key new`; PDF readers do not accept every other kind.",
    )


def save_identity(identity: Identity, path: Path, passphrase: str | None) -> None:
    """Write key and certificates into a new file that only its owner can read.

    ``passphrase`` encrypts the private key (PKCS#8, as the library chooses); ``None`` leaves it in
    the clear. Raises ``UsageError`` if ``path`` exists, whatever it is, the passphrase is no usable
    one, or the key cannot leave its token; ``OutputError`` if nothing can be written.
    """
    if not isinstance(identity.key, EllipticCurvePrivateKey):
        raise UsageError("A key in a token cannot be saved.", advice="Leave it in its token.")
    protection: ser.KeySerializationEncryption = ser.NoEncryption()
    if passphrase is not None:
        protection = ser.BestAvailableEncryption(encoded(passphrase))
    private = identity.key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, protection)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path.parent} cannot be made: {error.strerror}.",
            advice="Choose another file with --out.",
        ) from error
    add_file(path, private + pem(identity.chain).encode("ascii"), mode=0o600)
