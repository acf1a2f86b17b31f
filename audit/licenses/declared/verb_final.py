# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Japanese and Korean, where the verb comes last: SUBJECT は NAME ライセンスで公開, NAME です.

A particle marks the subject and another what follows the name. A name that only closes the
sentence after its subject ("コードは MIT。") is said to be what the subject is under.
"""

from audit.licenses.declared.clause import NOBODY, OTHER, Clause, Scopes, is_foreign
from audit.licenses.declared.names import Named
from audit.licenses.declared.noun_phrase import noun_phrase
from audit.licenses.declared.short_forms import past_nouns
from audit.licenses.declared.subject import HARD

_PARTICLE = 3
"""Words after a name, with its noun and marks, among which its particle stands."""
_VERB = 14
"""Words after a name in which the verb stands."""
_TOPIC = 60
"""Words before a name among which its subject is marked."""
_JAPANESE = frozenset("はがも")
_KOREAN = frozenset("은는이가")
_OBJECT = frozenset("を를을")
_DESCRIBING = ("된", "되는", "하는")
_OPEN_SOURCE = frozenset({"오픈소스", "オープンソース", "自由", "자유", "のみ", "だけ"})
"""Words between a name and "licence"."""
_INHERITED = frozenset({"継承", "引き継", "承継"})
_CLOSING = frozenset(")）」』”\"'`*]】(（")


def is_verb_final(clause: Clause, group: list[Named]) -> bool:
    """Whether what stands around names is a Japanese or Korean predicate about them."""
    after, end = _after(clause, group)
    near = range(after, min(after + _PARTICLE, end))
    if any(clause.has(i, "下で") and (i == after or len(clause.low(i)) > 1) for i in near):
        return clause.any_in(after, end, "公開")
    closes = after >= end or clause.has(after, "です")
    return closes and _topic(clause, 0, group[0].first) is not None


def verb_final(clause: Clause, group: list[Named], start: int, before: Scopes) -> Scopes:
    """Return whom the predicate is about; without a subject, the release."""
    after, end = _after(clause, group)
    if clause.any_in(after, end, "never", "unsure") or _describes(clause, after, end):
        return OTHER
    left = _left(clause, start, group[0].first)
    topic = _topic(clause, left, group[0].first)
    if topic is not None:
        return noun_phrase(clause, left, topic)
    others = clause.any_in(left, group[0].first, "other", "based", "partial", "past")
    if others or is_foreign(clause, left, group[0].first):
        return before
    spoken = any(clause.low(i).isalnum() for i in range(left, group[0].first))
    return before or clause.heading or (NOBODY if spoken else (None,))


def _describes(clause: Clause, first: int, last: int) -> bool:
    """Whether a Korean verb only describes the noun behind it: "MIT로 배포되는 X"."""
    verbs = (i + 1 for i in range(first, last) if clause.has(i, "公開"))
    return any(f"{clause.low(i)}{clause.low(i + 1)}".startswith(_DESCRIBING) for i in verbs)


def _after(clause: Clause, group: list[Named]) -> tuple[int, int]:
    """Return the first word past names and their noun, and where the sentence ends."""
    after = past_nouns(clause, group[-1].last)
    while (clause.low(after) in _CLOSING and clause.low(after) not in "(（") or (
        clause.low(after) in _OPEN_SOURCE
    ):
        after = past_nouns(clause, after + 1)
    last = min(len(clause.words), after + _VERB)
    end = next(
        (i for i in range(after, last) if clause.low(i) in HARD or clause.low(i) in "(（"), last
    )
    return after, end


def _left(clause: Clause, start: int, first: int) -> int:
    """Return where the part of the sentence begins that the names belong to."""
    low = max(start, first - _TOPIC)
    ends = (i + 1 for i in range(first - 1, low - 1, -1) if _is_hard(clause, i))
    return next(ends, low)


def _is_hard(clause: Clause, at: int) -> bool:
    """Whether a mark ends something; the point of "package.json" does not."""
    glued = at + 1 < len(clause.words) and clause.words[at].end == clause.words[at + 1].start
    return clause.low(at) in HARD and not (clause.low(at) == "." and glued)


def _topic(clause: Clause, low: int, first: int) -> int | None:
    """Return the particle that marks a subject or an object before the names.

    The licence that a work inherits is an object, and nothing that is given.
    """
    spoken = range(first - 1, max(low, first - _TOPIC), -1)
    kept = (i for i in spoken if _marks(clause, i))
    return next((i for i in kept if clause.low(i + 1) not in _INHERITED), None)


def _marks(clause: Clause, at: int) -> bool:
    """Whether a syllable is a particle: in Korean it ends its word."""
    word = clause.low(at)
    if word in _JAPANESE:
        return True
    if word not in _KOREAN and word not in _OBJECT:
        return False
    here, later = clause.words[at], at + 1
    ends = later >= len(clause.words) or clause.words[later].start > here.end
    return word == "を" or (ends and clause.words[at - 1].end == here.start)
