# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A row of the table of hostile inputs."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One hostile input."""

    parser: str
    name: str
    make: Callable[[], bytes]
    reason: str | None
    """A regular expression; ``None`` if the input must be read without harm."""

    @property
    def id(self) -> str:
        return f"{self.parser}: {self.name}"


def fixed(data: bytes | str) -> Callable[[], bytes]:
    content = data.encode() if isinstance(data, str) else data
    return lambda: content
