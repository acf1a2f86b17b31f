# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The long lists at the end: terms, tensors, files, and the licence texts of the release."""

import re
from math import prod

from audit.record.document import AuditRecord, LegalExtract, Tensor
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.page import Page, part
from audit.report.sections.custody import reproduction
from audit.report.sections.items import content, weights_of
from audit.report.words.texts import amount, clip, left_out, prose, quoted, told
from audit.report.words.wording import Band, paragraph, wording
from audit.text.numbers import count, size

_ROWS, _FILES, _TEXTS, _REFERENCES, _LINES, _LONGEST = 120, 300, 12, 3, 60, 400
_NUMBER = re.compile(r"(?<=\.)\d+(?=\.|$)")
_NAMES = {"log₁₀ p"}
"""Entries of the glossary that every language writes in the same way."""


def glossary(page: Page) -> b.Section:  # noqa: ARG001 - the same in every report
    """Return what the report's terms mean, and the scale behind its adjectives."""
    terms = tuple(
        (
            b.term_id(place),
            one.term if one.term in _NAMES else prose(one.term),
            prose(one.meaning),
        )
        for place, one in enumerate(wording().glossary)
    )
    scale = tuple(map(_grade, wording().scale))
    return part(
        "glossary",
        Said("Glossary and wording scale"),
        b.Definitions(terms),
        b.Heading(Said("Wording scale")),
        b.Paragraph(paragraph("annexes.lead"), "note"),
        b.Paragraph(Said("log₁₀ p: {scale:semicolons}.", scale=scale), "note"),
        heading=Said("glossary and wording scale"),
    )


def _grade(band: Band) -> Said:
    if not band.at_most:
        return Said("above that: {grade}", grade=prose(band.grade))
    bound = count(int(-band.at_most))
    return Said("−{bound} or below: {grade}", bound=bound, grade=prose(band.grade))


def tensors(page: Page) -> tuple[b.Block, ...]:
    """Return every tensor; those that differ only in the numbers of their names share a row."""
    record = page.record
    groups: dict[tuple[str, tuple[int, ...], str], list[Tensor]] = {}
    for tensor in record.subject.headers:
        key = (_NUMBER.sub("*", tensor.name), tensor.shape, tensor.dtype)
        groups.setdefault(key, []).append(tensor)
    columns = {
        "Name": "half",
        "Number": "log num",
        "Shape": "mid num any",
        "Type": "stat",
        "Parameters": "num num any",
        "Compared": "",
    }
    left = len(groups) - _ROWS
    more = Said("{rows} left out; record.json lists every tensor.", rows=amount(left, "more row"))
    rows = tuple(_row(group, record) for group in list(groups.values())[:_ROWS])
    return (
        b.Heading(Said("Tensors")),
        b.Paragraph(_summary(record, len(groups)), "lead"),
        b.Table(columns, rows, "grid stack small"),
        *((b.note(more),) if left > 0 else ()),
    )


def _summary(record: AuditRecord, groups: int) -> b.Text:
    if not record.subject.headers:
        return Said("The record lists no tensors.")
    return Said(
        "{tensors} in {rows}: tensors of one shape and type whose names differ only in numbers "
        "share one. The last column says how many of them have a counterpart in each reference"
        "{order}.",
        tensors=amount(len(record.subject.headers), "tensor"),
        rows=amount(groups, "row"),
        order=_order(record),
    )


def _order(record: AuditRecord) -> str:
    """Name the references in the order of the column, where there are several."""
    names = tuple(quoted(c.reference, 40) for c in record.comparisons[:_REFERENCES])
    if len(record.comparisons) > _REFERENCES:
        return Said(", of the first: {names:commas}", names=names)
    return Said(", in this order: {names:commas}", names=names) if len(names) > 1 else ""


