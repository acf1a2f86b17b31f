# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The card says "from scratch" and the weights are not independent of a reference."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from audit.checks.case import Case, ReferenceCase
from audit.checks.draft import clip, draft, listed, strings
from audit.checks.lineage.words import derives, direction, is_exact, status, strength
from audit.inventory import ModelCard
from audit.record.findings import Confidence, Finding, Location
from audit.record.said import Said, quoted
from audit.rules import CheckRule

ID = "BASE003"
_SENTENCE = re.compile(r"[^.!?]+(?:[.!?](?=\S)[^.!?]*)*")
_OWN_BLOCK = re.compile(r"\s*(?:#|\||>|[*+-]\s|\d+[.)]\s|$)")
_PREFIX = re.compile(r"\b(pre|re|un)[-\u2010\u2011]")
_APOSTROPHE = re.compile(r"['\u2019]")
_WORD = re.compile(r"[^\W_]+")


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
        draft(
            rule,
            status=status(*related),
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


def _lead(related: list[ReferenceCase]) -> Said:
    settled = is_exact(*related)
    return Said("not independent") if settled else Said("likely not independent")


def statements(card: ModelCard, rule: CheckRule) -> Iterator[Statement]:
    """Yield what the card says about training from scratch: its sentences, then its fields."""
    lexicon = _lexicon(rule)
    for first, block in _blocks(card.prose):
        for match in _SENTENCE.finditer(block):
            if _says_scratch(match[0], lexicon):
                lead = len(match[0]) - len(match[0].lstrip())
                line = card.prose_line + first + block.count("\n", 0, match.start() + lead)
                yield Statement(words=match[0].strip(), line=line)
    for key, value in sorted(json.loads(card.metadata).items()):
        flag = key in strings(rule, "flag_keys") and value is True
        text = key in strings(rule, "text_keys") and isinstance(value, str)
        if flag or (text and _says_scratch(f"training: {value}", lexicon)):
            yield Statement(words=f"{key}: {json.dumps(value)}", line=None)


def _blocks(prose: str) -> Iterator[tuple[int, str]]:
    """Yield runs of lines that read on, with the index of their first line."""
    start, lines = 0, list[str]()
    for index, line in enumerate(prose.split("\n")):
        if lines and (_OWN_BLOCK.match(line) or lines[0].lstrip().startswith("#")):
            yield start, "\n".join(lines)
            lines = []
        start = index if not lines else start
        lines.append(line)
    yield start, "\n".join(lines)


def claims_scratch(sentence: str, rule: CheckRule) -> bool:
    """Whether a sentence says that the model was trained from scratch.

    A negation or a comparison before the phrase takes it back: "not trained from
    scratch", "unlike models trained from scratch". "From scratch" alone counts only
    in a sentence about training: code is also written from scratch.
    """
    return _says_scratch(sentence, _lexicon(rule))


def _lexicon(rule: CheckRule) -> dict[str, tuple[str, ...]]:
    keys = ("phrases", "vague_phrases", "context", "negations")
    return {key: tuple(_words(text) for text in strings(rule, key)) for key in keys}


def _says_scratch(sentence: str, lexicon: dict[str, tuple[str, ...]]) -> bool:
    words = _words(sentence)
    phrases = lexicon["phrases"]
    if any(word in words for word in lexicon["context"]):
        phrases += lexicon["vague_phrases"]
    for phrase in phrases:
        before, found, _ = words.partition(phrase)
        if found and not any(negation in f"{before} " for negation in lexicon["negations"]):
            return True
    return False


def _words(text: str) -> str:
    """Lower the case, join ``pre-trained``, drop mark-up, and put single spaces."""
    plain = _PREFIX.sub(r"\1", _APOSTROPHE.sub("", text.casefold()))
    return f" {' '.join(_WORD.findall(plain))} "
