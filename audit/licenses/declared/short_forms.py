# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Names of licences without a verb before them: labels, bare names, "NAME applies to OBJECT"."""

from audit import rules
from audit.licenses.declared.clause import (
    NOBODY,
    OTHER,
    Clause,
    Scopes,
    is_foreign,
    noun_phrase,
    parts,
)
from audit.licenses.declared.names import Named
from audit.licenses.declared.subject import HARD, subject

JAPANESE = 6
"""Words after a name in which Japanese says that something is given under it."""
_PARTICLES = frozenset("はが은는이가")
_GIVEN = frozenset({"licensed", "released", "published", "distributed"})
SHORT = 12
"""Most words before a name that may do without a verb."""


def past_nouns(clause: Clause, at: int) -> int:
    """Return where a name ends with the word "licence" after it."""
    while clause.low(at) in rules.prose_words().nouns:
        at += 1
    return at


def applied(clause: Clause, at: int) -> Scopes:
    """Read "NAME applies to OBJECT", "NAME governs OBJECT", up to the next mark."""
    first = at + 1 + (clause.low(at + 1) == "to")
    if not clause.has(at, "applies"):
        return NOBODY
    last = next((i for i in range(first, len(clause.words)) if clause.low(i) in HARD), first)
    return noun_phrase(clause, first, last)


_OPENERS = frozenset({"a", "an", "the", "permissive", "free", "fully"})
_MARKS = frozenset(":：,，-–—(（.。")
_SAID_AFTER = 14
"""Words after a name that stands alone in which it may be said to be the licence."""
_TELLING = frozenset(
    {"open", "free", "freely", "permissive", "copyleft", "commercial", "osi", "license", "licence"}
    | {
        "see",
        "details",
        "suitable",
        "use",
        "开源",
        "许可证",
        "协议",
        "自由",
        "商业",
        "详情",
        "参阅",
        "见",
    }
)


def bare(clause: Clause, group: list[Named]) -> Scopes:
    """Read a name that stands alone under a heading about licences, or says what it is."""
    filling = rules.prose_words().filling
    rest = clause.words[group[-1].last :]
    if _says_what_it_is(clause, group):
        return clause.heading or (None,)
    noun = _licensed_noun(clause, group)
    if noun:
        return noun
    alone = len(rest) <= 12 and all(w.low in filling or not w.low.isalnum() for w in rest[:4])
    return clause.heading if alone else NOBODY


def _says_what_it_is(clause: Clause, group: list[Named]) -> bool:
    """Read "NAME - see LICENSE", "NAME license: an open source licence that is free"."""
    after = past_nouns(clause, group[-1].last)
    opened = all(clause.low(i) in _OPENERS for i in range(group[0].first))
    if not opened or clause.low(after) not in _MARKS:
        return False
    last = min(len(clause.words), after + _SAID_AFTER)
    told = {clause.low(i) for i in range(after + 1, last)} & _TELLING
    others = clause.any_in(after + 1, last, "other", "based", "partial")
    foreign = is_foreign(clause, after + 2, last)
    points = clause.low(after + 1) == "see" and bool(told & {"license", "licence", "details"})
    return points or (len(told) > 1 and not others and not foreign)


def _licensed_noun(clause: Clause, group: list[Named]) -> Scopes:
    """Read "MIT-licensed library with ...": what it is, and no sentence."""
    after = group[-1].last + (clause.low(group[-1].last) == "-")
    opened = all(clause.low(i) in _OPENERS for i in range(group[0].first))
    said = clause.any_in(after + 1, len(clause.words), "is", "follow", "acts", "never")
    if not opened or clause.low(after) != "licensed" or said:  # a sentence about another thing
        return NOBODY
    end = min(len(clause.words), after + 7)
    last = next((i for i in range(after + 1, end) if clause.has(i, "prep")), end)
    from_others = clause.any_in(after + 1, min(last + 2, len(clause.words)), "other", "based")
    away = clause.low(last) in ("from", "by")
    found = parts(clause, after + 1, last)
    return NOBODY if from_others or away or is_foreign(clause, after + 1, last) else found


def seen_for(clause: Clause, group: list[Named]) -> Scopes:
    """Read "See NAME for OBJECT"."""
    after = past_nouns(clause, group[-1].last)
    while clause.low(after) in _MARKS | {")", "）", "]"}:
        after += 1
    looks = clause.low(group[0].first - 1) == "see" and clause.low(after) == "for"
    last = next((i for i in range(after, len(clause.words)) if clause.low(i) in HARD), after)
    last = last if last > after else len(clause.words)
    found = noun_phrase(clause, after + 1, last) if looks else NOBODY
    return NOBODY if found == OTHER else found


def of_the_release(clause: Clause, at: int) -> bool:
    """Whether a name goes on "of this repository"."""
    return clause.low(at) == "of" and clause.has(at + 1, "own") and clause.has(at + 2, "whole")


def label(clause: Clause, start: int, colon: int) -> Scopes:
    """Read "License: NAME", "Code: NAME", "模型协议：NAME"."""
    nouns = rules.prose_words().nouns
    first = next((i + 1 for i in range(colon - 1, start - 1, -1) if clause.low(i) in HARD), start)
    while first < colon and not clause.low(first).isalnum():
        first += 1
    colon = next((i for i in range(first, colon) if clause.low(i) in "(（"), colon)
    words = range(first, colon)
    if not 0 < len(words) <= 8 or clause.any_in(
        first, colon, "other", "past", "partial", "never", "based"
    ):
        return NOBODY
    whose = noun_phrase(clause, first, colon)
    if not any(clause.low(i) in nouns for i in words):
        return whose if parts(clause, first, colon) and whose != OTHER else NOBODY
    base = any(clause.low(i) == "base" for i in words)
    if base or is_foreign(clause, first, colon):
        return NOBODY
    return parts(clause, first, colon) or clause.heading or (None,)


def in_brackets(clause: Clause, start: int, at: int) -> Scopes:
    """Read "SUBJECT is licensed for research (NAME)"."""
    for verb in range(at, max(start, at - SHORT), -1):
        if clause.low(verb) in HARD or clause.low(verb) in ",，":
            break
        if clause.low(verb) in _GIVEN:
            head = verb
            while head > start and clause.has(
                head - 1, "aux", "is", "never", "past", "unsure", "only"
            ):
                head -= 1
            said = clause.any_in(head, verb, "is") and not clause.any_in(
                head, verb, "never", "past", "unsure"
            )
            return subject(clause, start, head) if said else NOBODY
    return NOBODY


def japanese(clause: Clause, group: list[Named], start: int, before: Scopes) -> Scopes:
    """Read "SUBJECT は NAME の下で公開されています"."""
    last = group[-1].last
    if not clause.any_in(last, last + 2 * JAPANESE, "公開"):
        return NOBODY
    topic = next(
        (i for i in range(group[0].first - 1, start, -1) if clause.low(i) in _PARTICLES), None
    )
    return before if topic is None else noun_phrase(clause, start, topic)


def is_participle(clause: Clause, low: int, head: int) -> bool:
    """Whether a sentence begins with what was done to the release: "Quantized to FP16 and"."""
    first = clause.words[low].raw if low < head else ""
    alone = clause.has(head - 1, "and") or clause.has(head, "and")
    done = low == 0 and first[:1].isupper() and first.endswith("ed") and not clause.kinds[low]
    return done and alone and not clause.any_in(low, head, "is", "based", "other")


def after_names(clause: Clause, at: int) -> int:
    """Return where the names after a granting word end, with their noun."""
    last = next((named.last for named in clause.named if named.first > at), at)
    return past_nouns(clause, last)
