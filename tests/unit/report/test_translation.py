# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Sentences are found whole or by their pattern, and are never guessed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.assemble import make_record
from audit.checks import evaluate
from audit.languages import Language, Languages, language_of
from audit.pipeline import run
from audit.record.document import AuditRecord
from audit.record.findings import in_report_order
from audit.report import render_html, render_text
from audit.report.translation import Translator, is_prose, translator
from audit.request import Request
from audit.verdict import gate
from scripts import catalogue
from tests.unit.checks.cases import POLICY
from tests.unit.checks.test_repositories import ROOT, scenario
from tests.unit.report import records

pytestmark = pytest.mark.slow

MESSAGES = {
    "Nothing was found.": "一无所获。",
    "{0} is in {1}": "{0}在{1}里",
    "the cat": "猫",
    "the box": "箱子",
    "{0} file": "{0} 个文件",
    "{0} files": "{0} 个文件",
    "The card says: {0} Nothing follows from it.": "卡片说：{0}由此不能得出什么。",
    "from {a} to {b}": "由{a}到{b}",
    "from {b} to {a}": "由{b}到{a}",
    "tie {0} one": "甲{0}",
    "{0} tie one": "乙{0}",
    ", by hand": "，手工",
    "Precision: the digits that were taken away cannot be had again.": "精度：去掉的数位无法复得。",
}
COUNTING = frozenset({"{0} file", "{0} files"})


def small() -> Translator:
    return Translator("zh-CN", MESSAGES, {"Contents": "目录"}, COUNTING)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Nothing was found.", "一无所获。"),
        ("nothing was found", "一无所获"),
        ("the cat is in the box", "猫在箱子里"),
        ("The cat is in the box.", "猫在箱子里。"),
        ("Nothing was found. The cat is in the box.", "一无所获。猫在箱子里。"),
        ("1,204 files", "1,204 个文件"),
        ("the cat; the box", "猫；箱子"),
        ("the cat, the box and Tom", "猫、箱子和Tom"),
        ("the cat (the box)", "猫（箱子）"),
        ("[4(a)] Nothing was found.", "[4(a)] 一无所获。"),
        ("from here to there", "由 here 到 there"),
        ("the cat, by hand", "猫，手工"),
        ("The digits that were taken away cannot be had again", "去掉的数位无法复得"),
        ("The card says: Nothing was found. Nothing follows from it.",
         "卡片说：一无所获。由此不能得出什么。"),
    ],
)  # fmt: skip
def test_it_translates(english: str, chinese: str) -> None:
    assert small().plain(english) == chinese


@pytest.mark.parametrize(
    "text",
    [
        "A sentence that nobody translated.",
        "the cats",
        "notice file",
        "tie tie one",
        "model-00001-of-00002.safetensors",
        "a/b/the cat.txt",
        "",
        "  ",
    ],
)
def test_what_it_does_not_know_stays(text: str) -> None:
    assert small().plain(text) == text


def test_what_stays_english_says_so_on_a_page() -> None:
    said = small().marked("Nothing was found. It is <b>odd\x1b and strange.")
    assert said == '一无所获。<span lang="en">It is &lt;b&gt;odd‹U+001B› and strange.</span>'
    assert small().marked("Nothing was found.") == "一无所获。"


def test_a_name_is_no_word() -> None:
    spared = small().sparing({"the cat"})
    assert spared.plain("the cat is in the box") == "the cat 在箱子里"
    assert small().plain("the cat is in the box") == "猫在箱子里"


def test_headings_keep_their_number() -> None:
    assert small().message("7 Contents") == "7 目录"
    assert small().message("Contents") == "目录"


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("a sentence of words", True),
        ("Apache License 2.0", False),
        ("“a quoted name of a model”", False),
        ("one, two, three", False),
        ("rules/code.yaml", False),
        ("word", False),
    ],
)
def test_prose(text: str, prose: bool) -> None:
    assert is_prose(text) is prose


