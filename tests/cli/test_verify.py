# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit verify`` through the command line: words, JSON and exit codes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from audit.cli import app
from audit.cli.verify import _summary
from audit.signing.identity.certificates import pem
from audit.signing.identity.keys import Identity, new_identity
from audit.verification.step import not_checked, passed
from tests.unit.signing.signed import HTML, NAMES, PDF, make_subject, publish


@pytest.fixture(scope="module")
def identity() -> Identity:
    return new_identity("Ada Signer")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> Path:
    folder = tmp_path_factory.mktemp("made")
    publish(folder / "report", make_subject(folder / "model"), identity)
    return folder


@pytest.fixture
def place(tmp_path: Path, made: Path) -> Path:
    """Return a folder with ``report`` and ``model``, both free to be changed."""
    return Path(shutil.copytree(made, tmp_path / "place"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["verify", *map(str, arguments)])


def test_an_unchanged_report_exits_0_and_says_what_was_not_checked(place: Path):
    result = run(place / "report", "--subject", place / "model", "--steps")
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "This report is unchanged since it was signed; who signed it is not known."
    assert [line[:7] for line in lines[2:4]] == [" 1. ok ", " 2. ok "]
    assert sum(line[4:].startswith("ok ") for line in lines) == 14
    assert (
        lines[-2]
        == "No step failed. Not checked: signer, report.pdf signing time, report.pdf revocation."
    )
    assert lines[-1].startswith("Who signed is not known: anyone could have made and signed this.")


@pytest.mark.parametrize("name", NAMES)
def test_one_changed_byte_exits_1_and_names_the_file(place: Path, name: str):
    path = place / "report" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    result = run(place / "report")
    assert result.exit_code == 1
    failed = [line for line in result.stdout.splitlines() if line[4:].startswith("FAILED")]
    assert failed
    assert all(name in line for line in failed)
    assert result.stdout.startswith("This report does not hold: ")
    assert result.stdout.splitlines()[-2].startswith("Does NOT verify: ")


def test_a_changed_weight_file_exits_1_and_is_named(place: Path):
    with (place / "model" / "weights.bin").open("ab") as file:
        file.write(b"\x00")
    result = run(place / "report", "--subject", place / "model")
    assert result.exit_code == 1
    assert "audited files: changed: weights.bin" in result.stdout


def test_json_is_machine_readable_and_alone_on_stdout(place: Path):
    (place / "report" / HTML).write_text("changed")
    result = run(place / "report", "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["outcome"] == "fail"
    assert {step["outcome"] for step in answer["steps"]} == {"pass", "fail", "not-checked"}
    failed = [step["name"] for step in answer["steps"] if step["outcome"] == "fail"]
    assert failed == ["report.html"]
    assert set(answer["steps"][0]) == {"name", "outcome", "detail"}


def test_the_expected_key_is_checked(tmp_path: Path, place: Path, identity: Identity):
    right, wrong = tmp_path / "right.pem", tmp_path / "wrong.pem"
    right.write_text(pem([identity.leaf]))
    wrong.write_text(pem(new_identity("Ada Signer").chain))
    good = run(place / "report", "--key", right)
    assert good.exit_code == 0
    assert good.stdout.startswith("This report is unchanged since the signer that you expect")
    result = run(place / "report", "--key", wrong)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-2] == "Does NOT verify: signer."


def test_a_pdf_alone_verifies(place: Path):
    result = run(place / "report" / PDF, "--subject", place / "model")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "This file is unchanged since it was signed; who signed it is not known."
    assert len(lines) < 12, "steps with one reason are one line"
    assert sum("only report.pdf was given" in line for line in lines) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere"],
        [],
        ["report/record.json"],
        ["report", "--subject", "nowhere"],
        ["report", "--subject", "report/report.html"],
        ["report", "--key", "nowhere"],
        ["report", "--key", "report/report.html"],
        ["report", "--unknown"],
    ],
)
def test_what_the_user_must_correct_exits_2(
    place: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(place)
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_hostile_names_do_not_reach_the_terminal(place: Path):
    (place / "report" / "a\x1b[31mred").write_text("")
    (place / "model" / "b\x1b[2Jclear").write_text("")
    result = run(place / "report", "--subject", place / "model")
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout


def test_damaged_files_leave_stderr_silent_in_the_real_program(place: Path):
    pdf = place / "report" / PDF
    content = pdf.read_bytes()
    pdf.write_bytes(content.replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detachet"))
    command = [sys.executable, "-m", "audit", "verify", "report"]
    done = subprocess.run(command, check=False, cwd=place, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == ""
    assert "report.pdf: its signature is of no known kind" in done.stdout


def test_where_all_was_checked_it_says_so():
    assert _summary((passed("files", "all"),)).endswith("Not checked: nothing.")
    steps = (passed("files", "all"), not_checked("signer", "nobody said"))
    assert _summary(steps).endswith("Not checked: signer.")
