# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The in-toto Statement: which files were audited, and which report says so.

Subjects are the audited folder, by the root digest of the OpenSSF model-signing format, and
each audited file, so the attestation can be looked up by the digest of a weight file. The
predicate ties the report's files together, whatever a run wrote, and carries what the
record must not: time, host, signer. Its fields are described in ``docs/predicate.md``.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal, TypeVar

import rfc8785
from cryptography.x509 import Certificate
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from audit.errors import SigningError
from audit.record.custody import Custody, Sha256
from audit.record.document import AuditRecord
from audit.signing.attestation import dsse, slot
from audit.signing.attestation.bundle import from_lines
from audit.signing.attestation.model_signature import root_digest
from audit.signing.attestation.names import PAGE, RECORD, is_listable
from audit.signing.identity.certificates import read_chain
from audit.signing.identity.keys import Identity
from audit.signing.unsound import UnsoundError, sound

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://model-provenance-audit.dev/attestation/audit/v1"
"""A name, not a page; a change that breaks readers changes its last part."""

Certificates = Annotated[list[str], Field(min_length=1, max_length=8)]
"""PEM, the signer's first, then its issuers'."""


class Strict(BaseModel):
    """A part of a statement: camelCase in JSON, and no field that is not known.

    Types of the record that stand in it are read and written in the same way.
    """

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

    sha256: Sha256


class SubjectFile(Strict):
    """An audited file by its path in the folder, or the folder itself, with a slash after it."""

    name: str
    digest: Digest


class ReportFile(Strict):
    """One file of the report; a page's digest is that of the page with an empty slot.

    See :mod:`audit.signing.attestation.slot`.
    """

    name: str
    sha256: Sha256
    digest_of: Literal["file", "file-with-empty-slot"]


class VerdictBlock(Strict):
    """The gate's answer, as the record states it; checks by their ids.

    ``papers_only`` is null in statements that were made before it was stated.
    """

    status: Literal["PASS", "FAIL", "INDETERMINATE"]
    policy: str
    policy_sha256: Sha256
    fail_on: str
    failing: list[str]
    undetermined: list[str]
    papers_only: bool | None = None

    def states(self, other: "VerdictBlock") -> bool:
        """Whether it says the same, as far as it says anything."""
        known = {"papers_only": self.papers_only}
        return self == (other if self.papers_only is not None else other.model_copy(update=known))


class ToolBlock(Strict):
    """What made the record."""

    name: str
    version: str
    rules_sha256: Sha256
    families_sha256: Sha256


class Predicate(Strict):
    """What is stated about the subjects."""

    tool: ToolBlock
    verdict: VerdictBlock
    manifest_sha256: Sha256
    report: Annotated[list[ReportFile], Field(min_length=1, max_length=32)]
    custody: Custody
    certificates: Certificates


class InToto(Strict):
    """An in-toto Statement v1, of any predicate of ours."""

    type: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")] = (
        STATEMENT_TYPE
    )
    subject: list[SubjectFile]

    def payload(self) -> bytes:
        """Return the bytes that are signed: canonical JSON, camelCase."""
        return rfc8785.dumps(self.model_dump(by_alias=True))


class Statement(InToto):
    """A statement with our predicate."""

    predicate_type: Literal["https://model-provenance-audit.dev/attestation/audit/v1"] = (
        PREDICATE_TYPE
    )
    predicate: Predicate

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each audited file by path."""
        return {i.name: i.digest.sha256 for i in self.subject if not i.name.endswith("/")}

    @property
    def folder(self) -> SubjectFile:
        """The audited folder, by its root digest as in ``model_signature``."""
        return next(item for item in self.subject if item.name.endswith("/"))

    @property
    def report(self) -> dict[str, ReportFile]:
        """The report's files by name, in the statement's order."""
        return {file.name: file for file in self.predicate.report}

    @property
    def custody(self) -> Custody:
        """When, where and by whom."""
        return self.predicate.custody

    @property
    def moment(self) -> datetime:
        """When it was made, says the signer's clock."""
        return datetime.fromisoformat(self.custody.audited_at)


