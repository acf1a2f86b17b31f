# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit model-repo``: exit codes, what is printed, what is written."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.errors import ExitCode
from audit.output import write_folder
from audit.record.document import record_from_bytes
from audit.signing.attestation.slot import blanked
from tests.tiny_repo import digest_of, fine_tune, make_repo, one_line, run_audit

FILES = ["record.json", "report.html", "report.intoto.jsonl", "report.pdf", "report.sigstore.json"]


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "parent")


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "stranger", seed=1)


def written(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir())


@pytest.mark.usefixtures("quick_pdf")
def test_an_undeclared_child_without_a_direction_leaves_the_gate_open(
    tmp_path: Path, parent: Path
) -> None:
    child, out = fine_tune(parent, tmp_path / "child"), tmp_path / "out"
    before = digest_of(child)
    result = run_audit("model-repo", child, "--against", parent, "--out", out, "--quiet")
    assert result.exit_code == ExitCode.INDETERMINATE, result.output
    assert result.stderr == ""
    assert result.stdout.startswith("INDETERMINATE")
    assert "Shared trained weights" in result.stdout
    assert "BASE001" in result.stdout
    assert written(out) == FILES
    assert str(out / "report.pdf") in result.stdout
    assert digest_of(child) == before


@pytest.mark.usefixtures("quick_pdf")
def test_a_clean_release_against_a_stranger_is_not_failed(
    tmp_path: Path, parent: Path, stranger: Path
) -> None:
    arguments = ("model-repo", parent, "--against", stranger, "--out", tmp_path / "out", "-q")
    result = run_audit(*arguments)
    assert result.exit_code in {ExitCode.PASS, ExitCode.INDETERMINATE}, result.output
    record = record_from_bytes((tmp_path / "out" / "record.json").read_bytes(), where="x")
    assert record.verdict.status.exit_code == result.exit_code
    assert not any(f.check.startswith("BASE") for f in record.findings)


@pytest.mark.usefixtures("quick_pdf")
def test_json_is_the_record(tmp_path: Path, parent: Path) -> None:
    result = run_audit("model-repo", parent, "--out", tmp_path / "out", "--json", "--quiet")
    assert result.stderr == ""
    assert result.stdout_bytes == (tmp_path / "out" / "record.json").read_bytes() + b"\n"


@pytest.mark.usefixtures("quick_pdf")
def test_fail_on_moves_the_gate(tmp_path: Path, parent: Path) -> None:
    child = fine_tune(parent, tmp_path / "child")
    arguments = ("model-repo", child, "--against", parent, "--json", "-q")
    policy = tmp_path / "lenient.toml"
    policy.write_text(
        'name = "lenient"\ndescription = "Stops nothing here."\nfail_on = "critical"\n'
        '[severity]\nBASE001 = "low"\nBASE003 = "low"\nWGT001 = "low"\n'
    )
    lenient = run_audit(*arguments, "--policy", policy, "--out", tmp_path / "a")
    assert lenient.exit_code == ExitCode.PASS, lenient.output
    strict = run_audit(*arguments, "--policy", policy, "--fail-on", "low", "--out", tmp_path / "b")
    assert strict.exit_code == ExitCode.INDETERMINATE, strict.output
    assert json.loads(strict.stdout)["options"]["fail_on"] == "low"


@pytest.mark.usefixtures("quick_pdf")
def test_the_custody_names_no_place_on_this_machine(tmp_path: Path, parent: Path) -> None:
    out = tmp_path / "out"
    run_audit("model-repo", parent, "--out", out, "--quiet")
    html = (out / "report.html").read_text(encoding="utf-8")
    assert "audit model-repo parent<" in html
    assert not any(str(tmp_path).encode() in (out / name).read_bytes() for name in FILES)


