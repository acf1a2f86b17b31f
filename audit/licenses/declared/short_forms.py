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
from audit.licenses.declared.subject import HARD


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


def bare(clause: Clause, group: list[Named]) -> Scopes:
    """Read a name that stands alone under a heading about licences."""
    filling = rules.prose_words().filling
    rest = clause.words[group[-1].last :]
    alone = len(rest) <= 12 and all(w.low in filling or not w.low.isalnum() for w in rest[:4])
    return clause.heading if alone else NOBODY


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
