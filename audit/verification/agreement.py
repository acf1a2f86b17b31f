# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Steps 11 to 13 of the verification: the record, the audited files, the model's signature."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from audit.progress import Progress
from audit.record.document import AuditRecord
from audit.signing.attestation import model_signature, statement
from audit.signing.attestation.foreign_bundle import signer_problem
from audit.signing.attestation.statement import RECORD, Statement, sha256
from audit.signing.identity.certificates import common_name, fingerprint
from audit.signing.identity.pin import Pin, spki
from audit.verification.procedure import Absent, Sealed, read_file
from audit.verification.step import Step, failed, judged, not_checked
from audit.verification.subject import Expected, difference

if TYPE_CHECKING:
    from audit.signing.attestation.model_signature import ModelSignature


def check_agreement(record: AuditRecord | Absent, sealed: Sealed | Absent) -> Step:
    """Step 11."""
    name = "record and attestation"
    if isinstance(sealed, Absent):
        return not_checked(name, sealed.reason)
    if isinstance(record, Absent):
        return not_checked(name, record.reason)
    try:
        wrong = ", ".join(_differing(record, sealed.statement))
    except ValueError:  # the record's own reader takes any text for a digest
        return failed(name, f"{RECORD} states a digest that is none")
    problem = f"{RECORD} and the attestation disagree: {wrong}" if wrong else None
    number = len(record.subject.artifacts)
    return judged(name, problem, good=f"same verdict, tool and {number} audited files")


def _differing(record: AuditRecord, claimed: Statement) -> list[str]:
    artifacts = record.subject.artifacts
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
    return [part for part, agrees in parts.items() if not agrees]


def check_audited_files(
    record: AuditRecord | Absent,
    sealed: Sealed | Absent,
    subject: Path | None,
    progress: Progress,
) -> Step:
    """Step 12."""
    name = "audited files"
    if subject is None:
        return not_checked(name, "pass the audited folder with --model to compare it")
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
    """Step 13: the model's own ``model.sig``, where the audited files hold one."""
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
        reason = "pass the audited folder with --model to read it"
        return [not_checked(files, reason), not_checked(signature, reason)]
    content = read_file(subject / model_signature.FILE_NAME)
    if isinstance(content, Absent) or sha256(content) != digests[model_signature.FILE_NAME]:
        wrong = content.reason if isinstance(content, Absent) else "is not the one that was audited"
        reason = f"{model_signature.FILE_NAME} {wrong}"
        return [failed(files, reason), not_checked(signature, reason)]
    try:
        signed = model_signature.parse(content)
    except model_signature.ModelSignatureError as error:
        reason = f"{model_signature.FILE_NAME}: {error}"
        return [failed(files, reason), not_checked(signature, reason)]
    problem = model_signature.files_problem(signed, digests)
    good = f"signs {len(signed.digests)} of the {len(digests)} audited files, root {signed.root}"
    good += model_signature.left_out(signed, digests)
    return [judged(files, problem, good=good), _model_signer(signature, signed, key)]


def _model_signer(name: str, signed: "ModelSignature", key: Pin | None) -> Step:
    if key is not None:
        problem = signer_problem(signed.bundle, key.public_key)
        return judged(name, problem, good=f"made with the key of {key.name}")
    if signed.bundle.certificate is None:
        hint = f" (SHA-256 of its PEM: {signed.bundle.hint})" if signed.bundle.hint else ""
        return not_checked(name, f"pass the signer's public key{hint} with --model-key")
    leaf = signed.bundle.certificate
    problem = signer_problem(signed.bundle, spki(leaf))
    who = f"{common_name(leaf)}, SHA-256 {fingerprint(leaf)}"
    good = f"made with the key of the certificate it carries, {who}; whose that is was not checked"
    return judged(name, problem, good=good)
