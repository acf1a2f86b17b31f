# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What an intact PAdES signature says: reads a PDF that may be anything at all."""

import binascii
import io
import logging
import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.x509 import Certificate
from pyhanko.pdf_utils.misc import PdfError as PyHankoError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, validate_sig_integrity

from audit.record.absent import Absent
from audit.record.said import Said
from audit.signing.identity.certificates import in_issuing_order, read_der
from audit.signing.pdf.timestamp import TimeStamp, time_stamp
from audit.signing.pdf.validation_data import ValidationData, embedded_data
from audit.signing.unsound import UnsoundError

_RECORD = "record.json"
_TREE_DEPTH = 16
"""Levels of the attachment tree that are followed; real files have one or two."""

logging.getLogger("pyhanko").addHandler(logging.NullHandler())
"""Its remarks on damaged files are ours to make, not for stderr by default."""

HOSTILE = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError),
    *(NotImplementedError, OSError, RecursionError, TypeError, ValueError),
    *(struct.error, zlib.error),
)
"""What pyHanko and asn1crypto let through, besides their own errors, on damaged files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSeal:
    """What an intact certification signature says.

    ``chain`` is the certificate whose key made it and its issuers, ``made_at`` the time by the
    signer's clock (now, if it states none), ``record`` the attached ``record.json`` or why it is
    not there, ``stamp`` the time stamp on it, if it has one, ``validation`` what the file
    carries about revocation.
    """

    chain: tuple[Certificate, ...]
    made_at: datetime
    record: bytes | Absent
    stamp: TimeStamp | None
    validation: ValidationData


def check_pdf(pdf: bytes) -> PdfSeal:
    """Verify the signature of a PDF that may be anything at all.

    1. The file is a PDF that can be read.
    2. It holds exactly one signature field that is filled.
    3. That signature certifies the document and permits no change.
    4. It covers every byte of the file except its own hexadecimal container.
    5. The covered bytes have the signed digest, and the signature verifies with the
       certificate that it carries (bound by its signed attributes), SHA-256 at least.
    6. If the signature carries a time stamp, that holds: see :mod:`audit.signing.pdf.timestamp`.

    Whether that certificate is anyone's is for the caller to judge. The container
    itself is outside every PDF signature: only the attestation covers it.

    Raises ``UnsoundError`` if one of these does not hold.
    """
    try:
        return _check(pdf)
    except UnsoundError:
        raise
    except (PyHankoError, *HOSTILE) as error:
        raise UnsoundError(f"it cannot be read as a signed PDF ({type(error).__name__})") from error


def _check(pdf: bytes) -> PdfSeal:
    reader = PdfFileReader(io.BytesIO(pdf))
    signature = _only_signature(reader)
    _require_certification(reader, signature)
    _require_whole_file(pdf, signature)
    _require_valid(signature)
    others = [read_der(c.dump()) for c in signature.other_embedded_certs]
    return PdfSeal(
        chain=in_issuing_order(read_der(signature.signer_cert.dump()), others),
        made_at=(signature.self_reported_timestamp or datetime.now(UTC)).astimezone(UTC),
        record=_attached_record(reader),
        stamp=_stamp(signature),
        validation=embedded_data(reader),
    )


def shows_signature(pdf: bytes) -> bool:
    """Whether the signature has a place on a page; ``False`` for what is no signed PDF."""
    try:
        field = _only_signature(PdfFileReader(io.BytesIO(pdf))).sig_field
        left, bottom, right, top = (float(number) for number in field["/Rect"])
    except (PyHankoError, UnsoundError, *HOSTILE):
        return False
    return right != left and top != bottom  # in either order: readers turn it round


def _only_signature(reader: Any) -> Any:
    filled = list(enumerate_sig_fields(reader, filled_status=True))
    if not filled:
        raise UnsoundError("it carries no signature")
    if len(filled) > 1:
        raise UnsoundError(f"it carries {len(filled)} signatures, where one is expected")
    if len(reader.embedded_signatures) != 1:
        raise UnsoundError("its signature is of no known kind")
    return reader.embedded_signatures[0]


def _require_certification(reader: Any, signature: Any) -> None:
    if _entry(signature.sig_object, "/SubFilter", "") != "/ETSI.CAdES.detached":
        raise UnsoundError("its signature is not a PAdES signature")
    certified = _entry(_entry(reader.root, "/Perms", {}), "/DocMDP", None)
    if certified != signature.sig_object:
        raise UnsoundError("its signature does not certify the document")
    if signature.docmdp_level is not MDPPerm.NO_CHANGES:
        raise UnsoundError("its signature permits later changes")


def _require_whole_file(pdf: bytes, signature: Any) -> None:
    """Demand that only ``<hexadecimal container>`` lies between the two signed ranges.

    pyHanko compares the lengths of the ranges alone, which two ranges in the wrong
    places also satisfy; so the places are checked here.
    """
    numbers = [int(number) for number in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:
        raise UnsoundError("its signature does not cover the file from the first byte")
    _, before, after, length = numbers
    if after + length < len(pdf):
        raise UnsoundError(f"{len(pdf) - after - length} bytes follow the signed part")
    if after + length > len(pdf):
        raise UnsoundError("it is shorter than what was signed")
    container = pdf[before:after]
    if container[:1] != b"<" or container[-1:] != b">":
        raise UnsoundError("its signature leaves out more than its own container")
    if binascii.unhexlify(container[1:-1]) != signature.pkcs7_content:
        raise UnsoundError("its signature leaves out more than its own container")


def _require_valid(signature: Any) -> None:
    info = signature.signer_info
    digests = {info["digest_algorithm"]["algorithm"].native, info["signature_algorithm"].hash_algo}
    if digests != {"sha256"}:
        raise UnsoundError("its signature does not use SHA-256")
    attributes, content = info["signed_attrs"], signature.signed_data["encap_content_info"]
    if not len(attributes) or content["content"]:  # absent values have no length
        raise UnsoundError("its signature is not a detached CAdES signature")
    digest = signature.compute_digest()
    intact, valid = validate_sig_integrity(info, signature.signer_cert, "data", digest)
    if not intact:
        raise UnsoundError("its content is not what was signed")
    if not valid:
        raise UnsoundError("its signature was not made by the certificate that it carries")


def _stamp(signature: Any) -> TimeStamp | None:
    info = signature.signer_info
    tokens = list(extract_tst_data_iter(info, signed=False))
    if not tokens:
        return None
    if len(tokens) > 1:
        raise UnsoundError(f"it carries {len(tokens)} time stamps, where one is expected")
    return time_stamp(tokens[0], info["signature"].native)


def _attached_record(reader: Any) -> bytes | Absent:
    """Return the one attachment named ``record.json``."""
    tree = _entry(_entry(reader.root, "/Names", {}), "/EmbeddedFiles", {})
    specs = [spec for spec in _file_specs(tree, _TREE_DEPTH) if _name(spec) == _RECORD]
    if len(specs) != 1:
        return Absent(
            Said(
                "{n:count} attachments are named {name}, where one is expected",
                n=len(specs),
                name=_RECORD,
            )
        )
    return bytes(specs[0]["/EF"]["/F"].data)


def _file_specs(node: Any, depth: int) -> list[Any]:
    if depth == 0:
        raise UnsoundError("its list of attachments is nested too deeply")
    pairs, kids = _entry(node, "/Names", []), _entry(node, "/Kids", [])
    found = [pairs[i] for i in range(1, len(pairs), 2)]
    for i in range(len(kids)):
        found.extend(_file_specs(kids[i], depth - 1))
    return found


def _name(spec: Any) -> str:
    return str(_entry(spec, "/UF", _entry(spec, "/F", "")))


def _entry(node: Any, key: str, default: Any) -> Any:
    """Return what ``key`` refers to; pyHanko follows references on indexing only."""
    return node[key] if key in node else default  # noqa: SIM401
