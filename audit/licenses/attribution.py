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
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseEvidence
from audit.rules import license_facts

_CREDITS = re.compile(
    r"notice|third[ _-]?party|attribution|acknowledg|credits|open[ _-]?source", re.I
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
        )
        return frozenset(symbol for claim in claims for symbol in readings(claim.expression))

    @cached_property
    def _naming_texts(self) -> dict[str, str]:
        return {a.path: self._paper(a) for a in self._inventory.artifacts if _is_paper(a)}

    def _paper(self, artifact: Artifact) -> str:
        text = read_text(self._inventory, artifact)
        if not isinstance(text, LegalText):
            return ""
        if artifact.kind is Kind.LEGAL:
            return text.text
        if artifact.kind is Kind.PACKAGE_METADATA:
            return "\n".join(_AUTHOR.findall(text.declaration))
        blocks = re.split(r"\n\s*\n", text.text)
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
    return artifact.kind is Kind.DOCUMENT and _CREDITS.search(name) is not None
