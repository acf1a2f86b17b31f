# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The release as the primitives see it: its texts by place, its names, its card's fields."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from audit.inventory import Inventory
from audit.inventory.model_card import ModelCard, parse_card
from audit.licenses.declared.collect import readmes
from audit.licenses.declared.owner import CLONE, owner_of
from audit.licenses.declared.plain import titles
from audit.licenses.legal_text import LegalText, may_carry_license, read_text
from audit.provenance.offered import gives_out
from audit.record.code import CodeEvidence
from audit.record.files import Artifact, Kind
from audit.record.licenses import NOASSERTION, LicenseEvidence
from audit.record.obligations import Passage
from audit.record.said import quoted
from audit.rules.known_works import provenance_words
from audit.text.fold import letters

_NOTICE = re.compile(r"notice|third[ _-]?party|attribution|acknowledg|credits|authors", re.I)
_CHANGES = re.compile(r"change|modif|history", re.I)
_HEADING = re.compile(r"^#[ \t]+(?=\S)[^\n]+", re.M)
_LONGEST_HEADING = 300
_MARKUP = re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,300}\)|\[|\]\([^)]{0,300}\)|<[^>]{0,300}>|[*_`]")
_LINKED = re.compile(
    r"(?:\]\(|href=\")(?:https?://github\.com/[\w.-]{1,60}/[\w.-]{1,80}/(?:tree|blob)/[\w.-]{1,60}/)?"
    r"(?:\./)?(?:([\w.-]{1,80})(?:/(?:readme\.md)?)?|((?:[\w.-]{1,40}/)?[\w-]{0,20}zoo[\w-]{0,20}\.md))"
    r"(?:#[\w-]{0,80})?[)\"]",
    re.I,
)
"""A link to a folder of the project's own, to the README in it, or to its model zoo."""
_MOST_LINKED = 20
_CARD_FOR = re.compile(r"^model card (?:for|of)\s+", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text file; ``text`` keeps its line numbers, comments of mark-up are blank."""

    artifact: Artifact
    text: str


@dataclass(frozen=True, kw_only=True)
class Release:
    """A folder with what the licence and code stages found in it."""

    inventory: Inventory
    licenses: LicenseEvidence
    code: CodeEvidence

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text of the release that can carry a notice, in path order."""
        read = (
            read_text(self.inventory, artifact)
            for artifact in self.inventory.artifacts
            if may_carry_license(artifact)
        )
        return tuple(
            Text(artifact=found.artifact, text=_visible(found))
            for found in read
            if isinstance(found, LegalText)
        )

    @cached_property
    def cards(self) -> tuple[ModelCard, ...]:
        """The card, the READMEs beside it in other languages, and those of folders of weights."""
        card = self.inventory.card
        own = () if card is None else (card,)
        found = (*readmes(self.inventory), *filter(_is_of_weights, self.inventory.artifacts))
        beside = (a for a in dict.fromkeys(found) if card is None or a.path != card.path)
        return (*own, *self._parsed(beside))

    @property
    def readmes(self) -> tuple[ModelCard, ...]:
        """Those, and the pages that they link."""
        return (*self.cards, *self.linked)

    @cached_property
    def linked(self) -> tuple[ModelCard, ...]:
        """The pages that they link which give models out: a project may have several.

        Such a page may have come with copied code: it tells what was made, and not whose this is.
        """
        links = [m for c in self.cards for m in _LINKED.finditer(c.prose)]
        pages = {(m[2] or f"{m[1]}/readme.md").casefold() for m in links}
        pages -= {c.path.casefold() for c in self.cards}
        linked = [a for a in self.inventory.artifacts if a.path.casefold() in pages]
        found = filter(self._gives, self._parsed(linked[:_MOST_LINKED]))
        return tuple(card for card in found if not self._is_copied(card))

    def _is_copied(self, page: ModelCard) -> bool:
        """Whether a page clones a repository that it is called like, and that is not this one."""
        ours = (self.inventory.name, *(n for c in self.cards for n in CLONE.findall(c.prose)))
        called = map(letters, (page.path.split("/")[0], *titles(page.prose)))
        cloned = {letters(name) for name in CLONE.findall(page.prose)} - set(map(letters, ours))
        return any(name.startswith(clone) for name in called for clone in cloned)

    def _parsed(self, artifacts: Iterable[Artifact]) -> Iterator[ModelCard]:
        for found in (read_text(self.inventory, artifact) for artifact in artifacts):
            if isinstance(found, LegalText):
                text = found.declaration.encode("utf-8", "surrogatepass")
                yield parse_card(found.artifact.path, text)

    def _gives(self, card: ModelCard) -> bool:
        return gives_out(card, owner_of(card, (self.inventory.name,)))

    @cached_property
    def gives_out(self) -> frozenset[str]:
        """The READMEs that say that models of this project are to be had, by path.

        Who says what its weights are under gives weights out.
        """
        if any(c.scope == "weights" and c.expression != NOASSERTION for c in self.licenses.claims):
            return frozenset(card.path for card in self.readmes)
        return frozenset(card.path for card in (*filter(self._gives, self.cards), *self.linked))

    def placed(self, *places: str) -> Iterator[Text]:
        """Yield the texts of places: those of the rules (``Place``), and ``changes``."""
        for text in self.texts:
            if any(_is_in(place, text.artifact) for place in places):
                yield text

    def unread(self, *places: str) -> tuple[str, ...]:
        """Return the files of those places that are there and could not be read."""
        read = {text.artifact.path for text in self.texts}
        here = {
            artifact.path
            for artifact in self.inventory.artifacts
            if artifact.path not in read
            and may_carry_license(artifact)
            and any(_is_in(place, artifact) for place in places)
        }
        lost = {
            gap.path
            for gap in self.inventory.unread
            if _is_legal_name(gap.path) and not self._is_folder(gap.path)
        }
        return tuple(sorted(here | lost))

    def _is_folder(self, path: str) -> bool:
        return any(a.path.startswith(f"{path}/") for a in self.inventory.artifacts)

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The card's front matter."""
        card = self.inventory.card
        fields = {} if card is None else json.loads(card.metadata)
        return fields if isinstance(fields, dict) else {}

    def field_line(self, key: str) -> int | None:
        """Return the line on which the card's front matter has a key."""
        card = self.inventory.card
        if card is None:
            return None
        artifact = next(a for a in self.inventory.artifacts if a.path == card.path)
        found = read_text(self.inventory, artifact)
        if not isinstance(found, LegalText):
            return None
        lines = found.declaration.split("\n")[: card.prose_line]
        pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*:")
        return next((i for i, line in enumerate(lines, 1) if pattern.match(line[:1000])), None)

    def field_passage(self, key: str) -> Passage | None:
        """Return where the card's front matter has a key, and its value."""
        card = self.inventory.card
        if card is None or key not in self.fields:
            return None
        value = json.dumps(self.fields[key], ensure_ascii=False)
        return Passage(
            path=card.path, line=self.field_line(key), matched=quoted(f"{key}: {value}"[:200])
        )

    @cached_property
    def names(self) -> tuple[tuple[str, Passage], ...]:
        """What the card calls the model: its fields, then its first heading."""
        card = self.inventory.card
        if card is None:
            return ()
        found = []
        for key, name in _named_in_fields(self.fields):
            passage = self.field_passage(key)
            if passage is not None:
                found.append((name, passage))
        heading = _HEADING.search(card.prose)
        if heading is not None:
            title = heading[0][1:_LONGEST_HEADING].rstrip("# \t").strip()
            name = _CARD_FOR.sub("", _MARKUP.sub("", title).strip())
            line = card.prose_line + card.prose.count("\n", 0, heading.start())
            found.append(
                (name, Passage(path=card.path, line=line, matched=quoted(heading[0].strip()[:200])))
            )
        return tuple(found)


def _is_of_weights(artifact: Artifact) -> bool:
    folder, _, name = artifact.path.casefold().rpartition("/")
    return folder in provenance_words().offers_things and name == "readme.md"


def _visible(found: LegalText) -> str:
    """Blank what a reader does not see, and keep the lines."""
    if found.artifact.kind not in (Kind.MODEL_CARD, Kind.DOCUMENT):
        return found.text
    return without_comments(found.text)


def without_comments(text: str) -> str:
    """Blank the comments of mark-up, and keep the lines; one that is not closed is none."""
    kept, place = [], 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept += [text[place:start], "\n" * text.count("\n", start, end)]
        place = end + 3
    return "".join((*kept, text[place:]))


def _named_in_fields(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    name = fields.get("model_name")
    if isinstance(name, str) and name.strip():
        yield "model_name", name.strip()
    index = fields.get("model-index")
    for entry in index if isinstance(index, list) else ():
        listed = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(listed, str) and listed.strip():
            yield "model-index", listed.strip()


def _is_legal_name(path: str) -> bool:
    name = path.rsplit("/", 1)[-1].lower()
    return name.startswith(("licen", "copying", "notice", "third"))


def _is_in(place: str, artifact: Artifact) -> bool:
    if place == "anywhere":
        return True
    name = artifact.path.rsplit("/", 1)[-1]
    if place == "notice":
        return artifact.kind in (Kind.LEGAL, Kind.DOCUMENT) and _NOTICE.search(name) is not None
    if place == "changes":
        return artifact.kind is Kind.DOCUMENT and _CHANGES.search(name) is not None
    kinds = {
        "license": (Kind.LEGAL,),
        "card": (Kind.MODEL_CARD,),
        "documents": (Kind.MODEL_CARD, Kind.DOCUMENT),
    }
    return artifact.kind in kinds[place]
