# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What lay on the table: the audited folder, the references, and what the publisher claims."""

from dataclasses import dataclass

from audit.record.document import AuditRecord, ReferenceItem
from audit.record.files import Artifact, Revision
from audit.record.licenses import ClaimSource
from audit.record.obligations import EdgeEvidence, EdgeRelation
from audit.report.wording import clip, short_name
from audit.signing.attestation.model_signature import root_digest
from audit.text.numbers import counted, left_out, size

_CLAIMS, _WORDS = 40, 240
_NO_REVISION = "Not stated by the folder."
_GIVEN = {
    "given": "Folder given with --against.",
    "declared": "Folder found beside the audited one, by the name that the card declares.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One folder: its name, its facts, its digests."""

    name: str
    rows: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedRow:
    """One thing that the publisher says, with its place."""

    what: str
    words: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsView:
    """The items, and what was claimed about the first of them."""

    subject: ItemView
    references: tuple[ItemView, ...]
    claims: tuple[ClaimedRow, ...]
    claims_more: str
    silent: str


def items(record: AuditRecord) -> ItemsView:
    """Return the items and the publisher's claims."""
    claims = _claims(record)
    return ItemsView(
        subject=_subject(record),
        references=tuple(_reference(r) for r in record.references),
        claims=claims[:_CLAIMS],
        claims_more=left_out(len(claims), _CLAIMS, "claim"),
        silent=_silent(record),
    )


def _subject(record: AuditRecord) -> ItemView:
    subject = record.subject
    return ItemView(
        name=short_name(subject.name),
        rows=(
            ("Role", "The audited model."),
            ("Source", "Folder given on the command line."),
            ("Revision", _revision(subject.revision)),
            ("Content", _content(subject.artifacts)),
            (
                "Weights",
                f"{counted(subject.tensors, 'tensor')}, "
                f"{counted(subject.parameters, 'parameter')}; model type "
                f"{clip(subject.architecture or 'not stated', 60)}.",
            ),
        ),
        digests=_digests(subject.manifest_sha256, subject.artifacts),
    )


def _reference(item: ReferenceItem) -> ItemView:
    return ItemView(
        name=short_name(item.name),
        rows=(
            ("Role", "Reference."),
            ("Source", _GIVEN.get(item.origin, clip(item.origin, 60))),
            ("Revision", _revision(item.revision)),
            ("Content", _content(item.artifacts)),
        ),
        digests=_digests(item.manifest_sha256, item.artifacts),
    )


def _digests(manifest: str, artifacts: tuple[Artifact, ...]) -> tuple[tuple[str, str], ...]:
    return (
        ("Manifest, SHA-256", manifest),
        ("OpenSSF root, SHA-256", root_digest({a.path: a.sha256 for a in artifacts})),
    )


def _revision(revision: Revision | None) -> str:
    if revision is None:
        return _NO_REVISION
    return f"{revision.commit}, stated by {clip(revision.origin, 80)}."


def _content(artifacts: tuple[Artifact, ...]) -> str:
    return f"{counted(len(artifacts), 'file')}, {size(sum(a.size for a in artifacts))}."


def _claims(record: AuditRecord) -> tuple[ClaimedRow, ...]:
    """Return declared licences, then base models, then statements about training."""
    declared = (
        ClaimedRow(
            what="Licence", words=clip(c.raw, _WORDS), place=_place(c.path or c.stated_in, c.line)
        )
        for c in record.licenses.of_source(ClaimSource.DECLARED)
    )
    lines = _lines(record)
    bases = (
        ClaimedRow(
            what="Base model",
            words=clip(p.name, _WORDS),
            place=_place(p.path, lines.get((p.name, p.origin))),
        )
        for p in record.subject.parents
    )
    training = (
        ClaimedRow(what="Training", words=clip(t.words, _WORDS), place=_place(t.path, t.line))
        for t in record.subject.training
    )
    return (*declared, *bases, *training)


def _lines(record: AuditRecord) -> dict[tuple[str, str], int]:
    """Return the line of each declared base model; the edges of the obligations know it."""
    origins = {p.name: p.origin for p in record.subject.parents}
    return {
        (edge.source, origins[edge.source]): edge.line
        for edge in record.obligations.edges
        if edge.evidence is EdgeEvidence.DECLARED
        and edge.relation is not EdgeRelation.DATA
        and edge.line is not None
        and edge.source in origins
    }


def _place(path: str, line: int | None) -> str:
    shown = clip(path, 200)
    return shown if line is None else f"{shown}:{line}"


def _silent(record: AuditRecord) -> str:
    """Say of each kind of claim that it was not made."""
    kinds = (
        ("a licence", record.licenses.of_source(ClaimSource.DECLARED)),
        ("a base model", record.subject.parents),
        ("training from scratch", record.subject.training),
    )
    missing = [name for name, found in kinds if not found]
    return f"The publisher claims nothing about {' or '.join(missing)}." if missing else ""
