# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Drops real files and folders on a page in headless Chromium, as a hand does.

A script cannot make an event that carries a folder, so the browser is asked to, over the pipe of
its debugging protocol: one JSON message after the other, with a null byte after each.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tests.browser.chromium import OFF_THE_NETWORK, Chromium


class Tab:
    """One page of a running browser."""

    def __init__(self, to: BinaryIO, of: BinaryIO) -> None:
        self._to, self._of, self._number, self._session = to, of, 0, ""

    def call(self, method: str, **arguments: object) -> Any:
        """Call a method of the protocol and return its result."""
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": arguments}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while True:
            answer = json.loads(self._next())
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self) -> bytes:
        found = bytearray()
        while byte := self._of.read(1):
            if byte == b"\0":
                return bytes(found)
            found += byte
        raise AssertionError("the browser has gone")

    def open(self, page: Path) -> None:
        """Open a page, and wait for it."""
        target = self.call("Target.createTarget", url=page.as_uri())["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self.wait("document.readyState === 'complete'")

    def ask(self, expression: str) -> Any:
        """Return the value of an expression on the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def becomes(self, expression: str, seconds: float) -> bool:
        """Wait until an expression is true; say whether it became so in time."""
        until = time.monotonic() + seconds
        while not self.ask(expression):
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def wait(self, expression: str, seconds: float = 180) -> None:
        """Wait until an expression is true."""
        assert self.becomes(expression, seconds), f"never true: {expression}"

    def drop(self, *paths: Path) -> None:
        """Drop files or folders in the middle of the page."""
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.call("Input.dispatchDragEvent", type=kind, x=200, y=200, data=data)


@contextmanager
def tab(browser: Chromium) -> Iterator[Tab]:
    """Run the browser, off the network, with one page."""
    theirs, ours = os.pipe()
    answers, said = os.pipe()

    def numbered() -> None:
        os.dup2(theirs, 3)
        os.dup2(said, 4)

    command = [browser.program, "--headless=new", "--remote-debugging-pipe", *OFF_THE_NETWORK]
    running = subprocess.Popen(
        [*command, f"--user-data-dir={browser.folder / 'dropping'}"],
        preexec_fn=numbered,  # noqa: PLW1509 - the protocol's two pipes are 3 and 4
        pass_fds=(3, 4),
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    os.close(said)
    try:
        with os.fdopen(ours, "wb") as to, os.fdopen(answers, "rb") as of:
            yield Tab(to, of)
    finally:
        running.terminate()
        running.wait(timeout=20)
