# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The in-toto Statement: which files were audited, and which report says so.

Subjects are the audited folder, by the root digest of the OpenSSF model-signing format, and
each audited file, so the attestation can be looked up by the digest of a weight file. The
predicate ties the report's files together, in however many languages, and carries what the
record must not: time, host, signer. Its fields are described in ``docs/predicate.md``.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from audit.errors import SigningError
from audit.record.custody import Custody, Signer
from audit.record.document import AuditRecord
from audit.signing.attestation import dsse, slot
from audit.signing.attestation.bundle import from_lines
from audit.signing.attestation.model_signature import root_digest
from audit.signing.identity.certificates import pem
from audit.text.strict_json import refused

if TYPE_CHECKING:
    from audit.signing.identity.keys import Identity

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://model-provenance-audit.dev/attestation/audit/v1"
"""A name, not a page; a change that breaks readers changes its last part."""

RECORD, HTML, PDF = "record.json", "report.html", "report.pdf"
ATTESTATION, BUNDLE = "report.intoto.jsonl", "report.sigstore.json"
_REPORT_NAME = re.compile(r"record\.json|report(\.[a-z]{2,3}(-[A-Za-z]{2,4})?)?\.(html|pdf)")

_REINSTALL = "Reinstall audit; record.json is not affected."

_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class StatementError(ValueError):
    """The payload is not our statement; the message says why."""


class Strict(BaseModel):
    """A part of a statement: camelCase in JSON, and no field that is not known."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )


class Digest(Strict):
    """The digests of one file; weaker algorithms are left out on purpose."""

    sha256: _Sha256


class SubjectFile(Strict):
    """An audited file by its path in the folder, or the folder itself, with a slash after it."""

    name: str
    digest: Digest


class ReportFile(Strict):
    """One file of the report; a page's digest is that of the page with an empty slot.

    See :mod:`audit.signing.attestation.slot`.
    """

    name: Annotated[str, Field(pattern=rf"^({_REPORT_NAME.pattern})$")]
    sha256: _Sha256
    digest_of: Literal["file", "file-with-empty-slot"]


class CustodySigner(Strict):
    """See :class:`audit.record.document.Signer`."""

    kind: str
    name: str
    fingerprint: _Sha256


class CustodyBlock(Strict):
    """See :class:`audit.record.document.Custody`; a statement always has a signer."""

    audited_at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
    platform: str
    python: str
    command: str
    signer: CustodySigner
    requested_by: str | None = None
    contact: str | None = None
    renderer: dict[str, str] = Field(default_factory=dict)
    asked: list[str] = Field(default_factory=list)


class VerdictBlock(Strict):
    """The gate's answer, as the record states it; checks by their ids."""

    status: Literal["PASS", "FAIL", "INDETERMINATE"]
    policy: str
    policy_sha256: _Sha256
    fail_on: str
    failing: list[str]
    undetermined: list[str]


class ToolBlock(Strict):
    """What made the record."""

    name: str
    version: str
    rules_sha256: _Sha256
    families_sha256: _Sha256


class Predicate(Strict):
    """What is stated about the subjects."""

    tool: ToolBlock
    verdict: VerdictBlock
    manifest_sha256: _Sha256
    report: Annotated[list[ReportFile], Field(min_length=1, max_length=32)]
    custody: CustodyBlock
    certificates: Annotated[list[str], Field(min_length=1, max_length=8)]


class Statement(Strict):
    """An in-toto Statement v1 with our predicate."""

    type: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")]
    subject: list[SubjectFile]
    predicate_type: Literal["https://model-provenance-audit.dev/attestation/audit/v1"]
    predicate: Predicate

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each audited file by path."""
        return {i.name: i.digest.sha256 for i in self.subject if not i.name.endswith("/")}

    @property
    def root(self) -> str:
        """Root digest of the audited folder, as in ``model_signature``."""
        return next(i.digest.sha256 for i in self.subject if i.name.endswith("/"))

    @property
    def report(self) -> dict[str, ReportFile]:
        """The report's files by name, in the statement's order."""
        return {file.name: file for file in self.predicate.report}

    @property
    def custody(self) -> Custody:
        """The custody block as the report's own type."""
        block = self.predicate.custody
        return Custody(
            audited_at=block.audited_at,
            platform=block.platform,
            python=block.python,
            command=block.command,
            signer=Signer(**block.signer.model_dump()),
            requested_by=block.requested_by,
            contact=block.contact,
            renderer=dict(block.renderer),
            asked=tuple(block.asked),
        )


def is_report_name(name: str) -> bool:
    """Whether a file is named like a part of a report: the record, a page or a PDF."""
    return _REPORT_NAME.fullmatch(name) is not None


