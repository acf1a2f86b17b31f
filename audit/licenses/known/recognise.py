# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Recognises the texts of model licences, and says "near X, not X" where that is so.

Different model licences share up to 98.3 % of their word-5-shingles, and a licence whose
one word was changed keeps 99.8 % of them; so nearness is never identity. A text *is* a
known one if it has its words, all its discriminators and none of a sibling's. Where at
least ``IDENTITY`` of the shingles agree in both directions and the words that differ carry
no duty, limit or number, it is that text with differences, which are listed. All else that
is close is *near*.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from audit import resources
from audit.licenses.known.difference import (
    Difference,
    align,
    changes_words,
    is_date,
    is_month,
    names_the_work,
    names_works,
)
from audit.rules.known_texts import ANNEX, KnownWords, known_words, vocabulary
from audit.text.fold import Word, forms, words
from audit.text.shingles import WIDTH, shingle, shingles

DETECTOR = "known texts"
EDITIONS = "known texts, by another edition"
"""The detector of a claim about a text that has the words of a known one and not its title,
date or notice: licences of one family differ by few words, so it need not be altered."""
UNDER_A_HEAD = "known texts, under another head"
"""The same where nothing but the title, the date and the holder above the text is another."""
IDENTITY = 0.985
"""Least share of shingles, in both directions, at which a text can be a known one."""
IDENTITY_BUT_FOR_NAMES = 0.95
"""The same where a file lists other works, by name, that the text is for."""
RETITLED = 0.995
"""Least share, in both directions, at which a text under another title is no edition: two
known editions agree by 99.1 % at most."""
NEARNESS = 0.6
"""Least share of a known text's shingles at which a text is said to be near it."""
NEARNESS_UNTITLED = 0.85
"""The same for a file that has none of its discriminators: many licences are written from
MIT and Apache-2.0, and those two are near none of them."""
_HEAD = 6
"""Lines from the first on in which a text says its title, date and holder."""
LEAST_NEAR = 0.25
"""Least share of a text that must be the known one's: a book that quotes it is not near."""
MOST_HOLDERS = 8
"""Copyright lines of a file that are tried for one that somebody put into a known text."""
_COPYRIGHT_LINE = re.compile(r"^[ \t#*/;>_-]*(?:copyright|©|\(c\))[^\n]{0,150}$", re.I | re.M)


class Likeness(StrEnum):
    """What a text is to a known one."""

    SAME = "same"
    """The same words."""
    DIFFERS = "differs"
    """The same text but for articles, link prefixes or slips of the pen."""
    NEAR = "near"
    """Close, and not that text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownText:
    """One known text found in a file.

    ``known_share`` is the share (0..1) of the known text's shingles that the file holds,
    ``found_share`` the share of the file's shingles (without other known texts in it) that
    the known text has. ``missing`` are discriminators that the file lacks, ``foreign``
    those of siblings that it has. Lines count from 1.
    """

    id: str
    name: str
    role: str
    likeness: Likeness
    known_share: float
    found_share: float
    differences: tuple[Difference, ...]
    missing: tuple[str, ...]
    foreign: tuple[str, ...]
    first: int
    last: int

    @property
    def is_edition(self) -> bool:
        """Whether it has another title, date or notice: an edition or a sibling."""
        return self.likeness is Likeness.NEAR and bool(self.missing or self.foreign)

    @property
    def is_retitled(self) -> bool:
        """Whether it is an edition of which every word but those of its head is the known one's."""
        return self.is_edition and all(d.line <= self.first + _HEAD for d in self.differences)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The words of a file with their shingles."""

    words: list[Word]
    order: list[int]
    bag: frozenset[int]
    text: str

    def has(self, phrase: str) -> bool:
        wanted = " ".join(forms(words(phrase)))
        return f" {wanted} " in self.text


def recognise(text: str) -> tuple[KnownText, ...]:
    """Return the known texts in a file, by line; at most one that is only near.

    Parameters
    ----------
    text : str
        The decoded file. A file may hold a licence and its use policy, or a licence in
        two languages.
    """
    answers = _recognise(text)
    if not _is_near(answers) and not _names_holders(answers):
        return answers
    # Whose copy it is may stand inside the text, and is no change of its terms.
    held = list(_COPYRIGHT_LINE.finditer(text))[:MOST_HOLDERS]
    without = [text[: line.start()] + text[line.end() :] for line in held]
    if len(held) > 1:
        without.append(_COPYRIGHT_LINE.sub("", text))
    found = [each for each in map(_recognise, without) if each and not _is_near(each)]
    return next((each for each in found if not _names_holders(each)), (found or [answers])[0])


def _names_holders(answers: tuple[KnownText, ...]) -> bool:
    """Whether a text differs from a known one in a copyright line."""
    differences = (d for answer in answers for d in answer.differences)
    return any("copyright" in d.found[:1] for d in differences)


def _is_near(answers: tuple[KnownText, ...]) -> bool:
    return any(answer.likeness is Likeness.NEAR for answer in answers)


def _recognise(text: str) -> tuple[KnownText, ...]:
    found = _read(text)
    if not found.bag & vocabulary():
        return ()
    whole = [k for k in known_words() if _is_whole(k, found)]
    covered = frozenset().union(*(k.bag for k in whole))
    answers = [_identity(k, found, covered - k.bag) for k in whole]
    near = _nearest(found, covered, whole)
    if near is not None:
        dated = all(is_date(d) and _is_in_a_date(found, d) for d in near.differences)
        answers.append(_of_another_day(near) if near.differences and dated else near)
    kept = (a for a in answers if not any(_repeats(a, other) for other in answers))
    return tuple(sorted(kept, key=lambda a: (a.first, a.id)))


@cache
def answers_depend_on() -> str:
    """Return the SHA-256 of the known texts and of the code that compares with them."""
    rules, here = resources.tree("rules"), Path(__file__).parent
    code = (
        *sorted(here.glob("*.py")),
        *(here.parents[1] / "text" / name for name in ("fold.py", "shingles.py")),
    )
    total = hashlib.sha256()
    for path in (rules / "texts.yaml", *sorted((rules / "texts").iterdir()), *code):
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _repeats(annex: KnownText, other: KnownText) -> bool:
    """Whether an altered annex only says again that the licence around it is altered."""
    return (
        annex.role == ANNEX
        and other.role != ANNEX
        and annex.likeness is other.likeness is Likeness.NEAR
        and other.first <= annex.first
        and annex.last <= other.last
    )


def _read(text: str) -> _Found:
    found = _joined(words(text))
    order = shingles(forms(found))
    joined = f" {' '.join(forms(found))} "
    return _Found(words=found, order=order, bag=frozenset(order), text=joined)


def _joined(found: list[Word]) -> list[Word]:
    """Join a word that was hyphenated at a line's end where a known text has it whole."""
    result: list[Word] = []
    for index, word in enumerate(found):
        if word.broken and result:
            whole = result[-1].form + word.form
            before = [w.form for w in result[-WIDTH:-1]]
            after = [w.form for w in found[index + 1 : index + WIDTH]]
            if _is_known(before, whole, after):
                result[-1] = Word(whole, result[-1].line)
                continue
        result.append(word)
    return result


