# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What lay on the table: the audited folder, the references, and what the publisher claims."""

from audit.record.document import AuditRecord, ReferenceItem, Subject
from audit.record.files import Artifact, Origin, Revision
from audit.record.licenses import ClaimSource
from audit.record.obligations import EdgeEvidence, EdgeRelation
from audit.record.said import Said
from audit.report import blocks as b
from audit.report.page import Page
from audit.report.words.texts import amount, clip, left_out, place, short_name

_CLAIMS, _WORDS = 40, 240
_GIVEN = {
    "given": Said("Folder given with --against."),
    "control": Said("Folder given with --control."),
    "declared": Said("Folder found beside the audited one, by the name that the card declares."),
}


def items(page: Page) -> tuple[b.Block, ...]:
    """Return what was examined, with its digests, and the publisher's claims."""
    record = page.record
    claims = _claims(record)
    columns = {"About": "sev", "Words": "", "Place": "name"}
    return (
        b.Heading(Said("What was examined")),
        b.Table(
            {"Model": "mid", "Where from": "name", "Content, and digests (SHA-256)": ""},
            (
                _subject(record.subject),
                *map(_reference, record.references),
                *map(_control, record.controls),
            ),
            "grid stack long",
        ),
        b.Heading(Said("What the publisher claims")),
        b.Table(columns, claims[:_CLAIMS]),
        b.note(left_out(len(claims), _CLAIMS, "claim")),
        b.note(_silent(record)),
    )


def _subject(subject: Subject) -> tuple[b.Cell, ...]:
    source = Said("Folder given on the command line.")
    return _item(subject, Said("The audited model."), source, (weights_of(subject),))


def _reference(item: ReferenceItem) -> tuple[b.Cell, ...]:
    return _item(item, Said("Reference."), _GIVEN.get(item.origin, clip(item.origin, 60)), ())


def _control(item: ReferenceItem) -> tuple[b.Cell, ...]:
    role = Said("Control: taken to be independent of all the others.")
    return _item(item, role, _GIVEN["control"], ())


def _item(
    item: Subject | ReferenceItem, role: str, source: str, more: tuple[b.Text, ...]
) -> tuple[b.Cell, ...]:
    digests: tuple[b.Text, ...] = (
        (Said("List of files:"), b.Code(item.manifest_sha256)),
        *(() if item.root_sha256 is None else ((Said("OpenSSF:"), b.Code(item.root_sha256)),)),
    )
    held = Said("{content}.", content=content(item.artifacts))
    return (
        b.Lines((b.Strong(short_name(item.name)), role)),
        b.Lines((*_source(item.source, source), _revision(item.revision))),
        b.Lines((held, *more, *digests, *_stated(item))),
    )


def _source(origin: Origin | None, otherwise: str) -> tuple[b.Text, ...]:
    """Say where a model lay, and which published model it is by whose word."""
    address = None if origin is None else origin.address
    if address is not None:
        otherwise = Said("Fetched from {address}.", address=clip(address, 200))
    if origin is None:
        return (otherwise,)
    known = Said(
        "Published as {model}, by the word of {who}.",
        model=clip(origin.model, 120),
        who=origin.said_by,
    )
    return (otherwise, known)


def _stated(item: Subject | ReferenceItem) -> tuple[b.Text, ...]:
    """Say which digests are the hub's, and what was read of those files."""
    origin = item.source
    if origin is None or not origin.stated:
        return ()
    read = sum(stop - start for one in origin.read for start, stop in one.ranges)
    words = Said(
        "Not read whole: {files}, whose SHA-256 is the one that {who} states; {size:size} of it"
        " was read here, and has digests of its own in the record.",
        files=amount(len(origin.stated), "file"),
        who=origin.said_by,
        size=read,
    )
    return (words,)


def content(artifacts: tuple[Artifact, ...]) -> Said:
    """Count files and bytes."""
    files = amount(len(artifacts), "file")
    return Said("{files}, {size:size}", files=files, size=sum(a.size for a in artifacts))


def weights_of(subject: Subject) -> Said:
    """Count tensors and parameters, and name the model type."""
    return Said(
        "{tensors}, {parameters}; model type {type}.",
        tensors=amount(subject.tensors, "tensor"),
        parameters=amount(subject.parameters, "parameter"),
        type=clip(subject.architecture, 60) if subject.architecture else Said("not stated"),
    )


def _revision(revision: Revision | None) -> Said:
    if revision is None:
        return Said("Revision not stated by the folder.")
    return Said(
        "Revision {commit}, stated by {origin}.",
        commit=clip(revision.commit, 80),
        origin=clip(revision.origin, 80),
    )


def _claims(record: AuditRecord) -> tuple[tuple[b.Cell, ...], ...]:
    """Return declared licences, then base models, then statements about training."""
    lines = _lines(record)
    found = (
        *(
            (Said("Licence"), c.raw, place(c.path or c.stated_in, c.line))
            for c in record.licenses.of_source(ClaimSource.DECLARED)
        ),
        *(
            (Said("Base model"), p.name, place(p.path, lines.get(p.name)))
            for p in record.subject.parents
        ),
        *((Said("Training"), t.words, place(t.path, t.line)) for t in record.subject.training),
    )
    return tuple((what, clip(words, _WORDS), b.Code(where)) for what, words, where in found)


def _lines(record: AuditRecord) -> dict[str, int]:
    """Return the line of each declared base model; the edges of the obligations know it."""
    return {
        edge.source: edge.line
        for edge in record.obligations.edges
        if edge.evidence is EdgeEvidence.DECLARED
        and edge.relation is not EdgeRelation.DATA
        and edge.line is not None
    }


def _silent(record: AuditRecord) -> str:
    """Say of each kind of claim that it was not made."""
    kinds = (
        (Said("a licence"), record.licenses.of_source(ClaimSource.DECLARED)),
        (Said("a base model"), record.subject.parents),
        (Said("training from scratch"), record.subject.training),
    )
    missing = [name for name, found in kinds if not found]
    if not missing:
        return ""
    several: str = missing[-1]
    for name in reversed(missing[:-1]):
        several = Said("{one} or {other}", one=name, other=several)
    return Said("The publisher claims nothing about {what}.", what=several)