def attest(
    record: AuditRecord, files: Mapping[str, bytes], custody: Custody, identity: "Identity"
) -> bytes:
    """Return the signed envelope, in canonical JSON.

    Parameters
    ----------
    files : mapping
        The report's files by name: record and signed PDFs as they are written, pages with an
        empty slot.
    custody : Custody
        Must name ``identity`` as the signer, as the report printed it.

    Raises
    ------
    SigningError
        If ``custody`` names another signer than ``identity``, or a page has no slot.
    """
    if custody.signer != identity.signer:
        raise SigningError(
            "The custody block names another signer than the one that signs.",
            advice="Sign with the identity that the report was rendered for.",
        )
    parts = tuple(_report_file(name, content) for name, content in files.items())
    statement = _statement(record, parts, custody, identity)
    return dsse.seal(to_payload(statement), identity)


def to_payload(statement: BaseModel) -> bytes:
    """Return the bytes that are signed: canonical JSON, camelCase."""
    import rfc8785

    return rfc8785.dumps(statement.model_dump(by_alias=True))


def _report_file(name: str, content: bytes) -> ReportFile:
    if not name.endswith(".html"):
        return ReportFile(name=name, sha256=sha256(content), digest_of="file")
    try:
        digest = sha256(slot.blanked(content))
    except slot.SlotError as error:
        raise SigningError(f"{name} cannot be signed: {error}.", advice=_REINSTALL) from error
    return ReportFile(name=name, sha256=digest, digest_of="file-with-empty-slot")


def _statement(
    record: AuditRecord,
    files: tuple[ReportFile, ...],
    custody: Custody,
    identity: "Identity",
) -> Statement:
    digests = {artifact.path: artifact.sha256 for artifact in record.subject.artifacts}
    folder = SubjectFile(name=f"{record.subject.name}/", digest=Digest(sha256=root_digest(digests)))
    files_ = [SubjectFile(name=p, digest=Digest(sha256=d)) for p, d in digests.items()]
    return Statement(
        type=STATEMENT_TYPE,
        subject=[folder, *files_],
        predicate_type=PREDICATE_TYPE,
        predicate=Predicate(
            tool=tool_block(record),
            verdict=verdict_block(record),
            manifest_sha256=record.subject.manifest_sha256,
            report=list(files),
            custody=_custody_block(custody, identity.signer),
            certificates=[pem([certificate]) for certificate in identity.chain],
        ),
    )


def tool_block(record: AuditRecord) -> ToolBlock:
    """Return what the statement says about the tool behind ``record``."""
    tool = record.tool
    return ToolBlock(
        name=tool.name,
        version=tool.version,
        rules_sha256=tool.rules_sha256,
        families_sha256=tool.families_sha256,
    )


def verdict_block(record: AuditRecord) -> VerdictBlock:
    """Return what the statement says about the verdict of ``record``."""
    verdict = record.verdict
    return VerdictBlock(
        status=verdict.status.value,
        policy=verdict.policy,
        policy_sha256=record.options.policy_sha256,
        fail_on=verdict.fail_on.value,
        failing=_checks(verdict.failing),
        undetermined=_checks(verdict.undetermined),
    )


def _checks(fingerprints: tuple[str, ...]) -> list[str]:
    """Return the checks' ids, each once; a fingerprint begins with its check's id."""
    return sorted({fingerprint.partition(":")[0] for fingerprint in fingerprints})


def _custody_block(custody: Custody, signer: Signer) -> CustodyBlock:
    return CustodyBlock(
        audited_at=custody.audited_at,
        platform=custody.platform,
        python=custody.python,
        command=custody.command,
        signer=CustodySigner(kind=signer.kind, name=signer.name, fingerprint=signer.fingerprint),
        requested_by=custody.requested_by,
        contact=custody.contact,
        renderer=dict(custody.renderer),
        asked=list(custody.asked),
    )


def parse_statement(payload: bytes) -> Statement:
    """Read a payload whose signature may or may not have been verified.

    Raises
    ------
    StatementError
        If it is not a statement of :data:`PREDICATE_TYPE`, names a file twice, does not
        name exactly one folder, or not exactly one record.
    """
    try:
        statement = Statement.model_validate_json(payload)
    except ValidationError as error:
        raise StatementError(refused(error)) from error
    if len(statement.digests) != len(statement.subject) - 1:
        raise StatementError("subject: a file is named twice, or not one folder is named")
    if len(statement.report) != len(statement.predicate.report) or RECORD not in statement.report:
        raise StatementError("report: a file is named twice, or no record is named")
    if any(f.name.endswith(".html") != (f.digest_of != "file") for f in statement.report.values()):
        raise StatementError("report: the kind of a digest does not fit its file")
    return statement


def read_unverified(lines: bytes) -> Statement:
    """Read the statement in the first line of an attestation *without* checking who signed it.

    For rendering a record again; verification is :func:`audit.verification.verify.verify`.

    Raises
    ------
    dsse.EnvelopeError, StatementError
        If the bytes are not an attestation of ours.
    """
    return parse_statement(dsse.parse(from_lines(lines)[0]).payload)


def sha256(data: bytes) -> str:
    """Return the SHA-256 in lower-case hex."""
    return hashlib.sha256(data).hexdigest()