def _is_known(before: list[str], whole: str, after: list[str]) -> bool:
    run = [*before, whole, *after]
    starts = range(len(run) - WIDTH + 1)
    return any(shingle(run[i : i + WIDTH]) in vocabulary() for i in starts)


def _of_another_day(near: KnownText) -> KnownText:
    """Return a text as the known one, of which it has every word but those of its date."""
    same = replace(near, likeness=Likeness.DIFFERS, differences=(), missing=(), foreign=())
    return replace(same, known_share=1.0, found_share=1.0)


def _is_in_a_date(found: _Found, difference: Difference) -> bool:
    """Whether a line names a month; a number alone may be that of a version."""
    line = [word.form for word in found.words if word.line == difference.line]
    pairs = (*pairwise(line), *pairwise(reversed(line)))
    return any(is_month(month) and day.isdigit() for month, day in pairs)


def _share(part: frozenset[int], of: frozenset[int]) -> float:
    return len(part & of) / len(of) if of else 0.0


def _is_whole(text: KnownWords, found: _Found) -> bool:
    """Whether a file holds the whole of a known text and nothing that marks a sibling."""
    return (
        _share(found.bag, text.bag) >= IDENTITY
        and all(found.has(phrase) for phrase in text.entry.discriminators)
        and not any(found.has(phrase) for phrase in text.built.foreign)
    )


def _identity(text: KnownWords, found: _Found, others: frozenset[int]) -> KnownText:
    """Judge a text that a file holds as a whole."""
    answer = _answer(text, found, others)
    title = frozenset(forms(words(text.entry.name)))
    told = [d for d in answer.differences if names_the_work(d, text.entry)]
    left = tuple(d for d in answer.differences if d not in told)
    listed = [d for d in left if changes_words(d) and names_works(d, title)]
    changed = [d for d in left if changes_words(d) and d not in listed]
    if answer.found_share < (IDENTITY_BUT_FOR_NAMES if listed or told else IDENTITY) or changed:
        return answer
    if told and not left:
        answer = replace(answer, known_share=1.0, found_share=1.0)
    likeness = Likeness.DIFFERS if left else Likeness.SAME
    return replace(answer, likeness=likeness, differences=left)


def _nearest(found: _Found, covered: frozenset[int], whole: list[KnownWords]) -> KnownText | None:
    """Return the known text that what is left of a file is closest to, if one is close.

    A licence before its annex; and a whole annex does not take its words from the licence
    of which it is a part.
    """
    apart = frozenset().union(*(text.bag for text in whole if text.entry.role != ANNEX))
    close = []
    for text in known_words():
        left = found.bag - (covered if text.entry.role == ANNEX else apart)
        if text not in whole and _is_close(text, left, found):
            likeness = _share(left, text.bag) + _share(text.bag, left)
            close.append((text.entry.role != ANNEX, likeness, text))
    if not close:
        return None
    *_, text = max(close, key=lambda near: (near[0], near[1], near[2].entry.id))
    return _answer(text, found, covered - text.bag)


def _is_close(text: KnownWords, left: frozenset[int], found: _Found) -> bool:
    """Whether a file is near a text: by most of its words, or by many and its title."""
    share = _share(left, text.bag)
    if share < NEARNESS or _share(text.bag, left) < LEAST_NEAR:
        return False
    return share >= NEARNESS_UNTITLED or any(map(found.has, text.entry.discriminators))


def _answer(text: KnownWords, found: _Found, others: frozenset[int]) -> KnownText:
    aligned = align(text, found.words, found.order)
    first, last = (0, len(found.words) - 1) if aligned is None else (aligned.first, aligned.last)
    span = frozenset(found.order[first : max(first + 1, last - WIDTH + 2)]) - others
    return KnownText(
        id=text.entry.form_of or text.entry.id,
        name=text.entry.name,
        role=text.entry.role,
        likeness=Likeness.NEAR,
        known_share=_share(found.bag, text.bag),
        found_share=_share(text.bag, span),
        differences=() if aligned is None else aligned.differences,
        missing=tuple(p for p in text.entry.discriminators if not found.has(p)),
        foreign=tuple(p for p in text.built.foreign if found.has(p)),
        first=found.words[first].line,
        last=found.words[last].line,
    )
