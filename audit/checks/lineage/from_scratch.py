# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The card says "from scratch" and the weights are not independent of a reference."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from audit.checks.case import Case, ReferenceCase
from audit.checks.lineage.words import derives, direction, is_exact, status, strength
from audit.checks.make import clip, listed, make_finding, strings
from audit.inventory import ModelCard
from audit.record.findings import Confidence, Finding, Location
from audit.record.said import Said, quoted
from audit.rules import CheckRule, checks
from audit.text.fold import plain
from audit.text.sentences import sentences

ID = "BASE003"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence of the card, and its line from 1 where it has one."""

    words: str
    line: int | None


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report the statement once, with every reference that it cannot stand beside."""
    related = [reference for reference in case.references if derives(reference)]
    card = case.subject.card
    if not related or card is None:
        return ()
    said = tuple(statements(card, rule))
    if not said:
        return ()
    names = listed(reference.inventory.name for reference in related)
    best = min(related, key=lambda r: r.comparison.log10_p or 0.0).comparison
    return (
        make_finding(
            rule,
            status=status(case, *related),
            confidence=Confidence.MEDIUM if best.direction is None else Confidence.HIGH,
            title=Said(
                "The card says from scratch; the weights are {lead} of {names}",
                lead=_lead(related),
                names=names,
            ),
            message=Said(
                'The card says: "{words}". The weights are {lead} of'
                " the trained weights of {names}. {strength} {direction}",
                words=clip(said[0].words),
                lead=_lead(related),
                names=names,
                strength=strength(best),
                direction=direction(best),
            ),
            locations=(Location(path=card.path, line=s.line) for s in said),
            evidence=(
                *(quoted(clip(s.words)) for s in said),
                *(r.comparison.summary for r in related),
            ),
            reference=related[0].inventory.name,
        ),
    )


def refuted(case: Case) -> tuple[str, ...]:
    """Return the sentences of the card's prose that settled evidence contradicts."""
    related = [reference for reference in case.references if derives(reference)]
    card = case.subject.card
    if card is None or not related or not is_exact(*related):
        return ()
    return tuple(s.words for s in statements(card, checks()[ID]) if s.line is not None)


def _lead(related: list[ReferenceCase]) -> Said:
    settled = is_exact(*related)
    return Said("not independent") if settled else Said("likely not independent")


def statements(card: ModelCard, rule: CheckRule) -> Iterator[Statement]:
    """Yield what the card says about training from scratch: its sentences, then its fields."""
    lexicon = _lexicon(rule)
    for sentence in sentences(card.prose, card.prose_line):
        if _says_scratch(sentence.text, lexicon):
            yield Statement(words=sentence.text, line=sentence.line)
    for key, value in sorted(json.loads(card.metadata).items()):
        flag = key in strings(rule, "flag_keys") and value is True
        text = key in strings(rule, "text_keys") and isinstance(value, str)
        if flag or (text and _says_scratch(f"training: {value}", lexicon)):
            yield Statement(words=f"{key}: {json.dumps(value)}", line=None)


def _lexicon(rule: CheckRule) -> dict[str, tuple[str, ...]]:
    keys = ("phrases", "vague_phrases", "context", "negations")
    return {key: tuple(plain(text) for text in strings(rule, key)) for key in keys}


def _says_scratch(sentence: str, lexicon: dict[str, tuple[str, ...]]) -> bool:
    """Whether a sentence says that the model was trained from scratch.

    A negation or a comparison before the phrase takes it back: "not trained from
    scratch", "unlike models trained from scratch". "From scratch" alone counts only
    in a sentence about training: code is also written from scratch.
    """
    words = plain(sentence)
    phrases = lexicon["phrases"]
    if any(word in words for word in lexicon["context"]):
        phrases += lexicon["vague_phrases"]
    for phrase in phrases:
        before, found, _ = words.partition(phrase)
        if found and not any(negation in f"{before} " for negation in lexicon["negations"]):
            return True
    return False
