# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether the upstream's own notices are still here: its holders named, its NOTICE carried on."""

from audit.inventory import Inventory
from audit.licenses.holders import holds_a_text, named, parties
from audit.licenses.legal_text import LegalText, read_text
from audit.obligations.answers import Answer, met, not_met, unknown
from audit.provenance.ancestors import Ancestor, is_code
from audit.provenance.release import Release
from audit.record.files import Kind
from audit.record.licenses import Copyright, LicenseEvidence
from audit.record.obligations import Passage
from audit.record.said import Said, joined
from audit.text.fold import forms, phrase
from audit.text.globs import matches

NOTICE = "NOTICE*"
_CARRIED = 0.8
"""Share of an upstream NOTICE's lines that must stand in the release for it to be carried on."""
_SHORTEST_LINE = 3


def headers_retained(release: Release, ancestor: Ancestor) -> Answer:
    """Decide whether the release names the holders that the ancestor's own papers name."""
    if is_code(ancestor):
        return _code_headers(release, ancestor)
    if ancestor.upstream is None:
        return _not_at_hand(ancestor.node.name, Said("notices"))
    statements = paper_statements(ancestor.upstream.inventory, ancestor.upstream.licenses)
    wanted = sorted({party for found in statements for party in parties(found.holder)})
    if not wanted:
        return met(
            Said("the documents of {node} carry no copyright statement", node=ancestor.node.name)
        )
    texts = [text.text for text in release.texts]
    lost = [party for party in wanted if party not in named(texts, wanted)]
    if not lost:
        return met(
            Said("the release names {names}", names=", ".join(wanted)), *_where(release, wanted)
        )
    unread = release.unread("license", "notice", "card")
    if unread:
        return unknown(Said("{path} could not be read", path=unread[0]))
    quoted = next(f.statement for f in statements if lost[0] in parties(f.holder))
    return not_met(
        Said("no text of the release names {names}", names=", ".join(lost)), asked=quoted
    )


def paper_statements(inventory: Inventory, evidence: LicenseEvidence) -> tuple[Copyright, ...]:
    """Return the copyright statements of a folder's legal files and card, once per holder."""
    papers = {a.path for a in inventory.of_kind(Kind.LEGAL, Kind.MODEL_CARD)}
    found: dict[str, Copyright] = {}
    for statement in evidence.copyrights:
        if statement.path in papers and not holds_a_text(statement.statement):
            found.setdefault(statement.holder, statement)
    return tuple(found.values())


def _where(release: Release, wanted: list[str]) -> list[Passage]:
    return [
        Passage(path=text.artifact.path, line=None, matched=joined(", ", here))
        for text in release.placed("license", "notice", "card")
        if (here := named([text.text], wanted))
    ]


def _code_headers(release: Release, ancestor: Ancestor) -> Answer:
    """Code that says itself whose it is keeps its header; other code was compared."""
    matched = [m for m in release.code.matches if m.families[0].project == ancestor.node.name]
    if not matched:
        return met(Said("the files still have the headers that say so"))
    bare = [m for m in matched if not m.families[0].named_in]
    holders = matched[0].families[0].holders
    if not holders:
        return unknown(
            Said("whose code it is was not found, so whether they are named cannot be told")
        )
    if bare:
        files = ", ".join(m.path for m in bare)
        passages = (Passage(path=m.path, line=None, matched=m.families[0].label) for m in bare)
        return not_met(
            Said("nothing names {holder} for {files}", holder=holders[0], files=files),
            *passages,
            asked=holders[0],
        )
    return met(Said("named in {names}", names=", ".join(matched[0].families[0].named_in)))


def upstream_notice(release: Release, ancestor: Ancestor) -> Answer:
    """Decide whether the lines of the ancestor's NOTICE files, if it has one, stand here."""
    name = ancestor.node.name
    if ancestor.upstream is None:
        if is_code(ancestor):
            return unknown(
                Said(
                    "where this code comes from is not at hand, so whether a NOTICE file belongs to"
                    " it is not known"
                ),
                question=Said(
                    "Does a NOTICE file belong to the {name}, and is it carried on?", name=name
                ),
            )
        return _not_at_hand(name, Said("a NOTICE file"))
    inventory = ancestor.upstream.inventory
    paths = [a for a in inventory.artifacts if matches(NOTICE, a.path)]
    read = [found for a in paths if isinstance(found := read_text(inventory, a), LegalText)]
    if len(read) < len(paths):
        return unknown(Said("the NOTICE of {name} could not be read", name=name))
    lines = [line.strip() for found in read for line in found.text.split("\n")]
    wanted = list(dict.fromkeys(x for x in lines if len(phrase(x)) >= _SHORTEST_LINE))
    if not wanted:
        return met(Said("{name} carries no NOTICE file", name=name))
    texts = [_flat(t.text) for t in release.placed("license", "notice", "card")]
    lost = [x for x in wanted if not any(_flat(x) in text for text in texts)]
    if len(lost) <= (1 - _CARRIED) * len(wanted):
        return met(Said("the NOTICE of {name} is carried on", name=name))
    shown = Said(
        "{n} of {all} lines of the NOTICE of {name} stand nowhere here",
        n=len(lost),
        all=len(wanted),
        name=name,
    )
    return not_met(shown, asked=lost[0])


def _flat(text: str) -> str:
    return " ".join(forms(phrase(text)))


def _not_at_hand(name: str, what: Said) -> Answer:
    reason = Said(
        "the folder of {name} was not given, so whether it carries {what} is not known",
        name=name,
        what=what,
    )
    return unknown(
        reason,
        question=Said(
            "Does {name} carry {what}, and does this release keep them?", name=name, what=what
        ),
    )
