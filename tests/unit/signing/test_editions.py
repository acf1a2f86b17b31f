# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A review keeps the seal: a later edition is signed, verifies, and misses what is taken away."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit.cli import app
from audit.signing.identity.certificates import pem
from audit.signing.identity.key_file import save_identity
from audit.signing.identity.keys import Identity, new_identity
from audit.verification.step import Outcome, Step
from audit.verification.verify import verify

WORDS = "I read the record and compared the files of section 3 again."


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.exit_code, done.output


def sign(report: Path, role: str, key: Path) -> None:
    words = key.with_suffix(".txt")
    words.write_text(WORDS, encoding="utf-8")
    code, said = run("sign", report, "--as", role, "--statement", words, "--key", key)
    assert code == 0, said


def saved(identity: Identity, folder: Path) -> Path:
    path = folder / f"{identity.name}.pem"
    save_identity(identity, path, None)
    return path


@pytest.fixture(scope="session")
def reviewer() -> Identity:
    return new_identity("Rita Reviewer")


@pytest.fixture(scope="session")
def reviewed(
    tmp_path_factory: pytest.TempPathFactory, pristine: Path, reviewer: Identity
) -> tuple[Path, dict[str, bytes]]:
    """A report that was reviewed, and the bytes of its first edition."""
    folder = tmp_path_factory.mktemp("reviewed")
    report = Path(shutil.copytree(pristine, folder / "report"))
    before = {path.name: path.read_bytes() for path in report.iterdir()}
    sign(report, "reviewer", saved(reviewer, folder))
    return report, before


@pytest.fixture
def report(tmp_path: Path, reviewed: tuple[Path, dict[str, bytes]]) -> Path:
    return Path(shutil.copytree(reviewed[0], tmp_path / "report"))


def steps(folder: Path, **given: object) -> dict[str, Step]:
    return {step.name: step for step in verify(folder, **given)}


def failing(folder: Path) -> set[str]:
    return {name for name, step in steps(folder).items() if step.outcome is Outcome.FAIL}


def test_the_first_edition_is_untouched_and_both_verify(
    reviewed: tuple[Path, dict[str, bytes]], reviewer: Identity
) -> None:
    folder, before = reviewed
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert failing(folder) == failing(folder / "edition-2") == set()
    both = steps(folder)
    assert both["edition-2"].outcome is Outcome.PASS
    assert reviewer.fingerprint in both["edition-2"].detail
    later = steps(folder / "edition-2")
    assert later["report.pdf signature"].outcome is Outcome.PASS
    assert later["first edition"].outcome is Outcome.PASS
    assert "Ada Signer" in later["first edition"].detail


def test_the_edition_names_the_reviewer_as_given_and_the_first_edition(report: Path) -> None:
    page = (report / "edition-2" / "report.html").read_text(encoding="utf-8")
    assert "Rita Reviewer (name as given, not checked" in page
    assert WORDS in page
    assert "This is a later edition." in page
    assert "This is a later edition." not in (report / "report.html").read_text(encoding="utf-8")


def test_the_edition_is_rendered_again_to_the_last_byte(
    report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.verification.rebuild._unlike", lambda *_: None)  # made-up digests
    rebuilt = steps(report / "edition-2", rebuild=True)["report.html rebuilt"]
    assert rebuilt.outcome is Outcome.PASS, rebuilt.detail


@pytest.mark.parametrize(
    ("name", "damage", "step"),
    [
        ("a response is taken away", lambda r: next(r.glob("response-*")).unlink(), "edition-2"),
        ("its copy is taken away", lambda r: next(r.glob("*/carried-*")).unlink(), "edition-2"),
        ("the first is taken away", lambda r: (r / "edition-2/first.intoto.jsonl").unlink(),
         "edition-2"),
        ("the PDF is changed", lambda r: append(r / "edition-2/report.pdf"), "edition-2"),
        ("the page is changed", lambda r: append(r / "edition-2/report.html"), "edition-2"),
        ("the record is changed", lambda r: append(r / "edition-2/record.json"), "edition-2"),
        ("the edition is a file", lambda r: as_file(r / "edition-2"), "edition-2"),
        ("the edition is a link", lambda r: as_link(r / "edition-2"), "edition-2"),
        ("the response is changed", lambda r: append(next(r.glob("response-*"))), None),
    ],
)  # fmt: skip
def test_nothing_can_be_taken_away_or_changed(
    report: Path, name: str, damage: Callable[[Path], object], step: str | None
) -> None:
    damage(report)
    assert failing(report), name
    assert step is None or step in failing(report)


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def as_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_bytes(b"x")


def as_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def test_an_edition_of_another_report_is_refused(report: Path, pristine: Path) -> None:
    (report / "edition-2" / "first.intoto.jsonl").write_bytes(
        (pristine / "report.intoto.jsonl").read_bytes()[:-1] + b" \n"
    )
    assert "edition-2" in failing(report)


def test_one_key_in_two_roles_is_named_and_does_not_lift_the_mark(
    tmp_path: Path, pristine: Path, identity: Identity
) -> None:
    report = Path(shutil.copytree(pristine, tmp_path / "report"))
    sign(report, "reviewer", saved(identity, tmp_path))  # the auditor's own key
    for folder in (report, report / "edition-2"):
        found = steps(folder)["roles"]
        assert found.outcome is Outcome.NOT_CHECKED
        assert "auditor and reviewer" in found.detail
    page = (report / "edition-2" / "report.html").read_text(encoding="utf-8")
    assert "which is also that of the auditor" in page


def test_the_next_edition_carries_both(tmp_path: Path, report: Path) -> None:
    sign(report, "publisher", saved(new_identity("Paul Publisher"), tmp_path))
    assert failing(report) == set()
    third = report / "edition-3"
    assert len(list(third.glob("carried-*"))) == 2
    assert "Answer of the publisher: Paul Publisher" in (third / "report.html").read_text()


def test_a_signer_is_known_only_by_a_key(
    report: Path, tmp_path: Path, identity: Identity, reviewer: Identity
) -> None:
    code, said = run("verify", report)
    assert code == 0
    assert said.splitlines()[-1].startswith("Who signed is not known: anyone could have made")
    assert json.loads(run("verify", report, "--json")[1])["signer_known"] is False
    assert run("verify", report, "--require-signer")[0] == 1
    key = tmp_path / "ada.pem"
    key.write_text(pem(identity.chain))
    code, said = run("verify", report, "--require-signer", "--key", key)
    assert code == 0, said
    assert "Who signed is not known" not in said
    assert json.loads(run("verify", report, "--json", "--key", key)[1])["signer_known"] is True
    key.write_text(pem(reviewer.chain))
    assert run("verify", report / "edition-2", "--require-signer", "--key", key)[0] == 0
    assert run("verify", report, "--key", key)[0] == 1


def test_a_private_key_is_refused_for_verifying(
    report: Path, tmp_path: Path, identity: Identity
) -> None:
    code, said = run("verify", report, "--key", saved(identity, tmp_path))
    assert code == 2
    assert "holds a private key" in said