def attest(
    record: AuditRecord, files: Mapping[str, bytes], custody: Custody, identity: Identity
) -> bytes:
    """Return the signed envelope, in canonical JSON.

    ``files`` are the report's files by name: record and signed PDFs as they are written, pages with
    an empty slot. Raises ``SigningError`` if ``custody`` names another signer than ``identity``, a
    page has no slot, or a name cannot be that of a report's file.
    """
    if custody.signer != identity.signer:
        raise SigningError(
            "The custody block names another signer than the one that signs.",
            advice="Sign with the identity that the report was rendered for.",
        )
    digests = {artifact.path: artifact.sha256 for artifact in record.subject.artifacts}
    predicate = Predicate(
        tool=tool_block(record),
        verdict=verdict_block(record),
        manifest_sha256=record.subject.manifest_sha256,
        report=[_report_file(name, content) for name, content in files.items()],
        custody=custody,
        certificates=identity.pem,
    )
    folder = {f"{record.subject.name}/": root_digest(digests)}
    return dsse.seal(
        Statement(subject=subjects(folder | digests), predicate=predicate).payload(), identity
    )


def subjects(digests: Mapping[str, str]) -> list[SubjectFile]:
    """Return what a statement is about, by name and SHA-256."""
    return [SubjectFile(name=n, digest=Digest(sha256=digest)) for n, digest in digests.items()]


def _report_file(name: str, content: bytes) -> ReportFile:
    try:
        if not is_listable(name):
            raise ValueError("its name is not one of a report's file")
        if not name.endswith(PAGE):
            return ReportFile(name=name, sha256=sha256(content), digest_of="file")
        digest = sha256(slot.blanked(content))
    except ValueError as error:
        raise SigningError(
            f"{name} cannot be signed: {error}.",
            advice="Reinstall audit; record.json is not affected.",
        ) from error
    return ReportFile(name=name, sha256=digest, digest_of="file-with-empty-slot")


def tool_block(record: AuditRecord) -> ToolBlock:
    """Return what the statement says about the tool behind ``record``."""
    return ToolBlock(**{name: getattr(record.tool, name) for name in ToolBlock.model_fields})


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
        papers_only=verdict.papers_only,
    )


def _checks(fingerprints: tuple[str, ...]) -> list[str]:
    """Return the checks' ids, each once; a fingerprint begins with its check's id."""
    return sorted({fingerprint.partition(":")[0] for fingerprint in fingerprints})


_Any = TypeVar("_Any", bound=BaseModel)


def read(kind: type[_Any], payload: bytes) -> _Any:
    """Read a payload of one kind, strictly.

    Raises ``UnsoundError`` if it is another.
    """
    with sound():
        return kind.model_validate_json(payload)


def parse_statement(payload: bytes) -> Statement:
    """Read a payload whose signature may or may not have been verified.

    Raises ``UnsoundError`` if it is not a statement of :data:`PREDICATE_TYPE`, has no signer or
    no date, names a file twice, not exactly one folder, not exactly one record, or a file outside
    the report's folder.
    """
    statement = read(Statement, payload)
    files = statement.predicate.report
    if len(statement.digests) != len(statement.subject) - 1:
        raise UnsoundError("subject: a file is named twice, or not one folder is named")
    if wrong := [file.name for file in files if not is_listable(file.name)]:
        raise UnsoundError(f"report: {wrong[0]!r} is not the name of a report's file")
    if (
        len({file.name.casefold() for file in files}) != len(files)
        or RECORD not in statement.report
    ):
        raise UnsoundError("report: a file is named twice, or no record is named")
    if any(file.name.endswith(PAGE) != (file.digest_of != "file") for file in files):
        raise UnsoundError("report: the kind of a digest does not fit its file")
    if statement.custody.signer is None:
        raise UnsoundError("predicate.custody.signer: there is none")
    with sound("predicate.custody.auditedAt: "):
        statement.moment  # noqa: B018 - reads it
    return statement


def certificates_in(predicate: list[str]) -> tuple[Certificate, ...]:
    """Return the certificates that a predicate names; ``ValueError`` if damaged or none."""
    chain = read_chain("".join(predicate).encode())
    if not chain:
        raise UnsoundError("it names no certificate")
    return chain


def read_unverified(lines: bytes) -> Statement:
    """Read the statement in the first line of an attestation *without* checking who signed it.

    For rendering a record again; verification is :func:`audit.verification.verify.verify`.

    Raises ``UnsoundError`` if the bytes are not an attestation of
    ours.
    """
    return parse_statement(dsse.parse(from_lines(lines)[0]).payload)


def sha256(data: bytes) -> str:
    """Return the SHA-256 in lower-case hex."""
    return hashlib.sha256(data).hexdigest()
