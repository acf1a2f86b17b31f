# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether certificates lead from a signer to an authority: RFC 5280, by pyhanko-certvalidator.

The validator judges signatures, dates, authorities, path lengths, name constraints and critical
extensions; asked about none, it asks nobody about revocation. What the signer's key must be and
be for is judged here: P-256, for signing, and under an authority not for other purposes only.
A certificate for web servers, which the same authority may have issued, is none for audits.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor, derive_quals_from_cert
from pyhanko_certvalidator.errors import PathError, ValidationError

from audit.signing.identity.certificates import (
    DOCUMENT_SIGNING,
    common_name,
    in_issuing_order,
)

PURPOSES: Final = {
    DOCUMENT_SIGNING,
    ExtendedKeyUsageOID.CODE_SIGNING,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
}
"""One of these, where a certificate states purposes at all."""
_ANY_POLICY: Final[dict[str, Any]] = {
    "user_initial_policy_set": frozenset(["any_policy"]),
    "initial_explicit_policy": False,
}


def chain_problem(chain: Sequence[Certificate]) -> str | None:
    """Say why ``chain`` (leaf first) is no signer's chain; ``None`` if it is one.

    1. The leaf's key is P-256, and its key usage allows signing.
    2. Each certificate is that of the issuer before it, and the last one leads to the leaf, at
       the first moment at which all of them were valid.
    """
    leaf, moment = chain[0], max(c.not_valid_before_utc for c in chain)
    key, usage = leaf.public_key(), _extension(leaf, x509.KeyUsage)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return "the signer's key is not an ECDSA P-256 key"
    if usage is not None and not usage.digital_signature:
        return "the signer's certificate is not meant for signing (key usage)"
    if in_issuing_order(leaf, chain[1:]) != tuple(chain):
        return f"the other certificates are not those of the issuers of {common_name(leaf)}"
    return None if len(chain) == 1 else path_problem(chain, chain[-1], moment)


def certified_problem(
    chain: Sequence[Certificate], authority: Certificate, moment: datetime
) -> str | None:
    """Say why ``authority`` does not certify the signer ``chain[0]`` for audits at ``moment``."""
    uses = _extension(chain[0], x509.ExtendedKeyUsage)
    if uses is not None and not PURPOSES & set(uses):
        return (
            f"the certificate of {common_name(chain[0])} is meant for other purposes than signing"
            " documents or code"
        )
    return path_problem(chain, authority, moment)


def path_problem(chain: Sequence[Certificate], anchor: Certificate, moment: datetime) -> str | None:
    """Say why no certificates of ``chain`` lead from ``anchor`` to its first at ``moment``."""
    basic, usage = _extension(anchor, x509.BasicConstraints), _extension(anchor, x509.KeyUsage)
    if basic is None or not basic.ca or (usage is not None and not usage.key_cert_sign):
        return f"the certificate of {common_name(anchor)} is no authority's"
    limits = derive_quals_from_cert(as_asn1(anchor))
    if limits.standard_parameters is not None:  # its names bind; policies are nothing we ask for
        names = replace(limits.standard_parameters, **_ANY_POLICY)
        limits = replace(limits, standard_parameters=names)
    try:
        validate(chain, trust_roots=[CertTrustAnchor(as_asn1(anchor), limits)], moment=moment)
    except (ValidationError, PathError, ValueError) as error:
        return f"{common_name(anchor)} does not certify {common_name(chain[0])}: {error}"
    return None


def validate(chain: Sequence[Certificate], **context: Any) -> None:
    """Let the validator judge the first of ``chain`` in a context; it raises its own errors."""
    known = ValidationContext(
        other_certs=[as_asn1(certificate) for certificate in chain[1:]],
        allow_fetching=False,
        **context,
    )
    validator = CertificateValidator(as_asn1(chain[0]), validation_context=known)
    asyncio.run(validator.async_validate_path())


def as_asn1(certificate: Certificate) -> asn1.Certificate:
    """Return the certificate as the validator takes it."""
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


def _extension(certificate: Certificate, kind: type[Any]) -> Any:
    """Return what an extension says; ``None`` where it is not stated, which restricts nothing."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
