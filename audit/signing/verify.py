# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Verifies what a run wrote: a folder, or the PDF or the attestation alone.

The procedure, one step of the answer per number; what does not apply is answered
``not-checked`` with the reason, never left out:

 1. *files*: the four files are there and can be read (folder only).
 2. *attestation envelope*: ``attestation.dsse.json`` is a DSSE envelope, spelt exactly
    as this tool spells it, around a statement of our predicate type.
 3. *attestation signature*: verifies over the exact payload bytes with the leaf
    certificate in the predicate. Nothing the statement says is used otherwise.
 4. *certificate*: P-256, meant for signing, issued by the certificate after it, and
    the one that the custody block names.
 5. *signer*: is the one that the caller expects. Without that, steps 2 to 4 only say
    that all was signed by one key, not whose it is.
 6. *record.json*, *report.html*, *report.pdf*: have the digests in the statement. For
    the PDF this closes the gap that no PDF signature covers: its own container.
 7. *PDF signature*: see :func:`audit.signing.pades.check_pdf`.
 8. *PDF signer*: is the signer of the attestation.
 9. *record in the PDF*: the attached ``record.json`` is a record, and is the same bytes
    as the one beside it.
10. *record and attestation*: name the same files, digests, verdict and tool.
11. *audited files*: the folder given as subject holds exactly those files.
12. *model.sig files* and *model.sig signature*: an OpenSSF model signature among the audited
    files lists exactly them, and verifies with the key given for it, or the certificate in it.
13. *signing time*: by a time stamp in the PDF's signature, and then the signer's certificate
    was valid at that time; otherwise not checked. *revocation*: never checked, and said so;
    no third party is asked.
14. *response-...dsse.json*: each response beside the report is signed, and names these very
    files (folder only). Whose key it is stays open: compare the fingerprint.
15. *other files*: whatever else lies in the folder is covered by nothing (folder only).

The verifier is not told by the report whom to trust: that is the caller's part.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from audit.errors import UsageError
from audit.progress import SILENT, Progress
from audit.signing import procedure
from audit.signing.pin import Pin, read_pin
from audit.signing.procedure import Absent
from audit.signing.response import ResponseError, check_response, is_response
from audit.signing.statement import ATTESTATION, HTML, PDF, RECORD
from audit.signing.step import Step, failed, judged, not_checked, passed

FILES = (RECORD, HTML, PDF, ATTESTATION)
_LIMIT = 1 << 29
"""Bytes of one file that are read at most; a record of 100,000 files is 0.03 of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pins:
    """The expected signers of the report and of the model's own signature."""

    report: Pin | None
    model: Pin | None


def verify(
    target: Path,
    *,
    subject: Path | None = None,
    key: Path | None = None,
    model_key: Path | None = None,
    progress: Progress = SILENT,
) -> tuple[Step, ...]:
    """Verify ``target``; see the module docstring for the procedure.

    Parameters
    ----------
    target : Path
        A folder that ``audit model-repo`` wrote, a signed PDF, or an attestation.
    subject : Path or None
        The audited folder, to be compared with what was audited.
    key : Path or None
        PEM certificate or public key of the expected signer.
    model_key : Path or None
        The same for the signer of the model's own ``model.sig``.

    Raises
    ------
    UsageError
        If ``target``, ``subject`` or ``key`` is not what it should be. Whatever is
        wrong *inside* ``target`` is a failed step instead.
    """
    pins = _Pins(
        report=None if key is None else read_pin(key),
        model=None if model_key is None else read_pin(model_key),
    )
    if subject is not None and not subject.is_dir():
        raise UsageError(f"There is no folder {subject}.", advice="Check the path after --subject.")
    if not target.exists():
        raise UsageError(f"There is no file or folder {target}.", advice="Check the path.")
    if target.is_dir():
        files = {name: _read(target / name) for name in FILES}
        steps = _procedure(files, pins, subject, progress)
        return (_presence(files), *steps, *_responses(target, files), *_other_files(target))
    role = _role(target)
    steps = _procedure(_one_file(target, role), pins, subject, progress)
    return tuple(replace(step, detail=step.detail.replace(role, target.name)) for step in steps)


def _one_file(target: Path, role: str) -> dict[str, bytes | Absent]:
    alone: dict[str, bytes | Absent] = dict.fromkeys(
        FILES, Absent(reason=f"only {target.name} was given")
    )
    return alone | {role: _given(target)}


def _role(target: Path) -> str:
    if target.suffix.lower() == ".pdf" or b"%PDF-" in _given(target)[:1024]:
        return PDF
    if target.name == RECORD or target.suffix.lower() not in (".json", ".jsonl", ".dsse"):
        raise UsageError(
            f"{target.name} is neither a PDF nor an attestation.",
            advice=f"Pass the folder, {PDF} or {ATTESTATION}.",
        )
    return ATTESTATION


def _given(target: Path) -> bytes:
    content = _read(target)
    if isinstance(content, Absent):
        raise UsageError(f"{target.name} {content.reason}.", advice="Check the path.")
    return content


def _read(path: Path) -> bytes | Absent:
    if not path.exists():
        return Absent(reason="is missing")
    if not path.is_file():
        return Absent(reason="is not a regular file")
    try:
        with path.open("rb") as file:
            content = file.read(_LIMIT + 1)
    except OSError as error:
        return Absent(reason=f"cannot be read: {error.strerror}")
    return content if len(content) <= _LIMIT else Absent(reason="is larger than 512 MiB")


def _procedure(
    files: dict[str, bytes | Absent], pins: _Pins, subject: Path | None, progress: Progress
) -> list[Step]:
    steps, sealed = procedure.check_attestation(files[ATTESTATION])
    pdf_steps, seal = procedure.check_seal(files[PDF])
    chain = procedure.signing_chain(sealed, seal)
    record = procedure.trusted_record(files[RECORD], sealed, seal)
    return [
        *steps,
        procedure.check_certificate(chain, sealed),
        procedure.check_signer(chain, sealed, pins.report),
        *(procedure.check_digest(name, files[name], sealed) for name in (RECORD, HTML, PDF)),
        *pdf_steps,
        procedure.check_pdf_signer(seal, sealed),
        procedure.check_attached_record(seal, files[RECORD]),
        procedure.check_agreement(record, sealed),
        procedure.check_audited_files(record, sealed, subject, progress),
        *procedure.check_model_signature(record, subject, pins.model),
        procedure.signing_time(chain, sealed, seal),
        procedure.revocation(),
    ]


def _presence(files: dict[str, bytes | Absent]) -> Step:
    wrong = [f"{name} {c.reason}" for name, c in files.items() if isinstance(c, Absent)]
    return judged("files", "; ".join(wrong) or None, good=", ".join(files))


def _responses(folder: Path, files: dict[str, bytes | Absent]) -> list[Step]:
    present = {name: content for name, content in files.items() if isinstance(content, bytes)}
    names = sorted(path.name for path in folder.iterdir() if is_response(path.name))
    return [_response(folder / name, present) for name in names]


def _response(path: Path, files: dict[str, bytes]) -> Step:
    content = _read(path)
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


def _other_files(folder: Path) -> list[Step]:
    others = sorted(
        path.name
        for path in folder.iterdir()
        if path.name not in FILES and not is_response(path.name)
    )
    if not others:
        return []
    shown = ", ".join(others[:20]) + (f" and {len(others) - 20} more" if len(others) > 20 else "")
    return [not_checked("other files", f"{shown}: in the folder, and covered by no signature")]
