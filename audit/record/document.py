# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The record: the one document that is signed; HTML and PDF are views of it.

Canonical JSON is RFC 8785 (JCS). Nothing that depends on when or where the audit ran
is in it: time, host and signer are ``Custody``, which lives in the attestation and on
the report's custody page.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal, TypeVar, cast

import rfc8785
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from audit.errors import UsageError
from audit.record import schema_1
from audit.record.code import NO_EVIDENCE, CodeEvidence
from audit.record.custody import Custody
from audit.record.drafts import Draft
from audit.record.files import Artifact, DeclaredParent, Origin, Revision, Unread
from audit.record.findings import Finding
from audit.record.library import LibraryAnswer
from audit.record.licenses import LicenseEvidence
from audit.record.obligations import NO_EVIDENCE as NO_OBLIGATIONS
from audit.record.obligations import ObligationEvidence
from audit.record.said import AS_TEXT, Said
from audit.record.texts import RuleTexts
from audit.record.verdict import Verdict
from audit.record.waivers import Entry
from audit.record.weights import Comparison, Relatives

SCHEMA_VERSION: Final = 2

_Document = TypeVar("_Document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What produced the record.

    ``rules_sha256`` digests every file under ``rules/``; ``families_sha256`` the data of the
    weight stage, architecture files among it; ``battery`` maps each weight test to its version;
    ``libraries`` maps the distributions that can change a number to their versions.
    """

    name: str
    version: str
    rules_sha256: str
    families_sha256: str
    battery: dict[str, int]
    libraries: dict[str, str]
    lock_sha256: str = ""
    """Of the lock file that this version was tested with; empty where it is not at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options that matter for the outcome."""

    policy: str
    policy_sha256: str
    fail_on: str
    seed: int
    against: tuple[str, ...]
    controls: tuple[str, ...] = ()
    waivers_sha256: str | None = None
    """Of the file given with ``--waivers``."""
    as_of: str | None = None
    """The day, ISO 8601, by which its entries were judged; ``None`` without a file."""
    salt: str = ""
    """Went into what was drawn of models that were not read whole."""
    baseline_sha256: str | None = None
    """Of the record given with ``--baseline``, whose findings about papers did not count."""
    configuration_sha256: str | None = None
    """Of all that judged: policy, severity, waivers, checks, seed and salt, as canonical JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One tensor of the audited folder as its file states it; ``shape`` is that in the model."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingStatement:
    """What the card says about training from scratch; ``line`` counts from 1."""

    words: str
    path: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The audited folder: its files with digests, and what was declared in it."""

    name: str
    manifest_sha256: str
    artifacts: tuple[Artifact, ...]
    unread: tuple[Unread, ...]
    parents: tuple[DeclaredParent, ...]
    tensors: int
    parameters: int
    architecture: str | None
    """``config.json``'s ``model_type``, or ``None``."""
    revision: Revision | None = None
    """The commit that the folder states; nothing is decided by it."""
    training: tuple[TrainingStatement, ...] = ()
    """Statements of the card that the model was trained from scratch."""
    headers: tuple[Tensor, ...] = ()
    """Every tensor, in order of file and name; empty in records of earlier versions."""
    root_sha256: str | None = None
    """Root digest in the OpenSSF model-signing format; ``None`` in records of earlier versions."""
    source: Origin | None = None
    """Which published model it is, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceItem:
    """A folder that the subject was compared with.

    ``origin`` is ``given`` (``--against``), ``declared`` (the card names it) or ``control``.
    ``license`` is the reference's own concluded expression, if known.
    """

    name: str
    origin: str
    manifest_sha256: str
    artifacts: tuple[Artifact, ...]
    unread: tuple[Unread, ...]
    license: str | None
    revision: Revision | None = None
    """The commit that the folder states."""
    root_sha256: str | None = None
    """As that of the subject."""
    parent: DeclaredParent | None = None
    """The declaration that this folder answers, if it answers one."""
    source: Origin | None = None
    """As that of the subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalExtract:
    """The beginning of a licence or notice file; ``whole`` says that nothing follows it.

    ``lines`` counts those of the whole text. ``reason`` says why there is no text, which is
    then empty.
    """

    path: str
    sha256: str
    text: str
    lines: int
    whole: bool
    reason: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRun:
    """A stage or a comparison that did not run, and why."""

    what: Said
    reason: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was and was not looked at, in countable terms and in sentences."""

    files: int
    files_read: int
    files_license_scanned: int
    parameters: int
    comparisons: int
    statements: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """Everything one audit established. See the module docstring for what is left out."""

    schema_version: Literal[1, 2]
    tool: Tool
    options: Options
    subject: Subject
    references: tuple[ReferenceItem, ...]
    comparisons: tuple[Comparison, ...]
    licenses: LicenseEvidence
    findings: tuple[Finding, ...]
    verdict: Verdict
    coverage: Coverage
    not_run: tuple[NotRun, ...]
    limits: tuple[Said, ...]
    code: CodeEvidence = NO_EVIDENCE
    """Absent from records of versions that did not compare code."""
    obligations: ObligationEvidence = NO_OBLIGATIONS
    """Absent from records of versions that did not follow obligations."""
    relatives: Relatives | None = None
    """What several references that share weights say together; ``None`` for fewer than two."""
    library: LibraryAnswer | None = None
    """What a library of fingerprints says of the audited model; ``None`` where none was asked."""
    exceptions: tuple[Entry, ...] = ()
    """Waivers, corrections and attestations, each with what came of it."""
    notice: Draft | None = None
    """What `audit notice` drafts for the same evidence; ``None`` in earlier records."""
    legal: tuple[LegalExtract, ...] = ()
    """The release's licence and notice files, in path order."""
    controls: tuple[ReferenceItem, ...] = ()
    """The models of ``--control``; their licences are not looked at."""
    texts: RuleTexts = field(default_factory=RuleTexts)
    """What the report quotes from the rules by which this record was made."""


def fetched(record: AuditRecord) -> tuple[str, ...]:
    """Return where models were fetched from, each with its commit."""
    others = (*record.references, *record.controls)
    known = (record.subject.source, *(one.source for one in others))
    return tuple(f"{o.address}/tree/{o.commit}" for o in known if o is not None and o.address)


def to_bytes(document: AuditRecord | Custody) -> bytes:
    """Encode as canonical JSON (RFC 8785), without a trailing newline."""
    version = getattr(document, "schema_version", SCHEMA_VERSION)
    fields = plain(document, sentences_as_text=version == 1)
    return rfc8785.dumps(schema_1.from_today(fields) if version == 1 else fields)


def plain(value: Any, *, sentences_as_text: bool = False) -> Any:
    """Turn a type of the record into what JSON can hold."""
    context, kind = {AS_TEXT: sentences_as_text}, cast("Any", type(value))
    return _adapter(kind).dump_python(value, mode="json", context=context)


def record_from_bytes(data: bytes, *, where: str) -> AuditRecord:
    """Decode a record; ``where`` names the file in the error.

    Raises
    ------
    UsageError
        If the bytes are not a record of this schema version.
    """
    return _decode(AuditRecord, data, where)


def _decode(cls: type[_Document], data: bytes, where: str) -> _Document:
    try:
        fields = from_json(data, allow_inf_nan=False)
        if isinstance(fields, dict) and fields.get("schema_version") == 1:
            fields = schema_1.to_today(fields)
        found: _Document = _adapter(cast("Any", cls)).validate_python(fields)
    except (ValueError, schema_1.Misfit) as error:
        raise UsageError(
            f"{where} is not an audit record of schema 1 or {SCHEMA_VERSION}: {_fault(error)}",
            advice="Pass the record.json that `audit model-repo` wrote.",
        ) from error
    return found


@cache
def _adapter(kind: Any) -> "TypeAdapter[Any]":
    """Return what reads and writes a type; that of a record takes longer to make than to use."""
    return TypeAdapter(kind)


def _fault(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "top level"
    return f"{place}: {first['msg']}"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the record (draft 2020-12)."""
    schema = _adapter(AuditRecord).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
