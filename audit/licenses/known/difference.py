# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where a file departs from a known text, word by word, and whether that can change terms.

The known text ships as hashes of word runs, which align but cannot be read. What it says at
a place is shown where the installed scancode data hold the same text, checked by digest.
"""

import importlib.util
import itertools
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from audit.rules.known_texts import KnownWords, TextEntry, text_list
from audit.text.fold import Word, forms, words
from audit.text.shingles import WIDTH, digest

LEAST_BLOCK = 3
"""Shingles in a row that make an agreement; fewer are chance."""
LEAST_SLIP = 6
"""Letters of a word that can be misspelt without becoming another common word."""
SLIP_LIKENESS = 0.85
"""Least similarity (difflib's ratio) of a word and its misspelling."""


MOST_NAME = 8
"""Words of the name of a work that a licence is for."""
_MONTH = re.compile(
    r"(?:jan|febr)(?:uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|oct(?:ober)?"
    r"|(?:sept?|nov|dec)(?:ember)?|月"
)
_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?|[年日]")
"""A word of a date, beside the month; a text of another year is an edition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where the words differ.

    ``found`` are the file's words there. ``known_words`` counts the known text's words
    there, and ``known`` are these words, ``None`` where they cannot be read. ``line`` is
    the file's, from 1. ``before`` are the file's words in front of them.
    """

    line: int
    found: tuple[str, ...]
    known_words: int
    known: tuple[str, ...] | None
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A known text laid over a file: the file's first and last word, and the differences."""

    first: int
    last: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """Equal words: ``size`` of them from ``known`` and from ``found``."""

    known: int
    found: int
    size: int


def align(text: KnownWords, found: list[Word], order: list[int]) -> Aligned | None:
    """Lay a known text over a file; ``None`` if no run of words agrees.

    Parameters
    ----------
    text : KnownWords
        The known text.
    found : list of Word
        The file's words.
    order : list of int
        Their shingles, by position.
    """
    blocks = _blocks(text.order, order)
    if not blocks:
        return None
    start, end = blocks[0], blocks[-1]
    head = min(start.known, start.found)
    tail = min(
        len(text.order) + WIDTH - 1 - end.known - end.size, len(found) - end.found - end.size
    )
    first, last = start.found - head, end.found + end.size + tail
    edges = [_Block(0, first, 0), *blocks, _Block(len(text.order) + WIDTH - 1, last, 0)]
    wording = _wording(text)
    gaps = (_gap(a, b, found, wording) for a, b in itertools.pairwise(edges))
    return Aligned(first=first, last=last - 1, differences=tuple(g for g in gaps if g is not None))


def changes_words(difference: Difference) -> bool:
    """Whether a difference is more than an article, a link's prefix or a slip of the pen.

    A slip replaces words one for one by words as long as ``LEAST_SLIP`` that begin and end
    alike and are nearly the same. Known words that cannot be read count as changed.
    """
    if difference.known is None and difference.known_words:
        return True
    known = [w for w in difference.known or () if w not in _harmless()]
    found = [w for w in difference.found if w not in _harmless()]
    if len(known) != len(found):
        return True
    return not all(a == b or _is_slip(a, b) for a, b in zip(known, found, strict=True))


def names_works(difference: Difference, title: frozenset[str]) -> bool:
    """Whether a difference only says whose a text is, or which works it is for.

    Of numbers, those count that stand in the licence's own name, which ``title`` has word by word.
    """
    if difference.known is None and difference.known_words:
        return False
    if {(difference.known or ("",))[0], (difference.found or ("",))[0]} == {"copyright"}:
        return True  # whose copy it is
    said = {*(difference.known or ()), *difference.found}
    works = title | {*text_list().works}
    return bool(said & works) and said <= works | {*text_list().between_works} | _harmless()


def names_the_work(difference: Difference, entry: TextEntry) -> bool:
    """Whether a few words stand where a copy says which work it is for, and limit nothing.

    A title is too short to align, so it is found with the name that follows it.
    """
    limiting = text_list().limiting
    said = f" {' '.join((*difference.before, *difference.found))} "
    for phrase in (forms(words(each)) for each in entry.named_after):
        _, there, after = said.rpartition(f" {' '.join(phrase)} ")
        name = after.split()
        added = difference.known_words == 0 and len(name) == len(difference.found)
        titled = difference.known_words == len(phrase)
        if there and (added or titled) and len(name) <= MOST_NAME:
            return not any(word in f" {after}" for word in limiting)
    return False


def is_date(difference: Difference) -> bool:
    """Whether a difference only says when a text was released, and not what it says."""
    known = difference.known if difference.known is not None else ()
    unread = difference.known is None and difference.known_words > len(difference.found)
    said = (*known, *difference.found)
    return not unread and all(is_month(word) or _DAY.fullmatch(word) for word in said)


def is_month(word: str) -> bool:
    """Whether a word, in lower case, is a month; "may" is one beside a number only."""
    return _MONTH.fullmatch(word) is not None


def _is_slip(a: str, b: str) -> bool:
    if min(len(a), len(b)) < LEAST_SLIP or not (a + b).isalpha():
        return False
    alike = SequenceMatcher(None, a, b).ratio() >= SLIP_LIKENESS
    return alike and a[0] == b[0] and a[-1] == b[-1]


@cache
def _harmless() -> frozenset[str]:
    return frozenset(text_list().harmless)


def _blocks(known: tuple[int, ...], found: list[int]) -> list[_Block]:
    """Return the runs of equal words in the order of both."""
    matcher = SequenceMatcher(None, known, found, autojunk=False)
    return [
        _Block(match.a, match.b, match.size + WIDTH - 1)
        for match in matcher.get_matching_blocks()
        if match.size >= LEAST_BLOCK
    ]


def _gap(
    before: _Block, after: _Block, found: list[Word], wording: list[str] | None
) -> Difference | None:
    """Return what lies between two runs of equal words, if anything does."""
    known_start, found_start = before.known + before.size, before.found + before.size
    # A repeated word can belong to both runs; it is given back to the gap of neither.
    overlap = max(0, known_start - after.known, found_start - after.found)
    known_start, found_start = known_start - overlap, found_start - overlap
    there = found[found_start : after.found]
    count = after.known - known_start
    if not there and not count:
        return None
    place = found[min(found_start, len(found) - 1)]
    return Difference(
        line=place.line,
        found=tuple(forms(there)),
        known_words=count,
        known=None if wording is None else tuple(wording[known_start : after.known]),
        before=tuple(forms(found[max(0, found_start - 2 * MOST_NAME) : found_start])),
    )


@cache
def _wording(text: KnownWords) -> list[str] | None:
    """Return the words of a known text, if the installed scancode data have that very text."""
    body = installed_text(text.entry)
    if body is None:
        return None
    wording = forms(words(body))
    return wording if digest(wording) == text.built.sha256 else None


def installed_text(entry: TextEntry) -> str | None:
    """Return the wording of a known text from the installed scancode data, if it is there."""
    body = None if entry.scancode is None else carried_text(entry.scancode)
    return body if body is None or entry.begins is None else _from_line(body, entry.begins)


def carried_text(key: str) -> str | None:
    """Return a licence's wording by scancode's key from its installed data, if it is there.

    The data file is read as text; nothing of scancode is imported.
    """
    package = importlib.util.find_spec("licensedcode")
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / "data" / "licenses" / f"{key}.LICENSE"
    try:
        return path.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    except (OSError, UnicodeDecodeError, IndexError):
        return None


def _from_line(body: str, begins: str) -> str | None:
    lines = body.splitlines()
    starts = [i for i, line in enumerate(lines) if line.strip().startswith(begins)]
    return "\n".join(lines[starts[-1] :]) if starts else None
