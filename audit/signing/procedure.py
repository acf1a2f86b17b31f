# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The single steps of the verification, numbered as in :mod:`audit.signing.verify`.

Each takes what is there or :class:`Absent`, and answers with exactly one step per
question: a thing that is absent makes a step ``not-checked`` with the reason.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import UsageError
from audit.progress import Progress
from audit.report.document import AuditRecord, record_from_bytes
from audit.signing import dsse, model_signature, statement
from audit.signing.certificates import (
    chain_problem,
    common_name,
    fingerprint,
    in_issuing_order,
    read_chain,
    validity_problem,
)
from audit.signing.keys import SELF_MADE_NAME
from audit.signing.pades import PdfError, PdfSeal, check_pdf
from audit.signing.pin import Pin, spki
from audit.signing.statement import ATTESTATION, HTML, PDF, RECORD, Statement
from audit.signing.step import Step, failed, judged, not_checked, passed
from audit.signing.subject import Expected, difference

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from audit.signing.model_signature import ModelSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Something that is not there to be checked, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A statement whose signature verified, and the certificates that it names."""

    statement: Statement
    chain: "tuple[Certificate, ...]"


def check_attestation(content: bytes | Absent) -> tuple[list[Step], Sealed | Absent]:
    """Steps 2 and 3."""
    shape, signature = "attestation envelope", "attestation signature"
    if isinstance(content, Absent):
        reason = f"{ATTESTATION}: {content.reason}"
        return [not_checked(shape, reason), not_checked(signature, reason)], Absent(reason=reason)
    bad = Absent(reason=f"{ATTESTATION} does not hold")
    try:
        envelope = dsse.parse(content)
        if envelope.payload_type != dsse.PAYLOAD_TYPE:
            raise dsse.EnvelopeError(f"its payload type is not {dsse.PAYLOAD_TYPE}")
        claimed = statement.parse_statement(envelope.payload)
        chain = read_chain("".join(claimed.predicate.certificates).encode())
        if not chain:
            raise dsse.EnvelopeError("it names no certificate")
    except ValueError as error:
        problem = f"{ATTESTATION}: {error}"
        return [failed(shape, problem), not_checked(signature, bad.reason)], bad
    good = f"{ATTESTATION}: one signature, predicate {statement.PREDICATE_TYPE}"
    problem_or_none = dsse.signature_problem(envelope, chain[0])
    if problem_or_none is not None:
        return [passed(shape, good), failed(signature, f"{ATTESTATION}: {problem_or_none}")], bad
    made = passed(signature, f"{ATTESTATION}: made with the key of {common_name(chain[0])}")
    return [passed(shape, good), made], Sealed(statement=claimed, chain=chain)


def check_seal(content: bytes | Absent) -> tuple[list[Step], PdfSeal | Absent]:
    """Step 7."""
    name = "PDF signature"
    if isinstance(content, Absent):
        reason = f"{PDF}: {content.reason}"
        return [not_checked(name, reason)], Absent(reason=reason)
    try:
        seal = check_pdf(content)
    except PdfError as error:
        return [failed(name, f"{PDF}: {error}")], Absent(reason=f"{PDF}'s signature does not hold")
    good = f"{PDF}: intact, one certification signature over the whole file, no later change"
    return [passed(name, good)], seal


def signing_chain(
    sealed: Sealed | Absent, seal: PdfSeal | Absent
) -> "tuple[Certificate, ...] | Absent":
    """Return the signer's certificates: the attestation's, or else the PDF's."""
    if isinstance(sealed, Sealed):
        return sealed.chain
    if isinstance(seal, PdfSeal):
        return in_issuing_order(seal.signer, seal.issuers)
    return Absent(reason="no signature holds, so there is no signer")


def check_certificate(chain: "tuple[Certificate, ...] | Absent", sealed: Sealed | Absent) -> Step:
    """Step 4."""
    name = "certificate"
    if isinstance(chain, Absent):
        return not_checked(name, chain.reason)
    leaf = chain[0]
    problem = chain_problem(chain)
    if problem is None and isinstance(sealed, Sealed):
        signer = sealed.statement.predicate.custody.signer
        if (signer.name, signer.fingerprint) != (common_name(leaf), fingerprint(leaf)):
            problem = f"{ATTESTATION}: the custody block names another signer, {signer.name}"
    return judged(name, problem, good=f"{common_name(leaf)}, SHA-256 {fingerprint(leaf)}")


