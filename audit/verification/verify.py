# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Verifies what a run wrote: a folder, or one of its files alone.

The procedure, one step of the answer per number; what does not apply is answered
``not-checked`` with the reason, never left out:

 1. *files*: every file that the statement names is there and can be read (folder only).
 2. *attestation envelope*: the first line of ``report.intoto.jsonl`` is a DSSE envelope, spelt
    exactly as this tool spells it, around a statement of our predicate type. Of a bundle or
    a page alone, the envelope that it carries.
 3. *attestation signature*: verifies over the exact payload bytes with the leaf
    certificate in the predicate. Nothing the statement says is used otherwise.
 4. *certificate*: P-256, meant for signing, issued by the certificate after it, and
    the one that the custody block names.
 5. *signer*: is the one that the caller expects, or certified for documents or code by the
    authority that the caller expects. Otherwise all is signed by one key, and *not trusted*.
 6. *gate attestations*, *report.sigstore.json*: the other lines are the gate's answer to that very
    statement, signed by the same key; the bundle is the same envelope.
 7. each file of the report by its name: has the digest in the statement. For a PDF this closes
    the gap that no PDF signature covers: its own container. A page has the digest of a page
    with an empty slot, has one slot only, and carries this very envelope in it.
 8. *... signature* of each PDF: exactly one, a certification, over the entire file, no later
    revision; see :func:`audit.signing.pdf.pdf_seal.check_pdf`.
 9. *... signer* of each PDF: is the signer of the attestation.
10. *... record* of each PDF: the attached ``record.json`` is a record, and is the same bytes
    as the one beside it.
11. *record and attestation*: name the same files, digests, verdict and tool.
12. *audited files*: the folder given as the model holds exactly those files.
13. *model.sig files* and *model.sig signature*: an OpenSSF model signature among the audited
    files lists them, save what its signer left out, which is named; it verifies with the key
    given for it, or the certificate in it.
14. *... signing time* of each PDF: by a time stamp in its signature, and then the signer's
    certificate was valid at that time, and the authority is the one that the caller expects;
    otherwise not checked. *... revocation*: by the validation data in the signature, at a trusted
    time; otherwise not checked, and said so. No third party is asked.
15. *... rebuilt* of each page and PDF, if asked for: rendered again from the record in the
    environment that the statement names, it is the same page and the same unsigned PDF, to which
    the signature's revision adds nothing else; see :mod:`audit.signing.pdf.addition`.
16. *response-...*: each response beside the report is signed, and names these very
    files (folder only). Whose key it is stays open: compare the fingerprint. A keyless bundle
    beside the report holds the same statement, and its signature is its certificate's; whether
    Sigstore issued that is not checked.
17. *other files*: whatever else lies in the folder is covered by nothing (folder only).
18. *edition-2*, ...: a later edition below the folder verifies by itself, carries this very
    attestation, and each response that it carries is still here. In a later edition, *first
    edition*: the attestation that it carries holds and is about the same record, and so do the
    responses. *roles*: one key signed in more than one role.

The verifier is not told by the report whom to trust: that is the caller's part.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from audit.budgets import REPORT, Purse
from audit.errors import UsageError
from audit.progress import SILENT, Progress
from audit.record.absent import Absent
from audit.record.said import Said
from audit.signing.attestation.names import (
    ATTESTATION,
    BUNDLE,
    PAGE,
    PDF,
    RECORD,
    edition_number,
    looks_listed,
    order,
)
from audit.signing.identity.pin import Pin, read_pin
from audit.signing.pdf.pdf_seal import PdfSeal
from audit.verification import agreement, moment, procedure, report_files
from audit.verification.beside import check_beside
from audit.verification.editions import check_first, check_later
from audit.verification.file import File, read_file
from audit.verification.procedure import Sealed
from audit.verification.rebuild import check_rebuilt
from audit.verification.step import Step, judged

_Files = dict[str, File]
"""By the names that the statement lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The expected signers of report, model and time stamp, the model, whether to render again."""

    report: Pin | None
    model: Pin | None
    clock: Pin | None
    subject: Path | None
    rebuild: bool


def verify(
    target: Path,
    *,
    subject: Path | None = None,
    key: Path | None = None,
    model_key: Path | None = None,
    timestamp_key: Path | None = None,
    rebuild: bool = False,
    progress: Progress = SILENT,
) -> tuple[Step, ...]:
    """Verify ``target``; see the module docstring for the procedure.

    ``target`` is a folder that ``audit model-repo`` wrote, or a PDF, page or attestation of it;
    ``subject`` the audited folder. ``key`` is a PEM certificate or public key of the expected
    signer, or their authority's certificate, ``model_key`` and ``timestamp_key`` those of the
    signer of ``model.sig`` and of the time-stamp authority. ``rebuild`` takes seconds. Raises
    ``UsageError`` if one of these is not what it should be; what is wrong *inside* ``target`` is
    a failed step.
    """
    asked = _Asked(
        report=None if key is None else read_pin(key),
        model=None if model_key is None else read_pin(model_key),
        clock=None if timestamp_key is None else read_pin(timestamp_key),
        subject=subject,
        rebuild=rebuild,
    )
    if subject is not None and not subject.is_dir():
        raise UsageError(f"There is no folder {subject}.", advice="Check the path after --model.")
    if not target.exists():
        raise UsageError(f"There is no file or folder {target}.", advice="Check the path.")
    return _folder(target, asked, progress) if target.is_dir() else _alone(target, asked, progress)


