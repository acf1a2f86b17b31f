# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""PAdES signatures on the PDF.

A certification signature that permits no change, over the whole file; invisible, unless the PDF
has a field for it and a stamp is given (the library's own stamp breaks PDF/A and PDF/UA). Level
B-B, and offline; level B-T where the run names a time-stamp server; level B-LT where it also gives
validation data. No revocation is looked up.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError as PyHankoError
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from audit.errors import SigningError, UsageError
from audit.signing.identity.keys import Identity
from audit.signing.identity.path import as_asn1
from audit.signing.pdf.pdf_seal import HOSTILE
from audit.signing.pdf.timestamp import time_stamper
from audit.signing.pdf.validation_data import NO_DATA, ValidationData, signing_context

FIELD_NAME = "AuditSignature"
_LONGEST_SIGNATURE = 72
"""Bytes of an ECDSA P-256 signature in DER, at most."""


def check_request(timestamp: str | None, validation: ValidationData | None) -> None:
    """Refuse what cannot be signed for, before a run of hours begins.

    Raises ``UsageError`` if ``timestamp`` is not an HTTP address, or ``validation`` comes without
    it.
    """
    if validation and timestamp is None:
        raise UsageError(
            "Validation data say something about a moment, which only a time stamp gives.",
            advice="Pass --timestamp URL with --revocation.",
        )
    if timestamp is not None:
        time_stamper(timestamp)


def sign_pdf(
    pdf: bytes,
    identity: Identity,
    *,
    timestamp: str | None = None,
    validation: ValidationData = NO_DATA,
    stamp: bytes | None = None,
) -> bytes:
    """Return ``pdf`` with one certification signature that permits no change.

    ECDSA P-256 with SHA-256, ``ETSI.CAdES.detached``, appended as an incremental update.
    ``timestamp`` is the address of an RFC 3161 server (level B-T), ``validation`` goes into the
    signature's own revision (level B-LT), ``stamp`` is a page that fills the visible field, if
    ``pdf`` has one. Raises ``SigningError`` if ``pdf`` cannot be signed, the server gives no time
    stamp, or the data do not say that key and server were not revoked; ``UsageError`` as
    :func:`check_request`.
    """
    check_request(timestamp, validation)
    stamper = None if timestamp is None else time_stamper(timestamp)
    try:
        context = signing_context(identity.chain, validation, stamper) if validation else None
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        meta = _metadata(identity, context)
        with _stamp_style(stamp) as style:
            signed = signers.PdfSigner(
                meta, _KeySigner(identity), timestamper=stamper, stamp_style=style
            ).sign_pdf(writer)
    except (TimestampRequestError, TimeoutError) as error:
        raise SigningError(
            f"The time-stamp server {timestamp} gave no time stamp: {error}.",
            advice="Check the address, or run without --timestamp.",
        ) from error
    except (ValidationError, PathError) as error:
        raise _unvalidated(error) from error
    except (PyHankoError, *HOSTILE) as error:
        if isinstance(error.__cause__, (ValidationError, PathError)):
            raise _unvalidated(error.__cause__) from error
        raise SigningError(
            f"The PDF cannot be signed: {error}.", advice="Render the report again and sign that."
        ) from error
    return bytes(signed.getvalue())


@contextmanager
def _stamp_style(stamp: bytes | None) -> Iterator[Any]:
    """Yield a style that shows the page ``stamp``; pyHanko reads such a page from a file."""
    if stamp is None:
        yield None
        return
    with tempfile.NamedTemporaryFile(prefix="audit-stamp-", suffix=".pdf") as file:
        file.write(stamp)
        file.flush()
        whole = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN)
        yield StaticStampStyle.from_pdf_file(file.name, border_width=0, background_layout=whole)


def _unvalidated(cause: Exception) -> SigningError:
    return SigningError(
        f"The validation data do not show that signer and time stamp were not revoked: {cause}",
        advice="Pass a current CRL or OCSP response of each of their issuers with --revocation.",
    )


def _metadata(identity: Identity, context: Any) -> Any:
    together = DSSContentSettings(
        placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE, include_vri=False
    )
    return signers.PdfSignatureMetadata(
        field_name=FIELD_NAME,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        name=identity.name,
        validation_context=context,
        embed_validation_info=context is not None,
        dss_settings=together,
        signer_key_usage=set(),  # judged when the key was loaded
    )


class _KeySigner(signers.Signer):
    """Lets the identity's own key sign, wherever that lies."""

    def __init__(self, identity: Identity) -> None:
        chain = [as_asn1(certificate) for certificate in identity.chain]
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)
        super().__init__(signing_cert=chain[0], cert_registry=store)
        self._identity = identity

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:
            return bytes(_LONGEST_SIGNATURE)
        assert digest_algorithm == "sha256"
        return self._identity.sign(data)
