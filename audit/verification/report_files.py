# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Steps 7 to 10 of the verification: every file of the report that the statement names."""

from collections.abc import Iterable

from audit.errors import UsageError
from audit.record.absent import Absent
from audit.record.document import AuditRecord, record_from_bytes
from audit.record.said import Said
from audit.signing.attestation import slot
from audit.signing.attestation.names import PAGE, RECORD
from audit.signing.attestation.statement import sha256
from audit.signing.identity.certificates import fingerprint
from audit.signing.pdf.pdf_seal import PdfSeal, check_pdf
from audit.signing.unsound import UnsoundError
from audit.verification.file import File
from audit.verification.procedure import Sealed, unknown
from audit.verification.step import Step, asked, failed, judged, passed


def check_digest(file: File, sealed: Sealed | Absent) -> Step:
    """Step 7: the file is the signed one; a page carries the very attestation of the report."""
    if isinstance(sealed, Sealed) and file.listed not in sealed.statement.report:
        said = Said("{name} is named like a part of the report, but was not signed", name=file.name)
        return failed(file.name, said)

    def check(name: str, content: bytes, sealed: Sealed) -> Step:
        listed = sealed.statement.report[file.listed]
        problem = _digest_problem(file.listed, content, sealed)
        wrong = None if problem is None else Said("{name} {why}", name=name, why=problem)
        good = Said("as signed, SHA-256 {digest}", digest=listed.sha256)
        return judged(name, wrong, good=good)

    return asked(file.name, check, file.held, unknown(sealed))


def page_name(content: bytes, sealed: Sealed, otherwise: str) -> str:
    """Return which page of the report a renamed one is."""
    pages = (name for name in sealed.statement.report if name.endswith(PAGE))
    fitting = (name for name in pages if _digest_problem(name, content, sealed) is None)
    return next(fitting, otherwise)


def _digest_problem(name: str, content: bytes, sealed: Sealed) -> str | None:
    listed = sealed.statement.report[name]
    other = Said("is not the file that was signed: its SHA-256 differs from the statement")
    if listed.digest_of == "file":
        return None if sha256(content) == listed.sha256 else other
    try:
        blank, carried = slot.blanked(content), slot.content(content)
    except UnsoundError as error:
        return Said("is no page of a report: {why}", why=str(error))
    if sha256(blank) != listed.sha256:
        return other
    if not carried:
        return Said("carries no attestation: it was taken out")
    return None if carried == sealed.envelope else Said("carries another attestation")


def check_seal(file: File) -> tuple[Step, PdfSeal | Absent]:
    """Step 8."""
    title, held = Said("{name} signature", name=file.name), file.held
    if isinstance(held, Absent):
        return asked(title, failed, held), held
    try:
        seal = check_pdf(held)
    except UnsoundError as error:
        wrong = failed(title, f"{file.name}: {error}")
        return wrong, Absent(Said("{name}'s signature does not hold", name=file.name))
    good = Said(
        "{name}: intact, one certification signature over the whole file, no later change",
        name=file.name,
    )
    return passed(title, good), seal


def check_pdf_signer(name: str, seal: PdfSeal | Absent, sealed: Sealed | Absent) -> Step:
    """Step 9."""

    def check(title: str, seal: PdfSeal, sealed: Sealed) -> Step:
        signer = seal.chain[0]
        same = signer == sealed.chain[0]
        other = Said(
            "{name} is signed by {who}, not by the above", name=name, who=fingerprint(signer)
        )
        good = Said("{name} is signed by the certificate of the attestation", name=name)
        return judged(title, None if same else other, good=good)

    return asked(Said("{name} signer", name=name), check, seal, sealed)


def check_attached_record(name: str, seal: PdfSeal | Absent, beside: bytes | Absent) -> Step:
    """Step 10."""

    def check(title: str, seal: PdfSeal) -> Step:
        if isinstance(seal.record, Absent):
            return failed(title, f"{name}: {seal.record.reason}")
        if isinstance(beside, Absent):
            parsed = _parsed(seal.record, f"{RECORD} in {name}")
            problem = parsed.reason if isinstance(parsed, Absent) else None
            return judged(title, problem, good=Said("{name} carries an audit record", name=name))
        other = Said(
            "the {record} attached to {name} is not the {record} beside it",
            record=RECORD,
            name=name,
        )
        return judged(
            title,
            None if seal.record == beside else other,
            good=Said("{name} carries the same {record}", name=name, record=RECORD),
        )

    return asked(Said("{name} record", name=name), check, seal)


def _parsed(content: bytes, where: str) -> AuditRecord | Absent:
    try:
        return record_from_bytes(content, where=where)
    except UsageError as error:
        return Absent(Said("{why}", why=error.message))


def trusted_record(
    beside: bytes | Absent, sealed: Sealed | Absent, seals: Iterable[PdfSeal]
) -> AuditRecord | Absent:
    """Return the record that a holding signature covers: beside the PDFs, or inside one."""
    if isinstance(beside, bytes):
        signed = isinstance(sealed, Sealed) and sealed.statement.report[RECORD].sha256
        if signed == sha256(beside):
            return _parsed(beside, RECORD)
    else:
        attached = (seal.record for seal in seals if isinstance(seal.record, bytes))
        for content in attached:
            return _parsed(content, f"{RECORD} in the PDF")
    return Absent(Said("there is no record that a holding signature covers"))