def _folder(
    folder: Path, asked: _Asked, progress: Progress, *, within: bool = False
) -> tuple[Step, ...]:
    """Verify a folder; one that lies ``within`` another has no editions of its own."""
    steps, sealed = procedure.check_attestation(_in(folder, ATTESTATION))
    present = {path.name for path in folder.iterdir()}
    names = _listed(sealed) | {name for name in present if looks_listed(name)}
    purse = REPORT.purse()
    files = {name: _in(folder, name, purse) for name in sorted(names, key=order)}
    contents = {n: f.content for n, f in files.items() if isinstance(f.content, bytes)}
    answers = {name: contents[name] for name in contents if name != BUNDLE}
    later = {name for name in present if edition_number(name)} - names
    alone = replace(asked, report=None, model=None, subject=None)

    def again(edition: Path) -> tuple[Step, ...]:
        return _folder(edition, alone, progress, within=True)

    return (
        _presence(files),
        *steps,
        *_procedure(files, sealed, asked, progress),
        *check_beside(folder, present - names - later, answers, sealed, asked.report),
        *(check_later(folder, later, sealed, again) if not within else ()),
    )


def _in(folder: Path, name: str, purse: Purse | None = None) -> File:
    return File(name=name, listed=name, content=read_file(folder / name, purse))


def _alone(target: Path, asked: _Asked, progress: Progress) -> tuple[Step, ...]:
    content = read_file(target)
    if isinstance(content, Absent):
        raise UsageError(f"{target.name} {content.reason}.", advice="Check the path.")
    missing = Absent(Said("only {name} was given", name=target.name))
    given = File(name=target.name, listed=_role(target, content), content=content)
    absent = File(name=ATTESTATION, listed=ATTESTATION, content=missing)
    carrier = absent if given.listed.endswith(PDF) else given
    steps, sealed = procedure.check_attestation(carrier)
    if given.listed.endswith(PAGE) and isinstance(sealed, Sealed) and given.listed != target.name:
        given = replace(given, listed=report_files.page_name(content, sealed, given.listed))
    names = sorted(_listed(sealed) | {given.listed}, key=order)
    files = {n: File(name=n, listed=n, content=missing) for n in names} | {given.listed: given}
    return (*steps, *_procedure(files, sealed, asked, progress))


def _listed(sealed: Sealed | Absent) -> set[str]:
    """Return the report's files: those that were signed, or at least those of every report."""
    listed = sealed.statement.report if isinstance(sealed, Sealed) else {}
    return {*listed, RECORD, ATTESTATION, BUNDLE}


def _role(target: Path, content: bytes) -> str:
    """Return which file of a report ``target`` is, whatever it is called now."""
    name, suffix, begin = target.name, target.suffix.lower(), content[:1024].lstrip()
    if name in (ATTESTATION, BUNDLE) or (looks_listed(name) and name.endswith((PAGE, PDF))):
        return name
    if suffix == ".pdf" or b"%PDF-" in begin:
        return f"report{PDF}"
    if suffix in (".html", ".htm") or begin[:15].lower() == b"<!doctype html>":
        return f"report{PAGE}"
    if name == RECORD or suffix not in (".json", ".jsonl", ".dsse"):
        raise UsageError(
            f"{name} is no PDF, page or attestation of a report.",
            advice=f"Pass the folder, a page, a PDF, {ATTESTATION} or {BUNDLE}.",
        )
    return ATTESTATION if suffix == ".jsonl" else BUNDLE


def _procedure(
    files: _Files, sealed: Sealed | Absent, asked: _Asked, progress: Progress
) -> list[Step]:
    parts = {name: file for name, file in files.items() if name not in (ATTESTATION, BUNDLE)}
    pdfs = [file for name, file in parts.items() if name.endswith(PDF)]
    checked = [(file.name, *report_files.check_seal(file)) for file in pdfs]
    seals = [(name, seal) for name, _, seal in checked]
    holding = tuple(seal for _, seal in seals if isinstance(seal, PdfSeal))
    by, beside = procedure.signed(sealed, holding), files[RECORD].content
    record = report_files.trusted_record(beside, sealed, holding)
    return [
        procedure.check_certificate(by, sealed),
        procedure.check_signer(by, asked.report),
        procedure.check_gate(files[ATTESTATION], sealed),
        procedure.check_bundle(files[BUNDLE], sealed),
        *(report_files.check_digest(file, sealed) for file in parts.values()),
        *(step for _, step, _ in checked),
        *(report_files.check_pdf_signer(name, seal, sealed) for name, seal in seals),
        *(report_files.check_attached_record(name, seal, beside) for name, seal in seals),
        agreement.check_agreement(record, sealed),
        agreement.check_audited_files(record, sealed, asked.subject, progress),
        *agreement.check_model_signature(record, asked.subject, asked.model),
        *(moment.signing_time(name, by, seal, asked.clock) for name, seal in seals),
        *(moment.revocation(name, by, seal, asked.clock) for name, seal in seals),
        *check_first(parts),
        *(check_rebuilt(parts, record, sealed) if asked.rebuild else ()),
    ]


def _presence(files: _Files) -> Step:
    held = {name: file.content for name, file in files.items()}
    wrong = [f"{name} {c.reason}" for name, c in held.items() if isinstance(c, Absent)]
    return judged(Said("files"), "; ".join(wrong) or None, good=", ".join(files))
