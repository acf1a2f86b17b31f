# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a release carries, in tables that a terminal has room for: the first place, and a count."""

from audit.record.licenses import NOASSERTION, ClaimSource, LicenseClaim, LicenseEvidence
from audit.record.said import Said
from audit.report.blocks import Cell, Table
from audit.report.sections.licences import place_of
from audit.report.words.texts import clip, place, prose, told
from audit.report.words.wording import plain


def grouped_claims(found: LicenseEvidence) -> Table:
    """Return one row for each voice, licence and kind of place, as a terminal has room for."""
    grouped: dict[tuple[ClaimSource, str, str], list[str]] = {}
    for claim in found.claims:
        words = clip(claim.expression, 120)
        if claim.expression == NOASSERTION:
            words = Said("not identified: {words}", words=clip(claim.raw, 160))
        elif claim.scope is not None:
            words = Said("{expression} ({scope})", expression=words, scope=claim.scope)
        grouped.setdefault((claim.source, words, claim.stated_in), []).append(_cell(claim))
    rows: list[tuple[Cell, ...]] = []
    last = None
    for (source, words, origin), places in grouped.items():
        concluded = source is ClaimSource.CONCLUDED
        where = () if concluded else (told(origin, 80),)
        voice = "" if source is last else Said("{voice:sentence}", voice=plain(source.value))
        rows.append((voice, words, Said("{where:commas}", where=(*where, first_of(places)))))
        last = source
    return Table({"": "", "Licence": "", "Where": ""}, tuple(rows))


def _cell(claim: LicenseClaim) -> str:
    if claim.path is None:
        return place_of(claim)
    if claim.cell is None:
        return place(claim.path, claim.line)
    return Said("{path}, cell {cell}", path=place(claim.path), cell=claim.cell)


def first_of(places: list[str]) -> str:
    """Name the first and count the rest."""
    distinct = list(dict.fromkeys(places))
    if len(distinct) < 2:
        return distinct[0] if distinct else ""
    return Said("{place} and {left:count} more", place=distinct[0], left=len(distinct) - 1)


def holders(found: LicenseEvidence) -> Table:
    """Return each copyright holder with the first place, as a terminal has room for."""
    places: dict[str, list[str]] = {}
    for c in found.copyrights:
        places.setdefault(c.holder, []).append(place(c.path, c.line if c.cell is None else None))
    rows = tuple((clip(holder, 160), first_of(places[holder])) for holder in sorted(places))
    return Table({"Copyright holder": "", "Where": ""}, rows)


def unscanned_by_reason(found: LicenseEvidence) -> Table:
    """Return why files were not scanned, with the first of each, as a terminal has room for."""
    grouped: dict[str, list[str]] = {}
    for item in found.unscanned:
        grouped.setdefault(item.reason, []).append(clip(item.path, 200))
    rows = tuple((first_of(grouped[reason]), prose(reason)) for reason in sorted(grouped))
    return Table({"Not scanned": "", "Why": ""}, rows)
