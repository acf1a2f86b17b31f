# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Bases that only the README's prose names: "fine-tuned from X", 基于 X 微调.

A sentence counts where it speaks of the release and names a model that the table knows. It is no
declaration: a README tells of much. So nothing is derived from it but a question, and that only
where no document of the release names the base together with its terms.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from audit import rules
from audit.inventory.model_card import ModelCard
from audit.licenses.declared.clause import Clause, Scopes, is_foreign
from audit.licenses.declared.names import split
from audit.licenses.declared.noun_phrase import noun_phrase
from audit.licenses.declared.owner import owner_of
from audit.licenses.declared.plain import Sentence, sentences
from audit.licenses.declared.subject import subject
from audit.provenance.release import Release
from audit.provenance.shown import shown
from audit.record.files import Kind
from audit.rules.known_works import known_model, provenance_words
from audit.text.fold import plain

_REACH = 70
"""Characters after a phrase in which the name of the base stands."""
_MOST_TOKENS = 4
_TOKEN = re.compile(r"[A-Za-z][\w.+]{0,40}(?:[-/][\w.+]{1,40}){0,8}|\d[\w.]{0,20}", re.ASCII)
_DIGITS = re.compile(r"(?<=[a-z])(?=\d)", re.I)
_STOP = re.compile(r"[,，;；(（:：。]|\s(?:on|using|with|for|via|by|through|to|in|as|which|that)\s")
_ADDRESS = re.compile(r"\]\([^)\s]{0,400}\)|https?://\S{1,400}")
_OUTPUTS = re.compile(r"\b(?:outputs?|generated|responses|completions|data|datasets?)\b", re.I)
"""What is said of a model whose outputs were used, and not its weights."""
_TERMS = r"(?:licen[sc]e|agreement|terms|许可|协议|条款)"
_PERMISSIVE = re.compile(r"apache|\bmit\b|bsd", re.I)
_DATED = re.compile(r"\W{0,6}(?:\d{4}[-/.年]|\d{1,2}\s?月|\d{1,2}/\d{1,2})")
_OF_DATA = frozenset({"size_categories", "task_categories", "task_ids", "dataset_info", "configs"})
"""Fields of a card that data sets have."""
_MADE = (None, "weights")
_BESIDE = frozenset({"tokenizer", "tokeniser", "vocabulary", "prompt", "template", "tokenizers"})
"""What lies beside weights and may be another's."""


class Told(NamedTuple):
    """A base as the README calls it, and where."""

    name: str
    path: str
    line: int


def told(release: Release) -> Iterator[Told]:
    """Yield the known models that the README says the release was made from; each row once."""
    card = release.inventory.card
    if card is None:
        return
    seen: set[str] = set()
    for name, line in _said(card, release.inventory.name, is_a_model=gives_a_model(release)):
        listed = known_model(name)
        if listed is not None and listed.row.id not in seen:
            seen.add(listed.row.id)
            if not _terms_are_named(listed.row.id, release):
                yield Told(name, card.path, line)


def gives_a_model(release: Release) -> bool:
    """Whether a folder is a model's: it has weights, or a card with front matter.

    The README of a project also tells what it trained, and from what, and gives none of it away.
    """
    weights = any(release.inventory.of_kind(Kind.WEIGHTS))
    return weights or (bool(release.fields) and _OF_DATA.isdisjoint(release.fields))


def _said(card: ModelCard, called: str, *, is_a_model: bool) -> Iterator[tuple[str, int]]:
    """Yield the bases that a card tells or shows, and the line of each."""
    owner = owner_of(card, (called,))
    for sentence in sentences(card.prose, card.prose_line, _hint()):
        if sentence.role not in ("text", "item") or _is_aside(sentence):
            continue
        clause = Clause(split(sentence.text), owner)
        for name in _bases(sentence.text, clause):
            yield name, sentence.line
        if is_a_model:
            for name in (*_made_by_us(sentence.text, clause), *_listed(sentence)):
                yield name, sentence.line
    for said, line in shown(card, called) if is_a_model else ():
        for name in _names(said):
            yield name, line


def _made_by_us(text: str, clause: Clause) -> Iterator[str]:
    """Read "we fine-tune X", "it is X fine-tuned on", "a quantized X", "X をベースに"."""
    for phrase in _ours().finditer(text):
        named = phrase["ours"] or phrase["tuned"] or phrase["first"] or phrase["behind"]
        whose = phrase["ours"] or _is_of_the_release(clause, phrase.start())
        if whose and not _OUTPUTS.search(named):
            yield from _names(named)


def _listed(sentence: Sentence) -> Iterator[str]:
    """Yield the models under "Models Merged", "Base model", where a sentence is no more."""
    over = sentence.heading.casefold().strip(" :：")
    if over in provenance_words().made_from_heading and len(sentence.text) <= _REACH:
        yield from _names(sentence.text)


@cache
def _ours() -> re.Pattern[str]:
    words = provenance_words()
    tuned, ours, behind = (
        "|".join(map(re.escape, found))
        for found in (words.made_from_tuned, words.made_from_ours, words.made_from_behind)
    )
    name = rf"[A-Za-z][\w./+-]{{1,{_REACH}}}(?: [\w.+-]{{1,20}}){{0,3}}"
    return re.compile(
        rf"^(?:[\w ]{{0,30}}, )?we (?:have |also |then |first |further )?(?:{ours})\s(?:the )?"
        rf"(?P<ours>{name})"
        rf"|\b(?:is|are) (?:an? |the )?(?P<first>{name}?),? (?:model )?(?:{tuned})\b"
        rf"|(?:^|\b(?:is|are|contains?|provides?|hosts?|of|for) )(?:an? |the |our )?(?:{tuned}) "
        rf"(?!(?:on|from|to|with|for|by|using|and|in|via|version|model)\s)(?P<tuned>{name})"
        rf"|(?P<behind>{name}) ?(?:モデル|모델)? ?(?:{behind})",
        re.I | re.ASCII,
    )


