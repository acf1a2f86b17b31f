# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Sentences that keep the release from commercial use: "for research only", 不得商用.

A limit is a purpose with "only" near it, or commercial use with a word that forbids it. What
somebody else's work is limited to limits nothing here.
"""

from audit import rules
from audit.licenses.declared.clause import OTHER, PARTS, Clause, Scopes, is_foreign, parts
from audit.licenses.declared.names import is_eastern
from audit.licenses.declared.noun_phrase import noun_phrase
from audit.licenses.declared.permission import asked, rider
from audit.licenses.declared.subject import is_service

_NEAR = 9
"""Words between a purpose and the word that limits use to it."""
_PURPOSE = ("commercial", "research", "only", "forbid")
_AFTER_ONLY = ("and", "or", "conjunction", "which", "prep", "is", "under", "not")
"""What may follow "for research only", where a verb would take the word for itself."""
_NO_NEED = frozenset({"necessary", "required", "need", "needed", "limited", "restricted", "only"})
"""What "not" takes back: "it is not necessary to ask for commercial use"."""
_GIVEN = frozenset({"released", "licensed", "provided", "distributed", "published"})
_USES = frozenset({"use", "uses", "purpose", "purposes"})
_BOUNDS = frozenset(",，:：—–")
_POINTING = frozenset({"this", "these", "the", "those", "该", "这", "此", "本"})
"""Words by which a README speaks of the data that it gives away."""
_OF_DATA = 6
"""Words after "trained" in which the data stand."""
_SHOWN = 5
"""Words after "content" in which it is said where that stands."""
_HARD = frozenset(";；。.!?！？:：")


def limit(clause: Clause) -> Scopes:
    """Return the parts that a sentence keeps from commercial use; nothing where it does not."""
    named = rider(clause)
    if named is not None:
        return (None,)
    at = _limiting(clause)
    at = _released_for(clause) if at is None else at
    if (
        at is None
        or clause.low(0) == "to"
        or _is_taken_back(clause, at)
        or _is_mere_intent(clause, at)
    ):
        return ()
    if clause.any_in(0, at, "which") and not _only_that(clause, at):
        return ()
    if _is_of_who_trains(clause, at) or _is_of_a_page(clause, at):
        return ()
    subject = _subject(clause, at)
    return () if subject == OTHER else subject or (None,)


def frees(clause: Clause) -> bool:
    """Whether a sentence lets one use it as one likes, as far as its licence goes."""
    nouns = rules.prose_words().nouns
    said = {word.low for word in clause.words}
    free = "任意" in said or {"free", "to", "use"} <= said
    return free and not said.isdisjoint(nouns) and not limit(clause)


def leave(clause: Clause) -> Scopes:
    """Return the parts whose commercial use a sentence makes depend on somebody's leave."""
    at = asked(clause)
    if at is None:
        return ()
    first = next((i + 1 for i in range(at - 1, -1, -1) if clause.low(i) in _HARD), 0)
    others = clause.any_in(first, at, "other", "based") or is_foreign(clause, first, at)
    return () if others else parts(clause, first, at) or (None,)


def _released_for(clause: Clause) -> int | None:
    """Return the purpose that a work is released for, if it is one that no commerce has."""
    for at in range(1, len(clause.words)):
        given = clause.low(at) == "for" and clause.low(at - 1) in _GIVEN
        near = range(at + 1, at + 4) if given else range(0)
        purpose = next((i for i in near if _is(clause, i, "research")), None)
        if purpose is not None and clause.low(purpose + 1) in _USES:
            rest = range(at, len(clause.words))
            more = any(_is(clause, i, "commercial") for i in rest)
            return None if more or clause.has(purpose + 2, "and") else purpose
    return None


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
        only = clause.low(last["only"])
        chinese = is_eastern(only) and not _is_postposed(only) and last["research"] < last["only"]
        if (
            purpose
            and not chinese  # which puts the word before what it limits
            and abs(last["only"] - last["research"]) <= _NEAR
            and min(last["only"], last["research"]) >= 0
        ):
            return at
        banned = "commercial" in seen or "forbid" in seen
        if (
            banned
            and abs(last["commercial"] - last["forbid"]) <= _NEAR
            and min(last["commercial"], last["forbid"]) >= 0
        ):
            return at
    return None


def _is_of_who_trains(clause: Clause, at: int) -> bool:
    """Whether models are limited that somebody makes: "models trained on this data must".

    Those "trained on SomeSet" may be the release's own.
    """
    if clause.any_in(0, at, "person") or clause.low(0).startswith("我"):
        return False
    for i in range(at):
        if "".join(map(clause.low, (i, i + 1, i + 2))) in ("训练的", "微调的"):
            pointed = any(clause.low(j) in _POINTING for j in range(i))
            return pointed and clause.any_in(0, i, "data") and clause.has(i + 3, "weights")
        if clause.low(i) == "trained":
            models = clause.any_in(0, i, "weights") and not clause.any_in(0, i, "own", "is")
            near = range(i + 1, min(i + _OF_DATA, at))
            pointed = any(clause.low(j) in _POINTING for j in near)
            data = clause.any_in(near.start, near.stop, "data")
            return models and pointed and data and clause.low(0) not in ("the", "these")
    return False


