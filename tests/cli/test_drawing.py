# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Progress is drawn when it helps, and only then."""

import io
import time

import pytest
from rich.console import Console

from audit.cli.drawing import Bars, Lines, observer
from audit.progress import SILENT


def terminal() -> tuple[io.StringIO, Console]:
    screen = io.StringIO()
    terms = {"TERM": "xterm"}
    return screen, Console(file=screen, force_terminal=True, width=80, _environ=terms)


def work(progress: "Bars | Lines", seconds: float) -> None:
    with progress.task("Reading\x1b[31m [bold]x", 3) as advance:
        advance(1)
        time.sleep(seconds)
        advance(2)


def test_a_short_stage_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    work(Lines(delay=5), 0)
    assert capsys.readouterr() == ("", "")


def test_a_long_stage_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    work(Lines(delay=0.01), 0.2)
    assert capsys.readouterr() == ("", "audit: Reading\\x1b[31m [bold]x ...\n")


def test_quiet_is_silent() -> None:
    assert observer(quiet=True) is SILENT


def test_a_stderr_that_is_no_terminal_gets_lines() -> None:
    assert isinstance(observer(quiet=False), Lines)


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, False), (0.4, True)])
def test_a_terminal_gets_a_bar_if_it_lasts(seconds: float, shown: bool) -> None:
    screen, console = terminal()
    bars = Bars(console, delay=0.05)
    work(bars, seconds)
    assert ("Reading" in screen.getvalue()) is shown
    assert "\\x1b[31m [bold]x" in screen.getvalue() or not shown
    work(bars, seconds)


def test_a_bar_is_gone_after_an_error() -> None:
    screen, console = terminal()

    def fail() -> None:
        with Bars(console, delay=0.01).task("Reading", None):
            time.sleep(0.1)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert "\x1b[?25h" in screen.getvalue().rsplit("Reading", 1)[1]
