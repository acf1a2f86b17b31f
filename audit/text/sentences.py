# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Splits prose into sentences that know their line; mark-up ends a sentence too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^.!?]+(?:[.!?](?=\S)[^.!?]*)*")
_OWN_BLOCK = re.compile(r"\s*(?:#|\||>|[*+-]\s|\d+[.)]\s|$)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one sentence on one line of text, and the 1-based line it begins on."""

    text: str
    line: int


def sentences(prose: str, first_line: int = 1) -> Iterator[Sentence]:
    """Yield the sentences of prose whose first line has the number ``first_line``."""
    for first, block in _blocks(prose):
        line, place = first_line + first, 0
        for match in _SENTENCE.finditer(block):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            line, place = line + block.count("\n", place, start), start
            text = " ".join(match[0].split())
            if text:
                yield Sentence(text, line)


def _blocks(prose: str) -> Iterator[tuple[int, str]]:
    """Yield runs of lines that read on, with the index of their first line."""
    start, lines = 0, list[str]()
    for index, line in enumerate(prose.split("\n")):
        if lines and (_OWN_BLOCK.match(line) or lines[0].lstrip().startswith("#")):
            yield start, "\n".join(lines)
            lines = []
        start = index if not lines else start
        lines.append(line)
    yield start, "\n".join(lines)
