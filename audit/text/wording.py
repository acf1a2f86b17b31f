# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds a given wording in a text, whatever its typography; pure.

Two texts are compared as words: NFKC, case folded, quotes and dashes and white space left
out, © and (c) the same, hyphenated line breaks joined (one published licence breaks inside
words). Where the words stand is kept, so that a match has a line.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_BROKEN = re.compile(r"(?<=\w)[-\u2010\u2011\u00ad][ \t]*\n[ \t]*(?=[^\W\d_])")
_SIGN = re.compile(r"©|\(\s*c\s*\)|&copy;", re.I)
_WORD = re.compile(r"[^\W_]+")
_BOLD = "©"
_MOST_STARTS = 24
_LONGEST_QUOTE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best place for a wording: 1-based lines, the words there, and 0..1 likeness."""

    line: int
    last_line: int
    quoted: str
    similarity: float


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text.

    Examples
    --------
    >>> words("Copyright © Meta—All “Rights”")
    ('copyright', 'c', 'meta', 'all', 'rights')
    """
    return tuple(word for word, _ in _placed(text))


def _placed(text: str) -> list[tuple[str, int]]:
    """Return each folded word with its 1-based line; a broken word counts where it begins."""
    placed = []
    start = 0
    line = 1
    joined = _BROKEN.sub(lambda match: "\x00" * len(match[0].replace("\n", "")) + "\x01", text)
    flat = _SIGN.sub(
        lambda match: f" c{' ' * (len(match[0]) - 2)}" if match[0] != _BOLD else "c", joined
    )
    for match in re.finditer(r"(?:[^\W_]|[\x00\x01])+", flat):
        line += flat.count("\n", start, match.start()) + flat.count("\x01", start, match.start())
        start = match.start()
        folded = unicodedata.normalize("NFKC", re.sub(r"[\x00\x01]", "", match[0])).casefold()
        placed += [(word, line) for word in _WORD.findall(folded)]
    return placed


def find(wording: str, text: str) -> Found | None:
    """Return the place of a text that is most like a wording; ``None`` if nothing is.

    The likeness is difflib's ratio on words (twice the words in common, in order, over the
    words of both), taken over the stretch of text that has the words in common.
    """
    wanted, placed = words(wording), _placed(text)
    if not wanted or not placed:
        return None
    there = [word for word, _ in placed]
    best: tuple[float, int, int] | None = None
    for start in _starts(wanted, there):
        found = _ratio(wanted, there, start)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        return None
    ratio, first, last = best
    lines = (placed[first][1], placed[last][1])
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


def contains(phrase: str, text: str) -> Found | None:
    """Return the first place where a phrase stands word for word, whatever its typography."""
    wanted, placed = words(phrase), _placed(text)
    there = [word for word, _ in placed]
    for index in range(len(there) - len(wanted) + 1):
        if wanted and tuple(there[index : index + len(wanted)]) == wanted:
            lines = placed[index][1], placed[index + len(wanted) - 1][1]
            return Found(
                line=lines[0], last_line=lines[1], quoted=quote(text, *lines), similarity=1.0
            )
    return None
