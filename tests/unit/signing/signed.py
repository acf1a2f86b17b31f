# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes small signed report folders, from real files through the real signing code."""

from datetime import UTC, datetime
from pathlib import Path

from audit.inventory import take_inventory
from audit.record.custody import Custody
from audit.record.document import AuditRecord, Coverage, Options, Subject, Tool, to_bytes
from audit.record.findings import Severity
from audit.record.licenses import LicenseEvidence
from audit.record.verdict import Status, Verdict
from audit.signing.attestation.seal import seal_report
from audit.signing.attestation.slot import CLOSING, OPENING
from audit.signing.identity.keys import Identity
from audit.signing.pdf.pades import sign_pdf
from audit.sources.names import resolve

RECORD, HTML, PDF = "record.json", "report.html", "report.pdf"
ATTESTATION, BUNDLE = "report.intoto.jsonl", "report.sigstore.json"
NAMES = (RECORD, HTML, PDF, ATTESTATION, BUNDLE)


def make_subject(folder: Path, *, salt: str = "") -> Path:
    """Write a tiny repository to be audited."""
    (folder / "docs").mkdir(parents=True)
    (folder / "README.md").write_text(f"# A model {salt}\n")
    (folder / "weights.bin").write_bytes(bytes(range(256)) + salt.encode())
    (folder / "docs" / "note, with spaces.txt").write_text("note\n")
    return folder


def make_record(subject: Path) -> AuditRecord:
    """Return the record of ``subject``, with real digests and nothing found."""
    inventory = take_inventory(resolve(str(subject)))
    return AuditRecord(
        schema_version=2,
        tool=Tool(
            name="audit",
            version="0.1.0",
            rules_sha256="1" * 64,
            families_sha256="2" * 64,
            battery={"tensor-identity": 1},
            libraries={"torch": "2.13.0"},
        ),
        options=Options(
            policy="default", policy_sha256="3" * 64, fail_on="high", seed=0, against=()
        ),
        subject=Subject(
            name=inventory.name,
            manifest_sha256=inventory.manifest_sha256,
            artifacts=inventory.artifacts,
            unread=inventory.unread,
            parents=(),
            tensors=0,
            parameters=0,
            architecture=None,
        ),
        references=(),
        comparisons=(),
        licenses=LicenseEvidence(
            claims=(), copyrights=(), scanned=0, unscanned=(), scanner="basic"
        ),
        findings=(),
        verdict=Verdict(
            status=Status.PASS,
            policy="default",
            fail_on=Severity.HIGH,
            failing=(),
            undetermined=(),
            reasons=("no finding",),
        ),
        coverage=Coverage(
            files=len(inventory.artifacts),
            files_read=len(inventory.artifacts),
            files_license_scanned=0,
            parameters=0,
            comparisons=0,
            statements=(),
        ),
        not_run=(),
        limits=(),
    )


def make_custody(identity: Identity) -> Custody:
    """Return a custody block with a fixed date."""
    return Custody(
        audited_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        platform="Linux x86_64",
        python="3.11.2",
        command="audit model-repo model --out report",
        signer=identity.signer,
    )


def make_pdf(record_json: bytes) -> bytes:
    """Return a real one-page PDF with the record attached."""
    from weasyprint import HTML as Document
    from weasyprint import Attachment

    attachment = Attachment(string=record_json, name=RECORD, relationship="Data")
    page = Document(string="<html lang=en><title>Report</title><h1>Report</h1>")
    return bytes(page.write_pdf(attachments=[attachment]))


def make_page(record: AuditRecord) -> bytes:
    """Return a page with an empty slot, as the template has it."""
    title = f"<h1>{record.subject.manifest_sha256}</h1>".encode()
    return b"<!doctype html><html>" + title + OPENING + CLOSING + b"</html>\n"


def publish(
    out: Path, subject: Path, identity: Identity, *, languages: tuple[str, ...] = ("",)
) -> Path:
    """Write the files of a signed report on ``subject`` into the new folder ``out``.

    ``languages`` are what comes before the suffix of a page and a PDF: ``""`` or ``".zh"``.
    """
    record, custody = make_record(subject), make_custody(identity)
    record_json = to_bytes(record)
    pages = {f"report{mark}.html": make_page(record) for mark in languages}
    pdfs = {f"report{mark}.pdf": sign_pdf(make_pdf(record_json), identity) for mark in languages}
    files = seal_report(record, {RECORD: record_json, **pages, **pdfs}, custody, identity)
    out.mkdir()
    for name, content in files.items():
        (out / name).write_bytes(content)
    return out
