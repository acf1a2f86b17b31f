# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Formats are a registry; every one of them writes the same blocks."""

import re

import pytest
from rich.cells import cell_len

from audit.languages import Language, Languages
from audit.report import file_names, render_editions, render_html
from audit.report.blocks import Bullets, Code, Facts, Lines, Paragraph, Table
from audit.report.contents import SECTIONS, sections
from audit.report.formats import registry
from audit.report.formats.interface import Format
from audit.report.formats.terminal import TEXT, draw
from audit.report.outline import ANNEXES, BODY, NUMBERS, refer
from audit.report.page import Page
from tests.tiny_repo import minimal_pdf
from tests.unit.report import records

PAGE = Page(record=records.convicted(), custody=records.CUSTODY)


def test_a_run_writes_what_is_signed_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.report.formats.pdf.render_pdf", lambda *_, **__: minimal_pdf())
    made = render_editions(records.cleared(), records.CUSTODY, languages=Languages.BOTH)
    names = ["record.json", "report.html", "report.zh.html", "report.pdf", "report.zh.pdf"]
    assert list(made) == list(file_names(Languages.BOTH)) == names
    assert file_names() == ("record.json", "report.html", "report.pdf")


def test_a_new_format_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    shout = Format(
        name="shout",
        suffix=".txt",
        signed=True,
        render=lambda page, language: f"{page.record.subject.name}! {language.tag}".encode(),
        spoken=False,
    )
    monkeypatch.setattr(registry, "FORMATS", (shout,))
    made = render_editions(records.cleared(), None, languages=Languages.BOTH)
    assert made == {"report.txt": b"suspect! en-GB"}


def test_the_outline_numbers_every_section() -> None:
    assert list(SECTIONS) == [*BODY, *ANNEXES]
    assert [s.id for s in sections(PAGE)] == [*BODY, *ANNEXES[:-1]], "nobody responded"
    assert (NUMBERS["findings"], NUMBERS["inventory"]) == ("5", "F")
    assert refer("Section {findings}, {n:count}.", n=1234) == "Section 5, 1,234."


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_whole_report_fits_a_terminal(width: int, language: Language) -> None:
    if width == 80:
        assert (
            TEXT.render(PAGE, language).decode().splitlines()[2:]
            == draw(sections(PAGE), width, language).plain.splitlines()[2:]
        )
    lines = draw(sections(PAGE), width, language).plain.splitlines()
    commands = ("audit verify", "audit model-repo")
    assert max(cell_len(line) for line in lines if not line.strip().startswith(commands)) <= width
    assert len(lines) > 300


@pytest.mark.parametrize("language", Language)
def test_page_and_plain_text_say_the_same_words(language: Language) -> None:
    html = render_html(records.convicted(), records.CUSTODY, language=language).decode()
    body = re.sub(r"<style>.*?</style>|<nav.*?</nav>|<svg.*?</svg>", "", html, flags=re.S)
    cells = re.findall(r"<(?:p|td|li|dd|h[1-4])[^>]*>([^<]{12,})</", body)
    text = re.sub(r"\s", "", draw(sections(PAGE), 5000, language).plain)
    plain = (re.sub(r"\s|&#39;|&#34;|&amp;", "", cell) for cell in cells)
    bare = re.sub("['\"&]", "", text)
    assert len(cells) > 150
    missing = [cell for cell in plain if cell[:12] not in bare]
    assert missing == []


def test_a_table_is_stacked_where_there_is_no_room() -> None:
    columns = {"One": "half", "Two": "", "Three": " num"}
    table = Table(columns, (("first", "second " * 8, "3"), (Lines(("a", Code("b"))), "c", "")))
    wide, narrow = draw((table,), 100).plain, draw((table,), 30).plain
    assert wide.splitlines()[0].split() == ["One", "Two", "Three"]
    assert wide.splitlines()[1].endswith("    3")
    assert wide.splitlines()[2:] == ["a      c", "b"], "lines of a cell stand under each other"
    assert narrow.splitlines()[0] == "first"
    assert "  Two: second" in narrow
    assert "  Three: 3" in narrow


def test_lists_and_facts_hang_under_their_first_word() -> None:
    blocks = (
        Facts((("Name", "a value that is long enough to be broken"),)),
        Bullets(("one", "two"), numbered=True),
        Paragraph("x\x1b[31m\u202e"),
    )
    assert draw(blocks, 30).plain.splitlines() == [
        "Name  a value that is long",
        "      enough to be broken",
        "1. one",
        "2. two",
        "x‹U+001B›[31m‹U+202E›",
    ]
