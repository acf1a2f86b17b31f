# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""From a record to a signed folder: pages -> PDF -> signatures -> output folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from audit import report
from audit.custody import custody_now
from audit.languages import Language, Languages, language_of
from audit.output import write_folder
from audit.progress import SILENT, Progress
from audit.record.custody import FirstEdition
from audit.record.document import AuditRecord, fetched, record_from_bytes
from audit.signing.attestation.names import (
    ATTESTATION,
    FIRST,
    PAGE,
    RECORD,
    carried_name,
    is_summary,
)
from audit.signing.attestation.response import check_response
from audit.signing.attestation.seal import seal_report
from audit.signing.attestation.statement import read_unverified, sha256
from audit.signing.identity.keys import Identity
from audit.signing.pdf.pades import sign_pdf
from audit.signing.pdf.validation_data import NO_DATA, ValidationData
from audit.text.addresses import without_secrets
from audit.verification.own import check_own_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is said about a run and is no part of its record.

    ``command`` names no place on this machine. ``stated`` holds what the caller says of the audit,
    by fields of :class:`~audit.record.custody.Custody`. ``timestamp`` is the address of an RFC 3161
    server, the only thing that is asked beside hubs, ``validation`` what says that key and server
    were not revoked. With ``visible_signature`` the PDF shows its signature on the page about it.
    ``languages`` says which editions are written, ``summary`` whether their first pages stand
    alone as well, ``replacing`` whether an older report may be replaced.
    """

    command: str
    stated: Mapping[str, Any] = field(default_factory=dict)
    timestamp: str | None = None
    validation: ValidationData = NO_DATA
    visible_signature: bool = False
    languages: Languages = Languages.EN
    summary: bool = False
    replacing: bool = False


def publish(
    record: AuditRecord, out: Path, identity: Identity, *, run: Run, progress: Progress = SILENT
) -> tuple[str, ...]:
    """Render, sign and write one record as the new folder ``out``; all of it or nothing.

    Returns the names of the files.

    Raises
    ------
    RenderError, SigningError, OutputError
        If that step cannot be done; nothing is then left behind.
    """
    shown = run.visible_signature
    with progress.task("Rendering the report", None):
        custody = custody_now(
            run.command,
            identity.signer,
            stated=run.stated,
            renderer=report.renderer_versions(),
            asked=(*fetched(record), *([without_secrets(run.timestamp)] if run.timestamp else ())),
        )
        files = report.render_editions(
            record,
            custody,
            languages=run.languages,
            visible_signature=shown,
            summary=run.summary,
        )
        stamps = {
            language: report.render_stamp(custody, language)
            for language in (run.languages.editions.values() if shown else ())
        }
    with progress.task("Signing", None):
        sign = partial(sign_pdf, timestamp=run.timestamp, validation=run.validation)
        files |= {
            name: sign(pdf, identity, stamp=stamps.get(run.languages.of(name)))
            for name, pdf in files.items()
            if name.endswith(".pdf")
        }
        files = seal_report(record, files, custody, identity)
    if run.replacing:
        check_own_report(out)
    write_folder(out, files, replacing=run.replacing)
    return tuple(files)


def later_edition(
    files: Mapping[str, bytes], responses: Mapping[str, bytes], identity: Identity, command: str
) -> dict[str, bytes]:
    """Render and sign a report once more, with what was signed on it; return the new files.

    ``files`` are those of the first edition, which verified, and its attestation; ``responses``
    those to it, by name. The record is the same; the audit's custody is that of the first.

    Raises
    ------
    UnsoundError
        If a response does not hold.
    RenderError, SigningError
        If that step cannot be done.
    """
    record = record_from_bytes(files[RECORD], where=RECORD)
    first = FirstEdition(
        custody=read_unverified(files[ATTESTATION]).custody, sha256=sha256(files[ATTESTATION])
    )
    made = tuple(check_response(responses[name], files) for name in sorted(responses))
    custody = custody_now(command, identity.signer, renderer=report.renderer_versions())
    pages = report.render_editions(
        record,
        custody,
        languages=_languages(files),
        responses=made,
        first=first,
        summary=any(is_summary(name) for name in files),
    )
    pages |= {n: sign_pdf(pdf, identity) for n, pdf in pages.items() if n.endswith(".pdf")}
    pages[FIRST] = files[ATTESTATION]
    pages |= {carried_name(name): responses[name] for name in sorted(responses)}
    return seal_report(record, pages, custody, identity)


def _languages(files: Mapping[str, bytes]) -> Languages:
    written = {language_of(page) for name, page in files.items() if name.endswith(PAGE)}
    if len(written) == len(Language):
        return Languages.BOTH
    return Languages.ZH if written == {Language.CHINESE} else Languages.EN
