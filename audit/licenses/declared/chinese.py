# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads Chinese sentences about licences: the subject first, the licence before the verb."""

from audit import rules
from audit.licenses.declared.clause import NOBODY, OTHER, Clause, Scopes, is_foreign, parts
from audit.licenses.declared.names import Named
from audit.licenses.declared.noun_phrase import noun_phrase
from audit.licenses.declared.passive import FAR
from audit.licenses.declared.short_forms import (
    SHORT,
    past_nouns,
)
from audit.licenses.declared.subject import only_points, outside, topic

NAMED = 5
"""Words after "NAME 协议的" in which a name may stand."""
REQUESTS = ("请", "please")
STRONG = frozenset({"采用", "遵循", "遵守", "遵从", "依照", "服从", "适用"})


def chinese(clause: Clause, at: int, start: int, group: list[Named], before: Scopes) -> Scopes:
    """Read "SUBJECT 依照 NAME 协议开源"; what has no subject goes on with the clause before."""
    if clause.has(at, "change") or clause.any_in(max(start, at - 2), at, "change"):
        return changed(clause, start, at)
    end = past_nouns(clause, group[-1].last)
    numbered = any(clause.low(i)[:1].isdigit() for i in range(group[0].first, group[-1].last))
    said = clause.has(end, "given") or numbered or says_licence(clause, group)
    if clause.low(at) not in STRONG and not said:
        return NOBODY
    if clause.low(end) == "的" and is_foreign(clause, end, min(end + NAMED, len(clause.words))):
        return OTHER  # "采用 NAME 协议的 THEIRS"
    return _chinese_subject(clause, at, max(start, at - FAR), before)


def _chinese_subject(clause: Clause, at: int, low: int, before: Scopes) -> Scopes:
    """Return the nearest part of a sentence before ``at`` that names somebody."""
    last = at
    while last > low:
        first = last
        while first > low and clause.low(first - 1) not in "，,；;。：:":
            first -= 1
        if clause.any_in(first, last, "never", "unsure"):
            return OTHER
        found = noun_phrase(clause, first, last)
        if found == (None,) and first > low and only_points(clause, first, last):
            found = topic(clause, low, first - 1) or found
        if found != NOBODY or any(clause.low(i) in REQUESTS for i in range(first, last)):
            return found
        last = first - 1
    return before or (clause.heading if last <= low else NOBODY)


def says_licence(clause: Clause, group: list[Named]) -> bool:
    """Whether the word "licence" stands with the names."""
    nouns = rules.prose_words().nouns
    before = range(max(0, group[0].first - 4), group[-1].last)
    after = outside(clause, range(group[-1].last, min(len(clause.words), group[-1].last + SHORT)))
    return any(clause.low(i) in nouns for i in (*before, *after[:4]))


def changed(clause: Clause, start: int, at: int) -> Scopes:
    """Read "the licence (of PART) was changed to NAME"."""
    nouns = rules.prose_words().nouns
    noun = next((i for i in range(at - 1, start - 1, -1) if clause.low(i) in nouns), None)
    if noun is None:
        return NOBODY
    first = next((i + 1 for i in range(noun, start - 1, -1) if clause.low(i) in "，,"), start)
    stop = next((i for i in range(first, at) if clause.low(i) in ("from", "由", "从")), at)
    if clause.any_in(first, stop, "other") or is_foreign(clause, first, stop):
        return OTHER
    return parts(clause, first, stop) or parts(clause, start, first) or (None,)
