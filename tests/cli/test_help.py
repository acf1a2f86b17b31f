# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The help is enough to start with, and says what exit codes mean."""

import os
import subprocess
import sys

import pytest
from typer.main import get_command

import audit
from audit.cli import app
from audit.errors import ExitCode
from tests.tiny_repo import run_audit

COMMANDS = sorted(get_command(app).commands)


def test_help_lists_commands_examples_and_exit_codes() -> None:
    result = run_audit("--help")
    assert result.exit_code == 0
    assert all(f"\n  {command} " in result.stdout for command in COMMANDS)
    assert "audit model-repo ./model --against ./base --out ./report" in result.stdout
    listed = result.stdout.split("Exit codes:")[1].splitlines()[1:]
    assert [int(line.split()[0]) for line in listed if line.strip()] == [int(c) for c in ExitCode]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = run_audit(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout
    assert len(result.stdout.splitlines()) > 5


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"config", "key", "refs", "rules"}))
def test_examples_keep_their_lines(command: str) -> None:
    assert f"\n    audit {command} " in run_audit(command, "--help").stdout


def test_version() -> None:
    result = run_audit("--version")
    assert (result.exit_code, result.stdout) == (0, f"audit {audit.__version__}\n")


@pytest.mark.parametrize("arguments", [["-V"], ["version"]])
def test_version_by_the_names_that_people_try(arguments: list[str]) -> None:
    assert run_audit(*arguments).stdout == run_audit("--version").stdout


def test_help_and_scan_are_understood() -> None:
    assert run_audit("help").stdout == run_audit("--help").stdout
    assert run_audit("help", "verify").stdout == run_audit("verify", "--help").stdout
    scan, own = (run_audit(name, "--help").stdout for name in ("scan", "model-repo"))
    assert scan.split("Arguments:")[1] == own.split("Arguments:")[1]
    assert "\n  scan " not in run_audit("--help").stdout, "one name is told"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("scna ./model", "Did you mean 'scan'?"),
        ("modelrepo ./model", "Did you mean 'model-repo'?"),
        ("help comapre", "Did you mean 'compare'?"),
        ("-h comapre", "Did you mean 'compare'?"),
        ("rules shwo LIC001", "Did you mean 'show'?"),
        ("hepl", "Did you mean 'help'?"),
        ("-h foo", "No such command 'foo'."),
        ("model-repo x --agianst y", "--against"),
        ("compare x y --agianst z", "--against is an option of model-repo"),
        ("--agianst x", "--against is an option of model-repo"),
        ("verify --polcy x", "--policy is an option of model-repo"),
        ("--vesion", "--version"),
    ],
)
def test_what_is_mistyped_gets_the_nearest_name(typed: str, hint: str) -> None:
    result = run_audit(*typed.split())
    assert result.exit_code == ExitCode.USAGE
    assert result.stdout == ""
    assert hint in result.stderr
    assert result.stderr.count("Did you mean") <= 1


def test_help_before_a_command_is_that_command_s() -> None:
    for flag in ("-h", "--help"):
        assert run_audit(flag, "verify").stdout == run_audit("verify", "--help").stdout


@pytest.mark.parametrize("width", [60, 80, 120])
def test_help_breaks_no_name_and_cuts_no_sentence(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for command in ([], ["rules"], ["library"], ["key"], *([one] for one in COMMANDS)):
        get_command(app).main([*command, "--help"], "audit", standalone_mode=False)
        text = capsys.readouterr().out.split("\n  Examples:")[0]
        assert not [line for line in text.splitlines()[1:] if line.endswith("...")]
        assert "\N{NON-BREAKING HYPHEN}" not in text
        lines = text.split("  Exit codes:")[0].splitlines()
        assert not [line for line in lines if len(line) > width or line.endswith("-")]


def test_nothing_asked_is_a_usage_error_with_help() -> None:
    result = run_audit()
    assert result.exit_code == ExitCode.USAGE
    assert "Usage:" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["modelrepo"],
        ["model-repo"],
        ["model-repo", "x", "--out", "y", "--fail-on", "severe"],
        ["compare", "x"],
        ["compare", "x", "y", "--fail-on", "anything"],
        ["report"],
        ["--nonsense"],
    ],
)
def test_usage_errors(arguments: list[str]) -> None:
    result = run_audit(*arguments)
    assert result.exit_code == ExitCode.USAGE
    assert result.stdout == ""
    assert result.stderr.count("Error: ") == 1


def test_shells_complete_commands() -> None:
    asked = {"_AUDIT_COMPLETE": "complete_bash", "COMP_WORDS": "audit mo", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "audit"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **asked},
    )
    assert done.stdout.split() == ["model-repo"]
    assert "--install-completion" in run_audit("--help").stdout


def test_python_dash_m() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "audit", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"audit {audit.__version__}\n"
