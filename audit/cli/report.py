# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit report``: the HTML and the PDF again, from a record."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit.cli import options
from audit.cli.common import destination_for, say, show
from audit.cli.outputs import asked, deliver
from audit.cli.records import read_bytes_of
from audit.errors import UsageError
from audit.languages import Language, Languages, language_of

if TYPE_CHECKING:
    from audit.record.custody import Custody, Response

EXAMPLES = (
    "audit report ./report/record.json --out ./report-again",
    "audit report record.json --date 2026-01-31 --out ./report",
    "audit report ./report/record.json --output cyclonedx=model.cdx.json",
)


def report_command(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="A record.json.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="A new folder for the page and the PDF."),
    ] = None,
    output: options.Output = None,
    date: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"],
            metavar="DATE",
            help="The date (UTC) to print where no attestation states it.",
        ),
    ] = None,
    lang: Annotated[
        Languages | None,
        typer.Option(
            "--lang",
            help="The language of the report.",
            show_default="those of the pages beside RECORD, else en",
        ),
    ] = None,
) -> None:
    """Render report.html and report.pdf again from a record.

    With the attestation of that record beside it, the HTML comes out byte for byte as it
    was before that was embedded in it. Otherwise it states the --date (or SOURCE_DATE_EPOCH)
    and that the rest is not recorded. Signed responses beside it (`audit sign`) are printed in
    an annex. The new files are not signed, and no other signature is checked here: see
    `audit verify`.
    """
    from rfc8785 import CanonicalizationError

    from audit import report
    from audit.output import write_folder
    from audit.record.document import record_from_bytes, to_bytes
    from audit.signing.attestation.names import RECORD
    from audit.unreadable import NotReadableError, foreign

    outputs = asked(output)
    if out is None and not outputs:
        raise UsageError(
            "Nothing says what to write.", advice="Give --out DIR, or --output FORMAT=PATH."
        )
    destination = None if out is None else destination_for(out)
    record_json = read_bytes_of(record)
    parsed = record_from_bytes(record_json, where=record.name)
    custody = custody_beside(record, record_json) or _dated(date)
    languages = lang or languages_beside(record)
    responses = responses_beside(record, record_json)
    try:
        with foreign(CanonicalizationError):
            canonical = to_bytes(parsed) == record_json
            pages = (
                {}
                if destination is None
                else report.render_editions(
                    parsed, custody, languages=languages, responses=responses
                )
            )
    except NotReadableError as error:
        raise UsageError(
            f"{record.name} holds values that no audit writes: {error.reason}.",
            advice="Pass the record.json as `audit model-repo` wrote it.",
        ) from error
    if not canonical:
        raise UsageError(
            f"{record.name} is not in the canonical form that an audit writes.",
            advice="Pass the record.json as `audit model-repo` wrote it.",
        )
    deliver(parsed, outputs, languages.first)
    if destination is None:
        return
    write_folder(destination, pages)
    written = [name for name in pages if name != RECORD]
    show(f"Wrote {' and '.join(written)} (not signed) to {out}.")


def languages_beside(record: Path) -> Languages:
    """Return the languages of the pages beside ``record``; English where there is none."""
    page, chinese = (record.parent / name for name in ("report.html", "report.zh.html"))
    if chinese.is_file():
        return Languages.BOTH
    written = language_of(read_bytes_of(page)) if page.is_file() else Language.ENGLISH
    return Languages.ZH if written is Language.CHINESE else Languages.EN


def custody_beside(record: Path, record_json: bytes) -> "Custody | None":
    """Return the custody that the attestation beside ``record`` states for these bytes.

    Returns ``None``, and says why on stderr, where there is none that fits. The
    signature is not checked.
    """
    from audit.signing.attestation.names import ATTESTATION, RECORD
    from audit.signing.attestation.statement import read_unverified

    path = record.parent / ATTESTATION
    if not path.is_file():
        return None
    try:
        statement = read_unverified(read_bytes_of(path))
    except ValueError as error:
        say(f"{ATTESTATION} is left aside: {error}.")
        return None
    if statement.report[RECORD].sha256 != hashlib.sha256(record_json).hexdigest():
        say(f"{ATTESTATION} is left aside: it belongs to another record.")
        return None
    say(f"Custody is taken from {ATTESTATION}; its signature was not checked.")
    return statement.custody


def responses_beside(record: Path, record_json: bytes) -> "tuple[Response, ...]":
    """Return the signed responses beside ``record`` that hold, in the order of their names.

    Says on stderr which were left out and why.
    """
    from audit.signing.attestation.names import ATTESTATION, RECORD, is_response, looks_listed
    from audit.signing.attestation.response import check_response
    from audit.signing.unsound import UnsoundError

    beside = sorted(path for path in record.parent.iterdir() if path.is_file())
    files = {
        p.name: read_bytes_of(p) for p in beside if looks_listed(p.name) or p.name == ATTESTATION
    }
    files[RECORD] = record_json
    found = []
    for path in beside:
        if is_response(path.name):
            try:
                found.append(check_response(read_bytes_of(path), files))
            except UnsoundError as error:
                say(f"{path.name} is left out: {error}.")
    return tuple(found)


def _dated(date: datetime | None) -> "Custody | None":
    from audit.custody import custody_on, moment_from_environment

    moment = date.replace(tzinfo=UTC) if date is not None else moment_from_environment()
    return None if moment is None else custody_on(moment)
