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


def test_the_drafts_in_a_copy(tmp_path: Path) -> None:
    base = make_repo(tmp_path / "base", card=NC)
    toy = fine_tune(base, tmp_path / "toy", card=CARD)
    for folder in (base, toy):
        (folder / "LICENSE").unlink()
    before = digest_of(toy)
    copy = tmp_path / "copy"
    asked = ("notice", toy, "--against", base, "--apply", copy, "--quiet")
    result = run_audit(*asked)
    assert result.exit_code == ExitCode.PASS, result.output
    assert digest_of(toy) == before
    old = {p.relative_to(toy) for p in toy.rglob("*") if p.is_file()}
    new = {p.relative_to(copy) for p in copy.rglob("*") if p.is_file()}
    assert new - old == {Path("NOTICE"), Path("LICENSES/CC-BY-NC-4.0.txt")}
    changed = {p for p in old if (toy / p).read_bytes() != (copy / p).read_bytes()}
    assert changed == {Path("README.md")}
    assert "license: cc-by-nc-4.0" in (copy / "README.md").read_text()
    assert run_audit(*asked).exit_code == ExitCode.USAGE


def test_a_copy_is_never_made_inside_nor_over_anything(tmp_path: Path) -> None:
    toy = make_repo(tmp_path / "toy", card=CARD)
    (tmp_path / "there").mkdir()
    before = digest_of(tmp_path)
    for wrong in (toy / "copy", toy, tmp_path / "there"):
        assert run_audit("notice", toy, "--apply", wrong, "-q").exit_code == ExitCode.USAGE
    both = ("notice", toy, "--apply", tmp_path / "a", "--out", tmp_path / "b", "-q")
    assert run_audit(*both).exit_code == ExitCode.USAGE
    assert digest_of(tmp_path) == before


def test_a_copy_from_a_record_is_of_the_very_release(tmp_path: Path) -> None:
    base = make_repo(tmp_path / "base", card=NC)
    toy = fine_tune(base, tmp_path / "toy", card=CARD)
    record, copy = tmp_path / "record.json", tmp_path / "copy"
    run_audit("model-repo", toy, "--against", base, "--output", f"json={record}", "-q")
    again = ("notice", toy, "--from", record, "--apply")
    assert run_audit(*again, copy).exit_code == ExitCode.PASS
    assert "base_model: OWNER/base" in (copy / "README.md").read_text()
    assert run_audit("notice", "--from", record, "--apply", tmp_path / "x").exit_code == (
        ExitCode.USAGE
    )
    (toy / "README.md").write_text(f"{CARD}\nMore words.\n")
    assert run_audit(*again, tmp_path / "other").exit_code == ExitCode.USAGE
    assert not (tmp_path / "other").exists()
