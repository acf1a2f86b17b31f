# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Identities in files: PEM as ``audit key new`` writes it, or PKCS#12."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import UsageError
from audit.signing.identity.certificates import (
    chain_problem,
    in_issuing_order,
    legible,
    read_chain,
    validity_problem,
)
from audit.signing.identity.keys import Identity, IdentityKind
from audit.signing.identity.passphrase import PassphraseSource, given

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )
    from cryptography.x509 import Certificate

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

    Raises
    ------
    UsageError
        One line that says which of these does not hold.
    """
    content = _read(path, private=True)
    if _is_pkcs12(content):
        key, chain = _unpacked(path, content, passphrase_source)
    else:
        key = _private_key(path, content, passphrase_source)
        chain = _certificates(path, content)
    if not chain:
        raise UsageError(
            f"{path} holds a private key but no certificate.",
            advice="Append the PEM certificate of the key, then those of its issuers.",
        )
    require_signer(str(path), chain, key.public_key())
    return Identity(key=key, chain=chain, kind=kind)


def file_chain(path: Path, passphrase_source: PassphraseSource) -> "tuple[Certificate, ...]":
    """Return the certificates in an identity file; of PEM without touching its private key.

    Raises
    ------
    UsageError
        If the file cannot be read or holds no certificate.
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


def require_signer(
    where: str, chain: "tuple[Certificate, ...]", public_key: "EllipticCurvePublicKey"
) -> None:
    """Demand that ``chain`` (leaf first) is ``public_key``'s, holds together and is valid today.

    Raises
    ------
    UsageError
        One line that names ``where`` and what does not hold.
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


def _is_pkcs12(content: bytes) -> bool:
    """Whether it is DER, which starts with the tag of a sequence, and not PEM text."""
    return content[:1] == b"\x30" and b"-----BEGIN " not in content


def _unpacked(
    path: Path, content: bytes, passphrase_source: PassphraseSource
) -> "tuple[EllipticCurvePrivateKey, tuple[Certificate, ...]]":
    """Return key and certificates of a PKCS#12 file; one without a passphrase opens unasked."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    try:
        try:
            packed = load_pkcs12(content, None)
        except ValueError:
            packed = load_pkcs12(content, given(passphrase_source, str(path)))
    except ValueError as error:
        raise UsageError(
            f"The passphrase does not open {path}, or it is no PKCS#12 file.",
            advice="Check the passphrase; a .p12 or .pfx file holds a key and its certificate.",
        ) from error
    except UnsupportedAlgorithm as error:
        raise _unsupported(path) from error
    try:
        others = [legible(entry.certificate) for entry in packed.additional_certs]
        leaf = None if packed.cert is None else legible(packed.cert.certificate)
    except ValueError as error:
        raise _damaged(path) from error
    return _supported(path, packed.key), () if leaf is None else in_issuing_order(leaf, others)


def _certificates(path: Path, content: bytes) -> "tuple[Certificate, ...]":
    try:
        return read_chain(content)
    except ValueError as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> UsageError:
    return UsageError(
        f"{path}: a certificate in it is damaged.",
        advice="Restore the file from a backup, or make a new one with `audit key new`.",
    )


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
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    locked = any(mark in content for mark in _LOCKED)
    passphrase = given(passphrase_source, str(path)) if locked else None
    try:
        key = load_pem_private_key(content, passphrase)
    except (ValueError, TypeError) as error:
        raise _unopened(path, locked=locked) from error
    except UnsupportedAlgorithm as error:
        raise _unsupported(path) from error
    return _supported(path, key)


def _supported(path: Path, key: object) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

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