def _row(group: list[Tensor], record: AuditRecord) -> tuple[b.Cell, ...]:
    first = group[0]
    return (
        b.Code(clip(_pattern([t.name for t in group]), 160)),
        count(len(group)),
        " × ".join(map(str, first.shape)) or "1",
        clip(first.dtype, 20),
        count(len(group) * prod(first.shape)),
        _compared(group, record),
    )


def _pattern(names: list[str]) -> str:
    """Write names that differ in numbers as one: ``layers.{0–3}.up``."""
    columns = [_NUMBER.findall(name) for name in names]
    spans = iter([_span([int(row[i]) for row in columns]) for i in range(len(columns[0]))])
    return _NUMBER.sub(lambda _: next(spans), names[0])


def _span(numbers: list[int]) -> str:
    low, high = min(numbers), max(numbers)
    if low == high:
        return str(low)
    gaps = "" if len(set(numbers)) == high - low + 1 else ", with gaps"
    return f"{{{low}–{high}{gaps}}}"


def _compared(group: list[Tensor], record: AuditRecord) -> str:
    """Count the tensors that have a counterpart, reference by reference."""
    said: list[str] = []
    for comparison in record.comparisons[:_REFERENCES]:
        without = set(comparison.tensors_unpaired)
        paired = sum(t.name not in without for t in group) if comparison.tensors_paired else 0
        number: str = str(paired) if paired else Said("none")
        said.append(Said("all") if paired == len(group) else number)
    return Said("{counts:semicolons}", counts=tuple(said)) if said else Said("no reference")


def inventory(page: Page) -> b.Section:
    """Return the file table, capped, and what the cap leaves out."""
    subject = page.record.subject
    files = subject.artifacts
    summary = Said("{content}, {weights}", content=content(files), weights=weights_of(subject))
    columns = {"Path": "path", "Kind": "kind", "Size": "bytes num", "SHA-256": ""}
    rows = tuple(
        (
            clip(a.path, 240),
            prose(wording().kinds.get(a.kind.value, a.kind.value)),
            size(a.size),
            b.Code(a.sha256),
        )
        for a in files[:_FILES]
    )
    left = len(files) - _FILES
    more = Said("{n:count} more files are listed in record.json.", n=left)
    return part(
        "inventory",
        Said("Files, tensors, and how to get it again"),
        b.Paragraph(summary, "lead"),
        b.Table(columns, rows, "grid stack small files")
        if rows
        else b.Paragraph(Said("The folder holds no files.")),
        b.note(more) if left > 0 else None,
        *tensors(page),
        *reproduction(page),
        heading=Said("files, tensors, and how to get it again"),
    )


def legal(page: Page) -> tuple[b.Block, ...]:
    """Return the release's licence and notice files; of long ones the digest."""
    found = page.record.legal
    nothing = Said("The release carries no licence or notice file.")
    return b.present(
        b.Heading(Said("Licence texts of the release")),
        None if found else b.Paragraph(nothing),
        *map(_legal, found[:_TEXTS]),
        b.note(left_out(len(found), _TEXTS, "text")),
    )


def _legal(found: LegalExtract) -> b.Section:
    lines = found.text.split("\n") if found.text and found.whole else []
    shown = lines[:_LINES]
    if found.reason is not None:
        remark = Said("Not printed: {reason}.", reason=told(found.reason, 200))
    elif found.whole and shown == lines:
        remark = Said("The whole text.")
    elif not found.whole:
        remark = Said("Not printed: {lines}.", lines=amount(found.lines, "line"))
    else:
        remark = Said(
            "The first {lines} of {all:count}.", lines=amount(len(shown), "line"), all=found.lines
        )
    text = tuple(clip(line.expandtabs(4), _LONGEST) for line in shown)
    blocks: tuple[b.Block, ...] = b.present(
        b.Paragraph((b.Strong(clip(found.path, 200)), b.Code(found.sha256)), "meta"),
        b.Quote(text),
        b.note(remark),
    )
    return b.Section(blocks, kind="legal", tag="article")
