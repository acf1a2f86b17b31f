# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds a given wording in a text, whatever its typography; pure.

Both are compared as folded words (``fold.phrase``), which know their lines.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from audit.text.fold import forms, phrase

_MOST_STARTS = 24
_LONGEST_QUOTE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best place for a wording: 1-based lines, the words there, and 0..1 likeness."""

    line: int
    last_line: int
    quoted: str
    similarity: float


def find(wording: str, text: str) -> Found | None:
    """Return the place of a text that is most like a wording; ``None`` if nothing is.

    The likeness is difflib's ratio on words (twice the words in common, in order, over the
    words of both), taken over the stretch of text that has the words in common.
    """
    wanted, placed = forms(phrase(wording)), phrase(text)
    if not wanted or not placed:
        return None
    there = forms(placed)
    best: tuple[float, int, int] | None = None
    for start in _starts(wanted, there):
        found = _ratio(wanted, there, start)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        return None
    ratio, first, last = best
    lines = (placed[first].line, placed[last].line)
    return Found(
        line=lines[0], last_line=lines[1], quoted=quote(text, *lines), similarity=round(ratio, 4)
    )


def quote(text: str, first: int, last: int) -> str:
    """Return lines of a text as one line of bounded length."""
    flat = " ".join(" ".join(text.split("\n")[first - 1 : last]).split())
    return flat if len(flat) <= _LONGEST_QUOTE else f"{flat[: _LONGEST_QUOTE - 1]}…"


def _starts(wanted: Sequence[str], there: Sequence[str]) -> list[int]:
    """Return the offsets at which most words of the wording would be in place."""
    places = defaultdict(list)
    for index, word in enumerate(wanted):
        places[word].append(index)
    votes: Counter[int] = Counter()
    for index, word in enumerate(there):
        for place in places.get(word, ()):
            votes[max(0, index - place)] += 1
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0]))
    return [start for start, _ in ranked[:_MOST_STARTS]]


def _ratio(
    wanted: Sequence[str], there: Sequence[str], start: int
) -> tuple[float, int, int] | None:
    """Return the ratio over the matched stretch near ``start``, with its first and last word."""
    slack = 2 + len(wanted) // 5
    low = max(0, start - slack)
    window = there[low : start + len(wanted) + slack]
    blocks = [
        block
        for block in SequenceMatcher(None, wanted, window, autojunk=False).get_matching_blocks()
        if block.size
    ]
    if not blocks:
        return None
    first, last = blocks[0].b, blocks[-1].b + blocks[-1].size - 1
    common = sum(block.size for block in blocks)
    return 2 * common / (len(wanted) + last - first + 1), low + first, low + last


def contains(wording: str, text: str) -> Found | None:
    """Return the first place where a wording stands word for word, whatever its typography."""
    wanted, placed = forms(phrase(wording)), phrase(text)
    there = forms(placed)
    for index in range(len(there) - len(wanted) + 1):
        if wanted and there[index : index + len(wanted)] == wanted:
            lines = placed[index].line, placed[index + len(wanted) - 1].line
            return Found(
                line=lines[0], last_line=lines[1], quoted=quote(text, *lines), similarity=1.0
            )
    return None
