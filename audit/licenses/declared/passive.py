# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads passive sentences, "SUBJECT is released under NAME", and those that have no verb."""

from audit import rules
from audit.licenses.declared.clause import NOBODY, OTHER, Clause, Scopes, is_foreign, parts
from audit.licenses.declared.noun_phrase import names_a_work, noun_phrase
from audit.licenses.declared.short_forms import (
    SHORT,
    of_the_release,
    past_nouns,
)
from audit.licenses.declared.subject import HARD, subject

FAR = 60
"""Words to the left that are searched for granting words and their subject."""
VERBS = ("grant", "is", "bound")
IMPERATIVE = frozenset({"comply", "adhere", "conform", "abide", "obey", "observe", "respect"})
_COMES = frozenset({"come", "comes", "coming", "ship", "ships"})


_MAKES = frozenset(
    {"trained", "tuned", "built", "distilled", "evaluated", "pretrained", "generated"}
)
"""Past forms whose objects have terms of their own."""


def passive(clause: Clause, at: int, start: int, before: Scopes) -> Scopes:
    """Read "SUBJECT is released under NAME", "SUBJECT is subject to NAME"."""
    low = max(start, at - FAR)
    verb = at - 1
    while verb >= low and not clause.has(verb, *VERBS) and clause.low(verb) not in HARD:
        verb -= 1
    if verb < low or clause.low(verb) in HARD:
        return _elliptic(clause, verb + 1, at)
    head = verb
    while head > low and clause.has(head - 1, "aux", "past", "never", "unsure", *VERBS):
        head -= 1
    denied = clause.any_in(head, at, "never", "past") or _is_under_it(clause, verb, at)
    if denied or is_unsure(clause, low, range(head, at)):
        return OTHER
    labelled = OTHER if _is_labelled_as_theirs(clause, start, head) else NOBODY
    whose = subject(clause, low, head) or labelled
    if _is_participle(clause, low, head) or of_the_release(clause, _after_names(clause, at)):
        return (None,)
    if head == 0 and clause.has(0, "is"):  # its subject is a list, or a block of code, above
        return NOBODY
    return whose or _without_subject(clause, low, range(head, verb + 1), at, before)


def _is_under_it(clause: Clause, verb: int, at: int) -> bool:
    """Whether a verb takes what is under the names: "trained on DATA", "comes with THEIRS"."""
    between = range(verb + 1, at)
    filling = rules.prose_words().filling
    if clause.low(verb) in _COMES:
        return any(clause.low(i).isalnum() and clause.low(i) not in filling for i in between)
    return any(clause.low(i) in _MAKES for i in between)


def _is_labelled_as_theirs(clause: Clause, start: int, head: int) -> bool:
    """Whether a clause without a subject stands after a public work's name: "Llama: Licensed"."""
    if clause.low(head - 1) not in ":：" or head <= start:
        return False
    return names_a_work(clause, start, head - 1)


def _is_participle(clause: Clause, low: int, head: int) -> bool:
    """Whether a sentence begins with what was done to the release: "Quantized to FP16 and"."""
    first = clause.words[low].raw if low < head else ""
    alone = clause.has(head - 1, "and") or clause.has(head, "and")
    done = low == 0 and first[:1].isupper() and first.endswith("ed") and not clause.kinds[low]
    return done and alone and not clause.any_in(low, head, "is", "based", "other")


def _after_names(clause: Clause, at: int) -> int:
    """Return where the names after a granting word end, with their noun."""
    last = next((named.last for named in clause.named if named.first > at), at)
    return past_nouns(clause, last)


def is_unsure(clause: Clause, low: int, words: range) -> bool:
    """Whether a verb leaves it open; that the use of something must follow a licence does not."""
    left = next((i for i in range(words.start - 1, low, -1) if clause.low(i) in HARD), low)
    of_use = any(clause.low(i) in ("use", "usage") for i in range(left, words.start))
    return any(
        clause.has(i, "unsure") and not (of_use and clause.low(i) in ("must", "shall"))
        for i in words
    )


def _without_subject(clause: Clause, low: int, verbs: range, at: int, before: Scopes) -> Scopes:
    """Read "and released under NAME", "Released WORK under NAME", "please comply with NAME"."""
    if any(clause.low(i) in IMPERATIVE for i in range(verbs.start, at)):
        return introduced(clause, low, verbs.start)
    if before:
        return before
    if clause.any_in(verbs.stop, at, "other", "based") or is_foreign(clause, verbs.stop, at):
        return OTHER
    return parts(clause, verbs.stop, at) or clause.heading or (None,)


def introduced(clause: Clause, low: int, head: int) -> Scopes:
    """Read "For code, please comply with NAME"; a request without a subject is no grant."""
    if clause.low(low) not in ("for", "on"):
        return NOBODY
    comma = next((i for i in range(low, head) if clause.low(i) in ",，:"), head)
    return noun_phrase(clause, low + 1, comma)


def _elliptic(clause: Clause, first: int, at: int) -> Scopes:
    """Read "Code and weights under NAME": a part or an own name, and no verb."""
    if clause.heading and clause.low(first) == "derivative":  # of THEIRS, which the release is
        return clause.heading
    if first == 0 and clause.low(0) in ("copyright", "©"):  # "Copyright (c) 2023 X under NAME"
        return clause.heading or (None,)
    if at - first > SHORT or clause.any_in(
        first, at, "other", "based", "which", "partial", "never", "past", "follow"
    ):
        return NOBODY
    found = noun_phrase(clause, first, at)
    return NOBODY if found == OTHER else found
