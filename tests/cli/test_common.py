# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong becomes one line on stderr and a documented exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from audit.cli.common import AuditGroup, plain, show, show_json
from audit.errors import AuditError, ExitCode, OutputError, RulesError, UsageError
from audit.record.findings import Severity


def run(body: object) -> Result:
    app = typer.Typer(cls=AuditGroup, pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.callback()
    def _root() -> None:
        pass

    app.command("go")(body)  # type: ignore[arg-type]
    return CliRunner().invoke(app, ["go"])


def raising(error: BaseException) -> Result:
    def go() -> None:
        raise error

    return run(go)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("No folder x.", advice="Check the path."), 2),
        (RulesError("No folder x.", advice="Check the path."), 2),
        (OutputError("No folder x.", advice="Check the path."), 4),
        (AuditError("No folder x.", advice="Check the path."), 4),
    ],
)
def test_known_errors_are_message_and_advice(error: AuditError, code: int) -> None:
    result = raising(error)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == "audit: No folder x. Check the path.\n"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), 4, "not enough memory"),
        (OSError(28, "No space left on device", "x"), 4, "No space left on device"),
        (KeyError("x"), 4, "AUDIT_DEBUG=1"),
        (RecursionError("maximum"), 4, "AUDIT_DEBUG=1"),
    ],
)
def test_unknown_errors_are_one_line(error: BaseException, code: int, words: str) -> None:
    result = raising(error)
    assert (result.exit_code, result.stdout) == (code, "")
    assert len(result.stderr.splitlines()) == 1
    assert words in result.stderr


def test_an_interruption_is_left_to_the_process_to_explain() -> None:
    result = raising(KeyboardInterrupt())
    assert (result.exit_code, result.output) == (ExitCode.INTERRUPTED, "")


def test_a_closed_pipe_is_silent() -> None:
    result = raising(BrokenPipeError())
    assert (result.exit_code, result.output) == (ExitCode.ERROR, "")


def test_the_traceback_is_there_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_DEBUG", "1")
    result = raising(ValueError("inner"))
    assert result.exit_code == ExitCode.ERROR
    assert "Traceback" in result.stderr
    assert "ValueError: inner" in result.stderr


def test_an_exit_code_passes_through() -> None:
    assert raising(typer.Exit(3)).exit_code == 3


def test_a_message_stays_on_one_line_whatever_it_names() -> None:
    result = raising(UsageError("No folder a\nb\x1b[31m.", advice="Check it."))
    assert result.stderr == "audit: No folder a\\nb\\x1b[31m. Check it.\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("naïve 模型", "naïve 模型"), ("\u202eexe", "\\u202eexe"), ("\udcff", "\\udcff")],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_json_is_canonical_and_ends_with_a_newline() -> None:
    def go() -> None:
        show_json({"b": (1, 2.0), "a": Severity.HIGH, "ü": None})

    assert run(go).stdout_bytes == '{"a":"high","b":[1,2],"ü":null}\n'.encode()


def test_text_is_printed_as_it_is() -> None:
    assert run(lambda: show("[red]x[/red] " + "y" * 200)).stdout == f"[red]x[/red] {'y' * 200}\n"


def child(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "audit", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_terminal_that_cannot_show_a_name() -> None:
    done = child("licenses", "./模型", PYTHONIOENCODING="latin-1")
    assert done.returncode == ExitCode.USAGE
    assert done.stderr == b"audit: There is no folder ./\\u6a21\\u578b. Check the path.\n"


def test_a_name_that_is_no_text() -> None:
    arguments = [sys.executable.encode(), b"-m", b"audit", b"licenses", b"./m\xff"]
    done = subprocess.run(arguments, capture_output=True, check=False)
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_stdout_is_an_error() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "audit", "rules", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == ExitCode.ERROR
    assert done.stderr.count(b"\n") == 1
    assert b"No space left on device" in done.stderr


def test_a_reader_that_walks_away() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "audit", "rules", "list"],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (ExitCode.ERROR, b"")
