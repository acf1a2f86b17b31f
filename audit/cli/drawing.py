# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Draws progress on stderr: bars on a terminal, else one line per long stage.

Nothing is drawn for a stage that ends within the delay, so short runs stay silent.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock, Timer
from typing import TYPE_CHECKING

from audit.cli.common import console_err, plain, say
from audit.progress import SILENT, Advance, Progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

DELAY_TERMINAL = 0.7
"""Seconds after which a terminal shows a bar."""
DELAY_LINES = 2.0
"""Seconds after which a stage is named on a stderr that is no terminal."""


def observer(*, quiet: bool) -> Progress:
    """Return the progress observer that suits stderr."""
    if quiet:
        return SILENT
    if not sys.stderr.isatty():
        return Lines()
    console = console_err()
    return Lines() if console.is_dumb_terminal else Bars(console)


class Lines:
    """Names each stage that takes long, once, on a line of its own."""

    def __init__(self, delay: float = DELAY_LINES) -> None:
        self._delay = delay

    @contextmanager
    def task(self, description: str, total: int | None) -> Iterator[Advance]:  # noqa: ARG002
        """See :meth:`audit.progress.Progress.task`."""
        timer = _started(Timer(self._delay, say, (f"{description} ...",)))
        try:
            yield lambda _units: None
        finally:
            timer.cancel()


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
