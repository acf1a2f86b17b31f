# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Names of licences without a verb before them: labels, bare names, "NAME applies to OBJECT"."""

from audit import rules
from audit.licenses.declared.clause import (
    NOBODY,
    OTHER,
    PARTS,
    Clause,
    Scopes,
    is_foreign,
    names_own,
    parts,
)
from audit.licenses.declared.names import Named
from audit.licenses.declared.noun_phrase import is_from, is_whole, names_a_repository, noun_phrase
from audit.licenses.declared.subject import HARD

SHORT = 12
"""Most words before a name that may do without a verb."""


def past_nouns(clause: Clause, at: int) -> int:
    """Return where a name ends with the word "licence" after it."""
    while clause.low(at) in rules.prose_words().nouns:
        at += 1
    return at


def applied(clause: Clause, at: int) -> Scopes:
    """Read "NAME applies to OBJECT", "NAME is applicable only to OBJECT", up to the next mark."""
    if clause.has(at, "is") and clause.low(at + 1) == "applicable":
        return _object_of(clause, at + 2)
    if clause.low(at) == "under" and clause.low(at + 1) == "which":
        return _under_which(clause, at + 2)
    if not clause.has(at, "applies"):
        return NOBODY
    if clause.low(at + 1) == "and" and _opens(clause, at):
        return clause.heading or (None,)
    if at + 1 >= len(clause.words) or clause.low(at + 1) in HARD:
        return clause.heading
    return _object_of(clause, at + 1)


def _object_of(clause: Clause, first: int) -> Scopes:
    """Return what a licence applies to, "only to" or not."""
    first += clause.low(first) in _ONLY
    first += clause.low(first) == "to"
    last = next((i for i in range(first, len(clause.words)) if clause.low(i) in HARD), first)
    return noun_phrase(clause, first, last)


def _under_which(clause: Clause, first: int) -> Scopes:
    """Read "NAME under which OBJECT is released"."""
    last = min(len(clause.words), first + SHORT)
    verb = next((i for i in range(first, last) if clause.has(i, "is")), None)
    if verb is None or not clause.any_in(verb, verb + 4, "grant"):
        return NOBODY
    return noun_phrase(clause, first, verb)


def _opens(clause: Clause, at: int) -> bool:
    """Whether "The original NAME licence" begins a sentence: of the base, and kept."""
    name = next((n.first for n in clause.named if past_nouns(clause, n.last) == at), None)
    return name is not None and all(clause.low(i) in ("the", "original") for i in range(name))


_ONLY = frozenset({"only", "solely", "exclusively"})
_OPENERS = frozenset({"a", "an", "the", "permissive", "free", "fully"})
_MARKS = frozenset(":：,，-–—(（.。")
_ENDS = frozenset(".。;；")
_OF = frozenset({"of", "from", "by", "de", "von"})
_DASHES = frozenset("-–—")
_STOPS = frozenset(".,!。，")
_FAR = 60
"""Words around a name with a link to its text that may speak of others."""
_LABEL = 14
"""Most words of a label."""
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
    if _says_what_it_is(clause, group):
        return clause.heading or (None,)
    noun = _licensed_noun(clause, group)
    if noun:
        return noun
    filling = rules.prose_words().filling
    rest = clause.words[group[-1].last :]
    alone = len(rest) <= 12 and all(w.low in filling or not w.low.isalnum() for w in rest[:4])
    return clause.heading if alone or is_stated(clause) else NOBODY


def is_stated(clause: Clause) -> bool:
    """Whether a sentence is a name and what may be said beside it: "NAME, see LICENSE".

    The tail says that it is the same, whose it was, where its text is, what is excepted. A word
    that may be more than a licence's name ("MIT") needs one of these or nothing after it.
    """
    at = first_name(clause)
    if at is None:
        return False
    after = past_nouns(clause, _last_joined(clause))
    while clause.low(after) in rules.prose_words().filling - {"(", "-"}:
        after += 1
    if after >= len(clause.words) or clause.low(after) in _ENDS:
        return True
    at = after + (clause.low(after) in _MARKS)
    told = clause.low(at) in rules.prose_words().tails or clause.has(at, "own")
    return clause.low(after) != ":" and told


def _last_joined(clause: Clause) -> int:
    """Return where the names end that a sentence begins with: "MIT or Apache-2.0"."""
    last = clause.named[0].last
    for named in clause.named[1:]:
        gap = range(past_nouns(clause, last), named.first)
        if len(gap) > 1 or not all(clause.has(i, "or", "and") for i in gap):
            break
        last = named.last
    return last


