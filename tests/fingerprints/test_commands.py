# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit fingerprint``, ``audit library`` and ``audit identify`` as people type them."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from audit.cli import app
from tests.fingerprints.models import place
from tests.tiny_repo import one_line, run_audit


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def filled() -> None:
    added = run_audit("library", "add", *map(place, ("base", "stranger", "reference")), "-q")
    assert added.exit_code == 0, added.stderr
    assert added.stdout.count("Added ") == 3


def test_a_library_from_nothing_to_an_answer(filled: None, tmp_path: Path) -> None:
    listed = json.loads(run_audit("library", "list", "--json").stdout)
    assert {one["name"] for one in listed} == {"base", "stranger", "reference"}
    told = run_audit("identify", place("fine-tune"), "--json", "-q")
    assert told.exit_code == 0
    answer = json.loads(told.stdout)
    assert answer["related"] == ["base"]
    assert (answer["members"], answer["tested"], answer["log10_family_wise_error"]) == (3, 3, -6)
    standings = {c["name"]: c["standing"] for c in answer["candidates"]}
    assert standings == {"base": "related", "stranger": "nothing-seen", "reference": "not-asked"}


def test_an_answer_in_words_says_what_it_covers(filled: None) -> None:
    found = run_audit("identify", place("fine-tune"), "-q")
    text = " ".join(found.stdout.split())
    assert "shares weights, or a random start, with 1 of 3 models" in text
    assert "below 1 in 10⁹" in text
    assert "at most 1 in 10⁶, over all of the library" in text
    assert "1 could not be asked: the residual streams differ in width (48 and 64)" in text
    assert "does not say which model came first" in text
    none = run_audit("identify", place("independent"), "-q")
    assert none.exit_code == 0
    assert "is none of these 1, by these tests" in " ".join(none.stdout.split())


def test_nobody_to_ask_is_undecided(tmp_path: Path) -> None:
    empty = run_audit("identify", place("base"), "-q")
    assert (empty.exit_code, "The library is empty." in one_line(empty)) == (2, True)
    other = run_audit("identify", place("base"), "--among", place("reference"), "-q")
    assert other.exit_code == 3
    assert "could be ruled in or out" in " ".join(other.stdout.split())


def test_a_file_stands_where_a_model_can(tmp_path: Path) -> None:
    out = tmp_path / "base.fingerprint"
    made = run_audit("fingerprint", place("base"), "-o", out, "--released", "2026-01-31", "-q")
    assert made.exit_code == 0, made.stderr
    assert "It reveals" in made.stdout
    again = run_audit("fingerprint", place("base"), "-o", out, "-q")
    assert (again.exit_code, "exists already" in again.stderr) == (2, True)
    told = run_audit("identify", place("bf16"), "--among", out, "-q")
    assert told.exit_code == 0
    text = " ".join(told.stdout.split())
    assert "All of its matrices stand in it, value for value, up to a cast." in text
    assert "said to be from 2026-01-31, which nobody checked" in text
    assert run_audit("library", "add", out).stdout.startswith("Added base")


def test_members_go_out_and_come_back(filled: None, tmp_path: Path) -> None:
    out, other = tmp_path / "given", tmp_path / "other"
    assert run_audit("library", "export", out, "base", "stranger").exit_code == 0
    assert run_audit("library", "import", out, "--library", other).stdout.count("Added") == 2
    assert run_audit("library", "verify", "--library", other).exit_code == 0
    victim = next(out.iterdir())
    victim.write_bytes(victim.read_bytes() + b"\0")
    (out / ("0" * 64 + ".fingerprint")).write_bytes(next(other.glob("*.fingerprint")).read_bytes())
    refused = run_audit("library", "import", out, "--library", tmp_path / "third")
    assert refused.exit_code == 1
    assert "is no fingerprint" in refused.stderr
    assert "is not what its name says" in refused.stderr


def test_members_are_shown_and_removed(filled: None, tmp_path: Path) -> None:
    shown = json.loads(run_audit("library", "show", "base", "--json").stdout)
    assert (shown["name"], shown["width"], shown["released"]) == ("base", 48, None)
    assert run_audit("library", "remove", "base").exit_code == 0
    assert run_audit("library", "show", "base").exit_code == 2
    next((tmp_path / "data" / "library").glob("*.fingerprint")).write_bytes(b"half")
    assert run_audit("library", "verify").exit_code == 1
    told = run_audit("identify", place("fine-tune"), "-q")
    assert "1 are damaged" in " ".join(told.stdout.split())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (("fingerprint", "MODEL", "-o", "x", "--released", "31.1.2026"), "is no day"),
        (("library", "import", "nowhere"), "holds no fingerprints"),
        (("library", "show", "base"), "No fingerprint is called base"),
        (("identify", "bad.fingerprint"), "is no fingerprint"),
        (("library", "export", "out"), "The library is empty"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    wrong: tuple[str, ...], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.fingerprint").write_bytes(b"\x80\x04.")
    words = [str(place("base")) if word == "MODEL" else word for word in wrong]
    found = run_audit(*words, "-q") if wrong[0] != "library" else run_audit(*words)
    assert (found.exit_code, found.stdout) == (2, "")
    assert why in one_line(found)


def test_a_folder_without_weights_has_no_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "README.md").write_text("# Nothing")
    found = run_audit("fingerprint", tmp_path / "model", "-o", tmp_path / "x", "-q")
    assert found.exit_code == 3
    assert "No weights of “model” could be read." in found.stdout
    assert not (tmp_path / "x.fingerprint").exists()


def test_every_command_of_the_library_is_on_its_page(root: Path) -> None:
    page = (root / "docs" / "library.md").read_text(encoding="utf-8")
    commands = get_command(app).commands["library"].commands
    assert sorted(c for c in commands if not re.search(rf"audit library {c}\b", page)) == []
    for command in ("identify", "fingerprint", "fleet", "tree"):
        for option in get_command(app).commands[command].params:
            flag = max(option.opts, key=len)
            assert not flag.startswith("--") or flag in page + _common(root), flag


def _common(root: Path) -> str:
    """Options that the page of the main command explains for all."""
    return (root / "README.md").read_text(encoding="utf-8")
