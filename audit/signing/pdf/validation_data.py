# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""PAdES level B-LT: what says that a key was not revoked when it signed, in the same revision.

Lists of revoked certificates (CRL, RFC 5280) and OCSP responses (RFC 6960) are given as files,
because the programme asks nobody but a time-stamp server. They lie in the document security
store that is written *with* the signature: then the signature covers them, and the file has one
revision. In a later revision, as most tools write them, they would be a change after signing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, ocsp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from audit.errors import SigningError, UsageError
from audit.given import read_given
from audit.signing.identity.certificates import common_name
from audit.signing.identity.path import as_asn1, validate
from audit.signing.unsound import UnsoundError

_LIMIT = 1 << 26
"""Bytes of one file; the largest public lists have some millions of entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationData:
    """CRLs and OCSP responses, each in DER."""

    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.crls or self.ocsps)


NO_DATA = ValidationData()


class RevokedKeyError(ValueError):
    """The key was revoked; the message says when and by whom."""


def read_validation_data(paths: Sequence[Path]) -> ValidationData:
    """Read CRLs (DER or PEM) and OCSP responses (DER), told apart by their content.

    Raises ``UsageError`` if a file cannot be read or is neither.
    """
    crls, ocsps = [], []
    for path in paths:
        content = read_given(path, limit=_LIMIT, option="--revocation")
        crl = _crl(content)
        if crl is not None:
            crls.append(crl)
        elif _is_ocsp(content):
            ocsps.append(content)
        else:
            raise UsageError(
                f"{path} is neither a CRL nor a successful OCSP response.",
                advice="Pass what the authority publishes, such as `ca.crl`, unchanged.",
            )
    return ValidationData(crls=tuple(crls), ocsps=tuple(ocsps))


def _crl(content: bytes) -> bytes | None:
    load = x509.load_pem_x509_crl if b"-----BEGIN " in content else x509.load_der_x509_crl
    try:
        return load(content).public_bytes(Encoding.DER)
    except ValueError:
        return None


def _is_ocsp(content: bytes) -> bool:
    try:
        response = ocsp.load_der_ocsp_response(content)
    except ValueError:
        return False
    return response.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL


def signing_context(chain: Sequence[Certificate], data: ValidationData, stamper: Any) -> Any:
    """Return pyHanko's context in which signer and time-stamp authority are judged at signing.

    The anchors are the last certificate of the signer's chain, and that of the authority's.

    Raises ``SigningError`` if the signer's chain has no issuer, who alone could revoke.
    ``pyhanko.sign.timestamps.TimestampRequestError`` if the time-stamp server does not answer.
    """
    if len(chain) < 2:
        raise SigningError(
            f"The certificate of {common_name(chain[0])} names no issuer that could revoke it, so"
            " there is nothing to embed.",
            advice="Use a key whose file also holds its issuers' certificates, or leave out "
            "--revocation.",
        )
    token = asyncio.run(stamper.async_dummy_response("sha256"))
    certificates = [c.chosen for c in token["content"]["certificates"]]
    subjects = {c.subject.dump() for c in certificates}
    tops = [c for c in certificates if c.self_issued != "no" or c.issuer.dump() not in subjects]
    return ValidationContext(
        trust_roots=[as_asn1(chain[-1]), *tops],
        other_certs=[as_asn1(certificate) for certificate in chain],
        **_demanding(data),
        allow_fetching=False,
    )


def _demanding(data: ValidationData) -> dict[str, Any]:
    """Demand a statement about every leaf, and about each issuer that says where to ask."""
    policy = RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.CRL_OR_OCSP_REQUIRED,
        intermediate_ca_cert_rule=RevocationCheckingRule.CHECK_IF_DECLARED,
    )
    return {
        "crls": list(data.crls),
        "ocsps": list(data.ocsps),
        "revinfo_policy": CertRevTrustPolicy(policy),
    }


def embedded_data(reader: Any) -> ValidationData:
    """Return what the document security store of a PDF holds; nothing if it has none."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return ValidationData()
    crls, ocsps = (
        tuple(bytes(reference.get_object().data) for reference in references)
        for references in (store.crls, store.ocsps)
    )
    return ValidationData(crls=crls, ocsps=ocsps)


def require_unrevoked(chain: Sequence[Certificate], data: ValidationData, moment: datetime) -> None:
    """Demand that ``data`` say that no certificate of ``chain`` was revoked at ``moment``.

    The last certificate of the chain is taken for the one to be believed; whether it is, is the
    pinned key's part.

    Raises ``RevokedKeyError`` if they say that one was. ``UnsoundError`` if they are
    about others, out of date, damaged, or not signed by the issuer.
    """
    try:
        validate(chain, trust_roots=[as_asn1(chain[-1])], moment=moment, **_demanding(data))
    except RevokedError as error:
        raise RevokedKeyError(str(error)) from error
    except (ValidationError, PathError, ValueError) as error:
        raise UnsoundError(str(error)) from error
