# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit licenses``: the voices kept apart, the findings, the exit code."""

import json
import re
from pathlib import Path

import pytest

from audit.errors import ExitCode
from tests.tiny_repo import digest_of, make_repo, run_audit

PLANTED = Path(__file__).parents[1] / "repos" / "planted-faults" / "repo"
APACHE_CARD = "---\nlicense: apache-2.0\n---\n# Tiny\n\nA small model.\n"


def test_a_clean_release_passes(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "clean")
    before = digest_of(folder)
    result = run_audit("licenses", folder, "--quiet")
    assert (result.exit_code, result.stderr) == (ExitCode.PASS, ""), result.output
    for words in ("PASS clean", "Declared", "Detected", "Stated, by both", "MIT", "README.md"):
        assert words in result.stdout
    assert digest_of(folder) == before


def test_a_contradiction_fails(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "torn", card=APACHE_CARD)
    result = run_audit("licenses", folder, "--json", "--quiet")
    assert result.exit_code == ExitCode.FAIL, result.output
    found = json.loads(result.stdout)
    assert "LIC002" in {f["check"] for f in found["findings"]}
    assert all(f["check"].startswith(("LIC", "COP")) for f in found["findings"])
    assert found["verdict"]["status"] == "FAIL"
    assert {c["source"] for c in found["licenses"]["claims"]} >= {"declared", "detected"}


def test_findings_are_words_too(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "torn", card=APACHE_CARD)
    short = run_audit("licenses", folder, "-q").stdout
    assert "LIC002" in short
    assert "Fix:" not in short
    assert "Fix:" in run_audit("licenses", folder, "-q", "--details").stdout


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_is_readable_at_any_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = run_audit("licenses", PLANTED, "-q").stdout.splitlines()
    assert max(len(line) for line in lines) <= width
    level = r"(Critical|High|Medium|Low|For information)(?:, undetermined|,)?"
    row = rf"(?:{level} .*?| +Id: )\b(?P<check>[A-Z]{{3}}\d{{3}}):"
    rows = (re.match(row, line) for line in lines)
    assert [row["check"] for row in rows if row is not None] == [
        *("COP005", "LIC010"),
        *("LIC011", "LIC012", "LIC013", "LIC014"),
        *("COP003", "LIC008"),
        "LIC019",
    ]
    assert all("…" not in line for line in lines)
    places = re.findall(r"\S+\.py:\d+", "\n".join(lines))
    assert all((PLANTED / place.rpartition(":")[0]).is_file() for place in places), "broken"
    assert places


def test_many_files_under_one_licence_are_one_line(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "many")
    for number in range(30):
        (folder / f"m{number:02}.py").write_text("# SPDX-License-Identifier: MIT\nx = 1\n")
    lines = run_audit("licenses", folder, "-q").stdout.splitlines()
    (row,) = [line for line in lines if "header" in line]
    assert "m00.py:1 and 29 more" in row


def test_no_folder(tmp_path: Path) -> None:
    result = run_audit("licenses", tmp_path / "absent")
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert result.stderr.startswith("audit: There is no folder ")


def test_a_card_that_cannot_be_read_is_not_clean(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nlicense: apache-2.0\n---\n# X\n"
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    shown = run_audit("licenses", tmp_path, "--quiet")
    assert shown.exit_code == ExitCode.INDETERMINATE
    assert "INV001" in shown.stdout
    assert "Not read: README.md" in " ".join(shown.stdout.split())


@pytest.mark.parametrize(("day", "said"), [(1795000000, 0), (1830000000, 1)])
def test_old_facts_are_mentioned_once(
    day: int, said: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than 180 days after the facts were read; and only where one of them matters."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(day))
    assert run_audit("licenses", tmp_path, "--quiet").stdout.count("180 days") == 0
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# X\n", encoding="utf-8")
    assert run_audit("licenses", tmp_path, "--quiet").stdout.count("180 days") == said
