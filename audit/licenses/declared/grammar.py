# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The grammar of a sentence about a licence: subject, granting words, names.

A name counts only where granting words govern it (``released under NAME``, ``遵循 NAME 协议``,
``follows NAME``, ``License: NAME``) and their subject is the release or a part of it. The
subject stands before the granting words, after an active verb ("we release the code under"), or
is that of the clause before. What is said of others, of portions, in a relative clause, of the
past or of what must be is no grant. Each word is looked at a bounded number of times.
"""

from dataclasses import dataclass
from unicodedata import category

from audit import rules
from audit.licenses.declared.chinese import changed, chinese, says_licence
from audit.licenses.declared.clause import NOBODY, OTHER, PARTS, Clause, Scopes, is_foreign, parts
from audit.licenses.declared.names import Named, is_eastern
from audit.licenses.declared.noun_phrase import noun_phrase
from audit.licenses.declared.passive import FAR, introduced, is_unsure, passive
from audit.licenses.declared.short_forms import (
    SHORT,
    applied,
    bare,
    for_object,
    label,
    past_nouns,
    seen_for,
    with_text,
)
from audit.licenses.declared.subject import HARD, outside, subject
from audit.licenses.declared.verb_final import is_verb_final, verb_final
from audit.licenses.expressions import combine
from audit.record.licenses import NOASSERTION

_REACH = 120
"""Words to the left that anything is looked for in."""
_SEPARATORS = frozenset(":：→⇒=-–—|")
"""Marks between what a label speaks of and the licence."""
_INHERITS = frozenset({"inherits", "inherit", "keeps", "retains", "shares", "follows", "uses"})
_GIVEN = frozenset({"licensed", "released", "published", "distributed"})
_LOOKS = frozenset({"see", "见", "详见", "参见", "可见", "参阅", "请见"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A licence that a sentence gives; ``first`` and ``last`` are the words of its name."""

    expression: str
    scopes: Scopes
    first: int
    last: int


def grants(clause: Clause) -> list[Grant]:
    """Return the licences that a sentence gives to the release or its parts."""
    found: list[Grant] = []
    before, end = NOBODY, 0
    for group in _groups(clause):
        start = max(end, group[0].first - _REACH)
        scopes = _governed(clause, group, start, before) or with_text(clause, group)
        end = past_nouns(clause, group[-1].last) if scopes or end else end
        before = scopes or before
        if _is_an_example(clause, group):
            continue
        if scopes and scopes != OTHER and clause.low(end + 1) != "copyright":  # a notice kept
            found.append(_grant(clause, group, scopes))
    return found


def _is_an_example(clause: Clause, group: list[Named]) -> bool:
    """Whether names only begin a list of what there is: "(Apache, MIT, etc.)"."""
    after = past_nouns(clause, group[-1].last)
    return clause.low(after + (clause.low(after) in ",，、")) in ("etc", "等")


def _groups(clause: Clause) -> list[list[Named]]:
    """Join names that only connecting words stand between: "MIT or Apache-2.0"."""
    filling = rules.prose_words().filling | rules.prose_words().nouns
    groups: list[list[Named]] = []
    for named in clause.named:
        gap = range(groups[-1][-1].last, named.first) if groups else range(0)
        joined = (
            groups
            and len(gap) <= 30
            and not _has_a_part(clause, gap)
            and all(
                clause.low(i) in filling or clause.has(i, "and", "or", "choice")
                for i in outside(clause, gap)
            )
        )
        if joined:
            groups[-1].append(named)
        else:
            groups.append([named])
    return groups


def _has_a_part(clause: Clause, gap: range) -> bool:
    """Whether a bracket after a name says what it is for: "MIT (code), NAME (weights)"."""
    opened = clause.low(past_nouns(clause, gap.start)) in ("(", "（")
    return opened and clause.has(past_nouns(clause, gap.start) + 1, *PARTS)


def _grant(clause: Clause, group: list[Named], scopes: Scopes) -> Grant:
    first, last = group[0].first, group[-1].last
    expressions = [named.expression for named in group]
    near = range(max(0, first - 8), min(len(clause.words), last + 8))
    either = any(clause.has(i, "choice") for i in near) or any(
        clause.has(i, "or") for i in outside(clause, range(first, last))
    )
    known = sorted(set(expressions) - {NOASSERTION})
    relation = "OR" if either and len(known) > 1 else "AND"
    return Grant(expression=combine(known, relation), scopes=scopes, first=first, last=last)


def _governed(clause: Clause, group: list[Named], start: int, before: Scopes) -> Scopes:
    """Return what a group of names is for; nobody where no granting words govern it."""
    if is_verb_final(clause, group):
        return verb_final(clause, group, start, before)
    inner = _within(clause, group[0].first, start)
    if inner > start and _is_of_others(clause, start, inner):
        return OTHER
    after = past_nouns(clause, group[-1].last)
    governing = applied(clause, after) or seen_for(clause, group) or for_object(clause, group)
    return governing or _by_words_before(clause, group, inner, before)


