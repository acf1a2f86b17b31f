# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""RFC 3161 time stamps: asked for only where a run names a server, checked wherever found.

A time stamp makes a signature of PAdES level B-T: somebody else's clock says that it
existed. Whether that somebody is to be believed is the reader's to judge.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.x509 import Certificate, ExtendedKeyUsage, ExtensionNotFound
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.general import extract_certificate_info, extract_signer_info
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from audit.errors import UsageError
from audit.signing.identity.certificates import common_name, fingerprint, read_der
from audit.signing.unsound import UnsoundError

_TIMEOUT = 20
"""Seconds; a time stamp server answers in one or does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStamp:
    """When a signature existed, and whose clock says so."""

    at: datetime
    authority: Certificate

    @property
    def sentence(self) -> str:
        """Say time and authority; whether to trust it is the caller's part."""
        return (
            f"{self.at:%Y-%m-%dT%H:%M:%SZ}, by the time stamp of {common_name(self.authority)}"
            f" (SHA-256 {fingerprint(self.authority)})"
        )


def time_stamper(url: str) -> Any:
    """Return pyHanko's client for an RFC 3161 server.

    Raises ``UsageError`` if ``url`` is not an HTTP address.
    """
    if not url.startswith(("http://", "https://")):
        raise UsageError(
            f"--timestamp {url} is not an http or https address.",
            advice="Name an RFC 3161 time stamp server.",
        )
    from pyhanko.sign.timestamps import HTTPTimeStamper  # with a client for the web

    return HTTPTimeStamper(url, timeout=_TIMEOUT)


def time_stamp(token: Any, signature: bytes) -> TimeStamp:
    """Check a time-stamp token against the signature value that it is about (RFC 3161, 5652).

    1. It holds a TSTInfo, whose imprint is the SHA-2 digest of ``signature``.
    2. Its content has the signed SHA-2 digest, and its signature verifies with the certificate
       that it carries.
    3. That certificate is meant for time stamping and for nothing else.

    ``token`` is the CMS object from the signature's unsigned attributes. Raises ``UnsoundError`` if
    one of these does not hold.
    """
    content = token["encap_content_info"]
    if content["content_type"].native != "tst_info":
        raise UnsoundError("its time stamp holds no time-stamp information")
    info = content["content"].parsed
    imprint = info["message_imprint"]
    algorithm = _sha2(imprint["hash_algorithm"]["algorithm"].native)
    if imprint["hashed_message"].native != hashlib.new(algorithm, signature).digest():
        raise UnsoundError("its time stamp is about another signature")
    signer, certificate = extract_signer_info(token), extract_certificate_info(token).signer_cert
    _sha2(_signature_hash(signer))
    digested = _sha2(signer["digest_algorithm"]["algorithm"].native)
    digest = hashlib.new(digested, bytes(content["content"])).digest()
    intact, valid = validate_sig_integrity(signer, certificate, "tst_info", digest)
    if not (intact and valid):
        raise UnsoundError("its time stamp was changed, or not made by the authority it names")
    authority = read_der(certificate.dump())
    _require_purpose(authority)
    return TimeStamp(at=info["gen_time"].native.astimezone(UTC), authority=authority)


def _sha2(algorithm: str) -> str:
    """Return the name of a hash that collisions are not known of, or refuse it."""
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise UnsoundError(f"its time stamp rests on {algorithm}")
    return algorithm


def _signature_hash(signer: Any) -> str:
    """Return the hash that the signature is over: stated with it, or else the content's."""
    try:
        return str(signer["signature_algorithm"].hash_algo)
    except ValueError:  # plain RSA, for example, which states none
        return str(signer["digest_algorithm"]["algorithm"].native)


def _require_purpose(authority: Certificate) -> None:
    try:
        uses = authority.extensions.get_extension_for_class(ExtendedKeyUsage).value
    except ExtensionNotFound as error:
        raise UnsoundError("its time stamp was made by a certificate of no stated use") from error
    if list(uses) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise UnsoundError("its time stamp was made by a certificate meant for other uses")
