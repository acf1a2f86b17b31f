# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Verification: what is signed verifies, and whatever is changed is named."""

import json
import os
import shutil
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audit.errors import UsageError
from audit.record.document import to_bytes
from audit.signing.attestation import dsse, slot
from audit.signing.attestation.bundle import from_lines, to_lines, wrap
from audit.signing.attestation.gate import seal_gate
from audit.signing.attestation.seal import seal_report
from audit.signing.attestation.statement import parse_statement
from audit.signing.identity import certificates, keys
from audit.signing.identity.certificates import pem
from audit.signing.identity.keys import Identity, new_identity
from audit.signing.pdf.pades import sign_pdf
from audit.verification.agreement import check_agreement
from audit.verification.file import File
from audit.verification.procedure import check_attestation
from audit.verification.step import Outcome, Step, verdict
from audit.verification.verify import verify
from tests.unit.signing.signed import (
    ATTESTATION,
    BUNDLE,
    HTML,
    NAMES,
    PDF,
    RECORD,
    make_custody,
    make_page,
    make_pdf,
    make_record,
    make_subject,
    publish,
)

Steps = dict[str, Step]


UNTIMED = {"report.pdf signing time", "report.pdf revocation"}


def read(report: Path) -> File:
    content = (report / ATTESTATION).read_bytes()
    return File(name=ATTESTATION, listed=ATTESTATION, content=content)


def steps_of(target: Path, **options: Path) -> Steps:
    steps = verify(target, **options)
    assert len({step.name for step in steps}) == len(steps)
    return {step.name: step for step in steps}


def failures(steps: Steps) -> set[str]:
    return {name for name, step in steps.items() if step.outcome is Outcome.FAIL}


def unchecked(steps: Steps) -> set[str]:
    return {name for name, step in steps.items() if step.outcome is Outcome.NOT_CHECKED}


@pytest.fixture
def published_key(tmp_path: Path, identity: Identity) -> Path:
    path = tmp_path / "signer.pem"
    path.write_text(pem([identity.leaf]))
    return path


def test_everything_holds_with_key_and_subject(report: Path, subject: Path, published_key: Path):
    steps = steps_of(report, subject=subject, key=published_key)
    assert failures(steps) == set()
    assert unchecked(steps) == {"report.pdf signing time", "report.pdf revocation"}
    assert list(steps) == [
        "files",
        "attestation envelope",
        "attestation signature",
        "certificate",
        "signer",
        "gate attestations",
        "report.sigstore.json",
        "record.json",
        "report.html",
        "report.pdf",
        "report.pdf signature",
        "report.pdf signer",
        "report.pdf record",
        "record and attestation",
        "audited files",
        "report.pdf signing time",
        "report.pdf revocation",
    ]


def test_without_a_key_the_signer_is_not_checked_and_nothing_fails(report: Path):
    steps = steps_of(report)
    assert verdict(tuple(steps.values())) is Outcome.PASS
    assert unchecked(steps) == {"signer", "audited files", *UNTIMED}
    assert "--key" in steps["signer"].detail


def test_a_self_made_identity_is_said_to_name_nobody(tmp_path: Path, subject: Path):
    out = publish(tmp_path / "report", subject, keys.self_made())
    for target in (out, *(out / name for name in NAMES if name != RECORD)):
        assert "names nobody" in steps_of(target)["signer"].detail


def test_an_identity_that_only_calls_itself_otherwise_is_still_unchecked(
    tmp_path: Path, subject: Path
):
    out = publish(tmp_path / "report", subject, new_identity("A Famous Laboratory"))
    assert "signer" in unchecked(steps_of(out))


@pytest.mark.parametrize("form", ["certificate", "chain", "public key"])
def test_every_form_of_the_expected_key_is_accepted(
    tmp_path: Path, report: Path, identity: Identity, form: str
):
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = identity.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path = tmp_path / "expected.pem"
    texts = {
        "certificate": pem([identity.leaf]),
        "chain": "Published by Ada\n" + pem(identity.chain),
        "public key": public.decode(),
    }
    path.write_text(texts[form])
    steps = steps_of(report, key=path)
    assert steps["signer"].outcome is Outcome.PASS
    assert failures(steps) == set()


def test_another_key_fails_the_signer_and_nothing_else(tmp_path: Path, report: Path):
    other = tmp_path / "other.pem"
    other.write_text(pem(new_identity("Ada Signer").chain))
    assert failures(steps_of(report, key=other)) == {"signer"}
    assert failures(steps_of(report / PDF, key=other)) == {"signer"}
    assert failures(steps_of(report / ATTESTATION, key=other)) == {"signer"}


