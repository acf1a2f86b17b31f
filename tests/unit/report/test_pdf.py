# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The PDF repeats itself, carries the record, and takes nothing from the machine or the net."""

import io
import os
from dataclasses import replace

import pytest
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.reader import PdfFileReader

from audit.errors import RenderError
from audit.languages import Language
from audit.record.document import to_bytes
from audit.report import render_html, render_pdf
from audit.report.formats import pdf
from tests.unit.report import records

pytestmark = pytest.mark.sampled(3)


def printed(record: object, custody: object = records.CUSTODY) -> bytes:
    html = render_html(record, custody)  # type: ignore[arg-type]
    return render_pdf(html, to_bytes(record), custody)  # type: ignore[arg-type]


def attached(data: bytes) -> dict[str, bytes]:
    catalog = PdfFileReader(io.BytesIO(data)).root
    names = catalog["/Names"]["/EmbeddedFiles"]["/Names"]
    pairs = [(names[i], names[i + 1]) for i in range(0, len(names), 2)]
    return {str(name): item["/EF"]["/F"].data for name, item in pairs}


@pytest.fixture(scope="module")
def convicted() -> bytes:
    return printed(records.convicted())


def test_the_record_is_attached_unchanged(convicted: bytes) -> None:
    assert list(attached(convicted).values()) == [to_bytes(records.convicted())]


def test_the_metadata_names_both_profiles(convicted: bytes) -> None:
    metadata = PdfFileReader(io.BytesIO(convicted)).root["/Metadata"].data
    assert b'pdfaid:part="3"' in metadata
    assert b'pdfaid:conformance="A"' in metadata
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_it_is_tagged_has_a_language_and_an_outline(convicted: bytes) -> None:
    root = PdfFileReader(io.BytesIO(convicted)).root
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/Outlines"]["/First"]["/Title"] == "2 Question and items"


def test_the_information_names_title_author_and_no_time_but_custodys(convicted: bytes) -> None:
    info = PdfFileReader(io.BytesIO(convicted)).trailer["/Info"]
    assert info["/Title"] == "Model provenance audit: suspect"
    assert info["/Author"] == "model-provenance-audit 0.1.0"
    dates = [info[key] for key in ("/CreationDate", "/ModDate")]
    assert all(date.startswith("D:20260131120000") for date in dates)


