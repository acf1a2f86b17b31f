# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Views of the record: HTML, PDF and terminal text.

The functions import what they need only when they are called, so that importing the record's
types costs nothing.
"""

from typing import TYPE_CHECKING

from audit.languages import Language, Languages, language_of
from audit.record.custody import Custody, Response
from audit.record.document import AuditRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from audit.report.rule_texts import RuleTexts


def render_html(
    record: AuditRecord,
    custody: Custody | None,
    *,
    texts: "RuleTexts | None" = None,
    responses: tuple[Response, ...] = (),
    language: Language = Language.ENGLISH,
) -> bytes:
    """Render the record as one self-contained page; see :func:`audit.report.html.render`."""
    from audit.report.html import render

    return render(record, custody, texts=texts, responses=responses, language=language)


def render_like(page: bytes, record: AuditRecord, custody: Custody | None) -> bytes:
    """Render the record as it was rendered for ``page``, whose words say in which language."""
    return render_html(record, custody, language=language_of(page))


def render_pdf(
    html: bytes, record_json: bytes, custody: Custody | None, *, visible_signature: bool = False
) -> bytes:
    """Print the page as PDF with the record attached; see :func:`audit.report.pdf.render`."""
    from audit.report.pdf import render

    return render(html, record_json, custody, visible_signature=visible_signature)


def render_stamp(custody: Custody) -> bytes:
    """Draw what a visible signature shows; see :func:`audit.report.pdf.render_stamp`."""
    from audit.report.pdf import render_stamp as render

    return render(custody)


def render_editions(
    record: AuditRecord,
    custody: Custody | None,
    *,
    languages: Languages = Languages.EN,
    responses: tuple[Response, ...] = (),
    visible_signature: bool = False,
) -> dict[str, bytes]:
    """Render a page and an unsigned PDF in each language, by file name; pages come first."""
    from audit.record.document import to_bytes

    attached = to_bytes(record)
    pages = {
        f"{stem}.html": render_html(record, custody, responses=responses, language=language)
        for stem, language in languages.editions.items()
    }
    prints = {
        name.replace(".html", ".pdf"): render_pdf(
            page, attached, custody, visible_signature=visible_signature
        )
        for name, page in pages.items()
    }
    return pages | prints


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
    """Summarise the record for a terminal; see :func:`audit.report.text.summary`."""
    from audit.report.text import summary

    return summary(record, width=width, files=files, language=language)
