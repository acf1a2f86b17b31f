# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A release's papers as the code stage asks for them: licence, holders, who is named where."""

import re
from functools import cached_property

from audit.inventory import Inventory
from audit.licenses.expressions import fold, readings, symbols
from audit.licenses.holders import holds_a_text, named, parties, statement_holder
from audit.licenses.legal_text import LegalText, read_text
from audit.record.files import Artifact, Kind
from audit.record.licenses import (
    NOASSERTION,
    ClaimOrigin,
    ClaimSource,
    LicenseClaim,
    LicenseEvidence,
)
from audit.rules import license_facts

_CREDITS = re.compile(
    r"notice|third[ _-]?party|attribution|acknowledg|credits|open[ _-]?source"
    r"|^(?:authors|contributors|citation|readme)\b",
    re.I,
)
_ATTRIBUTION = re.compile(
    r"copyright|©|licen[cs]|attribut|acknowledg|credit|thank|adapted|derived|modified"
    r"|based (?:up)?on"
    r"|(?:code|taken|borrowed|copied) from",
    re.I,
)
_AUTHOR = re.compile(r"^[ \t]*(?:name|author|maintainer)s?(?:[_-]email)?\s*[:=].*", re.I | re.M)
"""Who releases a package holds its code, headers or not."""


class ReleaseAttribution:
    """Answers ``audit.code.repository.Attribution`` from the licence evidence of one folder."""

    def __init__(self, inventory: Inventory, evidence: LicenseEvidence) -> None:
        self._inventory = inventory
        self._evidence = evidence
        self._legal = frozenset(a.path for a in inventory.of_kind(Kind.LEGAL))

    def license_of(self, path: str) -> str:
        """Return the SPDX expression of a file: its header's, else the release's."""
        own = [
            c
            for c in self._evidence.claims
            if c.path == path and c.origin in (ClaimOrigin.HEADER, ClaimOrigin.HEADER_TEXT)
        ]
        if own:
            return own[0].expression
        concluded = self._evidence.concluded
        return NOASSERTION if concluded is None else concluded.expression

    def holders_of(self, path: str) -> tuple[str, ...]:
        """Return copyright lines of a file: its header's, else those of the release's papers."""
        found = self._evidence.copyrights
        own = tuple(c.statement for c in found if c.path == path)
        if own:
            return own
        papers = (c.statement for c in found if c.path in self._legal)
        return tuple(dict.fromkeys(s for s in papers if not holds_a_text(s)))

    def naming(self, holders: tuple[str, ...], path: str, header: str) -> tuple[str, ...]:
        """Return the files that name a holder; ``path`` among them if its header does.

        A card counts only where it speaks of origin, licence or credit: an address at a
        holder's site is no acknowledgement. Of package metadata name and authors count.
        """
        read = (statement_holder(line, "") for line in holders)
        wanted = [party for holder in read if holder is not None for party in parties(holder)]
        places = {path: header, **self._naming_texts}
        return tuple(sorted(place for place, text in places.items() if named([text], wanted)))

    def text_of(self, license_expression: str) -> bool | None:
        """Say whether the text of a licence is in the folder; ``None`` if that is not known."""
        unsure = any(u.path == "." or u.path in self._legal for u in self._evidence.unscanned)
        if license_expression == NOASSERTION or _is_private(license_expression):
            return None
        there: bool = fold(
            license_expression,
            lambda symbol: readings(symbol) <= self._texts,
            any_of=lambda a, b: a or b,
            all_of=lambda a, b: a and b,
        )
        return True if there else None if unsure else False

    @cached_property
    def _texts(self) -> frozenset[str]:
        claims = (
            claim
            for claim in self._evidence.of_source(ClaimSource.DETECTED)
            if claim.origin in (ClaimOrigin.LICENSE_FILE, ClaimOrigin.PART_FILE, ClaimOrigin.POLICY)
            or claim.path in self._notices
        )
        return frozenset(symbol for claim in claims for symbol in readings(claim.expression))

    @cached_property
    def _notices(self) -> frozenset[str]:
        return notices(self._inventory, self._evidence.claims)

    @cached_property
    def _naming_texts(self) -> dict[str, str]:
        whole = self._legal | self._notices
        return {
            path: words if path in whole else _attributing(words)
            for path, words in papers(self._inventory, self._evidence.claims).items()
        }


def notices(inventory: Inventory, claims: tuple[LicenseClaim, ...]) -> frozenset[str]:
    """Return the files that are no code and hold a whole licence text, whatever their names."""
    texts = {c.path for c in claims if c.origin is ClaimOrigin.HEADER_TEXT}
    kinds = (Kind.DOCUMENT, Kind.OTHER)
    return frozenset(a.path for a in inventory.of_kind(*kinds) if a.path in texts)


def papers(inventory: Inventory, claims: tuple[LicenseClaim, ...]) -> dict[str, str]:
    """Return, by path, the texts in which a release names holders.

    Of package metadata the lines that name authors, of cards what follows the front matter.
    """
    held = notices(inventory, claims)
    found = {}
    for artifact in inventory.artifacts:
        if artifact.path in held or _is_paper(artifact):
            text = read_text(inventory, artifact)
            if isinstance(text, LegalText):
                metadata = artifact.kind is Kind.PACKAGE_METADATA
                authors = (f"Copyright: {line}" for line in _AUTHOR.findall(text.declaration))
                found[artifact.path] = "\n".join(authors) if metadata else text.text
    return found


def _attributing(text: str) -> str:
    """Return the paragraphs that speak of origin, licence or credit."""
    blocks = re.split(r"\n\s*\n", text)
    return "\n\n".join(block for block in blocks if _ATTRIBUTION.search(block))


def _is_private(expression: str) -> bool:
    """Whether a licence id is its writer's own, so that nobody can know the text."""
    return any(
        s.startswith("LicenseRef-") and license_facts(s) is None for s in symbols(expression)
    )


def _is_paper(artifact: Artifact) -> bool:
    if artifact.kind in (Kind.LEGAL, Kind.MODEL_CARD, Kind.PACKAGE_METADATA):
        return True
    name = artifact.path.rsplit("/", 1)[-1]
    return artifact.kind in (Kind.DOCUMENT, Kind.OTHER) and _CREDITS.search(name) is not None
