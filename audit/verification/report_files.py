# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Steps 7 to 10 of the verification: every file of the report that the statement names."""

from typing import TYPE_CHECKING

from audit.errors import UsageError
from audit.record.document import AuditRecord, record_from_bytes
from audit.signing.attestation import slot, statement
from audit.signing.attestation.statement import HTML, RECORD
from audit.signing.identity.certificates import fingerprint
from audit.signing.pdf.pdf_seal import PdfError, PdfSeal, check_pdf
from audit.verification.procedure import Absent, Sealed
from audit.verification.step import Step, failed, judged, not_checked, passed

if TYPE_CHECKING:
    from collections.abc import Iterable


def check_digest(name: str, content: bytes | Absent, sealed: Sealed | Absent) -> Step:
    """Step 7: the file is the signed one; a page carries the very attestation of the report."""
    if isinstance(content, Absent):
        return not_checked(name, f"{name}: {content.reason}")
    if isinstance(sealed, Absent):
        return not_checked(name, f"what its digest should be is not known: {sealed.reason}")
    signed = sealed.statement.report.get(name)
    if signed is None:
        return failed(name, f"{name} is named like a part of the report, but was not signed")
    problem = _digest_problem(name, content, sealed)
    return judged(name, problem, good=f"as signed, SHA-256 {signed.sha256}")


def page_name(content: bytes, sealed: Sealed) -> str:
    """Return which page of the report a renamed one is; ``report.html`` where none fits."""
    pages = (name for name in sealed.statement.report if name.endswith(".html"))
    return next((name for name in pages if _digest_problem(name, content, sealed) is None), HTML)


def _digest_problem(name: str, content: bytes, sealed: Sealed) -> str | None:
    signed = sealed.statement.report[name]
    other = f"{name} is not the file that was signed: its SHA-256 differs from the statement"
    if signed.digest_of == "file":
        return None if statement.sha256(content) == signed.sha256 else other
    try:
        blank, carried = slot.blanked(content), slot.content(content)
    except slot.SlotError as error:
        return f"{name}: {error}"
    if statement.sha256(blank) != signed.sha256:
        return other
    if not carried:
        return f"{name}: its attestation was taken out"
    return None if carried == sealed.envelope else f"{name} carries another attestation"


def check_seal(name: str, content: bytes | Absent) -> tuple[Step, PdfSeal | Absent]:
    """Step 8."""
    title = f"{name} signature"
    if isinstance(content, Absent):
        reason = f"{name}: {content.reason}"
        return not_checked(title, reason), Absent(reason=reason)
    try:
        seal = check_pdf(content)
    except PdfError as error:
        return failed(title, f"{name}: {error}"), Absent(reason=f"{name}'s signature does not hold")
    good = f"{name}: intact, one certification signature over the whole file, no later change"
    return passed(title, good), seal


def check_pdf_signer(name: str, seal: PdfSeal | Absent, sealed: Sealed | Absent) -> Step:
    """Step 9."""
    title = f"{name} signer"
    if isinstance(seal, Absent):
        return not_checked(title, seal.reason)
    if isinstance(sealed, Absent):
        return not_checked(title, sealed.reason)
    same = seal.signer == sealed.chain[0]
    problem = None if same else f"{name} is signed by {fingerprint(seal.signer)}, not by the above"
    return judged(title, problem, good=f"{name} is signed by the certificate of the attestation")


def check_attached_record(name: str, seal: PdfSeal | Absent, beside: bytes | Absent) -> Step:
    """Step 10."""
    title = f"{name} record"
    if isinstance(seal, Absent):
        return not_checked(title, seal.reason)
    if seal.record is None:
        return failed(title, f"{name}: {seal.record_problem}")
    if isinstance(beside, Absent):
        parsed = _parsed(seal.record, f"{RECORD} in {name}")
        problem = parsed.reason if isinstance(parsed, Absent) else None
        return judged(title, problem, good=f"{name} carries an audit record")
    same = seal.record == beside
    problem = None if same else f"the {RECORD} attached to {name} is not the {RECORD} beside it"
    return judged(title, problem, good=f"{name} carries the same {RECORD}")


def _parsed(content: bytes, where: str) -> AuditRecord | Absent:
    try:
        return record_from_bytes(content, where=where)
    except UsageError as error:
        return Absent(reason=error.message)


def trusted_record(
    beside: bytes | Absent, sealed: Sealed | Absent, seals: "Iterable[PdfSeal]"
) -> AuditRecord | Absent:
    """Return the record that a holding signature covers: beside the PDFs, or inside one."""
    if isinstance(beside, bytes) and isinstance(sealed, Sealed):
        if statement.sha256(beside) == sealed.statement.report[RECORD].sha256:
            return _parsed(beside, RECORD)
        return Absent(reason="there is no record that a holding signature covers")
    attached = next((seal.record for seal in seals if seal.record is not None), None)
    if attached is None or isinstance(beside, bytes):
        return Absent(reason="there is no record that a holding signature covers")
    return _parsed(attached, f"{RECORD} in the PDF")
