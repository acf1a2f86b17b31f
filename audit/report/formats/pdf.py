# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Prints the page as a tagged PDF; the only importer of WeasyPrint.

The result depends on the input and on this environment's WeasyPrint, Pango and HarfBuzz,
and on nothing else: fonts are the bundled ones, dates come from the custody block, and
nothing is fetched. Characters that the bundled fonts lack are printed as visible code
points, because the alternative is an empty box that nobody notices.
"""

import logging
import os
import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from audit import resources
from audit.errors import RenderError
from audit.languages import Language
from audit.record.custody import Custody
from audit.record.document import to_bytes
from audit.report.formats import html, stamp
from audit.report.formats.interface import Format
from audit.report.page import Page
from audit.report.words.texts import code_point

_LINK = re.compile(r"(<a [^>]*>)(.*?)(</a>)", re.DOTALL)
_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
"""Attachment date when no custody is known; PDF/A-3 demands one."""

_ADVICE = (
    "Install Pango: `apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0` on "
    "Debian and Ubuntu, `brew install pango` on macOS. record.json and report.html do not need it."
)
_PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>\
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description></rdf:li>\
</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


def render(page: Page, language: Language) -> bytes:
    """Print a page in a language; see :func:`render_pdf`."""
    return render_pdf(
        html.render(page, language),
        to_bytes(page.record),
        page.custody,
        visible_signature=page.visible_signature,
    )


def render_front(page: Page, language: Language) -> bytes:
    """Print the first page alone, with the whole record attached; see :func:`render_pdf`."""
    return render_pdf(html.render(page, language, front=True), to_bytes(page.record), page.custody)


PDF = Format(name="pdf", suffix=".pdf", signed=True, render=render)
SUMMARY = Format(
    name="summary", suffix=".summary.pdf", signed=True, asked=True, render=render_front
)


def render_pdf(
    page: bytes, record_json: bytes, custody: Custody | None, *, visible_signature: bool = False
) -> bytes:
    """Print ``page`` as PDF/A-3a with ``record_json`` attached as ``record.json``.

    Parameters
    ----------
    page : bytes
        What :func:`audit.report.formats.html.render` returned.
    record_json : bytes
        The canonical record; attached unchanged.
    custody : Custody or None
        Gives the attachment its date; without it a fixed date is used.
    visible_signature : bool
        Whether to leave a signature field where the page has its place. Until it is signed, the
        file is not yet PDF/A, because the field shows nothing.

    Returns
    -------
    bytes
        The unsigned PDF; the same bytes for the same arguments in the same environment.

    Raises
    ------
    RenderError
        If Pango is missing, a font lacks a character, or WeasyPrint reports an error.
    """
    text = _with_plain_links(_with_visible_gaps(page.decode("utf-8")))
    if visible_signature:
        text = stamp.with_field(text, "Signature of the auditor")
    with _laid_out():
        return _print(text, record_json, _date(custody), field=visible_signature)


def render_stamp(custody: Custody, language: Language) -> bytes:
    """Draw what a visible signature shows, as a PDF of one small page.

    Raises
    ------
    RenderError
        As :func:`render_pdf`.
    """
    page = _with_visible_gaps(stamp.stamp_page(custody, language))
    with _laid_out():
        weasyprint, fetcher = _engine()
        pdf: bytes = weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf()
    return pdf


@contextmanager
def _laid_out() -> Iterator[None]:
    """Show WeasyPrint our fonts alone, and make an error of what it only remarks."""
    with _bundled_fonts(), _collected_complaints() as complaints:
        yield
    if complaints:
        raise RenderError(
            f"The PDF could not be laid out: {complaints[0]}",
            advice="Reinstall audit; report.html and record.json are not affected.",
        )


def _engine() -> tuple[Any, Any]:
    """Return WeasyPrint, and a fetcher that fetches nothing."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise RenderError(f"Pango is missing: {error}", advice=_ADVICE) from error
    return weasyprint, URLFetcher(allowed_protocols=())


