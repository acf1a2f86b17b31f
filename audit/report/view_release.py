# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the release says and carries: declared parents, licences, files."""

from dataclasses import dataclass

from audit.licenses.expressions import symbols
from audit.record.document import AuditRecord, ReferenceItem
from audit.record.files import Artifact, DeclaredParent
from audit.record.licenses import NOASSERTION, ClaimSource, LicenseClaim, LicenseEvidence
from audit.report import charts
from audit.report.wording import clip, relation_words, short_name, words
from audit.text.numbers import count, counted, left_out, share, size

_GRAPH, _CLAIMS, _COPYRIGHTS, _FILES, _UNREAD, _CONFLICTS = 11, 120, 60, 300, 60, 8
_NO_LICENSE = "licence not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeRow:
    """One parent: what the release declares about it and what the weights show."""

    name: str
    declared: str
    origin: str
    found: str
    license: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageView:
    """Declared against found edges, and the drawing of them."""

    rows: tuple[EdgeRow, ...]
    graph: charts.LineageChart | None
    graph_more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One licence statement."""

    source: str
    expression: str
    raw: str
    origin: str
    place: str
    score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensesView:
    """Claims in the order declared, detected, concluded; copyrights; what was not scanned.

    ``conflicts`` are sentences on voices that differ, ``custom`` licences without an SPDX id.
    """

    scanner: str
    conflicts: tuple[str, ...]
    custom: tuple[str, ...]
    claims: tuple[ClaimRow, ...]
    claims_more: str
    copyrights: tuple[tuple[str, str], ...]
    copyrights_more: str
    unscanned: tuple[tuple[str, str], ...]
    unscanned_more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One artifact."""

    path: str
    kind: str
    size: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryView:
    """The subject's files, capped, and the references' manifests."""

    summary: str
    files: tuple[FileRow, ...]
    files_more: str
    references: tuple[tuple[str, str, str], ...]


def lineage(record: AuditRecord) -> LineageView:
    """Set declared parents against what the weights show."""
    rows = _edges(record)
    parents = tuple(
        charts.Parent(
            name=row.name,
            license=row.license,
            declared="" if row.declared == "not declared" else row.declared,
            found="" if row.found == "not compared" else f"weights: {row.found.lower()}",
        )
        for row in rows[:_GRAPH]
    )
    return LineageView(rows=rows, graph=_graph(record, parents), graph_more=_graph_more(rows))


def _graph(record: AuditRecord, parents: tuple[charts.Parent, ...]) -> charts.LineageChart | None:
    if not parents:
        return None
    concluded = record.licenses.concluded
    return charts.LineageChart(
        subject=record.subject.name,
        license=concluded.expression if concluded else _NO_LICENSE,
        parents=parents,
        title=f"Parents of {short_name(record.subject.name)}: declared and found",
        description="; ".join(
            f"{p.name} ({p.license}): {p.declared or 'not declared'}, {p.found or 'not compared'}"
            for p in parents
        ),
    )


def _graph_more(rows: tuple[EdgeRow, ...]) -> str:
    left = len(rows) - _GRAPH
    return f"The drawing leaves out {counted(left, 'row')} of the table." if left > 0 else ""


def _edges(record: AuditRecord) -> tuple[EdgeRow, ...]:
    found = {c.reference: relation_words(c).label for c in record.comparisons}
    rows, matched = [], set()
    for reference in record.references:
        parent = _declaration(reference, record.subject.parents)
        matched.add(parent)
        declared = reference.origin == "declared" or parent is not None
        rows.append(
            EdgeRow(
                name=short_name(reference.name),
                declared=_declared(parent) if declared else "not declared",
                origin=clip(parent.origin, 80) if parent else "named by the person who ran this",
                found=found.get(reference.name, "not compared"),
                license=clip(reference.license, 60) if reference.license else _NO_LICENSE,
            )
        )
    absent = [p for p in record.subject.parents if p not in matched]
    return (*rows, *(_absent_parent(p) for p in absent))


def _absent_parent(parent: DeclaredParent) -> EdgeRow:
    return EdgeRow(
        name=short_name(parent.name),
        declared=_declared(parent),
        origin=clip(parent.origin, 80),
        found="not compared",
        license=_NO_LICENSE,
    )


def _declared(parent: DeclaredParent | None) -> str:
    if parent is None or parent.relation is None:
        return "declared"
    return f"declared: {clip(parent.relation, 30)}"


def _declaration(
    reference: ReferenceItem, parents: tuple[DeclaredParent, ...]
) -> DeclaredParent | None:
    """Return the declaration that names ``reference``, by full name or by last part."""
    last = reference.name.rstrip("/").rsplit("/", 1)[-1].lower()
    return next((p for p in parents if p.name.rstrip("/").rsplit("/", 1)[-1].lower() == last), None)