def _by_words_before(clause: Clause, group: list[Named], start: int, before: Scopes) -> Scopes:
    """Read the words before a group of names."""
    at = _past_filling(clause, group[0].first - 1, start)
    at -= clause.low(at) in _SEPARATORS and clause.has(at - 1, "under")  # "Released under: NAME"
    at -= clause.low(at) == "in" and clause.has(at - 1, "is")  # "The licence is in NAME"
    after = past_nouns(clause, group[-1].last)
    theirs = clause.low(after) == "for" and is_foreign(clause, after, len(clause.words))
    of_theirs = theirs or clause.low(after) == "of"
    if clause.low(at) in _LOOKS and clause.heading and not of_theirs:
        return parts(clause, group[0].first, group[-1].last) or clause.heading
    if at >= start:
        return _governed_by(clause, at, group, start, before)
    return bare(clause, group) if start == 0 else NOBODY


def _within(clause: Clause, first: int, start: int) -> int:
    """Return where an aside in brackets begins that says of something what it is under."""
    opened = next(
        (i for i in range(first - 1, start - 1, -1) if clause.low(i) in "()（）"), start - 1
    )
    says = clause.any_in(opened + 1, first, "is", "under")
    return opened + 1 if opened >= start and clause.low(opened) in "(（" and says else start


def _is_of_others(clause: Clause, first: int, last: int) -> bool:
    """Whether an aside is one about somebody else's work, which stands before it."""
    return clause.any_in(first, last, "other", "based") or is_foreign(clause, first, last)


def _governed_by(clause: Clause, at: int, group: list[Named], start: int, before: Scopes) -> Scopes:
    """Read the clause by the word before the names, at ``at``."""
    word = clause.low(at)
    if is_eastern(word) and clause.has(at, "under", "is", "change"):
        return chinese(clause, at, start, group, before)
    if word in _SEPARATORS:
        return label(clause, start, at) or _same_as_theirs(clause, start, at, before)
    if _has_changed(clause, at, start):
        return changed(clause, max(0, at - 24), at)
    giver = _giver(clause, at, start)
    if giver is not None:
        return _active(clause, giver, at)
    based = clause.low(at - 1) == "based"
    bound = clause.has(at, "to") and clause.any_in(max(start, at - 3), at, "bound", "grant")
    bound = bound or (word == "as" and clause.has(at - 1, "grant"))  # "is listed as NAME"
    if (bound and not based) or _rests_on(clause, at, group) or clause.has(at, "under"):
        return passive(clause, at, start, before)
    theirs = NOBODY
    if any(clause.low(i) in "(（" for i in range(at + 1, group[0].first)):
        theirs = _same_as_theirs(clause, start, at, before) or _in_brackets(clause, start, at)
    return theirs or _follows(clause, at, start, group, before)


def _rests_on(clause: Clause, at: int, group: list[Named]) -> bool:
    """Whether it says "is based on NAME licence", and not "on the NAME licensed code of THEIRS"."""
    last = group[-1].last
    nouns, filling = rules.prose_words().nouns, rules.prose_words().filling
    end = last
    while clause.low(end) in filling or clause.low(end) in nouns:  # "open source license"
        end += 1
    based = clause.low(at) == "on" and clause.low(at - 1) == "based"
    based = based and not any(clause.low(i) in nouns for i in range(at - 4, at - 1))
    said = any(clause.low(i) in nouns for i in range(group[0].first, end))
    licensed = any(clause.low(i) == "licensed" for i in range(last, end))
    return based and said and not licensed and not clause.low(end)[:1].isalnum()


def _same_as_theirs(clause: Clause, start: int, at: int, before: Scopes) -> Scopes:
    """Read "SUBJECT inherits the licence of THEIRS (NAME)", "under that of THEIRS (NAME)"."""
    nouns = rules.prose_words().nouns
    for verb in range(at, max(start, at - FAR) - 1, -1):
        if clause.low(verb) in HARD:
            break
        if not any(clause.low(i) in nouns for i in range(verb + 1, min(verb + 4, at + 1))):
            continue
        if clause.low(verb) in _INHERITS:
            return subject(clause, start, verb)
        if clause.has(verb, "under"):
            return passive(clause, verb, start, before)
    return NOBODY


def _in_brackets(clause: Clause, start: int, at: int) -> Scopes:
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


def _giver(clause: Clause, at: int, start: int) -> int | None:
    """Return where "we release" or "you may use" begins, whose object is before ``at``."""
    if not clause.has(at, "under", "to") or clause.low(at) == "by":
        return None
    for i in range(at - 1, max(start, at - FAR) - 1, -1):
        if clause.low(i) in HARD or clause.has(i, "conjunction"):
            return None
        said = i + 1 + (clause.low(i + 1) == "’")  # "We’re releasing"
        we = clause.has(i, "person") and clause.any_in(said, said + 2, "acts")
        you = clause.low(i) in ("you", "users") and clause.any_in(i + 1, i + 6, "takes")
        spoken = outside(clause, range(i, at))
        if (
            (we or you)
            and clause.low(i - 1) not in ("if", "when")
            and not any(clause.has(j, "never") or _is_open(clause, j, you=you) for j in spoken)
        ):
            return i
    return None


