# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The process: ``audit`` and ``python -m audit`` start here.

Kept apart from the command line, so that Ctrl-C is answered in one line whenever it
comes: while the command line is imported, while it reads its arguments, or in a command.
"""

import atexit
import gc
import os
import signal
import sys
import threading
from types import FrameType

from audit.errors import ExitCode

_COLLECT_AFTER = 500_000
"""Objects more than before, after which cycles of them are looked for: more than a short run makes,
and some tens of megabytes. Python's own number is 700."""


def main() -> None:
    """Run the command line; SIGTERM ends it as Ctrl-C does, cleaning up."""
    signal.signal(signal.SIGTERM, _interrupt)
    _open_closed_streams()
    _hear_in_every_thread()
    try:
        _run()
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != ExitCode.INTERRUPTED:
            raise
        sys.stderr.write("audit: Interrupted. Nothing half-written was left behind.\n")
        raise SystemExit(int(ExitCode.INTERRUPTED)) from None


def _wait_asleep() -> None:
    """Let the threads of a tensor library sleep while they wait for each other.

    They turn in a loop otherwise, and beside other work on the same cores a comparison took five
    times as long. The libraries read this when they are loaded.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")


def start_quickly() -> None:
    """Keep what every start would pay for, and no run has use for, from being done.

    The collector walked again and again through all that is being imported, and once more when
    the process ended: a quarter of a short run's time. Pydantic read the metadata of every
    installed package for plug-ins, which could change what is read from a file besides.
    """
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)  # what is left then ends with the process
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"


def _run() -> None:
    start_quickly()
    from audit.cli import app
    from audit.cli.common import prepare_streams

    prepare_streams()
    _wait_asleep()
    app(prog_name="audit")


def _open_closed_streams() -> None:
    """Open nothing where a standard stream was closed by whoever started this process.

    What is printed is then lost, as was asked for, and nothing else becomes of the run; without
    that, the next file to be opened would have the number of the stream.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))


def _hear_in_every_thread() -> None:
    """Let the main thread answer at once a signal that another thread was given.

    The system may give Ctrl-C to any thread, and Python answers in the main one alone: while that
    waited for a worker, an interruption could be lost until the next one.
    """
    heard, said = os.pipe()
    os.set_blocking(said, False)
    signal.signal(signal.SIGURG, lambda *_: None)  # ends a wait, and means nothing
    signal.set_wakeup_fd(said, warn_on_full_buffer=False)
    first = threading.get_ident()

    def wake() -> None:
        while number := os.read(heard, 1):
            if number[0] != signal.SIGURG:
                signal.pthread_kill(first, signal.SIGURG)

    threading.Thread(target=wake, daemon=True).start()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
