# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is cut says so: licence texts, drafts, the column of counterparts, words with lists."""

from dataclasses import replace

import pytest

from audit.record.document import LegalExtract
from audit.record.drafts import Draft
from audit.report.view_annexes import legal_texts, tensors
from audit.report.view_drafts import drafts
from audit.text.numbers import left_out, listed
from tests.unit.report import records


def test_a_short_text_of_many_lines_is_not_called_whole() -> None:
    text = "\n".join(str(line) for line in range(100))
    legal = LegalExtract(path="NOTICE", sha256="0" * 64, text=text, lines=100, whole=True)
    (view,) = legal_texts(replace(records.convicted(), legal=(legal,)))
    assert len(view.lines) == 60
    assert view.note == "The first 60 lines of 100."


@pytest.mark.parametrize("owed", [{"displays": ("Built with X",)}, {"names": ("X",)}])
def test_words_that_alone_are_owed_are_printed(owed: dict[str, tuple[str, ...]]) -> None:
    parts = {"texts": (), "statements": (), "displays": (), "names": (), "choices": (), "open": ()}
    draft = Draft(release="r", notice="", patch="", **{**parts, **owed})
    view = drafts(replace(records.convicted(), notice=draft))
    assert view.reason == ""
    (paste,) = view.pastes
    assert paste.lines == next(iter(owed.values()))


def test_long_lists_of_a_draft_say_what_is_left_out() -> None:
    draft = replace(records.DRAFT, choices=tuple(f"choice {i}" for i in range(23)))
    choices = drafts(replace(records.convicted(), notice=draft)).choices
    assert len(choices) == 21
    assert choices[-1] == "3 more lines in record.json."


def test_counterparts_are_told_of_the_first_references_only() -> None:
    record = replace(records.convicted(), comparisons=records.convicted().comparisons[:1] * 4)
    assert tensors(record).summary.endswith("Only the first 3 references are named there.")
    assert "Only the first" not in tensors(records.convicted()).summary


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
