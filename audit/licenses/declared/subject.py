# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Where in a clause the subject of its granting words stands, past brackets and introductions.

An aside in brackets names nobody, unless nothing else does. "Regarding the code, it is" speaks of
the code. Each word is looked at a bounded number of times.
"""

from audit.licenses.declared.clause import (
    NOBODY,
    OTHER,
    Clause,
    Scopes,
    is_foreign,
    is_own_name,
    is_proper,
    names_own,
    parts,
)
from audit.licenses.declared.noun_phrase import adds, is_whole, noun_phrase

HARD = frozenset(":：—–|;；。.!?！？\x1f")
"""Marks that end what a subject belongs to."""
_TOPICS = frozenset({"for", "on", "regarding", "concerning", "about", "to", "关于", "对于", "针对"})
"""Words before what a sentence then calls "they"."""
_SUBJECT = 24
"""Words in which a sentence has to say what it is about."""
_NAMED = frozenset(":：")
_BY = frozenset({"by", "from"})


def outside(clause: Clause, gap: range) -> list[int]:
    """Return the words of a gap that stand in no bracket within it."""
    depth, found = 0, []
    for at in gap:
        depth += clause.low(at) in "(（"
        if depth <= 0 and clause.low(at) not in ")）":
            found.append(at)
        depth -= clause.low(at) in ")）"
    return found


def subject(clause: Clause, low: int, head: int) -> Scopes:
    """Return whom the clause speaks of whose granting words begin at ``head``."""
    head = _first_verb(clause, low, head)
    whole, head = head, _before_brackets(clause, low, head)
    spoken = outside(clause, range(low, head))
    left = low
    for i in reversed(spoken):
        if _ends(clause, i) or (clause.has(i, "conjunction") and not _is_an_aside(clause, i)):
            left = i + 1
            break
    left, about = _past_introduction(clause, left, head, spoken)
    if about:
        return about
    told = left == 0 and clause.low(left) == "that"  # of before, and it is not the release
    left = _past_polite(clause, left, head)
    if told or (is_service(clause, left, head) and not clause.any_in(left, head, "own")):
        return OTHER
    end = _before_what_follows(clause, left, head)
    if end < head:
        return noun_phrase(clause, left, end)
    if _is_the_rest(clause, left, head):
        return parts(clause, left, head) or (None,)
    if _is_narrowed(clause, [i for i in spoken if i >= left]):
        return OTHER
    bare = noun_phrase(clause, left, head)
    return noun_phrase(clause, left, whole) if bare in (OTHER, NOBODY) else bare


def _past_polite(clause: Clause, left: int, head: int) -> int:
    while left < head and clause.has(left, "polite") and not clause.has(left, "own"):
        left += 1
    return left


def _before_what_follows(clause: Clause, left: int, head: int) -> int:
    """Return where a subject ends that goes on with who made it, or what is made of it.

    "The HERON corpus that is written by us", "HERON and any models derived from it".
    """
    for at in range(left + 1, head):
        said = clause.has(at, "which") and clause.has(at + 1, "is") and at + 3 < head
        said = said and clause.low(at + 3) == "by"
        more = clause.low(at) == "and" and clause.low(at + 1) in ("any", "all")
        back = more and clause.low(head - 1) in ("it", "them", "this", "these")
        if (said or (back and clause.any_in(at, head, "based"))) and names_own(clause, left, at):
            return at
    return head


def _ends(clause: Clause, at: int) -> bool:
    """Whether a mark ends what a subject belongs to; not after its own name: "NAME: the code"."""
    titled = clause.low(at) in ":：" and is_own_name(clause, at - 1)
    return clause.low(at) in HARD and not titled


def _is_an_aside(clause: Clause, at: int) -> bool:
    """Whether a word stands between commas within the sentence: "the weights, however, must"."""
    return clause.low(at - 1) in ",，" and clause.low(at + 1) in ",，" and at > 1


def _first_verb(clause: Clause, low: int, head: int) -> int:
    """Return where the first of two predicates begins: "X is part of Y and is released under"."""
    spoken = outside(clause, range(low, head))
    if not spoken or not (clause.has(head, "and") or clause.has(spoken[-1], "and")):
        return head
    ends = [i for i in spoken if clause.low(i) in HARD or clause.has(i, "conjunction")]
    first = ends[-1] + 1 if ends else low
    verb = next((i for i in spoken if i > first and clause.has(i, "is")), head)
    return head if any(clause.has(i, "which") for i in spoken if i > verb) else verb


def _past_introduction(
    clause: Clause, left: int, head: int, spoken: list[int]
) -> tuple[int, Scopes]:
    """Return where the subject begins after "For the code," and, if it only points, the code."""
    comma = next((i for i in spoken if i >= left and clause.low(i) in ",，"), None)
    if comma is None or not (clause.has(left, "intro") or clause.low(left) == "to"):
        return left, NOBODY
    first = left + (clause.low(left) == "as" and clause.low(left + 1) in _TOPICS)
    if clause.low(first) in _TOPICS and only_points(clause, comma + 1, head):
        return left, noun_phrase(clause, first + 1, _before_brackets(clause, first, comma))
    return comma + 1, NOBODY


def _is_narrowed(clause: Clause, spoken: list[int]) -> bool:
    """Whether a subject is a portion, of the past, or told of in a relative clause."""
    pointed = [
        i
        for i in spoken
        if clause.has(i, "partial", "which", "unsure", "never", "past")
        and not adds(clause, i - 1)
        and not is_whole(clause, i)
    ]
    return any(clause.low(i) not in ("that", "this", "das") or i > spoken[0] for i in pointed)


def _is_the_rest(clause: Clause, first: int, last: int) -> bool:
    """Whether a subject is what other sentences leave: "other parts of the code", "all else"."""
    while first < last and (
        clause.low(first) in ("the", "all", "any") or not clause.low(first)[:1].isalnum()
    ):
        first += 1
    pair = clause.low(first), clause.low(first + 1)
    other = pair[0] in ("other", "remaining") and clause.has(first + 1, "partial", "code", "whole")
    return other or pair[1] == "else" or pair[0] in ("rest", "remainder", "其余", "其余部分")


def _before_brackets(clause: Clause, low: int, head: int) -> int:
    """Return where the words before ``head`` end, without what stands in brackets there."""
    spoken = outside(clause, range(low, head))
    closed = head > low and clause.low(head - 1) in ")）"
    return spoken[-1] + 1 if closed and spoken else head


def topic(clause: Clause, low: int, last: int) -> Scopes:
    """Return what a sentence is about that goes on with "they": "关于代码，它们 ..."."""
    said = outside(clause, range(low, last))
    first = next((i for i in reversed(said) if clause.low(i) in "，,；;。"), low - 1) + 1
    about = clause.low(first) in _TOPICS
    return noun_phrase(clause, first + 1, _before_brackets(clause, first, last)) if about else ()


def only_points(clause: Clause, first: int, last: int) -> bool:
    """Whether a subject is no more than "they"."""
    said = [i for i in range(first, last) if clause.low(i)[:1].isalnum()]
    return bool(said) and all(clause.has(i, "pronoun", "aux") for i in said)


def is_service(clause: Clause, first: int, last: int) -> bool:
    """Whether words name something that is run for others, such as a demo, and not given away."""
    return any(
        clause.has(at, "service")
        and not parts(clause, at + 1, min(at + 2, last))
        and not clause.any_in(max(first, at - 2), at, "and")  # one thing of several
        for at in range(first, last)
    )


def tells_of_others(clause: Clause) -> bool:
    """Whether a sentence is about somebody else's work, by name, as are those that go on."""
    last = min(len(clause.words), _SUBJECT)
    verb = next((i for i in range(1, last) if clause.has(i, "is") or clause.low(i) in _NAMED), 0)
    works = any(clause.owner.is_a_works(clause.low(i)) for i in range(verb))
    by = clause.low(verb) in _NAMED and any(clause.low(i) in _BY for i in range(verb))
    named = works or by or (clause.low(verb) not in _NAMED and _has_a_name(clause, verb))
    return named and is_foreign(clause, 0, verb) and noun_phrase(clause, 0, verb) == OTHER


def is_labelled_as_theirs(clause: Clause) -> bool:
    """Whether a sentence begins with the name of somebody else's work, and a colon."""
    last = min(len(clause.words), _SUBJECT)
    colon = next((i for i in range(last) if clause.low(i) in _NAMED), 0)
    named = any(
        clause.owner.is_a_works(clause.low(i)) or _is_mixed(clause.words[i].raw)
        for i in range(colon)
        if is_proper(clause, i)
    )
    return named and is_foreign(clause, 0, colon)


def _is_mixed(raw: str) -> bool:
    """Whether a word is written as products are: "InsightFace"."""
    return not raw[1:].islower() and not raw.isupper()


def _has_a_name(clause: Clause, last: int) -> bool:
    """Whether words hold a name, and not only a capital with which a sentence begins."""
    proper = [i for i in range(last) if is_proper(clause, i)]
    return any(i > 0 or not clause.words[i].raw[1:].islower() for i in proper)


def goes_on(clause: Clause) -> bool:
    """Whether a sentence speaks of what the one before it does: "It is", "Usage is"."""
    points = clause.low(0) in ("it", "they", "usage", "use") or clause.has(0, "pronoun")
    return points and clause.has(1, "is", "aux", "unsure", "only")
