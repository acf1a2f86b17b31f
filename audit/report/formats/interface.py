# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What an output format is: a name, a file, and a function from a page to bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from audit.languages import Language
from audit.report.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write a report.

    ``signed`` ones are written by every run and named in its statement; those that are ``asked``
    only where somebody asks for them. One that is ``spoken`` is written once in each language,
    another once in all. ``stem`` begins its file's name. One that is ``dated`` must state when it
    was made.
    """

    name: str
    suffix: str
    signed: bool
    render: Callable[[Page, Language], bytes]
    spoken: bool = True
    asked: bool = False
    stem: str = "report"
    dated: bool = False

    def file_name(self, edition: str) -> str:
        """Return the name of its file in an edition, such as ``report`` or ``report.zh``."""
        return f"{edition if self.spoken else self.stem}{self.suffix}"
