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
from typing import TYPE_CHECKING, Any

from audit.errors import SigningError, UsageError
from audit.signing.identity.certificates import pem
from audit.signing.pdf.pdf_seal import HOSTILE
from audit.signing.pdf.timestamp import time_stamper
from audit.signing.pdf.validation_data import NO_DATA, ValidationData, signing_context

if TYPE_CHECKING:
    from audit.signing.identity.keys import Identity

FIELD_NAME = "AuditSignature"
_LONGEST_SIGNATURE = 72
"""Bytes of an ECDSA P-256 signature in DER, at most."""


def check_request(timestamp: str | None, validation: ValidationData) -> None:
    """Refuse what cannot be signed for, before a run of hours begins.

    Raises
    ------
    UsageError
        If ``timestamp`` is not an HTTP address, or ``validation`` comes without it.
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
    identity: "Identity",
    *,
    timestamp: str | None = None,
    validation: ValidationData = NO_DATA,
    stamp: bytes | None = None,
) -> bytes:
    """Return ``pdf`` with one certification signature that permits no change.

    ECDSA P-256 with SHA-256, ``ETSI.CAdES.detached``, appended as an incremental update.

    Parameters
    ----------
    timestamp : str or None
        Address of an RFC 3161 server whose time stamp goes into the signature (level B-T).
    validation : ValidationData
        What goes into the signature's own revision (level B-LT); needs ``timestamp``.
    stamp : bytes or None
        A PDF of one page that fills the visible field of ``pdf``; ``None`` where it has none.

    Raises
    ------
    SigningError
        If ``pdf`` is not a PDF that can be signed, the server gives no time stamp, or the
        validation data do not say that key and server were not revoked.
    UsageError
        If ``timestamp`` is not an HTTP address, or ``validation`` comes without it.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError as PyHankoError
    from pyhanko.sign import signers
    from pyhanko.sign.timestamps import TimestampRequestError
    from pyhanko_certvalidator.errors import PathError, ValidationError

    check_request(timestamp, validation)
    stamper = None if timestamp is None else time_stamper(timestamp)
    try:
        context = signing_context(identity.chain, validation, stamper) if validation else None
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        meta = _metadata(identity, context)
        with _stamp_style(stamp) as style:
            signed = signers.PdfSigner(
                meta, _signer(identity), timestamper=stamper, stamp_style=style
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
    from pyhanko.pdf_utils.layout import AxisAlignment, SimpleBoxLayoutRule
    from pyhanko.stamp import StaticStampStyle

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


def _metadata(identity: "Identity", context: Any) -> Any:
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference

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


def _signer(identity: "Identity") -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class KeySigner(signers.Signer):
        """Lets the identity's own key sign, wherever that lies."""

        async def async_sign_raw(
            self, data: bytes, digest_algorithm: str, dry_run: bool = False
        ) -> bytes:
            if dry_run:
                return bytes(_LONGEST_SIGNATURE)
            assert digest_algorithm == "sha256"
            return identity.key.sign(data, ec.ECDSA(SHA256()))

    chain = list(load_certs_from_pemder_data(pem(identity.chain).encode("ascii")))
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(chain)
    return KeySigner(signing_cert=chain[0], cert_registry=store)
