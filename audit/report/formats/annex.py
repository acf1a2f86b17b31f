# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Annexes as Markdown: each element that is asked for, what the record says, and where from.

Statements of fact with source and date, in English as their sources are. No row is an opinion on
whether a duty applies or is met.
"""

from functools import partial
from typing import Final

from audit.languages import Language
from audit.report import blocks as b
from audit.report.facts import FACTS, Fact
from audit.report.formats.interface import Format
from audit.report.formats.markdown import written
from audit.report.page import Page
from audit.rules.annexes import AnnexPart, AnnexRow, annex
from audit.text.numbers import count

NOT_STATED: Final = "not stated"
_DISCLAIMER: Final = (
    "Statements of fact from the record of one audit. Not legal advice: whether a duty applies, and"
    " whether it is met, is for a person to say."
)


def _render(page: Page, _language: Language, *, name: str) -> bytes:
    chosen, record = annex(name), page.record
    rows = [(row, _fact(row, page)) for part in chosen.parts for row in part.rows]
    said = sum(fact is not None for _, fact in rows)
    head = (
        b.Heading(chosen.title, 1),
        b.Paragraph(f"{record.subject.name}, record {page.sha256}"),
        b.Paragraph(_DISCLAIMER),
        b.Paragraph(f"Basis: {chosen.basis} Read on {chosen.read.isoformat()}."),
        b.Bullets(tuple(chosen.notes)),
        b.Paragraph(f"{count(said)} of {count(len(rows))} elements have a value here."),
    )
    tables = (block for part in chosen.parts for block in _part(part, page))
    return written((*head, *tables), Language.ENGLISH)


def _part(part: AnnexPart, page: Page) -> tuple[b.Block, ...]:
    lines = tuple(_line(row, _fact(row, page)) for row in part.rows)
    columns = dict.fromkeys(("Element", "What", "Value", "Where from"), "")
    return b.Heading(f"{part.title} ({part.source})", 2), b.Table(columns, lines)


def _line(row: AnnexRow, fact: Fact | None) -> tuple[str, str, str, str]:
    value, source = (NOT_STATED, "") if fact is None else fact
    return row.id, row.what, value, source


def _fact(row: AnnexRow, page: Page) -> Fact | None:
    if row.fact == "record":
        return Fact(page.sha256, "SHA-256 of record.json")
    return None if row.fact is None else FACTS[row.fact](page.record)


def _format(name: str) -> Format:
    render = partial(_render, name=name)
    return Format(name=name, suffix=f".{name}.md", signed=False, render=render, spoken=False)


EU_AI_ACT, G7_AI_SBOM, OPENNESS = map(_format, ("eu-ai-act", "g7-ai-sbom", "openness"))
