# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keyless signing with Sigstore: an identity at an issuer instead of a kept key.

Sigstore's authority certifies a key of ten minutes for whoever an identity token names, and a
public log keeps the signature. ``audit sign DIR --keyless`` so signs the statement of a finished
report, byte for byte, into a file of its own beside it. Sole importer of sigstore, the extra
``audit[keyless]``; it asks Sigstore's servers, which nothing else here does.

Whom the certificate names, and whether the log has it, is for Sigstore's own tools to verify; here
it is checked that the bundle states the same, and that its signature is its certificate's.
"""

import os
from typing import Final

from cryptography import x509

from audit.errors import SigningError, UsageError
from audit.signing.attestation.bundle import open_bundle
from audit.signing.attestation.dsse import PAYLOAD_TYPE
from audit.signing.identity.certificates import common_name, public_key_der
from audit.signing.unsound import UnsoundError, sound

_TOKEN: Final = "SIGSTORE_ID_TOKEN"  # noqa: S105 - the name of a variable


def sign_keyless(payload: bytes) -> bytes:
    """Return a Sigstore bundle over the in-toto statement ``payload``.

    The identity token is that of the continuous integration the programme runs in, or the one in
    ``SIGSTORE_ID_TOKEN``.

    Raises ``UsageError`` if the extra is not installed, or there is no usable token.
    ``SigningError`` if Sigstore's servers cannot be reached, or refuse.
    """
    try:
        from sigstore.dsse import Statement
        from sigstore.errors import Error
        from sigstore.models import ClientTrustConfig
        from sigstore.oidc import ExpiredIdentity, IdentityError, IdentityToken, detect_credential
        from sigstore.sign import SigningContext
    except ImportError as error:
        raise UsageError(
            "Keyless signing needs the extra `keyless`, which is not installed.",
            advice="Run `pip install 'model-provenance-audit[keyless]'`.",
        ) from error
    try:
        raw = os.environ.get(_TOKEN) or detect_credential()
        if raw is None:
            raise _without_token("there is none")
        context = SigningContext.from_trust_config(ClientTrustConfig.production())
        with context.signer(IdentityToken(raw)) as signer:
            return signer.sign_dsse(Statement(payload)).to_json().encode("utf-8")
    except (IdentityError, ExpiredIdentity) as error:
        raise _without_token(str(error) or "it has expired") from error
    except (Error, OSError) as error:
        raise SigningError(
            f"Sigstore did not sign: {error}. Nothing was written.",
            advice="Check the network, or sign with a key instead (`audit sign --as`).",
        ) from error


def _without_token(reason: str) -> UsageError:
    return UsageError(
        f"Keyless signing needs an identity token, and {reason}.",
        advice=f"Run it in a pipeline that gives one (`id-token: write`), or set {_TOKEN}.",
    )


def check_keyless(data: bytes, payload: bytes) -> str:
    """Check a keyless bundle as far as it can be without asking; return whom it names.

    1. It is a Sigstore bundle with a certificate, around exactly ``payload``.
    2. Its signature verifies with that certificate's key.

    Raises ``UnsoundError`` if one of these does not hold.
    """
    with sound("it is no Sigstore bundle: "):
        bundle = open_bundle(data)
    held = bundle.envelope
    if (held.payload, held.payload_type) != (payload, PAYLOAD_TYPE):
        raise UnsoundError("it does not hold the statement of this report")
    if bundle.certificate is None:
        raise UnsoundError("it carries no certificate")
    if not held.made_with(public_key_der(bundle.certificate)):
        raise UnsoundError("its signature is not that of its certificate")
    return _named(bundle.certificate)


def _named(certificate: x509.Certificate) -> str:
    """Return the identity in a certificate of Sigstore's authority: an address or a workflow."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return common_name(certificate) or "nobody"
    return ", ".join(str(name.value) for name in names) or "nobody"
