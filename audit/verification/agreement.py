# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Steps 11 to 13 of the verification: the record, the audited files, the model's signature."""

import hashlib
from pathlib import Path

from audit.progress import Progress
from audit.record.absent import Absent
from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.signing.attestation import model_signature, statement
from audit.signing.attestation.model_signature import FILE_NAME, ModelSignature
from audit.signing.attestation.names import RECORD
from audit.signing.attestation.statement import sha256
from audit.signing.identity.certificates import common_name, fingerprint, public_key_der
from audit.signing.identity.pin import Pin
from audit.signing.unsound import UnsoundError
from audit.verification.file import read_file
from audit.verification.procedure import Sealed
from audit.verification.step import Step, asked, failed, judged, not_checked
from audit.verification.subject import Expected, difference


def check_agreement(record: AuditRecord | Absent, sealed: Sealed | Absent) -> Step:
    """Step 11."""

    def check(name: str, sealed: Sealed, record: AuditRecord) -> Step:
        try:
            wrong = ", ".join(_differing(record, sealed))
        except ValueError:  # the record's own reader takes any text for a digest
            return failed(name, f"{RECORD} states a digest that is none")
        disagree = Said(
            "{record} and the attestation disagree: {what}", record=RECORD, what=str(wrong)
        )
        good = Said(
            "same verdict, tool and {n:count} audited files", n=len(record.subject.artifacts)
        )
        return judged(name, disagree if wrong else None, good=good)

    return asked(Said("record and attestation"), check, sealed, record)


def _digests(record: AuditRecord) -> dict[str, str]:
    return {artifact.path: artifact.sha256 for artifact in record.subject.artifacts}


def _differing(record: AuditRecord, sealed: Sealed) -> list[str]:
    claimed, digests = sealed.statement, _digests(record)
    lines = "".join(f"{digest}  {path}\n" for path, digest in digests.items())
    manifest = hashlib.sha256(lines.encode()).hexdigest()
    parts = {
        "audited files": claimed.digests == digests,
        "root digest": claimed.folder.digest.sha256 == model_signature.root_digest(digests),
        "manifest digest": claimed.predicate.manifest_sha256
        == record.subject.manifest_sha256
        == manifest,
        "verdict": claimed.predicate.verdict.states(statement.verdict_block(record)),
        "tool": claimed.predicate.tool == statement.tool_block(record),
    }
    return [part for part, agrees in parts.items() if not agrees]


def check_audited_files(
    record: AuditRecord | Absent, sealed: Sealed | Absent, subject: Path | None, progress: Progress
) -> Step:
    """Step 12."""
    name = Said("audited files")
    if subject is None:
        return not_checked(name, Said("pass the audited folder with --model to compare it"))
    if isinstance(record, AuditRecord):
        unread = frozenset(item.path for item in record.subject.unread)
        expected = Expected(digests=_digests(record), unread=unread)
    elif isinstance(sealed, Sealed):
        expected = Expected(digests=sealed.statement.digests, unread=None)
    else:
        why = Said("what they should be is not known: {why}", why=record.reason)
        return not_checked(name, why)
    problem = difference(subject, expected, progress)
    good = Said("all {n:count} are as they were audited", n=len(expected.digests))
    return judged(name, problem, good=good)


def check_model_signature(
    record: AuditRecord | Absent, subject: Path | None, key: Pin | None
) -> list[Step]:
    """Step 13: the model's own ``model.sig``, where the audited files hold one."""
    files, signature = f"{FILE_NAME} files", f"{FILE_NAME} signature"
    if isinstance(record, Absent) or FILE_NAME not in _digests(record):
        return []
    if subject is None:
        reason = Said("pass the audited folder with --model to read it")
        return [not_checked(files, reason), not_checked(signature, reason)]
    digests = _digests(record)
    signed = _model_signature(read_file(subject / FILE_NAME), digests[FILE_NAME])
    if isinstance(signed, Absent):
        return [failed(files, signed.reason), not_checked(signature, signed.reason)]
    problem = model_signature.files_problem(signed, digests)
    good = f"signs {len(signed.digests)} of the {len(digests)} audited files, root {signed.root}"
    good += model_signature.left_out(signed, digests)
    return [judged(files, problem, good=good), _model_signer(signature, signed, key)]


def _model_signature(content: bytes | Absent, digest: str) -> ModelSignature | Absent:
    if isinstance(content, Absent):
        return Absent(Said("{name} {why}", name=FILE_NAME, why=content.reason))
    if sha256(content) != digest:
        return Absent(Said("{name} is not the one that was audited", name=FILE_NAME))
    try:
        return model_signature.parse(content)
    except UnsoundError as error:
        return Absent(Said("{name}: {why}", name=FILE_NAME, why=str(error)))


def _model_signer(name: str, signed: ModelSignature, key: Pin | None) -> Step:
    bundle, wrong = signed.bundle, "its signature does not verify with that key"
    if key is not None:
        holds = bundle.envelope.made_with(key.public_key)
        return judged(name, None if holds else wrong, good=f"made with the key of {key.name}")
    leaf = bundle.certificate
    if leaf is None:
        hint = f" (SHA-256 of its PEM: {bundle.hint})" if bundle.hint else ""
        return not_checked(name, f"pass the signer's public key{hint} with --model-key")
    holds = bundle.envelope.made_with(public_key_der(leaf))
    who = f"{common_name(leaf)}, SHA-256 {fingerprint(leaf)}"
    good = f"made with the key of the certificate it carries, {who}; whose that is was not checked"
    return judged(name, None if holds else wrong, good=good)