def _is_aside(sentence: Sentence) -> bool:
    """Whether a sentence is news, or takes back what it says."""
    words = plain(sentence.text)
    taken = any(plain(word) in words for word in provenance_words().takes_back)
    return taken or _DATED.match(sentence.text) is not None


@cache
def _hint() -> re.Pattern[str]:
    """Return what a line of a telling block has, mark-up and all."""
    words = provenance_words()
    kinds = (words.made_from, words.made_from_after, words.made_from_label, words.made_from_as)
    more = (words.made_from_kin, words.made_from_heading, words.made_from_tuned)
    ours = (words.made_from_ours, words.made_from_behind)
    listed = [word for kind in (*kinds, *more, *ours) for word in kind]
    return re.compile("|".join(map(re.escape, listed)), re.I)


@cache
def _telling() -> re.Pattern[str]:
    words = provenance_words()
    english = "|".join(map(re.escape, words.made_from))
    before, after = (
        "|".join(map(re.escape, found)) for found in (words.made_from_before, words.made_from_after)
    )
    label, kin, used = (
        "|".join(map(re.escape, found))
        for found in (words.made_from_label, words.made_from_kin, words.made_from_as)
    )
    return re.compile(
        rf"^\W{{0,3}}(?:the )?(?:{label})(?: \[?optional\]?)?\s?(?:is\s|[:：为是])"
        rf"|\b(?:{english})\b|(?:{before})(?!及|上|下|外|前|后)(?P<base>[^，。；;,\n]{{2,{_REACH}}}?)(?:{after})"
        rf"|(?P<kin>{kin})"
        rf"|\b(?:uses?|using|with|adopts?)\s(?P<used>[^,.;，。；\n]{{2,{_REACH}}}?)\sas\s"
        rf"(?:the |its |our |a )?(?:{used})\b",
        re.I,
    )


def _bases(text: str, clause: Clause) -> Iterator[str]:
    for phrase in _telling().finditer(text):
        kin = phrase["kin"] is not None and _names_nobody(clause, phrase.start())
        if kin or _is_of_the_release(clause, phrase.start()):
            named = (
                phrase["base"]
                or phrase["used"]
                or _STOP.split(text[phrase.end() : phrase.end() + _REACH])[0]
            )
            yield from () if _OUTPUTS.search(named) else _names(named)


def _is_of_the_release(clause: Clause, start: int) -> bool:
    """Whether a phrase is said of the release or its weights; nothing before it means it is."""
    head = sum(word.start < start for word in clause.words)
    if any(clause.low(i) in _BESIDE for i in range(head)):
        return False
    verb = next((i for i in range(head) if clause.has(i, "is") and clause.low(i).isascii()), head)
    said = [i for i in range(head) if clause.low(i)[:1].isalnum()]
    filling = rules.prose_words().filling
    if all(clause.low(i) in filling or clause.has(i, "own", "pronoun", "is") for i in said):
        return True
    label = next((i for i in range(head - 1, -1, -1) if clause.low(i) in ":："), 0)
    after = any(clause.low(i)[:1].isalnum() for i in range(label + 1, head))
    whose = subject(clause, 0, verb) if after or not label else _labelled(clause, label)
    return bool(whose) and all(part in _MADE for part in whose)


def _names_nobody(clause: Clause, start: int) -> bool:
    """Whether what stands before a Chinese phrase only praises: 完全可商用的中文版."""
    head = sum(word.start < start for word in clause.words)
    others = clause.any_in(0, head, "other", "based", "partial")
    return not others and not is_foreign(clause, 0, head)


def _labelled(clause: Clause, colon: int) -> Scopes:
    """Return whom a label before a colon names; what stands in brackets behind it does not."""
    last = next((i for i in range(colon) if clause.low(i) in "[(（"), colon)
    return noun_phrase(clause, 0, last)


def _names(text: str) -> Iterator[str]:
    """Yield the longest runs of words that the table knows; a name without a digit is none."""
    tokens = [match[0].strip(".") for match in _TOKEN.finditer(text)]
    at = 0
    while at < len(tokens):
        for size in range(min(_MOST_TOKENS, len(tokens) - at), 0, -1):
            said = " ".join(tokens[at : at + size])
            forms = (said, _DIGITS.sub("-", said, count=1))
            found = next((form for form in forms if _is_a_model(form)), None)
            if found is not None:
                yield found
                at += size - 1
                break
        at += 1


def _is_a_model(name: str) -> bool:
    return any(c.isdigit() for c in name) and known_model(name) is not None


def _terms_are_named(row_id: str, release: Release) -> bool:
    """Whether a document names the base's family and its terms in one breath."""
    words = [w for w in re.findall(r"[a-z]{2,}", row_id.rpartition("/")[2]) if w != "meta"]
    if not words:
        return False
    breath = r"(?:[^\n.。]|\.(?=\d)){0,80}"
    named = re.compile(
        rf"(?<![a-z]){words[0]}{breath}{_TERMS}|{_TERMS}{breath}(?<![a-z]){words[0]}", re.I
    )
    kinds = (Kind.MODEL_CARD, Kind.DOCUMENT, Kind.LEGAL)
    return any(
        not _PERMISSIVE.search(match[0])
        for text in release.texts
        if text.artifact.kind in kinds
        for match in named.finditer(_ADDRESS.sub(" ", text.text))
    )