def test_every_font_is_embedded(convicted: bytes) -> None:
    pages = PdfFileReader(io.BytesIO(convicted)).root["/Pages"]["/Kids"]
    fonts = [pages[i]["/Resources"]["/Font"] for i in range(len(pages))]
    descriptors = {
        name: font[name]["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for font in fonts
        for name in font
    }
    assert len(descriptors) >= 5
    assert all("/FontFile2" in descriptor for descriptor in descriptors.values())


def test_two_renderings_are_the_same_bytes(convicted: bytes) -> None:
    assert printed(records.convicted()) == convicted


def test_installed_fonts_and_the_environment_do_not_matter(
    convicted: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/nonexistent/fonts.conf")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    assert printed(records.convicted()) == convicted
    assert os.environ["FONTCONFIG_FILE"] == "/nonexistent/fonts.conf"


def test_hostile_content_neither_crashes_nor_embeds_files() -> None:
    data = printed(records.hostile())
    assert list(attached(data).values()) == [to_bytes(records.hostile())]
    assert b"root:x:0" not in data


def test_even_unescaped_links_fetch_nothing(tmp_path: object) -> None:
    secret = tmp_path / "secret.txt"  # type: ignore[operator]
    secret.write_text("local secret")
    html = (
        f"<html lang=en><title>x</title><link rel=attachment href='{secret.as_uri()}'>"
        f"<link rel=stylesheet href='{secret.as_uri()}'><img alt=x src='{secret.as_uri()}'>"
        "<img alt=x src='http://192.0.2.1/x.png'><p>text"
    )
    with pytest.raises(RenderError, match="disallowed protocol"):
        render_pdf(html.encode(), b"{}", None)


def test_characters_without_a_glyph_are_shown_by_number() -> None:
    page = pdf._with_visible_gaps("<p>中 and é and 龘 and 😀</p>")
    assert page == "<p>中 and é and ‹U+9F98› and ‹U+1F600›</p>"


def test_a_missing_glyph_that_slips_through_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_with_visible_gaps", lambda page: page)
    with pytest.raises(RenderError, match="notdef"):
        render_pdf("<html lang=en><title>x</title><p>龘".encode(), b"{}", None)


def test_the_stand_in_itself_can_be_drawn() -> None:
    for file in set(pdf._fonts().glob("*.ttf")) - set(pdf._fonts().glob("NotoSansSC-*")):
        with TTFont(file) as font:
            assert {ord(c) for c in "‹U+0123456789ABCDEF›…–−“”·"} <= set(font.getBestCmap())


def test_a_missing_pango_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def without_pango(name: str, *args: object) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(RenderError) as caught:
        render_pdf(b"<html lang=en><title>x</title>", b"{}", None)
    assert "apt-get install libpango" in caught.value.advice


def test_a_record_without_custody_prints_the_same_bytes_too() -> None:
    first, second = (printed(records.inconclusive(), None) for _ in range(2))
    assert first == second


def test_a_wrong_date_is_a_render_error() -> None:
    custody = replace(records.CUSTODY, audited_at="yesterday")
    with pytest.raises(RenderError, match="yesterday"):
        render_pdf(b"<html lang=en><title>x</title>", b"{}", custody)


@pytest.mark.slow
def test_the_verdict_fits_one_page_at_its_fullest() -> None:
    base = records.convicted()
    long = "word " * 60
    comparisons = tuple(replace(base.comparisons[0], reference=f"{i}-{'n' * 90}") for i in range(6))
    finding = records.FINDINGS[0]
    findings = tuple(
        replace(finding, title=long, how_to_fix=f"{i} {long}", fingerprint=f"LIC002:{i:08d}")
        for i in range(9)
    )
    full = replace(
        base,
        subject=replace(base.subject, name="s" * 200),
        comparisons=comparisons,
        references=tuple(replace(base.references[0], name=c.reference) for c in comparisons),
        findings=findings,
        verdict=replace(base.verdict, reasons=tuple(long for _ in findings)),
        limits=(long * 3,),
    )
    for record in (full, records.hostile()):
        html = render_html(record, records.CUSTODY)
        assert contents_page(html) == 2


def contents_page(html: bytes) -> int:
    """Return the page on which the contents stand."""
    with pdf._bundled_fonts():
        import weasyprint

        pages = weasyprint.HTML(string=html.decode()).render().pages
    numbers = [i for i, p in enumerate(pages, start=1) if "contents" in p.anchors]
    return numbers[0]


def test_chinese_is_drawn_with_the_bundled_subset() -> None:
    for weight in ("Regular", "SemiBold"):
        with TTFont(pdf._fonts() / f"NotoSansSC-{weight}.ttf") as font:
            points = set(font.getBestCmap())
        rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
        hanzi = {ord(text) for pair in rows if (text := pair.decode("gb2312", "ignore"))}
        assert len(hanzi) == 6763
        assert hanzi <= points
    html = render_html(records.cleared(), records.CUSTODY, language=Language.CHINESE)
    assert pdf._with_visible_gaps(html.decode()) == html.decode()
    data = render_pdf(html, b"{}", records.CUSTODY)
    assert data == render_pdf(html, b"{}", records.CUSTODY)
    pages = PdfFileReader(io.BytesIO(data)).root["/Pages"]["/Kids"]
    fonts = [pages[i]["/Resources"]["/Font"] for i in range(len(pages))]
    names = {str(font[name]["/BaseFont"]) for font in fonts for name in font}
    assert any("Noto-Sans-SC" in name or "NotoSansSC" in name for name in names), names
