# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Step 15 of the verification: the pages and PDFs again, from the record.

Signing appends to a PDF and fills a slot of a page, so what was rendered is still there: the
page with an empty slot, and the first bytes of the PDF; what follows these must only sign them.
Rendering again tells whether page and PDF are views of that record and of nothing else. Other
versions of the programmes that draw give other bytes; then nothing is compared, and the difference
is named.
"""

from collections.abc import Mapping

from audit import __version__, report, resources
from audit.errors import RenderError, RulesError
from audit.record.absent import Absent
from audit.record.custody import FirstEdition, Response
from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.signing.attestation import slot
from audit.signing.attestation.names import PAGE, PDF, RECORD, SUMMARY, is_summary
from audit.signing.pdf.addition import addition_problem
from audit.signing.pdf.pdf_seal import shows_signature
from audit.signing.unsound import UnsoundError
from audit.unreadable import NotReadableError, foreign
from audit.verification.editions import carried
from audit.verification.file import File
from audit.verification.procedure import Sealed
from audit.verification.step import Step, asked, failed, judged, not_checked


def check_rebuilt(
    files: Mapping[str, File], record: AuditRecord | Absent, sealed: Sealed | Absent
) -> list[Step]:
    """Return a step for each file but the record; pages before the PDFs that are printed from them.

    ``files`` are the report's, by the names that the statement lists, ``record`` is the one that a
    holding signature covers.
    """
    return [_rebuilt(file, files, record, sealed) for name, file in files.items() if name != RECORD]


def _rebuilt(
    file: File,
    files: Mapping[str, File],
    record: AuditRecord | Absent,
    sealed: Sealed | Absent,
) -> Step:
    title = Said("{name} rebuilt", name=file.name)
    stem = file.listed.removesuffix(SUMMARY).removesuffix(PAGE).removesuffix(PDF)
    if stem == file.listed:
        return not_checked(title, Said("pages and PDFs only are rendered again"))
    beside = files.get(stem + PAGE)  # says in which language
    page = (
        Absent(Said("{name} is missing", name=f"{stem}{PAGE}")) if beside is None else beside.held
    )

    def check(title: str, record: AuditRecord, sealed: Sealed, *contents: bytes) -> Step:
        other = _unlike(record, sealed)
        if other is not None:
            return not_checked(title, other)
        try:
            with foreign():
                return _compared(title, file, contents, record, sealed, added=carried(files))
        except NotReadableError as error:
            why = error.__cause__ if isinstance(error.__cause__, UnsoundError) else error.reason
            return not_checked(title, f"{file.name}: {why}")
        except (RenderError, RulesError) as error:
            return not_checked(title, f"it cannot be rendered here: {error.message}")

    return asked(title, check, record, sealed, file.held, files[RECORD].held, page)


def _compared(
    title: str,
    file: File,
    contents: tuple[bytes, ...],
    record: AuditRecord,
    sealed: Sealed,
    *,
    added: tuple[FirstEdition | None, tuple[Response, ...]],
) -> Step:
    """Compare the first of ``contents``, the file, with its rendering of record and page."""
    content, record_json, page = contents
    custody = sealed.statement.custody
    other = Said("{name} is not what this record is rendered as", name=file.name)
    first, responses = added
    front = is_summary(file.listed)
    again = report.render_like(page, record, custody, responses=responses, first=first, front=front)
    if file.listed.endswith(PAGE):
        good = Said("rendered again, the page is the same to the last byte")
        return judged(title, None if slot.blanked(content) == again else other, good=good)
    shown = shows_signature(content)
    again = report.render_pdf(again, record_json, custody, visible_signature=shown)
    if not content.startswith(again):
        return failed(title, other)
    problem = addition_problem(again, content)
    good = (
        Said(
            "rendered again, the unsigned PDF, which it begins with, is the same to the last byte;"
            " what follows only signs it, in a field whose look is not compared"
        )
        if shown
        else Said(
            "rendered again, the unsigned PDF, which it begins with, is the same to the last byte;"
            " what follows only signs it"
        )
    )
    return judged(title, None if problem is None else f"{file.name}: {problem}", good=good)


def _unlike(record: AuditRecord, sealed: Sealed) -> str | None:
    """Say why nothing can be rendered as it was; ``None`` if it can."""
    here = {
        **report.renderer_versions(),
        "audit": __version__,
        "rules": resources.digest(resources.tree("rules")),
    }
    then = {
        **sealed.statement.custody.renderer,
        "audit": record.tool.version,
        "rules": record.tool.rules_sha256,
    }
    unlike = [
        f"{name} {_short(then.get(name))}, here {_short(here.get(name))}"
        for name in sorted(here.keys() | then.keys())
        if here.get(name) != then.get(name)
    ]
    return f"it was rendered with {'; '.join(unlike)}" if unlike else None


def _short(version: str | None) -> str:
    """Return a version as it is, a digest by its beginning."""
    return "not stated" if version is None else version[:12]
