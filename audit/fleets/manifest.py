# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a fleet has done, one line to a model, so that a run that was killed goes on.

A line is added when its result is on the disk. A line that a kill or a full disk cut short is as
if it were not there, and its model is done again.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.errors import UsageError
from audit.given import read_given
from audit.output import add_to_file, replace_file

NAME = "manifest.jsonl"
_LIMIT = 1 << 32


class Line(BaseModel):
    """One model: what was asked, what came of it, the digest of the result.

    ``mark`` is :attr:`audit.fleets.task.Outcome.mark`; ``told`` is what the page shows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    doing: Literal["fingerprint", "audit"]
    target: str
    released: str | None
    against: tuple[str, ...]
    state: Literal["done", "failed"]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None
    mark: str | None
    reason: str | None
    told: dict[str, Any]

    @property
    def key(self) -> tuple[object, ...]:
        """What tells one model of the list from another."""
        return self.doing, self.target, self.released, self.against

    def to_bytes(self) -> bytes:
        """Return the line, its end included."""
        return rfc8785.dumps(self.model_dump(mode="json")) + b"\n"


class Manifest:
    """The file in a fleet's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / NAME

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep the folder for this run; raises ``UsageError`` if another one has it."""
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise UsageError(
                f"Another run writes into {self._folder.name}.", advice="Wait for it, or stop it."
            ) from error
        finally:
            os.close(descriptor)

    def read(self) -> dict[tuple[object, ...], Line]:
        """Return the lines that are whole, the last one of each model."""
        if not self._path.is_file():
            return {}
        found = {}
        for text in read_given(self._path, limit=_LIMIT, option="--out").splitlines():
            try:
                line = Line.model_validate_json(text)
            except ValidationError:
                continue  # cut short
            found[line.key] = line
        return found

    def add(self, line: Line) -> None:
        """Write one line at the end; raises ``OutputError``."""
        add_to_file(self._path, line.to_bytes())

    def rewrite(self, lines: Iterable[Line]) -> None:
        """Write all lines anew, whole or not at all; raises ``OutputError``."""
        replace_file(self._path, b"".join(line.to_bytes() for line in lines))