@pytest.mark.usefixtures("quick_pdf")
def test_a_report_has_a_folder_of_its_own_where_none_is_named(
    tmp_path: Path, parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    monkeypatch.chdir(tmp_path)
    first = run_audit("model-repo", parent, "--quiet")
    assert first.exit_code in {ExitCode.PASS, ExitCode.INDETERMINATE}, first.output
    assert "audit-parent-2001-09-09/report.pdf" in first.stdout
    run_audit("model-repo", parent, "--quiet")
    monkeypatch.chdir(parent)
    run_audit("model-repo", ".", "--name", "../a b\n/é", "--quiet")
    made = {path.name for path in tmp_path.iterdir()} - {"parent"}
    assert made == {
        "audit-parent-2001-09-09",
        "audit-parent-2001-09-09-2",
        "audit-a-b-x0a-é-2001-09-09",
    }
    assert all(written(tmp_path / name) == FILES for name in made)


@pytest.mark.parametrize("asked", ["--no-report", "--json", "--output=env=-"])
def test_who_asks_for_something_else_gets_the_gate_alone(
    tmp_path: Path, parent: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("audit.publish.publish", lambda *_, **__: pytest.fail("it was written"))
    result = run_audit("model-repo", parent, asked, "--quiet")
    assert result.exit_code in {ExitCode.PASS, ExitCode.INDETERMINATE}, result.output
    assert [path.name for path in tmp_path.iterdir()] == ["parent"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole report beside its model; tests take copies."""
    folder = tmp_path_factory.mktemp("kept")
    model = make_repo(folder / "parent")
    done = run_audit("model-repo", model, "--out", folder / "out", "--quiet")
    assert written(folder / "out") == FILES, done.output
    return folder


@pytest.fixture
def old(kept: Path, tmp_path: Path) -> Path:
    return shutil.copytree(kept / "out", tmp_path / "out")


@pytest.mark.usefixtures("quick_pdf")
def test_force_replaces_a_report_and_nothing_else(tmp_path: Path, parent: Path, old: Path) -> None:
    before = (old / "record.json").read_bytes()
    again = ("model-repo", parent, "--out", old, "--force", "--fail-on", "low", "--quiet")
    assert run_audit(*again).exit_code != ExitCode.USAGE
    assert written(old) == FILES
    assert (old / "record.json").read_bytes() != before
    assert written(tmp_path) == ["out", "parent"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda out: (out / "notes.txt").write_text("mine"), "also holds notes.txt"),
        (lambda out: (out / "response-reviewer-0.intoto.jsonl").touch(), "also holds response-"),
        (lambda out: (out / "edition-2").mkdir(), "also holds edition-2"),
        (lambda out: (out / "record.json").write_text("{}"), "somebody changed"),
        (lambda out: (out / "report.html").unlink(), "somebody changed"),
        (lambda out: (out / "report.intoto.jsonl").write_text("{}"), "no report of audit"),
        (lambda out: (out / "report.intoto.jsonl").unlink(), "no report of audit"),
    ],
)
def test_force_leaves_what_is_more_or_other_than_a_report(
    old: Path, parent: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    spoil(old)
    before = digest_of(old)
    result = run_audit("model-repo", parent, "--out", old, "--force", "--quiet")
    assert (result.exit_code, sentence in one_line(result)) == (ExitCode.USAGE, True), result.output
    assert digest_of(old) == before


def test_force_leaves_the_old_report_where_the_new_one_fails(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "old").write_text("old")
    with pytest.raises(TypeError):
        write_folder(out, {"new": None}, replacing=True)  # type: ignore[dict-item]
    assert written(tmp_path) == ["out"]
    assert written(out) == ["old"]


def test_through_the_real_entry_point_with_a_real_pdf(tmp_path: Path, parent: Path) -> None:
    child = fine_tune(parent, tmp_path / "child")
    command = [sys.executable, "-m", "audit", "model-repo", child, "--against", parent]
    done = subprocess.run(
        [*command, "--out", tmp_path / "out", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1000000000"},
    )
    assert (done.returncode, done.stderr) == (ExitCode.INDETERMINATE, "")
    assert written(tmp_path / "out") == FILES
    verified = run_audit("verify", tmp_path / "out", "--subject", child)
    assert verified.exit_code == 0, verified.output
    again = run_audit("report", tmp_path / "out" / "record.json", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.output
    first, second = ((tmp_path / d / "report.html").read_bytes() for d in ("out", "again"))
    assert blanked(first) == second
    assert b"2001-09-09" in first


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--revocation", "crl"], "which only a time stamp gives"),
        (["--revocation", "nowhere", "--timestamp", "http://127.0.0.1:9/"], "cannot be read"),
        (["--revocation", "words", "--timestamp", "http://127.0.0.1:9/"], "neither a CRL nor"),
        (["--timestamp", "file:///etc/passwd"], "not an http or https address"),
        (["--key", "pkcs11:token=x;pin-value=1"], "carries a PIN"),
        (["--key", "pkcs11:token=x?pin-value=1"], "carries a PIN"),
        (["--key", "words", "--passphrase-fd", "99"], "not a key file"),
    ],
)
def test_signing_options_are_refused_before_the_audit(
    tmp_path: Path,
    parent: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("audit.pipeline.run", lambda *_: pytest.fail("it began"))
    Path("words").write_text("words")
    Path("words").chmod(0o600)
    Path("crl").write_bytes(_empty_crl())
    result = run_audit("model-repo", parent, "--out", tmp_path / "out", *options)
    assert result.exit_code == ExitCode.USAGE, result.output
    assert sentence in one_line(result)
    assert not (tmp_path / "out").exists()


def _empty_crl() -> bytes:
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    builder = x509.CertificateRevocationListBuilder().issuer_name(x509.Name([]))
    day = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        builder.last_update(day)
        .next_update(day)
        .sign(ec.generate_private_key(ec.SECP256R1()), SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def test_a_time_stamp_server_that_does_not_answer_leaves_nothing(
    tmp_path: Path, parent: Path, quick_pdf: None
) -> None:
    options = ["--out", tmp_path / "out", "--timestamp", "http://127.0.0.1:9/", "--quiet"]
    result = run_audit("model-repo", parent, *options)
    assert result.exit_code == ExitCode.ERROR
    assert "gave no time stamp" in one_line(result)
    assert not (tmp_path / "out").exists()
