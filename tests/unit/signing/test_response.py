# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Responses: bound to one report, checked like everything signed, printed as they are."""

import base64
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit.cli import app
from audit.errors import UsageError
from audit.signing.attestation.bundle import to_lines
from audit.signing.attestation.names import is_response, response_name
from audit.signing.attestation.response import LONGEST_TEXT, Role, check_response, respond
from audit.signing.identity.key_file import save_identity
from audit.signing.identity.keys import Identity, new_identity
from audit.signing.unsound import UnsoundError
from audit.verification.step import Outcome
from audit.verification.verify import verify
from tests.unit.signing.signed import ATTESTATION, HTML, PDF, RECORD

WORDS = "We trained it ourselves.\n\n\tLogs: <b>on request</b> & in 中文 \u202ereversed\n"
WHEN = "2026-05-05T00:00:00Z"


@pytest.fixture(scope="module")
def publisher() -> Identity:
    return new_identity("Pinnacle")


SUBJECTS = (RECORD, HTML, PDF, ATTESTATION)


def contents(report: Path) -> dict[str, bytes]:
    return {name: (report / name).read_bytes() for name in SUBJECTS}


def test_a_response_says_who_as_what_and_when_in_their_own_words(report: Path, publisher: Identity):
    found = check_response(
        respond(contents(report), Role.PUBLISHER, WORDS, WHEN, publisher), contents(report)
    )
    assert (found.role, found.text, found.made_at) == ("publisher", WORDS, WHEN)
    assert found.signer == publisher.signer


def test_a_response_to_another_report_is_refused(report: Path, publisher: Identity):
    made = respond(contents(report), Role.PUBLISHER, WORDS, WHEN, publisher)
    for name in SUBJECTS:
        other = {**contents(report), name: b"another"}
        with pytest.raises(UnsoundError, match=f"made for another {name}"):
            check_response(made, other)


def test_no_byte_of_a_response_can_change(report: Path, publisher: Identity):
    made = respond(contents(report), Role.REVIEWER, WORDS, WHEN, publisher)
    for place in range(0, len(made), 7):
        changed = made[:place] + bytes([made[place] ^ 1]) + made[place + 1 :]
        with pytest.raises(UnsoundError):
            check_response(changed, contents(report))


def test_the_auditors_own_attestation_is_no_response(report: Path):
    with pytest.raises(UnsoundError):
        check_response((report / "report.intoto.jsonl").read_bytes(), contents(report))


def test_a_signer_block_of_somebody_else_is_refused(report: Path, publisher: Identity):
    made = json.loads(respond(contents(report), Role.REVIEWER, WORDS, WHEN, publisher))
    payload = json.loads(base64.b64decode(made["payload"]))
    payload["predicate"]["signer"]["name"] = "Somebody Else"
    from audit.signing.attestation import dsse

    forged = to_lines((dsse.seal(json.dumps(payload).encode(), publisher),))
    with pytest.raises(UnsoundError, match="names another signer"):
        check_response(forged, contents(report))


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_TEXT + 1)])
def test_empty_and_endless_statements_are_refused(report: Path, publisher: Identity, text: str):
    with pytest.raises(UsageError):
        respond(contents(report), Role.REVIEWER, text, WHEN, publisher)


def test_a_publisher_has_something_to_say_and_a_reviewer_states_what_was_reviewed(
    report: Path, publisher: Identity
):
    with pytest.raises(UsageError, match="needs its text"):
        respond(contents(report), Role.PUBLISHER, None, WHEN, publisher)
    with pytest.raises(UsageError, match="states what was reviewed"):
        respond(contents(report), Role.REVIEWER, None, WHEN, publisher)


def test_verify_lists_each_response_and_fails_on_a_foreign_one(report: Path, publisher: Identity):
    name = response_name("publisher", publisher.fingerprint)
    (report / name).write_bytes(respond(contents(report), Role.PUBLISHER, WORDS, WHEN, publisher))
    step = {step.name: step for step in verify(report)}[name]
    assert step.outcome is Outcome.NOT_CHECKED  # anybody may call himself the publisher
    assert publisher.fingerprint in step.detail
    other = {**contents(report), "report.pdf": b"another"}
    (report / name).write_bytes(respond(other, Role.PUBLISHER, WORDS, WHEN, publisher))
    assert {s.name for s in verify(report) if s.outcome is Outcome.FAIL} == {name}


@pytest.fixture
def key(tmp_path: Path, publisher: Identity) -> Path:
    path = tmp_path / "publisher.pem"
    save_identity(publisher, path, None)
    return path


def sign(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["sign", *map(str, arguments)])
    return done.exit_code, done.output


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_command_adds_a_response_and_an_edition_and_changes_nothing(
    report: Path, key: Path, tmp_path: Path
):
    words = tmp_path / "answer.txt"
    words.write_text(WORDS, encoding="utf-8")
    before = files_of(report)
    code, said = sign(report, "--as", "publisher", "--statement", words, "--key", key)
    assert code == 0, said
    after = files_of(report)
    (added,) = after.keys() - before.keys()
    assert is_response(added)
    assert added in said
    assert "edition-2" in said
    assert {name: after[name] for name in before} == before
    code, said = sign(report, "--as", "publisher", "--statement", words, "--key", key)
    assert code == 2
    assert "nothing is ever overwritten" in said


def test_a_damaged_report_is_not_signed_on(report: Path, key: Path):
    with (report / "report.html").open("ab") as file:
        file.write(b" ")
    words = key.with_suffix(".txt")
    words.write_text(WORDS)
    code, said = sign(report, "--as", "reviewer", "--statement", words, "--key", key)
    assert code == 2
    assert "does not verify (report.html)" in said


def test_nobody_signs_with_a_key_that_names_nobody(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AUDIT_CONFIG_DIR", str(tmp_path / "none"))
    code, said = sign(report, "--as", "reviewer")
    assert code == 2
    assert "audit key new" in said
    assert not any(is_response(name) for name in (path.name for path in report.iterdir()))


def test_the_next_rendering_prints_the_words_and_leaves_out_what_does_not_hold(
    report: Path, key: Path, tmp_path: Path, publisher: Identity
):
    words = tmp_path / "answer.txt"
    words.write_text(WORDS, encoding="utf-8")
    assert sign(report, "--as", "publisher", "--statement", words, "--key", key)[0] == 0
    shutil.copy(report / "report.intoto.jsonl", report / "response-reviewer-x.intoto.jsonl")
    again = tmp_path / "again"
    done = CliRunner().invoke(app, ["report", str(report / "record.json"), "--out", str(again)])
    assert done.exit_code == 0, done.output
    assert "response-reviewer-x.intoto.jsonl is left out" in done.output
    page = (again / "report.html").read_text(encoding="utf-8")
    assert page.count("Answer of the publisher: Pinnacle") == 1
    assert publisher.fingerprint in page
    assert "    Logs: &lt;b&gt;on request&lt;/b&gt; &amp; in 中文" in page
    assert "\u202e" not in page
