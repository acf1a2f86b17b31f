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
 5. *signer*: is the one that the caller expects, or certified by the authority that the caller
    expects. Without that, all is signed by one key, and it is *not trusted*.
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

The verifier is not told by the report whom to trust: that is the caller's part.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from audit.errors import UsageError
from audit.progress import SILENT, Progress
from audit.signing.attestation.dsse import parse as parse_envelope
from audit.signing.attestation.response import ResponseError, check_response, is_response
from audit.signing.attestation.statement import (
    ATTESTATION,
    BUNDLE,
    HTML,
    PDF,
    RECORD,
    is_report_name,
)
from audit.signing.identity.keyless import FILE_NAME as KEYLESS
from audit.signing.identity.keyless import KeylessError, check_keyless
from audit.signing.identity.pin import Pin, read_pin
from audit.signing.pdf.pdf_seal import PdfSeal
from audit.verification import agreement, moment, procedure, report_files
from audit.verification.procedure import Absent, Sealed, read_file
from audit.verification.rebuild import check_rebuilt
from audit.verification.step import Step, failed, judged, not_checked, passed

_Files = dict[str, bytes | Absent]


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

    Parameters
    ----------
    target : Path
        A folder that ``audit model-repo`` wrote, a signed PDF or page, or an attestation.
    subject : Path or None
        The audited folder, to be compared with what was audited.
    key : Path or None
        PEM certificate or public key of the expected signer, or their authority's certificate.
    model_key : Path or None
        The same for the signer of the model's own ``model.sig``.
    timestamp_key : Path or None
        PEM certificate or public key of the expected time-stamp authority.
    rebuild : bool
        Whether to render page and PDF again and compare, which takes seconds.

    Raises
    ------
    UsageError
        If ``target``, ``subject`` or ``key`` is not what it should be. Whatever is
        wrong *inside* ``target`` is a failed step instead.
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


def _folder(folder: Path, asked: _Asked, progress: Progress) -> tuple[Step, ...]:
    steps, sealed = procedure.check_attestation(ATTESTATION, read_file(folder / ATTESTATION))
    present = {path.name for path in folder.iterdir() if is_report_name(path.name)}
    names = {*_expected(sealed), *present, ATTESTATION, BUNDLE}
    files = {name: read_file(folder / name) for name in sorted(names, key=_order)}
    more = _procedure(files, sealed, asked, progress)
    more += [*_responses(folder, files), *_keyless(folder / KEYLESS, sealed)]
    return (_presence(files), *steps, *more, *_other_files(folder, {*names, KEYLESS}))


def _alone(target: Path, asked: _Asked, progress: Progress) -> tuple[Step, ...]:
    given = _given(target)
    role = _role(target, given)
    carrier = ATTESTATION if role.endswith(".pdf") else role
    content: bytes | Absent = given
    missing = Absent(reason=f"only {target.name} was given")
    steps, sealed = procedure.check_attestation(carrier, content if carrier == role else missing)
    if role == HTML and isinstance(sealed, Sealed) and not is_report_name(target.name):
        role = report_files.page_name(given, sealed)
    names = {*_expected(sealed), ATTESTATION, BUNDLE, role}
    files = dict.fromkeys(sorted(names, key=_order), missing) | {role: content}
    found = [*steps, *_procedure(files, sealed, asked, progress)]
    return tuple(
        replace(
            step,
            name=step.name.replace(role, target.name),
            detail=step.detail.replace(role, target.name),
        )
        for step in found
    )


def _expected(sealed: Sealed | Absent) -> tuple[str, ...]:
    """Return the report's files: those that were signed, or at least those of every report."""
    return tuple(sealed.statement.report) if isinstance(sealed, Sealed) else (RECORD, HTML, PDF)


def _order(name: str) -> tuple[int, str]:
    """Record, pages, PDFs, attestation, as they are listed everywhere."""
    kinds = (RECORD, ".html", ".pdf", ATTESTATION, BUNDLE)
    return next(n for n, kind in enumerate(kinds) if name.endswith(kind)), name


