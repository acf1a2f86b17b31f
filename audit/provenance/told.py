# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Bases that only the README's prose names: "fine-tuned from X", 基于 X 微调.

A sentence counts where it speaks of the release and names a model that the table knows. It is no
declaration: a README tells of much. So nothing is derived from it but a question, and that only
where no document of the release names the base together with its terms.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import NamedTuple

from audit.inventory.model_card import ModelCard
from audit.licenses.declared.clause import NAMING, Clause, Owner
from audit.licenses.declared.names import split
from audit.licenses.declared.owner import owner_of
from audit.licenses.declared.plain import Sentence, sentences, titles
from audit.licenses.release_files import own_folders
from audit.provenance import given
from audit.provenance.names import families, meant, models, versions
from audit.provenance.offered import AT_HUB, columns
from audit.provenance.phrases import adapted, bases, hint, listed, nearby, prepared, trained
from audit.provenance.recipes import recipes, trained_by
from audit.provenance.release import Release
from audit.provenance.shown import shown
from audit.record.files import Kind
from audit.record.licenses import ClaimOrigin
from audit.rules.known_works import known_model, present_name, provenance_words
from audit.text.fold import letters, plain

_ADDRESS = re.compile(r"\]\([^)\s]{0,400}\)|https?://\S{1,400}")
_NO_MODEL = re.compile(r"://[\w.-]{1,60}/(?:datasets|spaces)/")
_TERMS = r"(?:licen[sc]|agreement|terms|许可|协议|条款)"
_BREATH = r"(?:[^\n.。]|\.(?=\d)){0,80}"
_COMPLIES = re.compile(r"\bcompl(?:y|ies|ying) with (?:the |its )?(?:original )?$", re.I)
"""What stands before terms that were only a reason: "delta weights to comply with the LLaMA"."""
_NEAR = 40
_PERMISSIVE = re.compile(r"apache|\bmit\b|bsd", re.I)
_IN_WORDS = frozenset({ClaimOrigin.CARD_STATEMENT, ClaimOrigin.CARD_BADGE})
_COMMON = frozenset({"stable", "open", "code", "command", "deep", "mini", "chat"})
"""Words that begin names of models, and say nothing by themselves."""
_NAME = 200
_MOST_SHOWN = 5000
"""Rows, lines and cells of one card that may name a base; nobody writes so many."""
_AGAIN = 4
"""Further lines of a README on which one base is shown to be told."""
_LEAD = 4
"""Characters before what an item of a list is about."""
_DATED = re.compile(r"\W{0,6}(?:\d{4}[-/.年]|\d{1,2}\s?月|\d{1,2}/\d{1,2})")
_RELEASED = re.compile(
    r"\b(?:we|our|first) (?:\w+ ){0,5}?(?:releas|open-?sourc|publish|introduc|announc|launch)"
    r"|[:：\])】]\W{0,6}releas|发布|开源|推出",
    re.I,
)
_APPLIED = re.compile(
    r"应用|平台|框架|工具|部署|推理|教程"
    r"|\b(?:web ?ui|app|application|client|server|demo|toolkit|interface|tutorial)\b",
    re.I,
)
"""What a title calls a project that uses models."""
_OUR_BASE = re.compile(r"\b(?:our|main) base[- ](?:model|llm|language model)", re.I)
_OF_DATA = frozenset({"size_categories", "task_categories", "task_ids", "dataset_info", "configs"})
"""Fields of a card that data sets have."""


class Told(NamedTuple):
    """A base as the README calls it, and where: first, and on which other lines of that file."""

    name: str
    path: str
    line: int
    again: tuple[int, ...] = ()


def told(release: Release) -> Iterator[Told]:
    """Yield the models that READMEs, recipes and headers say it was made from, and theirs.

    Each row of the table comes once. Of a model's card also those that the table does not have.
    """
    seen: set[str] = set()
    called = _called(release)
    ours = _organisations(release, called)
    itself = frozenset() if gives_a_model(release) else called
    openly = _is_offered_openly(release)
    for base in _without_short([*_gathered(_told(release))]):
        waiting = [base.name]
        dark = not _row(base.name) and not _is_own(base.name, release, called, ours)
        if dark and not _licence_is_named(base.name, release):
            yield base
        while waiting:
            name = waiting.pop()
            listed = known_model(meant(name))
            if listed is not None and listed.row.id not in seen:
                row = listed.row.id
                seen.add(row)
                waiting += listed.row.bases
                own = letters(row.partition("/")[0]) in ours or letters(name) in itself
                if not own and (openly or not _terms_are_named(row, release)):
                    yield base._replace(name=name)


