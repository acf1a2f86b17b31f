# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The terminal summary carries the verdict in words and cannot be driven by file names."""

import io
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from audit.languages import Language
from audit.report import blocks as b
from audit.report import render_text as summary
from audit.report.formats.terminal import draw
from tests.unit.report import records


def printed(text: object, *, color: bool) -> str:
    stream = io.StringIO()
    system = "standard" if color else None
    Console(file=stream, width=80, force_terminal=color, color_system=system).print(text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("make", "gate"),
    [
        (records.convicted, "FAIL"),
        (records.cleared, "PASS"),
        (records.inconclusive, "INDETERMINATE"),
    ],
)
def test_the_first_word_is_the_verdict(make: object, gate: str) -> None:
    assert summary(make(), width=80).plain.startswith(gate + " ")  # type: ignore[operator]


def test_it_answers_and_lists_worst_first_with_ids_and_files() -> None:
    text = summary(records.convicted(), width=100, files=("out/report.pdf",)).plain
    assert "Shared trained weights" in text
    positions = [text.index(f"{check}:") for check in ("WGT001", "LIC004", "LIC002")]
    assert positions == sorted(positions)
    assert "High, undetermined" in text
    assert "8 of 9 files read" in text
    assert "out/report.pdf" in text


def test_no_color_still_says_everything() -> None:
    text = summary(records.convicted(), width=80)
    assert "FAIL" in printed(text, color=False)
    assert "\x1b[" not in printed(text, color=False)
    assert "\x1b[" in printed(text, color=True)


def test_names_cannot_send_escape_sequences() -> None:
    text = summary(records.hostile(), width=80, files=("a\x1b[2Jb",))
    assert "\x1b" not in text.plain
    assert "\x07" not in text.plain
    assert "\u202e" not in text.plain
    assert "a" * 400 not in text.plain


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_lines_fit_and_no_word_is_lost(width: int) -> None:
    record = records.convicted()
    text = summary(record, width=width, files=("out/report.pdf",)).plain
    assert max(map(cell_len, text.splitlines())) <= width
    words = re.sub(r"\s+", " ", text)
    for finding in record.findings:
        assert finding.fingerprint in words
    flat = re.sub(r"\s+", "", text)
    for finding in record.findings:
        assert re.sub(r"\s+", "", finding.title) in flat
    assert "…" not in text


def test_wide_characters_are_counted_as_two_columns() -> None:
    finding = replace(records.FINDINGS[0], title="中文" * 60)
    text = summary(replace(records.convicted(), findings=(finding,)), width=60).plain
    assert max(map(cell_len, text.splitlines())) <= 60


@pytest.mark.parametrize("width", [40, 60, 80])
def test_chinese_breaks_between_hanzi_and_no_command_is_cut(width: int) -> None:
    text = summary(records.convicted(), width=width, language=Language.CHINESE).plain
    lines = text.splitlines()
    assert max(map(cell_len, lines)) <= width
    assert not [line for line in lines if line.lstrip()[:1] in set("，。；：、）")]
    assert "`audit rules show WGT001`" in text


def test_names_of_rows_stand_in_one_column_in_chinese() -> None:
    rows = (("中", "a"), ("严重程度", "b"))
    drawn = draw((b.Facts(rows),), 80, Language.CHINESE).plain.splitlines()
    assert len({cell_len(line) for line in drawn}) == 1


def test_a_wrapped_title_hangs_under_its_first_word() -> None:
    long = replace(records.FINDINGS[1], title="first " + "word " * 30)
    text = summary(replace(records.convicted(), findings=(long,)), width=80).plain
    lines = text.split("1 finding\n")[1].splitlines()
    assert lines[1].index("word") == lines[0].index("first")


def test_a_path_has_a_line_of_its_own_and_stays_whole() -> None:
    path = "/somewhere/" + "long/" * 30 + "report.pdf"
    lines = summary(records.convicted(), width=60, files=(path, "b")).plain.splitlines()
    written = lines.index("Written")
    assert lines[written : written + 4] == ["Written", f"  {path}", "  b", ""]


def test_it_ends_in_the_next_step() -> None:
    deciding = summary(records.convicted(), width=80).plain
    assert "README.md:14\n" in deciding
    assert "Fix: Declare base_model" in deciding
    assert "Next: mend these" in deciding.splitlines()[-2]
    assert "`--out DIR` writes one" in deciding
    assert "Next: write a report" in summary(records.cleared(), width=80).plain
    files = ("out/record.json", "out/report.html")
    assert "Next: send the whole folder" in summary(records.cleared(), width=80, files=files).plain
    told = summary(records.convicted(), width=60, files=files).plain
    assert "`out/report.html` says each in full." in told.replace("\n", " ")
    assert re.search(r"`audit rules show [A-Z]+[0-9]+`", told), "on one line"
    papers = replace(
        records.cleared(), verdict=replace(records.cleared().verdict, papers_only=True)
    )
    text = summary(papers, width=80).plain
    assert text.startswith("PASS (documents only) ")
    assert "Next: compare with the models" in text


def test_the_strength_of_the_evidence_is_part_of_the_answer() -> None:
    text = re.sub(r"\s+", " ", summary(records.convicted(), width=60).plain)
    assert "would have probability below 1 in 10⁹, where this audit stops" in text
    assert "98.7 % of the parameters paired." in text


def test_backticks_stay_in_the_terminal() -> None:
    finding = replace(records.FINDINGS[0], title="Write `license: mit` at 10^-9")
    text = summary(replace(records.convicted(), findings=(finding,)), width=80).plain
    assert "Write `license: mit` at 10^-9" in text
