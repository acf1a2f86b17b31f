# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Views of the record: HTML, PDF, terminal text, all of the same blocks.

The functions import what they need only when they are called, so that importing the record's
types costs nothing.
"""

from typing import TYPE_CHECKING

from audit.languages import Language, Languages, language_of
from audit.record.custody import Custody, FirstEdition, Response
from audit.record.document import AuditRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text


def render_html(
    record: AuditRecord,
    custody: Custody | None,
    *,
    responses: tuple[Response, ...] = (),
    first: FirstEdition | None = None,
    language: Language = Language.ENGLISH,
    front: bool = False,
) -> bytes:
    """Render the record as one self-contained page; see :mod:`audit.report.formats.html`."""
    from audit.report.formats.html import render
    from audit.report.page import Page

    return render(Page.of(record, custody, responses, first=first), language, front=front)


def render_like(
    page: bytes,
    record: AuditRecord,
    custody: Custody | None,
    *,
    responses: tuple[Response, ...] = (),
    first: FirstEdition | None = None,
    front: bool = False,
) -> bytes:
    """Render the record as it was rendered for ``page``, whose words say in which language."""
    language = language_of(page)
    return render_html(
        record, custody, responses=responses, first=first, language=language, front=front
    )


def render_pdf(
    html: bytes, record_json: bytes, custody: Custody | None, *, visible_signature: bool = False
) -> bytes:
    """Print a page as PDF with the record attached; see :mod:`audit.report.formats.pdf`."""
    from audit.report.formats.pdf import render_pdf as render

    return render(html, record_json, custody, visible_signature=visible_signature)


def render_stamp(custody: Custody, language: Language = Language.ENGLISH) -> bytes:
    """Draw what a visible signature shows; see :mod:`audit.report.formats.pdf`."""
    from audit.report.formats.pdf import render_stamp as render

    return render(custody, language)


def render_editions(
    record: AuditRecord,
    custody: Custody | None,
    *,
    languages: Languages = Languages.EN,
    responses: tuple[Response, ...] = (),
    visible_signature: bool = False,
    first: FirstEdition | None = None,
    summary: bool = False,
) -> dict[str, bytes]:
    """Render what a run writes, in each language, by file name; the record is the first.

    With ``summary`` also the first page alone, as a PDF.
    """
    from audit.report.formats.registry import render_editions as render
    from audit.report.page import Page

    page = Page.of(record, custody, responses, visible_signature=visible_signature, first=first)
    return render(page, languages, summary=summary)


def file_names(languages: Languages = Languages.EN) -> tuple[str, ...]:
    """Return the names of the files that a run writes and signs."""
    from audit.report.formats.registry import file_names as names

    return names(languages)


def render_as(
    name: str,
    record: AuditRecord,
    language: Language = Language.ENGLISH,
    custody: Custody | None = None,
) -> bytes:
    """Render the record in one of the unsigned formats; ``UsageError`` if there is none so.

    ``custody`` states the date, in formats that must have one.
    """
    from audit.report.formats.registry import named
    from audit.report.page import Page

    chosen = named(name)
    return chosen.render(Page.of(record, custody if chosen.dated else None), language)


def renderer_versions() -> dict[str, str]:
    """Return what can change a byte of page or PDF; see :mod:`audit.report.environment`."""
    from audit.report.environment import versions

    return versions()


def render_text(
    record: AuditRecord,
    *,
    width: int,
    files: "Sequence[str]" = (),
    language: Language = Language.ENGLISH,
) -> "Text":
    """Summarise the record for a terminal; see :mod:`audit.report.sections.summary`."""
    from audit.report.formats.terminal import draw
    from audit.report.page import Page
    from audit.report.sections.summary import summary

    return draw(summary(Page.of(record, None), files), width, language)
