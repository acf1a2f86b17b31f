# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the release declares and carries about licences."""

from audit.licenses.expressions import symbols
from audit.record.licenses import NOASSERTION, ClaimSource, LicenseClaim, LicenseEvidence
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.page import Page, part
from audit.report.sections.annexes import legal
from audit.report.sections.code import code
from audit.report.sections.obligations import drafts, owed_for
from audit.report.words.texts import (
    NO_VALUE,
    amount,
    clip,
    known_as,
    left_out,
    place,
    some,
    told,
)
from audit.report.words.wording import paragraph, plain
from audit.text.numbers import share

_CLAIMS, _COPYRIGHTS, _UNREAD, _CONFLICTS, _PLACES = 120, 60, 60, 8, 3


def licences(page: Page) -> b.Section:
    """Return what is stated and found, where the voices stay apart, and what is owed."""
    found = page.record.licenses
    ordered = [c for source in ClaimSource for c in found.of_source(source)]
    nothing = Said("No licence statement was found anywhere in the release.")
    own = Said("Licences of their own, and statements that were not understood")
    return part(
        "licences",
        Said("Licences and duties"),
        b.Paragraph((paragraph("licences.lead"), scanned(found)), "lead"),
        _claims(ordered[:_CLAIMS]) if ordered else b.Paragraph(nothing),
        b.note(left_out(len(ordered), _CLAIMS, "statement")),
        *b.bulleted(Said("Voices that differ"), _conflicts(found), level=3),
        *b.bulleted(own, _custom(found), level=3),
        *owed_for(page),
        b.note(paragraph("licences.law")),
    )


def evidence(page: Page) -> b.Section:
    """Return copyright statements, code that also stands elsewhere, and text to paste."""
    found = page.record.licenses
    return part(
        "drafts",
        Said("Licence evidence, and text to paste"),
        *_copyrights(found),
        *_unscanned(found),
        code(page.record.code),
        b.Heading(Said("Text that is ready to paste")),
        *drafts(page.record.notice, page.record.legal),
        *legal(page),
        heading=Said("licence evidence, and text to paste"),
    )


def scanned(found: LicenseEvidence) -> Said:
    """Say how many files were scanned, and with what."""
    return Said(
        "{files} scanned with {scanner}.",
        files=amount(found.scanned, "file"),
        scanner=clip(found.scanner, 60),
    )


def _claims(claims: list[LicenseClaim]) -> b.Table:
    columns = {
        "Voice": "sev",
        "Licence": "name",
        "Read from": "mid",
        "Score": "n num",
        "Place, and the words if they differ": "",
    }
    return b.Table(columns, tuple(map(_claim, claims)))


def _claim(claim: LicenseClaim) -> tuple[b.Cell, ...]:
    where = b.Code(place_of(claim)) if claim.path is not None else place_of(claim)
    raw = "" if claim.raw == claim.expression else f"“{clip(claim.raw, 160)}”"
    if raw and claim.source is ClaimSource.CONCLUDED:
        raw = told(claim.raw, 160)  # our own words, why it was concluded
    return (
        plain(claim.source.value),
        clip(known_as(claim.expression), 120),
        told(claim.stated_in, 80),
        share(claim.score) if claim.source is ClaimSource.DETECTED else NO_VALUE,
        b.Lines((where, raw)) if raw else where,
    )


def place_of(claim: LicenseClaim) -> str:
    """Name the file of a statement."""
    return Said("the whole release") if claim.path is None else place(claim.path, claim.line)


def _conflicts(found: LicenseEvidence) -> tuple[str, ...]:
    """Say of each declared licence what was detected elsewhere that it does not name."""
    declared = {s for c in found.of_source(ClaimSource.DECLARED) for s in symbols(c.expression)}
    other: dict[str, list[str]] = {}
    for claim in found.of_source(ClaimSource.DETECTED):
        for symbol in sorted(symbols(claim.expression) - declared):
            other.setdefault(symbol, []).append(place_of(claim))
    if not declared:
        return ()
    said = (
        Said(
            "Declared: {declared}. Detected as well: {symbol}, in {places}.",
            declared=clip(", ".join(sorted(declared)), 120),
            symbol=clip(symbol, 80),
            places=_some_places(places),
        )
        for symbol, places in sorted(other.items())[:_CONFLICTS]
    )
    return (*said, *filter(None, (left_out(len(other), _CONFLICTS, "licence"),)))


def _some_places(places: list[str]) -> str:
    shown = some(list(dict.fromkeys(places)), _PLACES, "place")
    if len(shown) > _PLACES:
        return Said("{places:commas} and {left}", places=shown[:-1], left=shown[-1])
    return Said("{places:commas}", places=shown)


def _custom(found: LicenseEvidence) -> tuple[str, ...]:
    """Name the licences that have no SPDX id, and the statements that were not understood."""
    known = {s for c in found.claims for s in symbols(c.expression)}
    custom = sorted(s for s in known if s.startswith("LicenseRef-"))
    said: list[str] = [
        Said("{name}: a licence without an SPDX id.", name=clip(name, 100))
        for name in custom[:_CONFLICTS]
    ]
    said += filter(None, (left_out(len(custom), _CONFLICTS, "licence"),))
    unclear = [c for c in found.claims if c.expression == NOASSERTION]
    if unclear:
        number, places = amount(len(unclear), "statement"), [place_of(c) for c in unclear]
        where = _some_places(places)
        said.append(Said("Not understood: {number}, in {where}.", number=number, where=where))
    return tuple(said)


def _copyrights(found: LicenseEvidence) -> tuple[b.Block, ...]:
    rows = tuple(
        (clip(c.statement, 200), b.Code(place(c.path, c.line)))
        for c in found.copyrights[:_COPYRIGHTS]
    )
    columns = {"Statement": "half", "Place": ""}
    return (
        b.Heading(Said("Copyright statements")),
        b.Table(columns, rows) if rows else b.Paragraph(Said("None was found.")),
        b.note(left_out(len(found.copyrights), _COPYRIGHTS, "statement")),
    )


def _unscanned(found: LicenseEvidence) -> tuple[b.Block, ...]:
    rows = tuple((clip(u.path, 200), told(u.reason, 200)) for u in found.unscanned[:_UNREAD])
    nothing = b.Paragraph(Said("Nothing was left out of the licence scan."))
    return (
        b.Heading(Said("Not scanned for licences")),
        b.reasons(rows, Said("File"), Said("Reason")) if rows else nothing,
        b.note(left_out(len(found.unscanned), _UNREAD, "file")),
    )
