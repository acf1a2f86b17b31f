# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether the text of a licence, a policy or an annex is in the release.

A licence's text must be there as a whole and unchanged: what the licence stage recognised
counts. Use restrictions may stand inside other terms, so of an annex a share of its runs of
words counts, in any legal file.
"""

from audit.licenses.expressions import readings
from audit.obligations.answers import Answer, met, not_met, unknown
from audit.provenance.release import Release
from audit.record.files import Kind
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.obligations import Passage
from audit.record.said import Said, quoted
from audit.rules import license_facts
from audit.rules.known_texts import KnownWords, known_words
from audit.text.fold import forms, words
from audit.text.shingles import shingles

_ORIGINS = (ClaimOrigin.LICENSE_FILE, ClaimOrigin.PART_FILE, ClaimOrigin.POLICY)


def text_present(license_id: str, release: Release) -> Answer:
    """Decide whether the text of a licence, policy or annex is in a legal file."""
    facts = license_facts(license_id)
    asked = Said("the text of the {name}", name=facts.name if facts is not None else license_id)
    claims = [
        claim
        for claim in release.licenses.of_source(ClaimSource.DETECTED)
        if claim.origin in _ORIGINS
    ]
    wanted = readings(license_id)
    for claim in claims:
        if wanted & readings(claim.expression):
            return met(
                Said("{asked} is in {path}", asked=asked, path=str(claim.path)),
                _passage(claim),
                asked=license_id,
            )
    near = [claim for claim in claims if claim.near is not None and wanted & readings(claim.near)]
    if near:
        shown = Said(
            "{path} is near {asked}, and is not that text", path=str(near[0].path), asked=asked
        )
        return not_met(shown, _passage(near[0]), asked=license_id)
    variants = [c for c in claims if c.expression == NOASSERTION]
    if variants and shipped(license_id) is None:
        return unknown(
            Said(
                "{path} holds words that no known licence explains, so {asked} may be among them",
                path=str(variants[0].path),
                asked=asked,
            ),
            *(_passage(claim) for claim in variants),
            asked=license_id,
        )
    lost = _unsearched(release)
    if lost:
        return unknown(
            Said("{path} could not be searched for {asked}", path=lost[0], asked=asked),
            asked=license_id,
        )
    return not_met(Said("{asked} is in no file of the release", asked=asked), asked=license_id)


def annex_included(text_id: str, least: float, release: Release) -> Answer:
    """Decide whether at least a share of an annex's runs of words is in one legal file."""
    annex = shipped(text_id)
    if annex is None:
        return text_present(text_id, release)
    shares = sorted(
        (
            (_share(annex, text.text), text.artifact.path)
            for text in release.placed("license", "notice")
        ),
        key=lambda found: (-found[0], found[1]),
    )
    share, path = shares[0] if shares else (0.0, "")
    passage = Passage(
        path=path,
        line=None,
        matched=quoted(annex.entry.name),
        similarity=int(share * 1000) / 1000,
    )
    if share >= least:
        return met(
            Said("{path} has the use restrictions", path=path), passage, asked=annex.entry.name
        )
    lost = _unsearched(release)
    if lost:
        return unknown(Said("{path} could not be searched", path=lost[0]), asked=annex.entry.name)
    name = annex.entry.name
    reason = Said("the words of the {name} are in no file of the release", name=name)
    if share <= 0:
        return not_met(reason, asked=name)
    shown = Said(
        "{reason}; {path} has {share:share} of them", reason=reason, path=path, share=share
    )
    return not_met(shown, passage, asked=name)


def shipped(text_id: str) -> KnownWords | None:
    """Return the known text of that id, whose words the licence stage always recognises."""
    return next((text for text in known_words() if text.entry.id == text_id), None)


def _share(annex: KnownWords, text: str) -> float:
    return len(annex.bag & frozenset(shingles(forms(words(text))))) / len(annex.bag)


def _passage(claim: LicenseClaim) -> Passage:
    return Passage(
        path=claim.path or ".",
        line=claim.line,
        matched=claim.raw,
        similarity=round(claim.score, 4),
    )


def _unsearched(release: Release) -> tuple[str, ...]:
    legal = {a.path for a in release.inventory.of_kind(Kind.LEGAL)}
    lost = [u.path for u in release.licenses.unscanned if u.path == "." or u.path in legal]
    return (*lost, *release.unread("license"))