def check_signer(
    chain: "tuple[Certificate, ...] | Absent", sealed: Sealed | Absent, pin: Pin | None
) -> Step:
    """Step 5."""
    name = "signer"
    if isinstance(chain, Absent):
        return not_checked(name, chain.reason)
    if pin is not None:
        return judged(name, pin.problem(chain[0]), good=f"is the expected one, {pin.name}")
    made = common_name(chain[0]) == SELF_MADE_NAME
    if isinstance(sealed, Sealed):
        made = sealed.statement.predicate.custody.signer.kind == "self-made"
    if made:
        return not_checked(
            name,
            "a self-made identity, which names nobody: it shows that the files belong together"
            " and are unchanged since that run, not who ran it",
        )
    return not_checked(
        name,
        "nobody said whose key this should be: compare the fingerprint with the one that"
        f" {common_name(chain[0])} published, or pass their certificate with --key",
    )


def check_digest(name: str, content: bytes | Absent, sealed: Sealed | Absent) -> Step:
    """Step 6."""
    if isinstance(content, Absent):
        return not_checked(name, f"{name}: {content.reason}")
    if isinstance(sealed, Absent):
        return not_checked(name, f"what its digest should be is not known: {sealed.reason}")
    predicate = sealed.statement.predicate
    signed = {RECORD: predicate.record, HTML: predicate.html, PDF: predicate.pdf}[name]
    problem = None
    if (signed.name, signed.sha256) != (name, statement.sha256(content)):
        problem = f"{name} is not the file that was signed: its SHA-256 differs from the statement"
    return judged(name, problem, good=f"as signed, SHA-256 {signed.sha256}")


def check_pdf_signer(seal: PdfSeal | Absent, sealed: Sealed | Absent) -> Step:
    """Step 8."""
    name = "PDF signer"
    for needed in (seal, sealed):
        if isinstance(needed, Absent):
            return not_checked(name, needed.reason)
    assert isinstance(seal, PdfSeal)
    assert isinstance(sealed, Sealed)
    same = seal.signer == sealed.chain[0]
    problem = None if same else f"{PDF} is signed by {fingerprint(seal.signer)}, not by the above"
    return judged(name, problem, good=f"{PDF} and {ATTESTATION} are signed by the same certificate")


def check_attached_record(seal: PdfSeal | Absent, beside: bytes | Absent) -> Step:
    """Step 9."""
    name = "record in the PDF"
    if isinstance(seal, Absent):
        return not_checked(name, seal.reason)
    if seal.record is None:
        return failed(name, f"{PDF}: {seal.record_problem}")
    if isinstance(beside, Absent):
        parsed = _parsed(seal.record, f"{RECORD} in {PDF}")
        problem = parsed.reason if isinstance(parsed, Absent) else None
        return judged(name, problem, good=f"{PDF} carries an audit record")
    same = seal.record == beside
    problem = None if same else f"the {RECORD} attached to {PDF} is not the {RECORD} beside it"
    return judged(name, problem, good=f"{PDF} carries the same {RECORD}")


def _parsed(content: bytes, where: str) -> AuditRecord | Absent:
    try:
        return record_from_bytes(content, where=where)
    except UsageError as error:
        return Absent(reason=error.message)


def trusted_record(
    beside: bytes | Absent, sealed: Sealed | Absent, seal: PdfSeal | Absent
) -> AuditRecord | Absent:
    """Return the record that a holding signature covers: beside the PDF, or inside it."""
    if isinstance(beside, bytes) and isinstance(sealed, Sealed):
        if statement.sha256(beside) == sealed.statement.predicate.record.sha256:
            return _parsed(beside, RECORD)
    elif isinstance(seal, PdfSeal) and seal.record is not None:
        return _parsed(seal.record, f"{RECORD} in {PDF}")
    return Absent(reason="there is no record that a holding signature covers")


def check_agreement(record: AuditRecord | Absent, sealed: Sealed | Absent) -> Step:
    """Step 10."""
    name = "record and attestation"
    if isinstance(sealed, Absent):
        return not_checked(name, sealed.reason)
    if isinstance(record, Absent):
        return not_checked(name, record.reason)
    claimed, artifacts = sealed.statement, record.subject.artifacts
    digests = {a.path: a.sha256 for a in artifacts}
    lines = "".join(f"{a.sha256}  {a.path}\n" for a in artifacts)
    manifest = hashlib.sha256(lines.encode()).hexdigest()
    parts = {
        "audited files": claimed.digests == digests,
        "root digest": claimed.root == model_signature.root_digest(digests),
        "manifest digest": claimed.predicate.manifest_sha256
        == record.subject.manifest_sha256
        == manifest,
        "verdict": claimed.predicate.verdict == statement.verdict_block(record),
        "tool": claimed.predicate.tool == statement.tool_block(record),
    }
    wrong = ", ".join(part for part, agrees in parts.items() if not agrees)
    problem = f"{RECORD} and {ATTESTATION} disagree: {wrong}" if wrong else None
    return judged(name, problem, good=f"same verdict, tool and {len(artifacts)} audited files")


