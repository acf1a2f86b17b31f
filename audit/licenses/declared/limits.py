# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Sentences that keep the release from commercial use: "for research only", 不得商用.

A limit is a purpose with "only" near it, or commercial use with a word that forbids it. What
somebody else's work is limited to limits nothing here.
"""

from audit.licenses.declared.clause import OTHER, Clause, Scopes, noun_phrase

_NEAR = 9
"""Words between a purpose and the word that limits use to it."""
_PURPOSE = ("commercial", "research", "only", "forbid")
_HARD = frozenset(";；。.!?！？:：")


def limit(clause: Clause) -> Scopes:
    """Return the parts that a sentence keeps from commercial use; nothing where it does not."""
    at = _limiting(clause)
    if at is None or _is_taken_back(clause, at):
        return ()
    if clause.any_in(0, at, "which") and not _only_that(clause, at):
        return ()
    subject = _subject(clause, at)
    return () if subject == OTHER else subject or (None,)


def _limiting(clause: Clause) -> int | None:
    """Return the word at which a limit is said."""
    last = {"only": -99, "research": -99, "commercial": -99, "forbid": -99}
    for at in range(len(clause.words)):
        if clause.low(at) in _HARD:
            last = dict.fromkeys(last, -99)
        seen = [kind for kind in last if _is(clause, at, kind)]
        for kind in seen:
            last[kind] = at
        purpose = "only" in seen or "research" in seen
        if purpose and abs(last["only"] - last["research"]) <= _NEAR and min(last["only"], last["research"]) >= 0:
            return at
        banned = "commercial" in seen or "forbid" in seen
        if banned and abs(last["commercial"] - last["forbid"]) <= _NEAR and min(last["commercial"], last["forbid"]) >= 0:
            return at
    return None


def _is(clause: Clause, at: int, kind: str) -> bool:
    """Whether a word is of a kind; "non-commercial" is a purpose, "not for" and "cannot" forbid."""
    if kind in ("commercial", "research"):
        non = clause.low(at) == "commercial" and (
            clause.low(at - 1) == "non" or (clause.low(at - 1) == "-" and clause.low(at - 2) == "non")
        )
        return non if kind == "research" and non else clause.has(at, kind) and not non
    if kind == "forbid" and clause.has(at, "not"):
        return clause.any_in(at + 1, min(at + 5, len(clause.words)), "allow", "permit")
    return clause.has(at, kind)


def _is_taken_back(clause: Clause, at: int) -> bool:
    """Whether the limit is denied or over: "not only", "removed the restriction"."""
    return clause.any_in(max(0, at - 12), at, "ended") or any(
        clause.has(i, "only") and clause.low(i - 1) == "not" for i in range(max(1, at - _NEAR), at + 1)
    )


def _only_that(clause: Clause, at: int) -> bool:
    """Whether the words like "that" only point: "we require that the models"."""
    pointed = [i for i in range(at) if clause.has(i, "which")]
    return all(clause.low(i) == "that" for i in pointed)


def _subject(clause: Clause, at: int) -> Scopes:
    """Return whom the limit is about: the first part of the sentence that names somebody.

    A label before a colon, an introduction and the purpose itself name nobody.
    """
    first = 0
    for stop in range(at + 1):
        label = clause.low(stop) in (":", "：")
        ends = stop == at or label or clause.low(stop) in ",，—–" or clause.has(stop, "is")
        if not ends or stop <= first:
            continue
        found = noun_phrase(clause, first, stop)
        aside = label or clause.has(first, "intro") or clause.any_in(first, stop, *_PURPOSE)
        if found and not (aside and found == OTHER and not clause.any_in(first, stop, "other")):
            return found
        first = stop + 1
    return ()
