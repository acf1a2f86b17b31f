# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A report may hold any files: each is covered, none is added, and no name leaves the folder."""

import json
from pathlib import Path

import pytest

from audit.errors import SigningError
from audit.record.document import to_bytes
from audit.signing.attestation import dsse
from audit.signing.attestation.bundle import from_lines
from audit.signing.attestation.names import ATTESTATION, is_listable, looks_listed, order
from audit.signing.attestation.response import Role, check_response, respond
from audit.signing.attestation.seal import seal_report
from audit.signing.attestation.statement import attest, parse_statement
from audit.signing.identity.keys import Identity
from audit.signing.pdf.pades import sign_pdf
from audit.signing.unsound import UnsoundError
from audit.verification.step import Outcome
from audit.verification.verify import verify
from tests.unit.signing.signed import (
    HTML,
    PDF,
    RECORD,
    make_custody,
    make_page,
    make_pdf,
    make_record,
)

SARIF, BOM = "report.sarif", "bom.cdx.json"


@pytest.fixture
def wider(tmp_path: Path, subject: Path, identity: Identity) -> Path:
    """Return a report that also holds files of formats that the verifier has never heard of."""
    record = make_record(subject)
    files = {RECORD: to_bytes(record), HTML: make_page(record), SARIF: b"{}", BOM: b"[]"}
    files[PDF] = sign_pdf(make_pdf(files[RECORD]), identity)
    folder = tmp_path / "wider"
    folder.mkdir()
    for name, content in seal_report(record, files, make_custody(identity), identity).items():
        (folder / name).write_bytes(content)
    return folder


def failed(target: Path) -> set[str]:
    return {step.name for step in verify(target) if step.outcome is Outcome.FAIL}


def test_a_file_of_a_new_format_is_covered_and_checked(wider: Path):
    steps = {step.name: step.outcome for step in verify(wider)}
    assert steps[SARIF] is steps[BOM] is Outcome.PASS
    assert Outcome.FAIL not in steps.values()


@pytest.mark.parametrize("name", [SARIF, BOM])
def test_and_its_change_or_loss_is_named(wider: Path, name: str):
    (wider / name).write_bytes(b"{ }")
    assert failed(wider) == {name}
    (wider / name).unlink()
    assert failed(wider) == {"files"}


def test_a_file_that_only_looks_like_one_is_refused(report: Path, wider: Path):
    (report / SARIF).write_bytes((wider / SARIF).read_bytes())
    assert failed(report) == {SARIF}


def test_a_response_names_it_too(wider: Path, identity: Identity):
    names = (RECORD, HTML, PDF, SARIF, BOM, ATTESTATION)
    files = {name: (wider / name).read_bytes() for name in names}
    made = respond(files, Role.REVIEWER, "I read it.", "2026-05-05T00:00:00Z", identity)
    assert check_response(made, files).signer == identity.signer


OUTSIDE = (
    "../record.json",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "..",
    ".hidden",
    "",
    "two words",
    "new\nline",
    "résumé.html",
    "x" * 101,
    "report.intoto.jsonl",
    "report.sigstore.json",
    "REPORT.SIGSTORE.JSON",
    "report.keyless.sigstore.json",
    "response-reviewer-0123456789ab.intoto.jsonl",
)


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_other_name_is_signed_or_read(
    report: Path, subject: Path, identity: Identity, name: str
):
    assert not is_listable(name)
    files = {RECORD: b"r", name: b"x"}
    with pytest.raises(SigningError, match="its name is not one"):
        attest(make_record(subject), files, make_custody(identity), identity)
    payload = dsse.parse(from_lines((report / ATTESTATION).read_bytes())[0]).payload
    statement = json.loads(payload)
    statement["predicate"]["report"][2]["name"] = name
    with pytest.raises(UnsoundError, match="not the name of a report's file"):
        parse_statement(json.dumps(statement).encode())


def test_two_names_that_some_disks_take_for_one_are_refused(report: Path):
    payload = dsse.parse(from_lines((report / ATTESTATION).read_bytes())[0]).payload
    statement = json.loads(payload)
    files = statement["predicate"]["report"]
    files.append({**files[2], "name": "REPORT.pdf"})
    with pytest.raises(UnsoundError, match="named twice"):
        parse_statement(json.dumps(statement).encode())


def test_they_stand_in_one_order():
    names = ["report.sigstore.json", ATTESTATION, SARIF, "report.zh.pdf", PDF, HTML, RECORD]
    assert sorted(names, key=order) == [
        *(RECORD, HTML, PDF, "report.zh.pdf", SARIF),
        *(ATTESTATION, "report.sigstore.json"),
    ]
    assert not looks_listed(BOM)
    assert not looks_listed(ATTESTATION)
