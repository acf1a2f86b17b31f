# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a text that the scanner only finds alike says otherwise than the licence does.

The scanner's share of agreement does not see words that were put in between. So the text is laid,
word by word, over the wording that the scanner itself carries. Typography, copyright lines, who is
named as holder, and what stands before and after the text change no terms.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from audit.licenses.known.difference import Difference, carried_text, changes_words
from audit.rules import license_facts
from audit.rules.known_texts import text_list
from audit.text.fold import Word, forms, words
from audit.text.shingles import WIDTH, shingles

MOST_WORDS = 6000
"""Words of a file that are laid over a text; the GNU GPL has 5600."""
LEAST_CHANGE = 8
"""Words put in, or left out, in one place, from which a condition may be another."""
_WITH_ENDS = ("CC-", "Apache-", "GPL-", "AGPL-", "LGPL-")
"""Licences with a preface, or with a word on how to apply them, which copies leave off."""
_MOST_ENDS = 800
"""Words of these, at most."""
_TERMS = (
    "by exercising the licensed rights defined below",
    "creative commons is not a party to its",
)
"""The words after the title of Creative Commons' licences, and those after the last term.

What stands outside, about the licence, is by its own words no part of it; copies leave it off, or
have it at another place.
"""
_MOST_HOLDER = 12
"""Words of a holder's name in place of the one that a text has."""
_HELD = re.compile(
    r"\W{0,9}(?:[\w&]{1,20}\s+){0,4}(?:copyright|©|\(c\)).{0,80}?(?:19|20)\d\d.{0,120}$"
    r"|\W{0,9}all rights reserved\.?\s*$",
    re.I,
)
"""A line that says who holds it, and since when."""
_HOLDERS = frozenset(
    {"author", "authors", "contributor", "contributors", "copyright", "holder", "holders", "its"}
    | {"name", "names", "of", "organization", "owner", "owners", "regents", "the", "their"}
    | {"university"}
)
_DENIALS = frozenset({"no", "not", "never"})


@dataclass(frozen=True, slots=True)
class Departures:
    """Where a file departs from a text, between the first and the last words that both have.

    ``whole``: no more of the text lies outside of these than copies commonly leave off. ``held``
    is the share (0..1) of the text's words that the file has in their order, ``own`` the share of
    the file's words that are not the text's.
    """

    differences: tuple[Difference, ...]
    whole: bool
    held: float = 1.0
    own: float = 0.0

    @property
    def keep_the_terms(self) -> bool:
        """Whether all is there, and nothing but spelling and the holder differs."""
        return self.whole and all(
            not changes_words(d) or _names_a_holder(d) for d in self.differences
        )

    @property
    def change_a_condition(self) -> bool:
        """Whether a passage that binds was put in, or one was left out."""
        return any(_binds(d) or _leaves_out(d) for d in self.differences)


def departures(text: str, license_id: str) -> Departures | None:
    """Return where a file departs from a licence; ``None`` where its wording is not at hand."""
    wording = _wording(license_id)
    kept = "\n".join("" if _HELD.match(line[:300]) else line for line in text.splitlines())
    found = words(kept)
    if not wording or len(found) > MOST_WORDS:
        return None
    order = tuple(forms(found))
    codes = SequenceMatcher(None, wording, order, autojunk=False).get_opcodes()
    equal = [i for i, code in enumerate(codes) if code[0] == "equal"]
    if not equal:
        return None
    first, last = codes[equal[0]], codes[equal[-1]]
    left_off = first[1] + len(wording) - last[2]
    most = _MOST_ENDS if license_id.startswith(_WITH_ENDS) else LEAST_CHANGE
    between = codes[equal[0] : equal[-1]]
    same = sum(code[2] - code[1] for code in codes if code[0] == "equal")
    return Departures(
        differences=tuple(_differences(wording, found, between)),
        whole=left_off < most,
        held=same / len(wording),
        own=1 - same / len(found),
    )


@cache
def _wording(license_id: str) -> tuple[str, ...]:
    facts = license_facts(license_id)
    keys = facts.aliases.scancode if facts is not None else []
    body = carried_text(keys[0]) if keys else None
    lines = (body or "").splitlines()
    return tuple(forms(words("\n".join("" if _HELD.match(line) else line for line in lines))))


def _differences(
    wording: tuple[str, ...], found: list[Word], codes: Sequence[tuple[str, int, int, int, int]]
) -> Iterator[Difference]:
    order = tuple(forms(found))
    whole = (f" {' '.join(wording)} ", f" {' '.join(order)} ")
    start, end = _terms(wording)
    about = frozenset(shingles([*wording[:start], *wording[end:]]))
    for kind, first, last, begin, end_found in codes:
        known, said = wording[first:last], order[begin:end_found]
        only = known or said
        passage = len(only) >= LEAST_CHANGE and bool(known) != bool(said)
        moved = passage and f" {' '.join(only)} " in whole[bool(known)]
        if kind == "equal" or moved:  # what stands elsewhere in the other is not left out
            continue
        if last <= start or first >= end:  # outside the terms only what is added can be one
            known, said = (), _not_of(about, said)
            if len(said) < LEAST_CHANGE and not _is_binding(said):
                continue
        line = found[min(begin, len(found) - 1)].line
        yield Difference(line=line, found=said, known_words=len(known), known=known)


def _terms(wording: tuple[str, ...]) -> tuple[int, int]:
    """Return from where to where a wording is terms; all of it, if it does not say otherwise."""
    whole = f" {' '.join(wording)} "
    first, end = (whole.find(f" {words_there} ") for words_there in _TERMS)
    title = whole.rfind(" creative commons ", 0, max(0, first))
    if not 0 <= title < first < end:
        return 0, len(wording)
    return whole[:title].count(" "), whole[:end].count(" ")


def _not_of(about: frozenset[int], said: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that stand in no run of words of a text."""
    runs = [at for at, run in enumerate(shingles(list(said))) if run in about]
    held = {at + n for at in runs for n in range(WIDTH)}
    return tuple(word for at, word in enumerate(said) if at not in held)


def _names_a_holder(difference: Difference) -> bool:
    known, found = difference.known or (), difference.found
    named = len(found) <= _MOST_HOLDER and not _is_binding(found) and not _DENIALS & {*found}
    return named and set(known) <= _HOLDERS


def _is_binding(found: tuple[str, ...]) -> bool:
    said = f" {' '.join(found)} "
    return any(word in said for word in text_list().limiting)


def _binds(difference: Difference) -> bool:
    more = len(difference.found) - difference.known_words
    return more >= LEAST_CHANGE and _is_binding(difference.found)


def _leaves_out(difference: Difference) -> bool:
    return difference.known_words - len(difference.found) >= LEAST_CHANGE
