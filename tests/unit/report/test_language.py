# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A sentence is said by its message; a name stays; what has no translation says it is English."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from rich.cells import cell_len

from audit.languages import Language, Languages, language_of
from audit.record.document import AuditRecord
from audit.record.said import Said
from audit.report import render_html, render_text
from audit.report.formats.html import Pen, _inline
from audit.report.words.language import Run, Words, words
from audit.report.words.texts import clip, sentence
from tests.unit.report import records

MESSAGES = {
    "Nothing was found.": "一无所获。",
    "{what} is in {place}": "{what}在{place}里",
    "the cat": "猫",
    "{text}.": "{text}。",
    "{n:count} files": "{n:count} 个文件",
    "from {a} to {b}": "由{a}到{b}",
    "{things} were seen": "看见了{things}",
    "{things:commas}!": "{things:commas}！",
    "It has probability {p:chance}.": "概率为{p:chance}。",
    "1\u00a0in\u00a010{power}": "10{power}分之一",
    ", ": "、",
    " and ": "和",
}
CHINESE = Words(Language.CHINESE, MESSAGES)


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        (Said("Nothing was found."), "一无所获。"),
        (Said("nothing was found"), "一无所获"),
        (Said("{what} is in {place}", what=Said("the cat"), place="box"), "猫在 box 里"),
        (Said("{what} is in {place}", what="the cat", place=Said("the cat")), "the cat 在猫里"),
        (Said("from {a} to {b}", a="here", b="{b}"), "由 here 到{b}"),
        (Said("{n:count} files", n=1204), "1,204 个文件"),
        (Said("{things} were seen", things=("a", "b", Said("the cat"))), "看见了 a、b 和猫"),
        (Said("{things:commas}!", things=("a", "b")), "a、b！"),
        (Said("It has probability {p:chance}.", p=-9.6), "概率为 10⁹分之一。"),
        (Said("It has probability {p:chance}.", p=-1.0), "概率为 10.0 %。"),
        (Said("{a}: {b}", a=Said("the cat"), b="x"), "猫: x"),
        ("the cat", "the cat"),
    ],
)
def test_it_is_said_in_another_language(text: str, chinese: str) -> None:
    assert CHINESE.say(text) == chinese
    assert words(Language.ENGLISH).say(text) == str(text)


def test_what_has_no_translation_stays_english_and_says_so() -> None:
    inner = Said("{what} is in {place}", what=Said("A <b>thing"), place=Said("the cat"))
    assert CHINESE.runs(inner) == [Run("A <b>thing", known=False), Run(" 在猫里")]
    assert _inline(Pen(CHINESE), inner) == '<span lang="en">A &lt;b&gt;thing</span> 在猫里'
    assert CHINESE.runs(Said("Odd {x}.", x=Said("the cat"))) == [Run("Odd the cat.", known=False)]


def test_sentences_are_joined_as_a_language_does() -> None:
    both = (Said("Nothing was found."), "", Said("Nothing was found."), "x")
    assert _inline(Pen(CHINESE), both) == "一无所获。一无所获。x"
    assert _inline(Pen(words(Language.ENGLISH)), both) == "Nothing was found. Nothing was found. x"


def test_a_first_sentence_is_that_of_the_language() -> None:
    text = Said("Do this. Then that.")
    chinese = Words(Language.CHINESE, {"Do this. Then that.": "先做这个。再做那个。"})
    assert "".join(run.text for run in chinese.opening(text)) == "先做这个。"
    assert words(Language.ENGLISH).opening(text) == [Run("Do this.")]


def test_a_long_sentence_is_shortened_where_it_is_filled() -> None:
    said = Said("{what} is in {place}", what="w" * 900, place="box")
    short = clip(said, 200)
    assert isinstance(short, Said)
    assert short.message == said.message
    assert "(900 characters, whole in record.json) is in box" in short
    assert len(clip(Said.plain("x" * 9000), 200)) < 260
    assert clip(Said.plain("short"), 200) == "short"


def test_a_clause_becomes_a_sentence() -> None:
    assert sentence("the cat") == "The cat."
    assert CHINESE.say(sentence("the cat")) == "猫。"
    assert sentence(Said("no {x} here", x="y")) == "No y here."


@pytest.mark.parametrize(
    "make", [records.convicted, records.cleared, records.inconclusive, records.hostile]
)
def test_the_page_says_its_language_and_keeps_names(make: Callable[[], AuditRecord]) -> None:
    record = make()
    page = render_html(record, records.CUSTODY, language=Language.CHINESE)
    assert page == render_html(record, records.CUSTODY, language=Language.CHINESE)
    assert language_of(page) is Language.CHINESE
    text = page.decode()
    assert text.count("<script") <= 1, "the slot of the statement"
    assert record.subject.manifest_sha256 in text
    assert "模型来源审计报告" in text
    visible = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert "Weight evidence" not in visible


def test_no_sentence_of_the_report_is_left_in_english() -> None:
    """Every ``Said`` of ours has its Chinese; what others wrote in the sample has none."""
    text = render_html(records.convicted(), records.CUSTODY, language=Language.CHINESE).decode()
    left = set(re.findall(r'<span lang="en">(.*?)</span>', text))
    theirs = re.sub(r"[\\\\'\"]", "", repr(records.convicted()))
    assert len(left) < 60
    found = (re.sub("['\"]", "", unescape(words)).replace(":12:", ":")[1:18] for words in left)
    assert [words for words in found if words not in theirs] == []


def test_the_terminal_speaks_chinese() -> None:
    text = render_text(records.convicted(), width=80, language=Language.CHINESE).plain
    assert text.startswith("不通过")
    assert "权重" in text
    assert "findings" not in text
    assert max(map(cell_len, text.splitlines())) <= 80


def test_editions() -> None:
    assert list(Languages.BOTH.editions) == ["report", "report.zh"]
    assert Languages.BOTH.first is Language.ENGLISH
    assert Languages.ZH.editions == {"report": Language.CHINESE}