def check_audited_files(
    record: AuditRecord | Absent,
    sealed: Sealed | Absent,
    subject: Path | None,
    progress: Progress,
) -> Step:
    """Step 11."""
    name = "audited files"
    if subject is None:
        return not_checked(name, "pass the audited folder with --subject to compare it")
    if isinstance(record, AuditRecord):
        digests = {artifact.path: artifact.sha256 for artifact in record.subject.artifacts}
        unread = frozenset(item.path for item in record.subject.unread)
        expected = Expected(digests=digests, unread=unread)
    elif isinstance(sealed, Sealed):
        expected = Expected(digests=sealed.statement.digests, unread=None)
    else:
        return not_checked(name, f"what they should be is not known: {record.reason}")
    problem = difference(subject, expected, progress)
    return judged(name, problem, good=f"all {len(expected.digests)} are as they were audited")


def check_model_signature(
    record: AuditRecord | Absent, subject: Path | None, key: Pin | None
) -> list[Step]:
    """Step 12: the model's own ``model.sig``, where the audited files hold one."""
    files, signature = (
        f"{model_signature.FILE_NAME} files",
        f"{model_signature.FILE_NAME} signature",
    )
    if isinstance(record, Absent):
        return []
    digests = {artifact.path: artifact.sha256 for artifact in record.subject.artifacts}
    if model_signature.FILE_NAME not in digests:
        return []
    if subject is None:
        reason = "pass the audited folder with --subject to read it"
        return [not_checked(files, reason), not_checked(signature, reason)]
    try:
        content = (subject / model_signature.FILE_NAME).read_bytes()
        signed = model_signature.parse(content)
    except OSError as error:
        reason = f"{model_signature.FILE_NAME} cannot be read: {error.strerror}"
        return [failed(files, reason), not_checked(signature, reason)]
    except model_signature.ModelSignatureError as error:
        reason = f"{model_signature.FILE_NAME}: {error}"
        return [failed(files, reason), not_checked(signature, reason)]
    problem = model_signature.files_problem(signed, digests)
    good = f"signs the {len(signed.digests)} audited files, root {signed.root}"
    return [judged(files, problem, good=good), _model_signer(signature, signed, key)]


def _model_signer(name: str, signed: "ModelSignature", key: Pin | None) -> Step:
    if key is not None:
        problem = model_signature.signer_problem(signed, key.public_key)
        return judged(name, problem, good=f"made with the key of {key.name}")
    if signed.certificate is None:
        hint = f" (SHA-256 of its PEM: {signed.hint})" if signed.hint else ""
        return not_checked(name, f"pass the signer's public key{hint} with --model-key")
    problem = model_signature.signer_problem(signed, spki(signed.certificate))
    who = f"{common_name(signed.certificate)}, SHA-256 {fingerprint(signed.certificate)}"
    good = f"made with the key of the certificate it carries, {who}; whose that is was not checked"
    return judged(name, problem, good=good)


def signing_time(
    chain: "tuple[Certificate, ...] | Absent", sealed: Sealed | Absent, seal: PdfSeal | Absent
) -> Step:
    """Step 13, first half."""
    stamp = seal.stamp if isinstance(seal, PdfSeal) else None
    if stamp is not None and not isinstance(chain, Absent):
        outdated = validity_problem(chain, stamp.at)
        return judged("signing time", outdated, good=f"{PDF}: {stamp.sentence}")
    said = "the date in it"
    if isinstance(sealed, Sealed):
        said = sealed.statement.predicate.custody.audited_at
    detail = f"{said} is what the signer's clock said; no time-stamp authority confirms it"
    if not isinstance(chain, Absent):
        outdated = validity_problem(chain, datetime.now(UTC))
        detail += "" if outdated is None else f", and {outdated}"
    return not_checked("signing time", detail)


def revocation() -> Step:
    """Step 13, second half."""
    return not_checked("revocation", "no revocation service is asked; ask the signer if in doubt")
