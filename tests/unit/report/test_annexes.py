# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is cut says so: licence texts, drafts, the column of counterparts, words with lists."""

from dataclasses import replace

import pytest

from audit.record.document import AuditRecord, LegalExtract
from audit.record.drafts import Draft
from audit.report.blocks import Block, Bullets, Paragraph, Quote, Section, Table
from audit.report.page import Page
from audit.report.sections.annexes import legal, tensors
from audit.report.sections.obligations import drafts
from audit.report.words.texts import left_out
from audit.text.numbers import listed
from tests.unit.report import records


def blocks(section: Section, kind: type[Block]) -> list[Block]:
    """Return the blocks of one kind, in their order."""
    found = [b for b in section.blocks if isinstance(b, kind)]
    inner = (blocks(b, kind) for b in section.blocks if isinstance(b, Section))
    return [*found, *(block for group in inner for block in group)]


def page(record: AuditRecord) -> Page:
    return Page(record=record, custody=None)


def test_a_short_text_of_many_lines_is_not_called_whole() -> None:
    text = "\n".join(str(line) for line in range(100))
    extract = LegalExtract(path="NOTICE", sha256="0" * 64, text=text, lines=100, whole=True)
    section = Section(legal(page(replace(records.convicted(), legal=(extract,)))))
    (quote,) = blocks(section, Quote)
    assert len(quote.lines) == 60
    assert blocks(section, Paragraph)[-1].text == "The first 60 lines of 100."


def test_a_long_text_is_named_by_its_digest_and_not_begun() -> None:
    extract = LegalExtract(path="LICENSE", sha256="0" * 64, text="begin", lines=201, whole=False)
    section = Section(legal(page(replace(records.convicted(), legal=(extract,)))))
    assert blocks(section, Quote) == []
    assert blocks(section, Paragraph)[-1].text == "Not printed: 201 lines."


@pytest.mark.parametrize("owed", [{"displays": ("Built with X",)}, {"names": ("X",)}])
def test_words_that_alone_are_owed_are_printed(owed: dict[str, tuple[str, ...]]) -> None:
    parts = {"texts": (), "statements": (), "displays": (), "names": (), "choices": (), "open": ()}
    draft = Draft(release="r", notice="", patch="", **{**parts, **owed})
    section = Section(drafts(draft))
    (quote,) = blocks(section, Quote)
    assert quote.lines == next(iter(owed.values()))


def test_long_lists_of_a_draft_say_what_is_left_out() -> None:
    draft = replace(records.DRAFT, choices=tuple(f"choice {i}" for i in range(23)))
    section = Section(drafts(draft))
    choices = blocks(section, Bullets)[0].items
    assert len(choices) == 21
    assert choices[-1] == "3 more lines in record.json."


def test_counterparts_are_told_of_the_first_references_only() -> None:
    record = replace(records.convicted(), comparisons=records.convicted().comparisons[:1] * 4)
    several = Section(tensors(page(record)))
    said = blocks(several, Paragraph)[0].text
    assert "in each reference, of the first: “reference”, “reference”, “reference”." in said
    assert {row[-1].count("; ") for row in blocks(several, Table)[0].rows} == {2}
    one = blocks(Section(tensors(page(records.convicted()))), Paragraph)[0].text
    assert one.endswith("have a counterpart in each reference.")


@pytest.mark.parametrize(
    ("total", "said"),
    [(3, ""), (4, "1 more entry in record.json."), (5, "2 more entries in record.json.")],
)
def test_left_out_counts_what_is_not_shown(total: int, said: str) -> None:
    assert left_out(total, 3, "entry", "entries") == said


def test_names_are_joined_as_a_sentence_does() -> None:
    assert [listed(names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]
