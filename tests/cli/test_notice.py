# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit notice``: prints drafts or writes them, never into the folder."""

from pathlib import Path

from audit.errors import ExitCode
from tests.tiny_repo import digest_of, fine_tune, make_repo, run_audit

NC = "---\nlicense: cc-by-nc-4.0\n---\n# Base\n\nCopyright 2025 Example Laboratory\n"
CARD = "---\nlicense: apache-2.0\n---\n# Toy\n\nTrained from scratch.\n"


def test_drafts_for_an_undeclared_base(tmp_path: Path) -> None:
    base = make_repo(tmp_path / "base", card=NC)
    toy = fine_tune(base, tmp_path / "toy", card=CARD)
    for folder in (base, toy):
        (folder / "LICENSE").unlink()
    before = digest_of(tmp_path)
    result = run_audit("notice", toy, "--against", base, "--quiet")
    assert result.exit_code == ExitCode.PASS, result.output
    assert "# What toy owes" in result.stdout
    assert "+license: cc-by-nc-4.0" in result.stdout
    assert "+base_model: OWNER/base" in result.stdout
    assert "The weights of base were modified" in result.stdout
    assert digest_of(tmp_path) == before


def test_drafts_are_written_into_a_new_folder(tmp_path: Path) -> None:
    base = make_repo(tmp_path / "base", card=NC)
    toy = fine_tune(base, tmp_path / "toy", card=CARD)
    for folder in (base, toy):
        (folder / "LICENSE").unlink()
    before = digest_of(toy)
    out = tmp_path / "drafts"
    result = run_audit("notice", toy, "--against", base, "--out", out, "--quiet")
    assert result.exit_code == ExitCode.PASS, result.output
    assert sorted(p.name for p in out.iterdir()) == [
        "ACTIONS.md",
        "LICENSES",
        "NOTICE",
        "card.patch",
    ]
    (text,) = (out / "LICENSES").iterdir()
    assert text.name == "CC-BY-NC-4.0.txt"
    assert "Attribution-NonCommercial" in text.read_text(encoding="utf-8")
    assert "Copyright 2025 Example Laboratory" in (out / "NOTICE").read_text()
    assert digest_of(toy) == before


def test_never_into_the_folder(tmp_path: Path) -> None:
    toy = make_repo(tmp_path / "toy", card=CARD)
    before = digest_of(toy)
    result = run_audit("notice", toy, "--out", toy / "drafts", "--quiet")
    assert result.exit_code == ExitCode.USAGE
    assert digest_of(toy) == before


def test_drafts_of_a_record_are_those_of_the_run(tmp_path: Path) -> None:
    base = make_repo(tmp_path / "base", card=NC)
    toy = fine_tune(base, tmp_path / "toy", card=CARD)
    record = tmp_path / "record.json"
    run_audit("model-repo", toy, "--against", base, "--output", f"json={record}", "-q")
    now = run_audit("notice", toy, "--against", base, "--quiet")
    assert run_audit("notice", "--from", record).stdout == now.stdout
    for wrong in (["--from", record, toy], [], ["--from", base]):
        assert run_audit("notice", *wrong).exit_code == ExitCode.USAGE