def _is_open(clause: Clause, at: int, *, you: bool) -> bool:
    """Whether a word leaves it open what holds; "you may" does not."""
    return clause.has(at, "unsure") and not (you and clause.low(at) == "may")


def _has_changed(clause: Clause, at: int, start: int) -> bool:
    near = range(max(0, at - 24), at)
    bound = clause.any_in(max(start, at - 3), at, "bound", "grant")
    changes = clause.low(at) == "to" and clause.any_in(near.start, near.stop, "change")
    return changes and not bound


def _past_filling(clause: Clause, at: int, start: int) -> int:
    """Go left past articles, marks and praise to the word that governs a name."""
    filling, stop = rules.prose_words().filling, max(start, at - FAR)
    while at >= stop and (
        clause.low(at) in filling
        or clause.has(at, "choice")
        or _counts(clause, at)
        or category(clause.low(at)[:1] or " ") == "So"  # a picture
        or _is_a_publisher(clause, at)
    ):
        if _is_a_dash(clause, at) or (clause.has(at, "is") and not clause.has(at + 1, "is")):
            break
        at -= 1
    return at


def _is_a_publisher(clause: Clause, at: int) -> bool:
    """Whether a word only says whose the licence is that governs: "under Meta's NAME"."""
    named = clause.low(at).endswith("'s") and clause.words[at].raw[:1].isupper()
    before = at - 1 - (clause.low(at - 1) in ("the", "a"))
    return named and clause.has(before, "under")


def _is_a_dash(clause: Clause, at: int) -> bool:
    """Whether a "-" stands between spaces, after what it says something of."""
    if clause.low(at) != "-" or not 0 < at < len(clause.words) - 1:
        return False
    before, here, after = clause.words[at - 1 : at + 2]
    return before.end < here.start and here.end < after.start


def _counts(clause: Clause, at: int) -> bool:
    """Whether a number only counts: "under the (1) MIT License and (2) ..."."""
    number = at - (clause.low(at) == ")")
    around = clause.low(number - 1), clause.low(number + 1)
    return clause.low(number).isdigit() and around == ("(", ")")


def _active(clause: Clause, left: int, at: int) -> Scopes:
    """Read "we release OBJECT under", "you may use OBJECT under"."""
    verb = next((i for i in range(left, at) if clause.has(i, "acts", "takes")), at)
    while clause.has(verb + 1, "acts", "takes") or clause.low(verb + 1) == "-":
        verb += 1
    if verb >= at or clause.any_in(verb, at, "other", "based", "partial", "which"):
        return OTHER
    foreign = is_foreign(clause, verb + 1, at) and not clause.any_in(verb, at, "own")
    return OTHER if foreign else parts(clause, verb + 1, at) or (None,)


def _follows(clause: Clause, at: int, start: int, group: list[Named], before: Scopes) -> Scopes:
    """Read "SUBJECT uses NAME License", "SUBJECT is NAME"."""
    if clause.has(at, "to") or not clause.has(at, "follow", "is", "bound"):
        return NOBODY
    uses = clause.has(at, "follow") and not clause.has(at, "is")
    kept = clause.low(at) in _INHERITS - {"follows", "uses", "shares"}
    if uses and not kept and not says_licence(clause, group):
        return NOBODY
    head = at
    while head > start and clause.has(head - 1, "aux", "is", "never", "past", "unsure"):
        head -= 1
    words = range(head, at + 1)
    if clause.any_in(head, at + 1, "never", "past") or is_unsure(clause, start, words):
        return OTHER
    if kept and head == 0:  # "Inherits NAME from the base"
        return (None,)
    ours = uses and head == start + 1 and clause.has(start, "person")
    whose = _ours(clause, group) if ours else subject(clause, max(start, at - FAR), head)
    if head > start and all(clause.has(i, "polite") for i in range(start, head)):
        return _requested(clause, group)
    return whose or (before if head > start else introduced(clause, start, at))


def _ours(clause: Clause, group: list[Named]) -> Scopes:
    """Read "We use the NAME License", "We adopt the NAME License for OBJECT", and no more."""
    after = past_nouns(clause, group[-1].last)
    if clause.low(after) == "for":
        ends = HARD | {",", "，", "and"}
        last = next((i for i in range(after, len(clause.words)) if clause.low(i) in ends), None)
        return noun_phrase(clause, after + 1, len(clause.words) if last is None else last)
    return NOBODY if clause.low(after)[:1].isalnum() else (None,)


def _requested(clause: Clause, group: list[Named]) -> Scopes:
    """Read "Please follow NAME" below a heading about licences; others' terms are no grant."""
    others = any(named.expression.startswith("LicenseRef-") for named in group)
    return NOBODY if others else clause.heading