@pytest.mark.parametrize("content", [b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_key_that_is_none_is_a_usage_error(tmp_path: Path, report: Path, content: bytes):
    path = tmp_path / "expected.pem"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="neither a PEM certificate nor"):
        verify(report, key=path)


def test_a_missing_key_target_or_subject_is_a_usage_error(tmp_path: Path, report: Path):
    nowhere = tmp_path / "nowhere"
    for options in ({"key": nowhere}, {"subject": nowhere}):
        with pytest.raises(UsageError, match="nowhere"):
            verify(report, **options)
    with pytest.raises(UsageError, match="nowhere"):
        verify(nowhere)
    with pytest.raises(UsageError, match="no PDF, page or attestation"):
        verify(report / RECORD)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(report: Path, name: str):
    (report / name).unlink()
    steps = steps_of(report)
    assert failures(steps) == {"files"}
    assert steps["files"].detail == f"{name} is missing"


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_in_the_place_of_a_file_is_named(report: Path, name: str):
    (report / name).unlink()
    (report / name).mkdir()
    assert f"{name} is not a regular file" in steps_of(report)["files"].detail


@pytest.mark.parametrize("name", NAMES)
def test_a_pipe_in_the_place_of_a_file_does_not_hang(report: Path, name: str):
    (report / name).unlink()
    os.mkfifo(report / name)
    assert f"{name} is not a regular file" in steps_of(report)["files"].detail


def garble(content: bytes) -> bytes:
    return bytes(255 - byte for byte in content)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "nothing left": lambda _content: b"",
    "garbage": garble,
    "half": lambda content: content[: len(content) // 2],
    "last byte gone": lambda content: content[:-1],
    "newline appended": lambda content: content + b"\n",
    "first byte gone": lambda content: content[1:],
    "nul appended": lambda content: content + b"\x00",
}
BLAMED = {
    RECORD: {"record.json", "report.pdf record"},
    HTML: {"report.html"},
    PDF: {"report.pdf", "report.pdf signature"},
    BUNDLE: {"report.sigstore.json"},
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_fails_its_own_steps_and_no_other(
    report: Path, subject: Path, name: str, damage: str
):
    path = report / name
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    steps = steps_of(report, subject=subject)
    wrong = failures(steps)
    if name == ATTESTATION:
        assert wrong <= {"attestation envelope", "attestation signature", "gate attestations"}
        assert len(wrong) == 1
    else:
        assert wrong == BLAMED[name]
    assert all(name in steps[step].detail for step in wrong)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", [PDF, HTML, ATTESTATION, BUNDLE])
def test_a_damaged_file_alone_fails_and_is_named(
    tmp_path: Path, pristine: Path, name: str, damage: str
):
    path = tmp_path / f"renamed{Path(name).suffix}"
    path.write_bytes(DAMAGES[damage]((pristine / name).read_bytes()))
    steps = steps_of(path)
    assert len(failures(steps)) == 1
    assert path.name in steps[failures(steps).pop()].detail


def test_a_page_in_another_language_is_known_by_any_name(
    tmp_path: Path, subject: Path, identity: Identity
):
    record = make_record(subject)
    page = make_page(record)
    chinese = page.replace(b"<html>", b'<html lang="zh-CN">')
    files = {RECORD: to_bytes(record), HTML: page, "report.zh.html": chinese}
    sealed = seal_report(record, files, make_custody(identity), identity)
    path = tmp_path / "saved (1).html"
    path.write_bytes(sealed["report.zh.html"])
    steps = steps_of(path)
    assert not failures(steps)
    assert path.name not in unchecked(steps)
    path.write_bytes(sealed["report.zh.html"].replace(b"zh-CN", b"zh-TW"))
    assert failures(steps_of(path)) == {path.name}


def test_a_digest_in_the_record_that_is_none_is_a_failed_step(
    subject: Path, report: Path, identity: Identity
):
    _, sealed = check_attestation(read(report))
    made = make_record(subject)
    artifacts = tuple(replace(a, sha256="none") for a in made.subject.artifacts)
    for record in (
        replace(made, tool=replace(made.tool, rules_sha256="none")),
        replace(made, subject=replace(made.subject, artifacts=artifacts)),
    ):
        assert check_agreement(record, sealed).outcome is Outcome.FAIL


@pytest.fixture(scope="module")
def other_report(tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> Path:
    """Return a report by the same signer on other files."""
    folder = tmp_path_factory.mktemp("other")
    return publish(folder / "report", make_subject(folder / "model", salt="other"), identity)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_another_report_by_the_same_signer_is_refused(
    report: Path, other_report: Path, name: str
):
    shutil.copy(other_report / name, report / name)
    steps = steps_of(report)
    expected = {
        RECORD: {"record.json", "report.pdf record"},
        HTML: {"report.html"},
        PDF: {"report.pdf", "report.pdf record"},
        ATTESTATION: {"record.json", "report.html", "report.pdf", "report.sigstore.json"},
        BUNDLE: {"report.sigstore.json"},
    }[name]
    assert failures(steps) == expected


def test_a_report_signed_twice_by_different_signers_does_not_mix(
    report: Path, tmp_path: Path, subject: Path
):
    other = publish(tmp_path / "other", subject, new_identity("Eve"))
    shutil.copy(other / PDF, report / PDF)
    steps = steps_of(report)
    assert failures(steps) == {"report.pdf", "report.pdf signer"}


def reseal(report: Path, identity: Identity, change: Callable[[dict], None]) -> None:
    """Let the signer sign a statement that says something else, and carry it everywhere."""
    envelope = dsse.parse(from_lines((report / ATTESTATION).read_bytes())[0])
    statement = json.loads(envelope.payload)
    change(statement)
    replace_envelope(
        report, dsse.seal(json.dumps(statement, sort_keys=True).encode(), identity), identity
    )


def replace_envelope(report: Path, sealed: bytes, identity: Identity) -> None:
    parsed = parse_statement(b64decode(json.loads(sealed)["payload"]))
    lines = (sealed, *seal_gate(parsed, sealed, identity))
    (report / ATTESTATION).write_bytes(to_lines(lines))
    (report / HTML).write_bytes(slot.filled((report / HTML).read_bytes(), sealed))
    try:
        named = certificates.read_chain("".join(parsed.predicate.certificates).encode())
    except ValueError:
        named = ()
    (report / BUNDLE).write_bytes(wrap(sealed, (*named, identity.leaf)[0]))


CONTRADICTIONS: dict[str, Callable[[dict], None]] = {
    "audited files": lambda s: s["subject"].pop(),
    "manifest digest": lambda s: s["predicate"].update(manifestSha256="0" * 64),
    "verdict": lambda s: s["predicate"]["verdict"].update(status="FAIL"),
    "tool": lambda s: s["predicate"]["tool"].update(version="9"),
}


@pytest.mark.parametrize("part", CONTRADICTIONS)
def test_a_statement_that_contradicts_the_record_is_refused(
    report: Path, identity: Identity, part: str
):
    reseal(report, identity, CONTRADICTIONS[part])
    steps = steps_of(report)
    assert failures(steps) == {"record and attestation"}
    assert part in steps["record and attestation"].detail


def test_a_custody_block_that_names_another_signer_is_refused(report: Path, identity: Identity):
    reseal(report, identity, lambda s: s["predicate"]["custody"]["signer"].update(name="Eve"))
    assert failures(steps_of(report)) == {"certificate"}


def test_certificates_that_do_not_belong_together_are_refused(report: Path, identity: Identity):
    stranger = new_identity("Ada Signer").chain[1]
    reseal(
        report,
        identity,
        lambda s: s["predicate"].update(certificates=[pem([identity.leaf]), pem([stranger])]),
    )
    assert failures(steps_of(report)) == {"certificate"}


def test_someone_elses_certificate_does_not_carry_the_signature(report: Path, identity: Identity):
    eve = new_identity("Ada Signer")
    reseal(report, eve, lambda _statement: None)
    steps = steps_of(report)
    assert failures(steps) == {"attestation signature"}


@pytest.mark.parametrize("text", ["", "none", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_damaged_certificate_is_one_failed_step(report: Path, identity: Identity, text: str):
    reseal(report, identity, lambda s: s["predicate"].update(certificates=[text]))
    assert failures(steps_of(report)) == {"attestation envelope"}


def test_a_foreign_payload_type_is_refused(report: Path, identity: Identity):
    envelope = json.loads(from_lines((report / ATTESTATION).read_bytes())[0])
    envelope["payloadType"] = "text/plain"
    text = json.dumps(envelope, separators=(",", ":"), sort_keys=True)
    replace_envelope(report, text.encode(), identity)
    steps = steps_of(report)
    assert failures(steps) == {"attestation envelope"}
    assert "payload type" in steps["attestation envelope"].detail


def test_a_pdf_with_another_record_is_refused_even_when_its_digest_is_signed(
    report: Path, identity: Identity
):
    pdf = sign_pdf(make_pdf(b'{"a":1}'), identity)
    (report / PDF).write_bytes(pdf)
    digest = certificates.hashlib.sha256(pdf).hexdigest()
    reseal(report, identity, lambda s: s["predicate"]["report"][2].update(sha256=digest))
    assert failures(steps_of(report)) == {"report.pdf record"}
    alone = steps_of(report / PDF)
    assert failures(alone) == {"report.pdf record"}
    assert "not an audit record" in alone["report.pdf record"].detail


def test_other_files_in_the_folder_are_named_as_covered_by_nothing(report: Path):
    (report / "addendum.pdf").write_text("x")
    steps = steps_of(report)
    assert failures(steps) == set()
    assert "addendum.pdf" in steps["other files"].detail
    assert steps["other files"].outcome is Outcome.NOT_CHECKED


@pytest.fixture
def folder(tmp_path: Path, subject: Path) -> Path:
    """Return a copy of the audited folder that the test may change."""
    return Path(shutil.copytree(subject, tmp_path / "copy of the model"))


@pytest.mark.parametrize("name", [".", PDF, HTML, ATTESTATION, BUNDLE])
def test_changed_missing_and_extra_audited_files_are_named(report: Path, folder: Path, name: str):
    target = report / name
    assert failures(steps_of(target, subject=folder)) == set()
    with (folder / "weights.bin").open("r+b") as file:
        file.write(b"\x01")
    (folder / "README.md").unlink()
    (folder / "docs" / "more.txt").write_text("more")
    steps = steps_of(target, subject=folder)
    assert failures(steps) == {"audited files"}
    said = steps["audited files"].detail
    assert said == "changed: weights.bin; missing: README.md; extra: docs/more.txt"


def test_a_renamed_file_is_missing_here_and_extra_there(report: Path, folder: Path):
    (folder / "weights.bin").rename(folder / "model.bin")
    said = steps_of(report, subject=folder)["audited files"].detail
    assert said == "missing: weights.bin; extra: model.bin"


def test_a_link_out_of_the_folder_is_not_followed_and_is_named(
    report: Path, folder: Path, subject: Path
):
    (folder / "weights.bin").unlink()
    (folder / "weights.bin").symlink_to(subject / "weights.bin")
    (folder / "elsewhere").symlink_to("/etc/hostname")
    said = steps_of(report, subject=folder)["audited files"].detail
    assert "unreadable: weights.bin" in said
    assert "extra and unreadable: elsewhere" in said


def test_git_history_is_no_part_of_the_audited_files(report: Path, folder: Path):
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert failures(steps_of(report, subject=folder)) == set()


def test_many_differences_are_counted_beyond_twenty(report: Path, folder: Path):
    for number in range(30):
        (folder / f"new-{number:02}").write_text("")
    said = steps_of(report, subject=folder)["audited files"].detail
    assert "new-19 and 10 more" in said


def test_an_outdated_certificate_is_said_and_is_no_failure(
    tmp_path: Path, subject: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(certificates, "LIFETIME", certificates.timedelta(minutes=1))
    out = publish(tmp_path / "report", subject, new_identity("Short"))
    steps = steps_of(out)
    assert failures(steps) == set()
    assert "valid from" in steps["report.pdf signing time"].detail
    assert steps["report.pdf signing time"].outcome is Outcome.NOT_CHECKED


def test_the_expected_authority_is_accepted_as_the_root(
    tmp_path: Path, report: Path, identity: Identity
):
    path = tmp_path / "authority.pem"
    path.write_text(pem([identity.chain[1]]))
    for target in (report, report / PDF, report / HTML):
        step = steps_of(target, key=path)["signer"]
        assert step.outcome is Outcome.PASS
        assert "certified by the expected authority, Ada Signer CA" in step.detail
    path.write_text(pem([new_identity("Ada Signer").chain[1]]))
    assert failures(steps_of(report, key=path)) == {"signer"}


def test_a_signer_is_no_authority_for_others(tmp_path: Path, subject: Path, identity: Identity):
    """Whoever holds a certificate of the expected authority cannot make further ones with it."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mallory")])
    leaf = certificates._builder(name, identity.leaf.subject, key, identity.key).sign(
        identity.key, SHA256()
    )
    forged = Identity(key=key, chain=(leaf, *identity.chain), kind="file")
    out = publish(tmp_path / "report", subject, forged)
    path = tmp_path / "authority.pem"
    path.write_text(pem([identity.chain[1]]))
    steps = steps_of(out, key=path)
    assert failures(steps) == {"certificate", "signer"}
    assert "is not a CA" in steps["certificate"].detail