def _row(name: str) -> str:
    """Return the id of the row that the table has for what prose calls a model, if it has one."""
    listed = known_model(meant(name))
    return "" if listed is None else listed.row.id


def _without_short(found: list[Told]) -> Iterator[Told]:
    """Leave out what names a family alone, where that family's models are named beside it."""
    rows = {_row(base.name) for base in found} - {""}
    for base in found:
        row = _row(base.name)
        short = meant(base.name) != base.name and not any(map(str.isdigit, base.name))
        of = f"{row.partition('/')[0]}/"
        beside = (other for other in rows - {row} if short and other.startswith(of))
        if not any(letters(base.name) in letters(other) for other in beside):
            yield base


def _is_own(name: str, release: Release, called: frozenset[str], ours: frozenset[str]) -> bool:
    """Whether an id that nobody here knows is of the release itself, or of who publishes it."""
    owner, _, own = name.partition("/")
    of = (release.inventory.source.model or "").rpartition("/")[0]
    titled = len(owner) > NAMING and any(title.startswith(letters(owner)) for title in called)
    return titled or letters(own) in called or letters(owner) in ours | {letters(of)}


def _gathered(found: Iterable[Told]) -> Iterator[Told]:
    """Put together what is said of one row of the table in one file."""
    by_row: dict[tuple[str, str], Told] = {}
    for base in found:
        key = (_row(base.name) or base.name, base.path)
        first = by_row.setdefault(key, base)
        if base.line not in (first.line, *first.again) and len(first.again) < _AGAIN:
            by_row[key] = first._replace(again=(*first.again, base.line))
    yield from by_row.values()


def _called(release: Release) -> frozenset[str]:
    """Return what the release is called by its folder and its READMEs' titles."""
    named = (title for card in release.cards for title in titles(card.prose))
    return frozenset(map(letters, (release.inventory.name, *named)))


def _organisations(release: Release, called: frozenset[str]) -> frozenset[str]:
    """Return who the release is by: in its id, and in "github.com/OWNER/ITS-OWN-NAME".

    Earlier models of one's own are under one's own terms; what those were made from is asked.
    """
    homes = [((release.inventory.source.model or "").rpartition("/")[0], release.inventory.name)]
    for card in release.cards:
        homes += islice(given.HOME.findall(card.prose), _MOST_SHOWN)
    own = {owner for owner, home in homes if letters(home.removesuffix(".git")) in called}
    return frozenset(letters(present_name(owner)) for owner in own if owner)


def _told(release: Release) -> Iterator[Told]:
    for card in release.readmes:
        for name, line in _said(card, release):
            yield Told(name, card.path, line)
        if card.path in release.gives_out:
            yield from (Told(*found) for found in trained_by(card, release.inventory))
    if gives_a_model(release):
        for name, path, line in recipes(release.inventory):
            yield Told(name, path, line)


def gives_a_model(release: Release) -> bool:
    """Whether a folder is a model's: it has weights, or a card with front matter.

    The README of a project also tells what it trained, and from what, and gives none of it away.
    """
    weights = any(release.inventory.of_kind(Kind.WEIGHTS))
    return weights or (bool(release.fields) and _OF_DATA.isdisjoint(release.fields))


def _said(card: ModelCard, release: Release) -> Iterator[tuple[str, int]]:
    """Yield the bases that a card tells or shows, and the line of each."""
    owner = given.with_its_models(card, owner_of(card, (release.inventory.name,)))
    offers = card.path in release.gives_out
    is_a_model = offers or gives_a_model(release)
    names = families if is_a_model else versions
    any_names = models if is_a_model else versions
    for sentence in sentences(card.prose, card.prose_line, hint()):
        title = sentence.role == "heading" and not sentence.heading
        title = title and _APPLIED.search(sentence.text) is None
        spoken = sentence.role in ("text", "item") or (title and is_a_model)
        over = sentence.role == "heading" and offers and not title
        if over and not _is_aside(sentence):
            clause = Clause(split(sentence.text), owner)
            yield from ((n, sentence.line) for n in bases(sentence.text, clause, names))
        if spoken and not _is_aside(sentence) and not _is_theirs(sentence, owner):
            text = _linked(sentence, unknown_too=is_a_model)
            clause = Clause(split(text), owner)
            found = [*bases(text, clause, any_names, gives=is_a_model)]
            if is_a_model:
                found += (*nearby(text, clause, names), *listed(sentence, text, any_names))
            if offers:
                found += (*trained(text, clause, names), *prepared(sentence, text, names))
                found += adapted(text, names)
            yield from ((name, sentence.line) for name in found)
    called, headers = release.inventory.name, _headers(release)
    shows = chain(
        shown(card, called, headers, trains=offers), columns(card), given.called(card, owner)
    )
    for said, line in islice(shows, _MOST_SHOWN) if is_a_model else ():
        yield from ((name, line) for name in any_names(said))