def licenses(record: AuditRecord) -> LicensesView:
    """Return the licence tables; the three voices stay apart."""
    evidence = record.licenses
    ordered = [c for source in ClaimSource for c in evidence.of_source(source)]
    return LicensesView(
        scanner=f"{counted(evidence.scanned, 'file')} scanned with {clip(evidence.scanner, 60)}.",
        conflicts=_conflicts(evidence),
        custom=_custom(evidence),
        claims=tuple(_claim(c) for c in ordered[:_CLAIMS]),
        claims_more=left_out(len(ordered), _CLAIMS, "statement"),
        copyrights=tuple(
            (clip(c.statement, 200), f"{clip(c.path, 200)}:{c.line}")
            for c in evidence.copyrights[:_COPYRIGHTS]
        ),
        copyrights_more=left_out(len(evidence.copyrights), _COPYRIGHTS, "statement"),
        unscanned=tuple(
            (clip(u.path, 200), clip(u.reason, 200)) for u in evidence.unscanned[:_UNREAD]
        ),
        unscanned_more=left_out(len(evidence.unscanned), _UNREAD, "file"),
    )


def _conflicts(evidence: LicenseEvidence) -> tuple[str, ...]:
    """Say of each declared licence what was detected elsewhere that it does not name."""
    declared = {s for c in evidence.of_source(ClaimSource.DECLARED) for s in symbols(c.expression)}
    other: dict[str, list[str]] = {}
    for claim in evidence.of_source(ClaimSource.DETECTED):
        for symbol in sorted(symbols(claim.expression) - declared):
            other.setdefault(symbol, []).append(_place(claim))
    if not declared:
        return ()
    named = clip(", ".join(sorted(declared)), 120)
    said = (
        f"Declared: {named}. Detected as well: {clip(symbol, 80)}, in {_some_places(places)}."
        for symbol, places in sorted(other.items())[:_CONFLICTS]
    )
    return (*said, *filter(None, (left_out(len(other), _CONFLICTS, "licence"),)))


def _some_places(places: list[str]) -> str:
    distinct = list(dict.fromkeys(places))
    left = len(distinct) - 3
    shown = ", ".join(distinct[:3])
    return f"{shown} and {counted(left, 'more place')}" if left > 0 else shown


def _custom(evidence: LicenseEvidence) -> tuple[str, ...]:
    """Name the licences that have no SPDX id, and the statements that were not understood."""
    found = {s for c in evidence.claims for s in symbols(c.expression)}
    custom = sorted(s for s in found if s.startswith("LicenseRef-"))
    said = [f"{clip(name, 100)}: a licence without an SPDX id." for name in custom[:_CONFLICTS]]
    said += filter(None, (left_out(len(custom), _CONFLICTS, "licence"),))
    unclear = [c for c in evidence.claims if c.expression == NOASSERTION]
    if unclear:
        places = _some_places([_place(c) for c in unclear])
        said.append(f"Not understood: {counted(len(unclear), 'statement')}, in {places}.")
    return tuple(said)


def _claim(claim: LicenseClaim) -> ClaimRow:
    raw = "" if claim.raw == claim.expression else clip(claim.raw, 160)
    detected = claim.source is ClaimSource.DETECTED
    return ClaimRow(
        source=claim.source.value,
        expression=clip(claim.expression, 120),
        raw=raw,
        origin=clip(claim.stated_in, 80),
        place=_place(claim),
        score=share(claim.score) if detected else "–",
    )


def _place(claim: LicenseClaim) -> str:
    if claim.path is None:
        return "the whole release"
    path = clip(claim.path, 200)
    return path if claim.line is None else f"{path}:{claim.line}"


def inventory(record: AuditRecord) -> InventoryView:
    """Return the file table, capped, and what the cap leaves out."""
    artifacts = record.subject.artifacts
    left = len(artifacts) - _FILES
    return InventoryView(
        summary=(
            f"{counted(len(artifacts), 'file')}, {size(sum(a.size for a in artifacts))}, "
            f"{counted(record.subject.tensors, 'tensor')}, "
            f"{counted(record.subject.parameters, 'parameter')}; model type "
            f"{clip(record.subject.architecture or 'not stated', 60)}."
        ),
        files=tuple(_file(a) for a in artifacts[:_FILES]),
        files_more=f"{count(left)} more files are listed in record.json." if left > 0 else "",
        references=tuple(
            (short_name(r.name), counted(len(r.artifacts), "file"), r.manifest_sha256)
            for r in record.references
        ),
    )


def _file(artifact: Artifact) -> FileRow:
    return FileRow(
        path=clip(artifact.path, 240),
        kind=words().kinds.get(artifact.kind.value, artifact.kind.value),
        size=size(artifact.size),
        sha256=artifact.sha256,
    )
