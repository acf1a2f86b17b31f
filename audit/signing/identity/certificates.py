# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Certificates: making a pair of our own, and reading those that others present.

A bare self-signed certificate is refused by many PDF readers, and a leaf without
``emailProtection`` is "unknown issue" to NSS, so a local identity is a small authority
plus one leaf with both uses. No revocation address: there is nobody to ask, and
readers that go looking would call the file invalid when offline.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""RFC 9336; the library has no name for it."""

LIFETIME = timedelta(days=3653)
"""Ten years: without a time-stamp, a signature reads as expired once its key has."""

_BACKDATE = timedelta(minutes=10)
"""So that a verifier with a slow clock does not see a certificate from the future."""


def fingerprint(certificate: Certificate) -> str:
    """Return the SHA-256 of the DER certificate, in lower-case hex."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def pem(certificates: Sequence[Certificate]) -> str:
    """Return the certificates as PEM text, in the order given."""
    return "".join(c.public_bytes(Encoding.PEM).decode("ascii") for c in certificates)


def common_name(certificate: Certificate) -> str:
    """Return the subject's common name, or the whole subject where it has none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def issue(name: str, key: ec.EllipticCurvePrivateKey) -> tuple[Certificate, Certificate]:
    """Make an authority and let it issue one leaf for ``key``.

    Returns the leaf, then the authority, whose own key is discarded here: it never issues another.
    """
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} CA")])
    leaf_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    sha256 = hashes.SHA256()
    authority = (
        _builder(authority_name, authority_name, authority_key, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(authority_key, sha256)
    )
    uses = x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
    leaf = (
        _builder(leaf_name, authority_name, key, authority_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(uses, critical=False)
        .sign(authority_key, sha256)
    )
    return leaf, authority


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    start = datetime.now(UTC).replace(microsecond=0) - _BACKDATE
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(authority_id, critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def read_chain(text: bytes) -> tuple[Certificate, ...]:
    """Return the certificates of a PEM text, in order; none if it holds none.

    Raises ``ValueError`` if a certificate block is damaged.
    """
    if b"-----BEGIN CERTIFICATE-----" not in text:
        return ()
    return _legible(lambda: x509.load_pem_x509_certificates(text))


def read_der(data: bytes) -> Certificate:
    """Return the certificate in ``data``.

    Raises ``ValueError`` if it is none, or a part of it is damaged.
    """
    return _legible(lambda: [x509.load_der_x509_certificate(data)])[0]


def legible(certificates: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Return ``certificates`` after reading every part of them that is used later.

    The library reads lazily, so that damage would otherwise show far from its cause.

    Raises ``ValueError`` if a part is damaged.
    """
    return _legible(lambda: certificates)


def _legible(load: Callable[[], Sequence[Certificate]]) -> tuple[Certificate, ...]:
    try:
        certificates = tuple(load())
        for certificate in certificates:
            common_name(certificate)
            certificate.issuer.rfc4514_string()
            validity_problem([certificate], datetime.now(UTC))
            certificate.public_key()
            certificate.extensions  # noqa: B018 - parses them
    except (x509.InvalidVersion, x509.DuplicateExtension, UnsupportedAlgorithm) as error:
        raise ValueError(str(error)) from error
    return certificates


def in_issuing_order(leaf: Certificate, others: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Return ``leaf`` and those of ``others`` that follow from it, issuer after issued."""
    chain, left = [leaf], list(others)
    while issuer := next((c for c in left if c.subject == chain[-1].issuer), None):
        left.remove(issuer)
        chain.append(issuer)
    return tuple(chain)


def validity_problem(chain: Sequence[Certificate], when: datetime) -> str | None:
    """Say which certificate of ``chain`` was not valid at ``when``, if any."""
    for certificate in chain:
        start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not start <= when <= end:
            return (
                f"the certificate of {common_name(certificate)} is valid from {start:%Y-%m-%d} "
                f"to {end:%Y-%m-%d}, which does not include {when:%Y-%m-%d}"
            )
    return None


def public_key_pem(certificate: Certificate) -> bytes:
    """Return the PEM SubjectPublicKeyInfo of a certificate's key."""
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_key_der(certificate: Certificate) -> bytes:
    """Return the DER SubjectPublicKeyInfo of a certificate's key."""
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
