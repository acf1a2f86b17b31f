# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit licenses``: the voices kept apart, the findings, the exit code."""

import json
from pathlib import Path

from audit.errors import ExitCode
from tests.tiny_repo import digest_of, make_repo, run_audit

APACHE_CARD = "---\nlicense: apache-2.0\n---\n# Tiny\n\nA small model.\n"


def test_a_clean_release_passes(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "clean")
    before = digest_of(folder)
    result = run_audit("licenses", folder, "--quiet")
    assert (result.exit_code, result.stderr) == (ExitCode.PASS, ""), result.output
    for words in ("PASS  clean", "Declared", "Detected", "Concluded", "MIT", "README.md"):
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
    result = run_audit("licenses", make_repo(tmp_path / "torn", card=APACHE_CARD), "-q")
    assert "LIC002" in result.stdout
    assert "Fix:" in result.stdout


def test_no_folder(tmp_path: Path) -> None:
    result = run_audit("licenses", tmp_path / "absent")
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert result.stderr.startswith("audit: There is no folder ")