def _print(page: str, record_json: bytes, date: datetime, *, field: bool) -> bytes:
    weasyprint, fetcher = _engine()
    attachment = weasyprint.Attachment(
        string=record_json,
        name="record.json",
        description="The audit record that this report is a view of",
        created=date,
        modified=date,
        relationship="Data",
        url_fetcher=fetcher,
    )
    options = {"attachments": [attachment], "pdf_variant": "pdf/a-3a", "pdf_forms": field}
    document = weasyprint.HTML(string=page, url_fetcher=fetcher).render(**options)
    with warnings.catch_warnings():
        # WeasyPrint 70 leaves its colour profile open for the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        pdf: bytes = document.write_pdf(
            finisher=_finish_with_field if field else _add_accessibility_mark, **options
        )
    return pdf


def _finish_with_field(document: Any, pdf: Any) -> None:
    _add_accessibility_mark(document, pdf)
    stamp.into_signature_field(pdf)


def _add_accessibility_mark(_document: Any, pdf: Any) -> None:
    """Name PDF/UA-1 beside PDF/A-3a in the metadata; WeasyPrint can name only one."""
    for item in pdf.objects:
        if getattr(item, "extra", {}).get("Type") == "/Metadata":
            item.stream = [_marked(part) for part in item.stream]


def _marked(part: bytes) -> bytes:
    head, closing, tail = part.rpartition(b"</rdf:RDF>")
    return head + _PDF_UA + closing + tail if closing else part


def _date(custody: Custody | None) -> datetime:
    if custody is None:
        return _NO_DATE
    try:
        return datetime.fromisoformat(custody.audited_at)
    except ValueError as error:
        raise RenderError(
            f"The custody block has no usable date: {custody.audited_at!r}.",
            advice="It must be an RFC 3339 time such as 2026-01-31T12:00:00Z.",
        ) from error


class _Complaints(logging.Handler):
    """Keeps what WeasyPrint only logs: errors, and characters without a glyph."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep errors and missing glyphs; other warnings concern CSS for screens."""
        text = record.getMessage()
        if record.levelno >= logging.ERROR or ".notdef" in text:
            self.messages.append(text)


@contextmanager
def _collected_complaints() -> Iterator[list[str]]:
    handler, logger = _Complaints(), logging.getLogger("weasyprint")
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


@contextmanager
def _bundled_fonts() -> Iterator[None]:
    """Show fontconfig our fonts and no others; it reads its file at import and per document."""
    names = ("FONTCONFIG_FILE", "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT")
    before = {name: os.environ.pop(name, None) for name in names}
    with tempfile.TemporaryDirectory(prefix="audit-fonts-") as folder:
        file = Path(folder) / "fonts.conf"
        file.write_text(_fontconfig(Path(folder)), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(file)
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]
            os.environ.update({name: value for name, value in before.items() if value is not None})


def _fontconfig(cache_folder: Path) -> str:
    generic = {"serif": "Source Serif 4", "sans-serif": "Inter", "monospace": "Noto Sans Mono"}
    aliases = "".join(
        f"<alias><family>{alias}</family><prefer><family>{family}</family>"
        "<family>Noto Sans SC</family></prefer></alias>"
        for alias, family in generic.items()
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(_fonts().resolve()))}</dir>"
        f"<cachedir>{escape(str(cache_folder / 'cache'))}</cachedir>{aliases}</fontconfig>"
    )


def _fonts() -> Path:
    return resources.tree("templates") / "fonts"


@cache
def _points(file: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _without_glyph(page: str) -> list[str]:
    """Return the characters that no bundled font has; a font is read while some are left."""
    files = sorted(_fonts().glob("*.ttf"), key=lambda file: (file.stat().st_size, file.name))
    if not files:
        raise RenderError("The bundled fonts are missing.", advice="Reinstall audit.")
    left = set(page) - {"\n"}
    for file in files:
        if left:
            left -= set(map(chr, _points(file)))
    return sorted(left)


def _with_plain_links(page: str) -> str:
    """Leave out marks inside links: WeasyPrint makes each a link of its own, outside PDF/UA."""
    return _LINK.sub(lambda link: link[1] + re.sub(r"<[^>]*>", "", link[2]) + link[3], page)


def _with_visible_gaps(page: str) -> str:
    """Replace every character that no bundled font can draw by its visible code point."""
    missing = _without_glyph(page)
    if not missing:
        return page
    pattern = "[" + "".join(re.escape(c) for c in missing) + "]"
    return re.sub(pattern, lambda match: code_point(match[0]), page)