def _role(target: Path, content: bytes) -> str:
    """Return which file of a report ``target`` is, whatever it is called now."""
    if is_report_name(target.name) and target.name != RECORD:
        return target.name
    begin = content[:1024].lstrip()
    if target.suffix.lower() == ".pdf" or b"%PDF-" in begin:
        return PDF
    if target.suffix.lower() in (".html", ".htm") or begin[:15].lower() == b"<!doctype html>":
        return HTML
    if target.name == RECORD or target.suffix.lower() not in (".json", ".jsonl", ".dsse"):
        raise UsageError(
            f"{target.name} is no PDF, page or attestation of a report.",
            advice=f"Pass the folder, {PDF}, {HTML}, {ATTESTATION} or {BUNDLE}.",
        )
    return ATTESTATION if target.suffix.lower() == ".jsonl" else BUNDLE


def _given(target: Path) -> bytes:
    content = read_file(target)
    if isinstance(content, Absent):
        raise UsageError(f"{target.name} {content.reason}.", advice="Check the path.")
    return content


def _procedure(
    files: _Files, sealed: Sealed | Absent, asked: _Asked, progress: Progress
) -> list[Step]:
    parts = [name for name in files if name not in (ATTESTATION, BUNDLE)]
    checked = {n: report_files.check_seal(n, files[n]) for n in parts if n.endswith(".pdf")}
    seals = {name: seal for name, (_, seal) in checked.items()}
    holding = tuple(seal for seal in seals.values() if isinstance(seal, PdfSeal))
    chain = procedure.signing_chain(sealed, holding)
    record = report_files.trusted_record(files[RECORD], sealed, holding)
    return [
        procedure.check_certificate(chain, sealed),
        procedure.check_signer(chain, sealed, asked.report),
        procedure.check_gate(files[ATTESTATION], sealed),
        procedure.check_bundle(files[BUNDLE], sealed),
        *(report_files.check_digest(name, files[name], sealed) for name in parts),
        *(step for step, _ in checked.values()),
        *(report_files.check_pdf_signer(n, seal, sealed) for n, seal in seals.items()),
        *(report_files.check_attached_record(n, s, files[RECORD]) for n, s in seals.items()),
        agreement.check_agreement(record, sealed),
        agreement.check_audited_files(record, sealed, asked.subject, progress),
        *agreement.check_model_signature(record, asked.subject, asked.model),
        *(moment.signing_time(n, chain, sealed, seal, asked.clock) for n, seal in seals.items()),
        *(moment.revocation(n, chain, seal, asked.clock) for n, seal in seals.items()),
        *(check_rebuilt(files, record, sealed) if asked.rebuild else ()),
    ]


def _presence(files: _Files) -> Step:
    wrong = [f"{name} {c.reason}" for name, c in files.items() if isinstance(c, Absent)]
    return judged("files", "; ".join(wrong) or None, good=", ".join(files))


def _responses(folder: Path, files: _Files) -> list[Step]:
    present = {n: c for n, c in files.items() if isinstance(c, bytes) and n != BUNDLE}
    names = sorted(path.name for path in folder.iterdir() if is_response(path.name))
    return [_response(folder / name, present) for name in names]


def _response(path: Path, files: dict[str, bytes]) -> Step:
    content = read_file(path)
    if isinstance(content, Absent):
        return failed(path.name, f"{path.name} {content.reason}")
    try:
        found = check_response(content, files)
    except ResponseError as error:
        return failed(path.name, f"{path.name}: {error}")
    signer = found.signer
    return passed(
        path.name,
        f"{found.role} {signer.name}, SHA-256 {signer.fingerprint}, signed on this report; compare"
        " the fingerprint with the one that they published",
    )


def _keyless(path: Path, sealed: Sealed | Absent) -> list[Step]:
    if not path.exists():
        return []
    content = read_file(path)
    for needed in (content, sealed):
        if isinstance(needed, Absent):
            return [not_checked(path.name, f"{path.name}: {needed.reason}")]
    assert isinstance(content, bytes)
    assert isinstance(sealed, Sealed)
    try:
        named = check_keyless(content, parse_envelope(sealed.envelope).payload)
    except KeylessError as error:
        return [failed(path.name, f"{path.name}: {error}")]
    reason = f"{path.name}: the same statement, signed with a certificate that names {named}; that"
    return [not_checked(path.name, f"{reason} Sigstore issued and logged it, `cosign` can verify")]


def _other_files(folder: Path, names: set[str]) -> list[Step]:
    others = sorted(
        path.name
        for path in folder.iterdir()
        if path.name not in names and not is_response(path.name)
    )
    if not others:
        return []
    shown = ", ".join(others[:20]) + (f" and {len(others) - 20} more" if len(others) > 20 else "")
    return [not_checked("other files", f"{shown}: in the folder, and covered by no signature")]
