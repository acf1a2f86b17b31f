# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Runs jobs in processes of this machine, each of which may hang, crash or be killed.

The pools of the standard library end when one of their processes does. Here a process that ends
is its job's result, and another takes its place.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from audit.fleets.task import ONE_THREAD, work

if TYPE_CHECKING:
    from types import TracebackType

Jobs = Iterable[tuple[int, bytes]]
Reply = bytes | Exception
"""What :func:`audit.fleets.task.work` returned, or why nothing came back."""
Replies = Iterator[tuple[int, Reply]]
_WORKED, _BROKE = b"+", b"!"


class LostError(Exception):
    """A process that ended without an answer; the message says how."""


@dataclass
class _Worker:
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    number: int

    def give(self, number: int, job: bytes) -> None:
        """Send a job; a process that has ended is seen when its answer is waited for."""
        self.number = number
        with suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send_bytes(job)

    def answer(self) -> Reply:
        """Take what the process sent, or say how it ended."""
        try:
            reply = self.pipe.recv_bytes()
        except (EOFError, OSError):  # an answer that was cut short is none
            self.process.join()
            return LostError(_ended(self.process.exitcode or 0))
        return reply[1:] if reply[:1] == _WORKED else LostError(reply[1:].decode())

    def kill(self) -> None:
        """End the process, and what it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.pipe.close()


def pooled(jobs: Jobs, workers: int) -> Replies:
    """Do jobs in ``workers`` processes; yield each job's number and reply as it is done."""
    waiting = iter(jobs)
    busy: dict[Connection, _Worker] = {}
    try:
        for first in islice(waiting, workers):
            worker = _started()
            busy[worker.pipe] = worker
            worker.give(*first)
        while busy:
            for pipe in wait(list(busy)):
                assert isinstance(pipe, Connection)
                worker = busy[pipe]
                number, reply = worker.number, worker.answer()
                job, lost = next(waiting, None), isinstance(reply, Exception)
                if lost or job is None:
                    busy.pop(pipe).kill()
                if job is not None:
                    if lost:
                        worker = _started()
                        busy[worker.pipe] = worker
                    worker.give(*job)
                yield number, reply
    finally:
        for worker in busy.values():
            worker.kill()


def _ended(code: int) -> str:
    if code == -signal.SIGALRM:
        return "it took longer than it may"
    if code < 0:
        return f"its process was ended by signal {-code}"
    return f"its process ended with code {code}"


def _started() -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours, 0)


def _serve(pipe: Connection) -> None:
    """Work until there is nothing more; run in a process of its own."""
    os.environ.update(ONE_THREAD)
    os.setsid()  # Ctrl-C is the parent's to answer, and what is started here is ended with us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if not os.environ.get("AUDIT_DEBUG"):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
    while True:
        try:
            job = pipe.recv_bytes()
        except EOFError:
            return
        with _Confessing(pipe):
            reply = work(job)
        pipe.send_bytes(_WORKED + reply)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os.killpg(0, signal.SIGKILL)


class _Confessing:
    """Says of which error the process ends, and lets it end: nothing is known to hold after it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _: "TracebackType | None",
    ) -> None:
        if kind is not None:
            self._pipe.send_bytes(_BROKE + f"internal error: {kind.__name__}: {error}".encode())