HOSTILE = {
    "and": " and ".join(["foo bar of the x"] * 300),
    "brackets": "a (b " * 200 + ")" * 200,
    "open brackets": "(" * 600,
    "semicolons": "; ".join(f"{i}: of x in y (z) to w" for i in range(100)),
    "sentences": "A. b c. " * 300,
    "colons": ": ".join(["w of y"] * 300),
    "of": "of " * 800,
    "one word": "x" * 10_000,
    "a message over and over": "z is in " * 300,
    "quotation marks": "“" * 500 + "a b" + "”" * 400,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(60)
def test_words_of_a_stranger_cannot_stop_it(name: str) -> None:
    """A card or a file name may be made to match many messages in many ways."""
    text = HOSTILE[name]
    said = translator("zh-CN").plain(text)
    assert said
    assert translator("zh-CN").plain(text) == said


NOT_OURS = (
    "trained from scratch by",
    "trained from scratch (",
    "trained from scratch on",
    "# This program is free software",
    "Llama 3.1 is licensed under",
    "Gemma is provided under",
    "Licensed under the Apache License",
    "All rights reserved",
    "released under",
    "Terms of Use",
    "Copyright 20",
)
"""Words of others that these reports quote."""


@pytest.mark.parametrize("name", ["suspect", "independent"])
def test_an_example_has_no_sentence_of_ours_in_english(name: str) -> None:
    folder = ROOT / "examples" / "dispute"
    record = run(Request.of(target=str(folder / name), against=(str(folder / "reference"),)))
    assert not_ours(catalogue.untranslated(record)) == []


@pytest.mark.parametrize(
    "name",
    ["planted-faults", "gemma-notice-dropped", "llama-under-mit", "vendored-without-license"],
)
def test_a_release_with_faults_has_no_sentence_of_ours_in_english(
    name: str, tmp_path: Path
) -> None:
    case, _ = scenario(name, tmp_path)
    findings = in_report_order(evaluate(case, POLICY))
    assert findings
    verdict = gate(findings, policy=POLICY.name, fail_on=POLICY.fail_on)
    options = records.convicted().options
    record = make_record(case, findings, verdict, options, ())
    assert not_ours(catalogue.untranslated(record)) == []


def not_ours(left: list[str]) -> list[str]:
    return [text for text in left if not any(words in text for words in NOT_OURS)]


def test_something_untranslated_would_be_listed() -> None:
    assert "Every test stayed within chance." in catalogue.untranslated(records.cleared())


@pytest.mark.parametrize(
    "make", [records.convicted, records.cleared, records.inconclusive, records.hostile]
)
def test_the_page_says_its_language_and_keeps_names(make: Callable[[], AuditRecord]) -> None:
    record = make()
    page = render_html(record, records.CUSTODY, texts=records.TEXTS, language=Language.CHINESE)
    again = render_html(record, records.CUSTODY, texts=records.TEXTS, language=Language.CHINESE)
    assert page == again
    assert language_of(page) is Language.CHINESE
    text = page.decode()
    assert text.count("<script") <= 1, "the slot of the statement"
    assert record.subject.manifest_sha256 in text
    assert "模型来源审计报告" in text
    visible = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert "Weight evidence" not in visible


def test_english_is_what_it_was() -> None:
    plain = render_html(records.convicted(), records.CUSTODY, texts=records.TEXTS)
    assert language_of(plain) is Language.ENGLISH
    assert plain == render_html(
        records.convicted(), records.CUSTODY, texts=records.TEXTS, language=Language.ENGLISH
    )


def test_the_terminal_speaks_chinese() -> None:
    text = render_text(records.convicted(), width=80, language=Language.CHINESE).plain
    assert text.startswith("不通过")
    assert "权重" in text
    assert "findings" not in text
    from rich.cells import cell_len

    assert max(map(cell_len, text.splitlines())) <= 80


def test_sentences_that_share_their_beginning_with_a_list() -> None:
    english = (
        "Compared 20 of 29 tensors, 73.0 % of the parameters with “base”; 20 of 29 tensors, "
        "73.0 % of the parameters with “twin”."
    )
    assert translator("zh-CN").plain(english) == (
        "与“base”比较了 29 个张量中的 20 个，占参数的 73.0 %；"
        "与“twin”：29 个张量中的 20 个，占参数的 73.0 %。"
    )


def test_editions() -> None:
    assert list(Languages.BOTH.editions) == ["report", "report.zh"]
    assert Languages.BOTH.first is Language.ENGLISH
    assert Languages.ZH.editions == {"report": Language.CHINESE}
