# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Draws progress on stderr: bars on a terminal, else a line every ten seconds of a long stage.

Nothing is drawn for a stage that ends within the delay, so short runs stay silent.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock, Timer
from time import monotonic
from typing import TYPE_CHECKING

from audit.cli.common import console_err, plain, say
from audit.progress import SILENT, Advance, Progress
from audit.text.numbers import count

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

DELAY_TERMINAL = 0.7
"""Seconds after which a terminal shows a bar."""
DELAY_LINES, AGAIN_LINES = 2.0, 10.0
"""Seconds after which a stage is named on a stderr that is no terminal, and is heard of again."""


def observer(*, quiet: bool) -> Progress:
    """Return the progress observer that suits stderr."""
    if quiet:
        return SILENT
    if not sys.stderr.isatty():
        return Lines()
    console = console_err()
    return Lines() if console.is_dumb_terminal else Bars(console)


class Lines:
    """Names each stage that takes long, and says every ten seconds how far it has come.

    Of stages within each other it is the innermost that speaks: the others wait for it.
    """

    def __init__(self, delay: float = DELAY_LINES, again: float = AGAIN_LINES) -> None:
        self._delay, self._again = delay, again
        self._open: list[_Stage] = []

    @contextmanager
    def task(self, description: str, total: int | None) -> Iterator[Advance]:
        """See :meth:`audit.progress.Progress.task`."""
        stage = _Stage(description, total)
        self._open.append(stage)
        stage.timer = _started(Timer(self._delay, self._name, (stage,)))
        try:
            yield stage.advance
        finally:
            self._open.remove(stage)
            stage.timer.cancel()

    def _name(self, stage: "_Stage") -> None:
        say(f"{stage.description} ...")
        self._wait(stage)

    def _wait(self, stage: "_Stage") -> None:
        if stage in self._open:
            stage.timer = _started(Timer(self._again, self._tell, (stage,)))

    def _tell(self, stage: "_Stage") -> None:
        if self._open and self._open[-1] is stage:
            say(f"{stage.description} ... {stage.far()}")
        self._wait(stage)


class _Stage:
    """One stage: its name, how much of it is done, and the timer that speaks next."""

    timer: Timer

    def __init__(self, description: str, total: int | None) -> None:
        self.description, self._total, self._done = description, total, 0
        self._begun = monotonic()

    def advance(self, units: int) -> None:
        self._done += units

    def far(self) -> str:
        """Say how much is done, if that is known, and since when."""
        seconds = f"{count(int(monotonic() - self._begun))} s"
        if not self._total:
            return seconds
        return f"{count(100 * min(self._done, self._total) // self._total)} %, {seconds}"


class Bars:
    """Bars with the time left; they vanish when their stage is done."""

    def __init__(self, console: "Console", delay: float = DELAY_TERMINAL) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
            transient=True,
        )
        self._delay = delay
        self._lock = RLock()

    @contextmanager
    def task(self, description: str, total: int | None) -> Iterator[Advance]:
        """See :meth:`audit.progress.Progress.task`."""
        bar = self._bars.add_task(plain(description), total=total, visible=False)
        timer = _started(Timer(self._delay, self._show, (bar,)))
        try:
            yield lambda units: self._bars.update(bar, advance=units)
        finally:
            timer.cancel()
            self._end(bar)

    def _show(self, bar: "TaskID") -> None:
        with self._lock:
            if bar in self._bars.task_ids:
                self._bars.update(bar, visible=True)
                self._bars.start()

    def _end(self, bar: "TaskID") -> None:
        with self._lock:
            self._bars.remove_task(bar)
            if not self._bars.task_ids:
                self._bars.stop()


def _started(timer: Timer) -> Timer:
    timer.daemon = True
    timer.start()
    return timer
