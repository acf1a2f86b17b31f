# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The closed list of requirements, each decided from files alone; pure.

``audit.rules.requirements`` says what to look for, this module looks. Every answer is met,
not met or unknown, with the place; the absence of something is only stated when every file
that could hold it was read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audit.obligations.answers import Answer, all_of, any_of, met, negated, not_met, unknown
from audit.obligations.changes import change_statement
from audit.obligations.notices import headers_retained
from audit.obligations.required_texts import annex_included, text_present
from audit.provenance.ancestors import Ancestor, is_code
from audit.provenance.release import Release
from audit.record.obligations import Passage
from audit.record.said import Said, quoted
from audit.rules import requirements as r
from audit.rules.requirements import Requirement
from audit.text import find
from audit.text.fold import forms, letters, phrase
from audit.text.globs import matches

_NEAR_MISS = 0.6
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a requirement is asked about: the release, and the ancestor that it comes from.

    ``offered`` decides ``downstream_license``: the licence table's ruling stands above this
    stage, so the caller brings it.
    """

    release: Release
    ancestor: Ancestor
    offered: Callable[[], Answer]


def answer(requirement: Requirement, question: Question) -> Answer:
    """Decide one requirement."""
    if isinstance(requirement, r.AllOf):
        return all_of([answer(part, question) for part in requirement.of])
    if isinstance(requirement, r.AnyOf):
        return any_of([answer(part, question) for part in requirement.of])
    if isinstance(requirement, r.Not):
        return negated(answer(requirement.of, question))
    return _PRIMITIVES[requirement.kind](requirement, question)


def leading(requirement: Requirement) -> str:
    """Return the kind of the first primitive inside a requirement: what it is about."""
    if isinstance(requirement, r.AllOf | r.AnyOf):
        return leading(requirement.of[0])
    return leading(requirement.of) if isinstance(requirement, r.Not) else requirement.kind


def _license_text(wanted: r.LicenseText, question: Question) -> Answer:
    return text_present(wanted.text, question.release)


def _annex_included(wanted: r.AnnexIncluded, question: Question) -> Answer:
    return annex_included(wanted.text, wanted.min, question.release)


def _file_present(wanted: r.FilePresent, question: Question) -> Answer:
    asked = " or ".join(wanted.like)
    for artifact in question.release.inventory.artifacts:
        if any(matches(pattern, artifact.path) for pattern in wanted.like):
            passage = Passage(path=artifact.path, line=None, matched=quoted(artifact.path))
            return met(Said("{path} is there", path=artifact.path), passage, asked=asked)
    return not_met(Said("no file is called {asked}", asked=asked), asked=asked)


def _notice_line(wanted: r.NoticeLine, question: Question) -> Answer:
    """Decide whether the words stand in a NOTICE-like file, numbers (but for years) exact."""
    release = question.release
    found = [
        (place, text.artifact.path)
        for text in release.placed("notice")
        if (place := find.find(wanted.like, text.text)) is not None
    ]
    found.sort(key=lambda item: (-item[0].similarity, item[1]))
    for place, path in found:
        if place.similarity >= wanted.min and _numbers(place.quoted, wanted.like):
            return met(
                Said("{path} has the notice", path=path), _found(path, place), asked=wanted.like
            )
    near = [_found(path, place) for place, path in found if place.similarity >= _NEAR_MISS]
    if near:
        shown = Said("{path} has words near it and not these", path=near[0].path)
        return not_met(shown, near[0], asked=wanted.like)
    unread = release.unread("notice")
    if unread:
        return unknown(Said("{path} could not be read", path=unread[0]), asked=wanted.like)
    if elsewhere := _elsewhere(wanted, release):
        shown = Said("the words stand in {path}, which is no notice file", path=elsewhere.path)
        return not_met(shown, elsewhere, asked=wanted.like)
    noticed = [text.artifact.path for text in release.placed("notice")]
    where = Said("there is no NOTICE file")
    if noticed:
        where = Said("{path} does not have it", path=noticed[0])
    return not_met(where, asked=wanted.like)


def _numbers(quoted: str, wanted: str) -> bool:
    """Whether every number of the wording stands in the quotation: 3.1 is not 3.2."""

    def numbers(text: str) -> list[str]:
        return [w for w in forms(phrase(text)) if w.isdigit() and not _YEAR.fullmatch(w)]

    return not set(numbers(wanted)) - set(numbers(quoted))


def _elsewhere(wanted: r.NoticeLine, release: Release) -> Passage | None:
    for text in release.placed("documents"):
        place = find.find(wanted.like, text.text)
        if place is not None and place.similarity >= wanted.min:
            return _found(text.artifact.path, place)
    return None


def _found(path: str, place: find.Found) -> Passage:
    return Passage(
        path=path, line=place.line, matched=quoted(place.quoted), similarity=place.similarity
    )


def _phrase(wanted: r.Phrase, question: Question) -> Answer:
    asked = wanted.text or wanted.regex or ""
    for text in question.release.placed(*wanted.places):
        found = _phrase_in(wanted, text.text)
        if found is not None:
            path = text.artifact.path
            return met(Said("{path} shows it", path=path), _found(path, found), asked=asked)
    unread = question.release.unread(*wanted.places)
    if unread:
        return unknown(Said("{path} could not be read", path=unread[0]), asked=asked)
    places = _either([_PLACES[place] for place in wanted.places])
    if wanted.text is None:
        named = _plain(asked)
        shown = Said("a reference to {named} stands in no {places}", named=named, places=places)
    else:
        shown = Said('"{asked}" stands in no {places}', asked=asked, places=places)
    return not_met(shown, asked=asked)


def _plain(pattern: str) -> str:
    """Return a regular expression as somebody reads it."""
    return pattern.replace("\\", "")


_PLACES = {
    "license": Said("licence file"),
    "notice": Said("notice file"),
    "card": Said("model card"),
    "documents": Said("model card or document"),
    "anywhere": Said("text of the release"),
}


def _either(places: list[Said]) -> Said:
    first, *others = places
    for other in others:
        first = Said("{one} or {other}", one=first, other=other)
    return first


def _phrase_in(wanted: r.Phrase, text: str) -> find.Found | None:
    if wanted.text is not None:
        return find.contains(wanted.text, text)
    match = re.search(wanted.regex or "(?!)", text, re.I)
    if match is None:
        return None
    first = 1 + text.count("\n", 0, match.start())
    last = first + match[0].count("\n")
    return find.Found(
        line=first, last_line=last, quoted=find.quote(text, first, last), similarity=1.0
    )


def _model_name(wanted: r.ModelName, question: Question) -> Answer:
    """Decide by what the card calls the model, else by the folder; a folder alone may lie."""
    release = question.release
    asked = wanted.starts_with or wanted.contains or ""
    folder = release.inventory.name
    for name, passage in release.names:
        if _is_named(name, wanted):
            return met(Said('the card calls it "{name}"', name=name), passage, asked=asked)
    if _is_named(folder, wanted):
        return met(Said("the folder is called {folder}", folder=folder), asked=asked)
    if release.names:
        name, passage = release.names[0]
        shown = (
            Said(
                'the card calls it "{name}"; no name begins with "{asked}"', name=name, asked=asked
            )
            if wanted.starts_with
            else Said(
                'the card calls it "{name}"; no name contains "{asked}"', name=name, asked=asked
            )
        )
        return not_met(shown, passage, asked=asked)
    return unknown(
        Said(
            "the card gives no name, and the folder may be called otherwise where it is published"
        ),
        asked=asked,
        question=Said(
            'Under what name is the model published, and does it begin with "{asked}"?', asked=asked
        )
        if wanted.starts_with
        else Said(
            'Under what name is the model published, and does it contain "{asked}"?', asked=asked
        ),
    )


def _is_named(name: str, wanted: r.ModelName) -> bool:
    """Whether a name has what is asked; "llama-3-heron" begins with "Llama 3"."""
    last = letters(name.rstrip("/").rsplit("/", 1)[-1])
    if wanted.starts_with is not None:
        return last.startswith(letters(wanted.starts_with))
    return wanted.contains is not None and letters(wanted.contains) in last


def _card_field(wanted: r.CardField, question: Question) -> Answer:
    passage = question.release.field_passage(wanted.field)
    asked = wanted.field if wanted.value is None else f"{wanted.field}: {wanted.value}"
    if passage is None:
        return not_met(Said("the card has no field {field}", field=wanted.field), asked=asked)
    value = question.release.fields[wanted.field]
    listed = value if isinstance(value, list) else [value]
    same = wanted.value is None or any(
        isinstance(item, str) and item.casefold() == wanted.value.casefold() for item in listed
    )
    if same:
        return met(Said("the card says {matched}", matched=passage.matched), passage, asked=asked)
    return not_met(Said("the card says {matched}", matched=passage.matched), passage, asked=asked)


def _source_available(_: r.SourceAvailable, question: Question) -> Answer:
    """The source of code is the code; what the source of weights is, no file says."""
    ancestor = question.ancestor
    if is_code(ancestor):
        paths = sorted({e.path for e in (ancestor.path[0], *ancestor.beside) if e.path})
        passages = [Passage(path=path, line=None, matched=quoted(path)) for path in paths[:5]]
        return met(Said("the files are here as source"), *passages)
    name = ancestor.node.name
    return unknown(
        Said(
            "what the corresponding source of weights made from {name} is, no file says", name=name
        ),
        question=Said(
            "Is everything needed to make these weights from {name} available to recipients?",
            name=name,
        ),
    )


def _attest(wanted: r.Attest, _: Question) -> Answer:
    return unknown(
        Said("no file shows this; a named person has to answer"),
        asked=wanted.question,
        question=Said.plain(wanted.question),
    )


_PRIMITIVES: dict[str, Callable[[Any, Question], Answer]] = {
    "license_text": _license_text,
    "file_present": _file_present,
    "notice_line": _notice_line,
    "phrase": _phrase,
    "model_name": _model_name,
    "headers_retained": lambda _, q: headers_retained(q.release, q.ancestor),
    "change_statement": lambda _, q: change_statement(q.release, q.ancestor),
    "annex_included": _annex_included,
    "card_field": _card_field,
    "downstream_license": lambda _, q: q.offered(),
    "source_available": _source_available,
    "attest": _attest,
}
"""Each kind with the function that decides it."""
