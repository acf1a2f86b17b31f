# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Progress is drawn when it helps, and only then."""

import io
import time
from collections.abc import Callable

import pytest
from rich.console import Console

from audit.cli.drawing import Bars, Lines, observer
from audit.progress import SILENT


def terminal() -> tuple[io.StringIO, Console]:
    screen = io.StringIO()
    terms = {"TERM": "xterm"}
    return screen, Console(file=screen, force_terminal=True, width=80, _environ=terms)


LONG = 60.0
"""Seconds that no stage here takes, on any machine."""


def until(seen: Callable[[], bool]) -> None:
    """Wait for a timer's thread, which a busy machine may start late."""
    end = time.monotonic() + LONG
    while not seen() and time.monotonic() < end:
        time.sleep(0.01)


def work(progress: "Bars | Lines", seen: Callable[[], bool] = lambda: True) -> None:
    with progress.task("Reading\x1b[31m [bold]x", 3) as advance:
        advance(1)
        until(seen)
        advance(2)


def test_a_short_stage_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    work(Lines(delay=LONG))
    assert capsys.readouterr() == ("", "")


def test_a_long_stage_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    work(Lines(delay=0.01), lambda: bool(said.append(capsys.readouterr().err) or "".join(said)))
    assert "".join(said) == "audit: Reading\\x1b[31m [bold]x ...\n"


def test_a_log_hears_again_how_far_the_innermost_stage_has_come(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said: list[str] = []

    def heard(words: str) -> bool:
        said.append(capsys.readouterr().err)
        return words in "".join(said)

    lines = Lines(delay=0.01, again=0.05)
    with lines.task("Comparing", 4) as advance:
        advance(1)
        until(lambda: heard("audit: Comparing ... 25 %, "))
        with lines.task("Looking", None):
            until(lambda: heard("audit: Looking ... 0 s"))
            said.clear()
            until(lambda: heard("audit: Looking ... "))
            assert "Comparing" not in "".join(said)
        advance(7)
        until(lambda: heard("audit: Comparing ... 100 %, "))
    capsys.readouterr()
    time.sleep(0.2)
    assert capsys.readouterr().err == ""


def test_quiet_is_silent() -> None:
    assert observer(quiet=True) is SILENT


def test_a_stderr_that_is_no_terminal_gets_lines() -> None:
    assert isinstance(observer(quiet=False), Lines)


def test_a_terminal_gets_no_bar_for_a_short_stage() -> None:
    screen, console = terminal()
    work(Bars(console, delay=LONG))
    assert "Reading" not in screen.getvalue()


def test_a_terminal_gets_a_bar_if_it_lasts() -> None:
    screen, console = terminal()
    bars = Bars(console, delay=0.01)
    for times in (1, 2):
        work(bars, lambda times=times: screen.getvalue().count("Reading") >= times)
    assert "\\x1b[31m [bold]x" in screen.getvalue()


def test_a_bar_is_gone_after_an_error() -> None:
    screen, console = terminal()

    def fail() -> None:
        with Bars(console, delay=0.01).task("Reading", None):
            until(lambda: "Reading" in screen.getvalue())
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert "\x1b[?25h" in screen.getvalue().rsplit("Reading", 1)[1]