def _headers(release: Release) -> Iterator[str]:
    """Yield what the headers of weights call them (``general.name``)."""
    for metadata in release.inventory.metadata:
        name = json.loads(metadata.fields).get("general.name")
        if isinstance(name, str):
            yield name[:_NAME]


def _linked(sentence: Sentence, *, unknown_too: bool) -> str:
    """Return a sentence with ids of models in the place of links to them at a hub.

    An id that the table does not have (``unknown_too``) only where the words name no model. Words
    that link somebody's code or data are no id: "trained on [lab/qa](https://…/datasets/lab/qa)".
    """
    text = sentence.text
    for start, end, target in sorted(sentence.links, reverse=True):
        model = AT_HUB.match(target)
        if model is None:
            if given.HOME.search(target) or _NO_MODEL.search(target):
                text = f"{text[:start]}{text[start:end].replace('/', ' ')}{text[end:]}"
            continue
        nameless = unknown_too and next(families(text[start:end]), None) is None
        if nameless or known_model(model[1]) is not None:
            text = f"{text[:start]}{model[1]}{text[end:]}"
    return text


def _is_aside(sentence: Sentence) -> bool:
    """Whether a sentence is news of anything but a release, or takes back what it says."""
    words = plain(sentence.text)
    taken = any(plain(word) in words for word in provenance_words().takes_back)
    dated = _DATED.match(sentence.text) is not None
    return taken or (dated and not _RELEASED.search(sentence.text))


def _is_theirs(sentence: Sentence, owner: Owner) -> bool:
    """Whether an item of a list is about somebody's project, or another page, that it links."""
    first = min(sentence.links, default=(_LEAD + 1, 0, ""))
    if sentence.role != "item" or first[0] > _LEAD:
        return False
    if "://" not in first[2]:  # an index of one's own pages: "[SDXL training](docs/sdxl.md)"
        return len(sentence.text) - first[1] <= _LEAD
    home = given.HOME.search(first[2])
    of, name = map(letters, home.groups()) if home is not None else ("", "")
    wholes = [whole for whole in owner.wholes if len(whole) > NAMING]
    ours = any(whole in of or name.startswith(whole) for whole in wholes)
    return home is not None and not ours and _OUR_BASE.search(sentence.text) is None


def _is_offered_openly(release: Release) -> bool:
    """Whether a common licence is on the card's tag, or is said of the weights in words."""
    tagged = _PERMISSIVE.search(str(release.fields.get("license"))) is not None
    said = (c for c in release.licenses.claims if c.scope == "weights" and c.origin in _IN_WORDS)
    return tagged or any(_PERMISSIVE.search(c.expression) for c in said)


def _licence_is_named(name: str, release: Release) -> bool:
    """Whether a README says in one breath with a model that the table lacks what it is under."""
    own = re.escape(name.rpartition("/")[2])
    named = re.compile(rf"(?<![\w.-]){own}{_BREATH}{_TERMS}", re.I)
    return any(named.search(_ADDRESS.sub(" ", card.prose)) for card in release.cards)


def _terms_are_named(row_id: str, release: Release) -> bool:
    """Whether a paper of the release names the base's family and its terms in one breath.

    Pages in folders of code come with the code, and speak of its own models.
    """
    words = [w for w in re.findall(r"[a-z]{2,}", row_id.rpartition("/")[2]) if w != "meta"]
    if not words:
        return False
    called = r"\W{0,3}".join(words[: 1 + (words[0] in _COMMON)])
    named = re.compile(
        rf"(?<![a-z]){called}{_BREATH}{_TERMS}|{_TERMS}{_BREATH}(?<![a-z]){called}", re.I
    )
    own = own_folders(release.inventory)
    pages = {card.path for card in release.cards}
    return any(
        not _PERMISSIVE.search(match[0])
        and not _COMPLIES.search(match.string, max(0, match.start() - _NEAR), match.start())
        for text in release.texts
        if text.artifact.kind is Kind.LEGAL
        or text.artifact.path in pages
        or (text.artifact.kind is Kind.DOCUMENT and _folder(text.artifact.path) in own)
        for match in named.finditer(_ADDRESS.sub(" ", text.text))
    )


def _folder(path: str) -> str:
    return PurePosixPath(path).parent.as_posix()
