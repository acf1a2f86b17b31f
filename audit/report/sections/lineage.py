# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Declared parents against what the weights show."""

from dataclasses import dataclass

from audit.record.document import AuditRecord
from audit.record.files import DeclaredParent
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.page import Page
from audit.report.words.strength import label
from audit.report.words.texts import clip, prose, short_name

_NO_LICENSE = Said("licence not known")
_NOT_DECLARED, _NOT_COMPARED = Said("not declared"), Said("not compared")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """One parent: what the release declares about it and what the weights show."""

    name: str
    declared: str
    origin: str
    found: str
    license: str


def lineage(page: Page) -> tuple[b.Block, ...]:
    """Return each parent: what is declared about it, and what the weights show."""
    edges = _edges(page.record)
    if not edges:
        return (b.Paragraph(Said("The release declares no parent, and no reference was given.")),)
    columns = {
        "Parent": "name",
        "Declaration": "mid",
        "Named in": "name",
        "Weights": "",
        "Licence": "mid",
    }
    return (
        b.Heading(Said("Declared parents, beside what the weights show")),
        b.Table(columns, tuple((e.name, e.declared, e.origin, e.found, e.license) for e in edges)),
    )


def _edges(record: AuditRecord) -> tuple[_Edge, ...]:
    found = {c.reference: label(c) for c in record.comparisons}
    answered = [reference.parent for reference in record.references]
    compared = (
        _edge(
            reference.name,
            parent,
            found.get(reference.name, _NOT_COMPARED),
            reference.license,
            declared=parent is not None or reference.origin == "declared",
        )
        for reference, parent in zip(record.references, answered, strict=True)
    )
    absent = (
        _edge(parent.name, parent, _NOT_COMPARED, None, declared=True)
        for parent in record.subject.parents
        if parent not in answered
    )
    return (*compared, *absent)


def _edge(
    name: str, parent: DeclaredParent | None, found: str, license_: str | None, *, declared: bool
) -> _Edge:
    declaration = Said("declared") if declared else _NOT_DECLARED
    if parent is not None and parent.relation is not None:
        relation = clip(prose(parent.relation), 30)
        declaration = Said("declared: {relation}", relation=relation)
    named = clip(parent.origin, 80) if parent else Said("named by the person who ran this")
    return _Edge(
        name=short_name(name),
        declared=declaration,
        origin=named,
        found=found,
        license=clip(license_, 60) if license_ else _NO_LICENSE,
    )