def first_name(clause: Clause) -> int | None:
    """Return where a name begins that nothing but marks, articles and pictures precede."""
    if not clause.named or not any(
        symbol.isalnum() for symbol in clause.low(clause.named[0].first)
    ):
        return None
    first = clause.named[0].first
    before = [clause.low(i) for i in range(first)]
    known = _OPENERS | rules.prose_words().filling
    return first if all(w in known or not w.isalnum() for w in before) else None


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
    alone = after + 1 >= len(clause.words) or clause.low(after + 1) in _STOPS
    found = (None,) if alone else parts(clause, after + 1, last)
    return NOBODY if from_others or away or is_foreign(clause, after + 1, last) else found


def for_object(clause: Clause, group: list[Named]) -> Scopes:
    """Read "NAME for OBJECT", "NAME (PART)" where nothing else governs the name."""
    after, before = past_nouns(clause, group[-1].last), group[0].first - 1
    opened = before < 0 or clause.low(before) in HARD or clause.has(before, "and")
    if clause.low(after) in ("(", "（") and clause.low(before) not in ("(", "（"):
        closed = next((i for i in range(after, after + 5) if clause.low(i) in (")", "）")), after)
        said = range(after + 1, closed)
        plain = all(clause.has(i, "and", "own", "adjective", *PARTS) for i in said)
        return parts(clause, after + 1, closed) if plain and opened and said else NOBODY
    if clause.low(after) != "for" or not opened:
        return NOBODY
    marks = (i for i in range(after + 1, len(clause.words)) if clause.low(i) in HARD | {","})
    found = noun_phrase(clause, after + 1, next(marks, len(clause.words)))
    return NOBODY if found == OTHER else found


def with_text(clause: Clause, group: list[Named]) -> Scopes:
    """Read "NAME" with a link to the release's own LICENSE: on it, or in brackets after it."""
    first, last = group[0].first, past_nouns(clause, group[-1].last)
    near = range(first, last + 2 + (clause.low(last) in "(（"))
    if clause.has(last, "is"):  # which tells what that licence is
        return NOBODY
    if clause.linked.isdisjoint(near) or not _is_said_of_nobody(clause, first):
        return NOBODY
    low = max(0, first - _FAR)
    left = next((i + 1 for i in range(first - 1, low - 1, -1) if clause.low(i) in HARD), low)
    whose = noun_phrase(clause, left, first)
    return parts(clause, low, first) or clause.heading or (None,) if whose != OTHER else NOBODY


def _is_said_of_nobody(clause: Clause, first: int) -> bool:
    """Whether nothing before a name speaks of others, of the past, or leaves it open."""
    others = ("other", "based", "never", "past", "unsure", "partial", "which")
    low = max(0, first - _FAR)
    foreign = is_foreign(clause, low, first) or names_a_repository(clause, low, first)
    asked = any(clause.low(i) in ("?", "？") for i in range(low, first + _FAR))
    return not clause.any_in(low, first, *others) and not foreign and not asked


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
    stop, colon = colon, next((i for i in range(first, colon) if clause.low(i) in "(（"), colon)
    words = range(first, colon)
    others = clause.any_in(first, colon, "other", "past", "never") or any(
        clause.low(i) == "base"
        or is_from(clause, i)
        or (clause.has(i, "partial") and not is_whole(clause, i))
        for i in words
    )
    if not 0 < len(words) <= _LABEL or others or names_a_repository(clause, first, stop):
        return NOBODY
    if not any(clause.low(i) in nouns for i in words):
        if clause.low(stop) in _DASHES and clause.low(first - 1) in (":", "："):  # "Data: X - NAME"
            return NOBODY
        whose = ("code",) if _is_paths(clause, words) else noun_phrase(clause, first, colon)
        said = whose == ("code",) or parts(clause, first, colon) or names_own(clause, first, colon)
        away = next((i for i in words if clause.low(i) in _OF), colon)
        theirs = whose == OTHER or is_foreign(clause, away, colon)
        return whose if said and not theirs else NOBODY
    if is_foreign(clause, first, colon):
        return NOBODY
    return parts(clause, first, colon) or clause.heading or (None,)


def _is_paths(clause: Clause, words: range) -> bool:
    """Whether a label is no more than names of folders: "`src/`, `bin/`"."""
    said = [i for i in words if clause.low(i).isalnum()]
    return bool(said) and all("/" in (clause.low(i - 1), clause.low(i + 1)) for i in said)