def _is_of_a_page(clause: Clause, at: int) -> bool:
    """Whether what a page shows is limited: "The content provided above is for research only"."""
    return any(
        clause.low(i) in ("content", "contents")
        and any(clause.low(j) in ("above", "page", "website") for j in range(i + 1, i + _SHOWN))
        for i in range(at)
    )


def _is_postposed(word: str) -> bool:
    """Whether a word is Japanese or Korean, where "only" follows what it limits."""
    return any("ぁ" <= letter <= "ヿ" or "가" <= letter <= "힣" for letter in word)


def _is(clause: Clause, at: int, kind: str) -> bool:
    """Whether a word is of a kind; "non-commercial" is a purpose, "not for" and "cannot" forbid."""
    if kind in ("commercial", "research"):
        non = clause.low(at) == "commercial" and (
            clause.low(at - 1) == "non"
            or (clause.low(at - 1) == "-" and clause.low(at - 2) == "non")
        )
        reference = kind == "research" and clause.low(at + 1) in ("参考", "reference")
        asked = non if kind == "research" and non else clause.has(at, kind) and not non
        return asked and not reference
    return _only(clause, at) if kind == "only" else _forbids(clause, at)


def _only(clause: Clause, at: int) -> bool:
    """Whether a word limits: "limited to", "for research only", and not "research only needs"."""
    if clause.low(at) in ("limited", "restricted"):
        return clause.low(at + 1) in ("to", "for")
    if clause.low(at) == "only" and clause.low(at - 1) == "-":  # "weight-only", "research-only"
        return clause.has(at - 2, "research")
    if clause.low(at) == "only" and clause.has(at - 1, "research"):
        return not clause.low(at + 1).isalpha() or clause.has(at + 1, *_AFTER_ONLY)
    return clause.has(at, "only")


def _forbids(clause: Clause, at: int) -> bool:
    """Whether a word forbids; "not intended for" says what a work was made for, alone."""
    if not clause.has(at, "not"):
        return clause.has(at, "forbid")
    if clause.low(at + 1) in _NO_NEED:
        return False
    if clause.has(at + 1, "intent") and not clause.any_in(0, at, "only"):
        return False
    return clause.any_in(at + 1, min(at + 5, len(clause.words)), "allow", "permit")


def _is_mere_intent(clause: Clause, at: int) -> bool:
    """Whether a work is only meant for research, which forbids nothing."""
    binding = any(
        clause.low(i) in ("licensed", "commercial", "noncommercial") or clause.has(i, "commercial")
        for i in range(len(clause.words))
    )
    return clause.any_in(0, at, "intent") and not binding


def _is_taken_back(clause: Clause, at: int) -> bool:
    """Whether the limit is denied or over: "not only", "removed the restriction"."""
    return clause.any_in(max(0, at - 12), at, "ended") or any(
        clause.has(i, "only") and clause.low(i - 1) == "not"
        for i in range(max(1, at - _NEAR), at + 1)
    )


def _only_that(clause: Clause, at: int) -> bool:
    """Whether the words like "that" only point: "we require that the models"."""
    pointed = [i for i in range(at) if clause.has(i, "which")]
    return all(clause.low(i) == "that" for i in pointed)


def _subject(clause: Clause, at: int) -> Scopes:
    """Return whom the limit is about: the nearest part of the sentence that names somebody.

    A label before a colon, an introduction and the purpose itself name nobody.
    """
    unknown: Scopes = ()
    last = at
    for first in range(at, -1, -1):
        before = clause.low(first - 1)
        told = before == "that" and clause.any_in(max(0, first - 4), first - 1, "person", "polite")
        one_of_several = before in (",", "，") and clause.has(first - 2, *PARTS)
        bound = (before in _BOUNDS and not one_of_several) or told or clause.has(first - 1, "is")
        if first > 0 and not bound:
            continue
        if is_service(clause, first, last):  # a demo of theirs, and not what is given away
            return OTHER
        found = noun_phrase(clause, first, last) if first < last else ()
        others = clause.any_in(first, last, "other", "based") or is_foreign(clause, first, last)
        aside = clause.has(first, "intro") or clause.low(last) in (":", "：")
        if found and found != OTHER:
            return found
        if found and others and not aside:
            return OTHER
        says = any(clause.low(i).isalpha() and not clause.kinds[i] for i in range(first, last))
        if says and not aside and not clause.any_in(first, last, *_PURPOSE):
            unknown = found
        last = first - 1
    return unknown
