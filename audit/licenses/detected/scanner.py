# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Talks to the scanner process: starts it only when needed, kills it when it hangs.

A file that makes the process die or hang costs one restart; the second time, the file is
given up with a reason. Nothing but JSON crosses the pipe.
"""

import atexit
import json
import os
import select
import subprocess
import sys
import time
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter

from audit.errors import ScanError
from audit.licenses.detected.reply import Reply
from audit.record.absent import Absent
from audit.record.said import Said

DIED = Said("the scanner stopped twice on this file")
SLOW = Said("the scanner took too long on this file")
GIVEN_UP = Said("the scanner had failed on too many files and was not started again")
MOST_FAILURES = 10
"""Files that may kill, hang or delay the scanner before the rest is left unscanned."""
SECONDS_PER_FILE = 60.0
_SECONDS_TO_START = 240.0
_SECONDS_OF_GRACE = 30.0
_READY = b'{"ready": true}'
WORKER = Path(__file__).with_name("worker.py")
EXACT_INDEX = WORKER.with_name("exact_index.py")
_DISTRIBUTIONS = ("scancode-toolkit-mini", "scancode-toolkit")
"""The same code, without and with helper binaries for unpacking archives."""


def scancode_version() -> str | None:
    """Return the installed version without importing it; ``None`` if there is none."""
    for distribution in _DISTRIBUTIONS:
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return None


def index_size() -> int:
    """Return the bytes of the licence index on disk; 0 before the first scan has built it."""
    from scancode_config import licensedcode_cache_dir

    return sum(path.stat().st_size for path in Path(licensedcode_cache_dir).rglob("index_cache"))


class Scanner:
    """One scanner process, started at the first request; use as a context manager.

    Parameters
    ----------
    worker : Path
        The script to run, in a process that does not look into the current folder
        (``-P``), which may be the audited one.
    seconds : float
        What one file may take.
    """

    def __init__(self, worker: Path = WORKER, *, seconds: float = SECONDS_PER_FILE) -> None:
        self._command = [sys.executable, "-P", str(worker)]
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._pending = b""
        self._failures = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def scan(self, text: str, *, legal: bool, copyrights: bool) -> Reply | Absent:
        """Scan one text; return the worker's reply, or why there is none.

        Raises
        ------
        ScanError
            If the process does not start at all.
        """
        request = {
            "text": text, "legal": legal, "copyrights": copyrights, "seconds": self._seconds,
        }  # fmt: skip
        line = json.dumps(request).encode() + b"\n"
        reason = DIED if self._failures < MOST_FAILURES else GIVEN_UP
        for _attempt in range(2 if reason == DIED else 0):
            reply = self._whole_reply(line)
            if isinstance(reply, Reply) and not reply.late:
                return reply
            if isinstance(reply, Reply):
                reason = SLOW
                break  # it is late because of the file, and would be again
            self.stop()
            reason = reply.reason
        self._failures += 1
        return Absent(reason)

    def _whole_reply(self, line: bytes) -> Reply | Absent:
        """Ask once; an interrupted process is ended, lest its reply answer the next file."""
        answered = False
        try:
            self._start()
            reply = self._ask(line)
            answered = True
        finally:
            if not answered:
                self.stop()
        if isinstance(reply, Absent):
            return reply
        try:
            return _reply().validate_json(reply)
        except ValueError:
            return Absent(DIED)  # a process that babbles is not to be trusted with the next file

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.stop()  # it ended by itself after an idle time, or never ran
        for _attempt in range(2):
            answer = self._launch()
            if not isinstance(answer, Absent):
                return
            self.stop()
            if answer.reason == SLOW:
                break
        raise ScanError(
            "The licence scanner does not start.",
            advice="`python -m audit.licenses.detected.worker` shows why.",
        )

    def _launch(self) -> bytes | Absent:
        """Start a process and wait until it says that it is ready."""
        self._process = subprocess.Popen(  # noqa: S603 - our own script, no shell
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=WORKER.anchor,
            start_new_session=True,
        )
        self._pending = b""
        return self._read(_SECONDS_TO_START)

    def _ask(self, line: bytes) -> bytes | Absent:
        process = self._process
        if process is None or process.stdin is None:
            return Absent(DIED)
        try:
            process.stdin.write(line)
            process.stdin.flush()
        except OSError:
            return Absent(DIED)
        seconds = self._seconds + _SECONDS_OF_GRACE
        reply = self._read(seconds)
        if reply == _READY:  # it goes on loading, which is not the file's fault
            reply = self._read(_SECONDS_TO_START + seconds)
        return reply

    def _read(self, seconds: float) -> bytes | Absent:
        """Wait for one line, for at most ``seconds``."""
        process = self._process
        if process is None or process.stdout is None:
            return Absent(DIED)
        descriptor, until = process.stdout.fileno(), time.monotonic() + seconds
        while b"\n" not in self._pending:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return Absent(SLOW)
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                return Absent(DIED)
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        return line

    def stop(self) -> None:
        """End the process, if it runs; a later request starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # what was still to be written is of no use to a dead process
        process.wait()


@cache
def _reply() -> TypeAdapter[Reply]:
    return TypeAdapter(Reply)


@cache
def shared_scanner() -> Scanner:
    """Return the one scanner of this programme: each start loads the index anew.

    It starts at the first uncached text, serves subject and references alike, and
    ends when it was idle for a while or with the programme.
    """
    scanner = Scanner()
    atexit.register(scanner.stop)
    return scanner
