# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a record can say about the elements that regulators ask for, each with where it was read.

A fact is a value and its source. ``None`` says that the record does not know: no fact is made up,
and nothing is taken from a name.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from audit.record.document import AuditRecord
from audit.record.files import Kind
from audit.record.licenses import ClaimSource
from audit.record.obligations import Edge, EdgeEvidence, EdgeRelation, NodeKind
from audit.text.numbers import count, counted

_SHOWN = 6
"""Entries of a list that are printed."""
_FILES = "the audited folder"


class Fact(NamedTuple):
    """A value, and where it was read."""

    value: str
    source: str


Known = Callable[[AuditRecord], Fact | None]


def _some(values: Iterable[str], source: str) -> Fact | None:
    found = list(dict.fromkeys(values))
    if not found:
        return None
    more = len(found) - _SHOWN
    shown = "; ".join(found[:_SHOWN])
    return Fact(f"{shown}; and {count(more)} more" if more > 0 else shown, source)


def _one(value: str | None, source: str) -> Fact | None:
    return Fact(value, source) if value else None


def _of_kind(*kinds: Kind) -> Known:
    return lambda record: _some(
        (a.path for a in record.subject.artifacts if a.kind in kinds), _FILES
    )


def _identifier(record: AuditRecord) -> Fact | None:
    source = record.subject.source
    return None if source is None else Fact(source.model, str(source.said_by))


def _owner(record: AuditRecord) -> Fact | None:
    source = record.subject.source
    owner = "" if source is None else source.model.rpartition("/")[0]
    return _one(owner, "the owner's name on the hub, which is no legal name")


def _version(record: AuditRecord) -> Fact | None:
    found = record.subject.revision
    return None if found is None else Fact(found.commit, str(found.origin))


def _address(record: AuditRecord) -> Fact | None:
    source = record.subject.source
    return _one(None if source is None else source.address, "where the audit read it")


def _parameters(record: AuditRecord) -> Fact | None:
    number = record.subject.parameters
    return Fact(count(number), "headers of the weight files") if number else None


def _weight_digests(record: AuditRecord) -> Fact | None:
    kinds = (Kind.WEIGHTS, Kind.PICKLE, Kind.OTHER_WEIGHTS)
    source = record.subject.source
    stated = frozenset(() if source is None else source.stated)
    files = [a for a in record.subject.artifacts if a.kind in kinds]
    by_hub = sum(a.path in stated for a in files)
    where = f"computed; {counted(by_hub, 'of them', 'of them')} as the hub states" if by_hub else ""
    return _some((f"{a.path}: {a.sha256}" for a in files), where or "computed by the audit")


def _license(record: AuditRecord) -> Fact | None:
    voices = (ClaimSource.DECLARED, ClaimSource.DETECTED, ClaimSource.CONCLUDED)
    found = {
        voice.value: sorted({c.expression for c in record.licenses.of_source(voice)})
        for voice in voices
    }
    said = [f"{voice}: {', '.join(names)}" for voice, names in found.items() if names]
    return _some(said, "card, licence files and headers")


def _use_policy(record: AuditRecord) -> Fact | None:
    legal = (a.path for a in record.subject.artifacts if a.kind is Kind.LEGAL)
    return _some((p for p in legal if "use" in p.lower() and "polic" in p.lower()), _FILES)


def _to_subject(record: AuditRecord) -> list[Edge]:
    return [e for e in record.obligations.edges if e.target == record.subject.name]


def _origins(record: AuditRecord) -> Fact | None:
    edges = [e for e in _to_subject(record) if e.relation is not EdgeRelation.DATA]
    return _some(map(_origin, edges), "weights that were compared, and what the release states")


def _origin(edge: Edge) -> str:
    shown = edge.evidence is EdgeEvidence.WEIGHTS
    return f"{edge.source} ({'the weights show it' if shown else 'stated'}: {edge.relation.value})"


def _datasets(record: AuditRecord) -> Fact | None:
    nodes = (n.name for n in record.obligations.nodes if n.kind is NodeKind.DATASET)
    return _some(nodes, "card")


def _dataset_origins(record: AuditRecord) -> Fact | None:
    edges = (e for e in _to_subject(record) if e.relation is EdgeRelation.DATA)
    return _some((f"{e.source} ({e.origin})" for e in edges), "what the release states")


def _dataset_licenses(record: AuditRecord) -> Fact | None:
    nodes = (n for n in record.obligations.nodes if n.kind is NodeKind.DATASET and n.is_known)
    return _some((f"{n.name}: {n.license}" for n in nodes), "the audit's table of data sets")


def _authenticity(record: AuditRecord) -> Fact:
    compared = [f"{c.reference}: {c.relation.value}" for c in record.comparisons]
    against = "; ".join(compared) or "compared with no other model"
    digest = record.subject.root_sha256 or record.subject.manifest_sha256
    return Fact(f"SHA-256 of all files {digest}; {against}", "computed by the audit")


def _training(record: AuditRecord) -> Fact | None:
    said = (f"“{one.words}”" for one in record.subject.training)
    return _some(said, "the card's words; see what the weights say")


FACTS: dict[str, Known] = {
    "name": lambda r: Fact(r.subject.name, "what the audit was given"),
    "identifier": _identifier,
    "owner": _owner,
    "version": _version,
    "address": _address,
    "architecture": lambda r: _one(r.subject.architecture, "config.json"),
    "parameters": _parameters,
    "weight_digests": _weight_digests,
    "hash_algorithm": lambda _: Fact("SHA-256", "the record"),
    "license": _license,
    "use_policy": _use_policy,
    "origins": _origins,
    "datasets": _datasets,
    "dataset_origins": _dataset_origins,
    "dataset_licenses": _dataset_licenses,
    "authenticity": _authenticity,
    "training": _training,
    "card": _of_kind(Kind.MODEL_CARD),
    "documents": _of_kind(Kind.DOCUMENT),
    "code": _of_kind(Kind.CODE, Kind.NOTEBOOK),
    "package": _of_kind(Kind.PACKAGE_METADATA),
    "tool": lambda r: Fact(r.tool.name, "the record"),
    "tool_version": lambda r: Fact(r.tool.version, "the record"),
    "format": lambda _: Fact("audit record", "the record"),
    "format_version": lambda r: Fact(f"schema {r.schema_version}", "the record"),
    "context": lambda _: Fact("analysed: the files as published or given", "the audit"),
}
"""By the name that a row of an annex gives; ``record`` is the format's, which has the digest."""
