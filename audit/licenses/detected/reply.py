# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a scanner says about one text, as values; ``worker.scan`` has the same in JSON."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """A run of lines (1-based, both included) that a rule for an expression matched.

    ``kind`` is what the rule's text is: ``text``, ``notice``, ``tag``, ``reference``, ``intro``,
    ``clue`` or ``other``; ``score`` is 0..100.
    """

    expression: str
    matcher: str
    score: float
    kind: str
    start: int
    end: int

    @property
    def is_approximate(self) -> bool:
        """Whether it is the nearest text known, and perhaps another."""
        return self.matcher == "3-seq"

    @property
    def is_tag(self) -> bool:
        """Whether it is an ``SPDX-License-Identifier`` line."""
        return self.matcher == "1-spdx-id"


@dataclass(frozen=True, slots=True)
class Reply:
    """Matches by detection, copyright statements, and what no match covers.

    ``copyrights`` are (line, statement, holder), ``unexplained`` (line, text) of a legal text.
    ``late``: the time ran out, so the rest is partial.
    """

    detections: tuple[tuple[Match, ...], ...]
    copyrights: tuple[tuple[int, str, str], ...]
    unexplained: tuple[tuple[int, str], ...]
    late: bool

    @property
    def matches(self) -> tuple[Match, ...]:
        """Every match, in the order found."""
        return tuple(match for detection in self.detections for match in detection)
