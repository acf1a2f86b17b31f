# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Folds and splitters of text: what they fold, and that hostile text costs them no more."""

import time
from collections.abc import Callable

import pytest

from audit.text.find import find
from audit.text.fold import forms, phrase, plain, words
from audit.text.sentences import sentences

HOSTILE = [
    " ", "a", "a b ", ".", ". ", "[", "[a](", "<a ", "<", "-\n", "a-\n", "(c", "1.", "a.", "\n#",
    "\u00ad\n", "&", "&#", "\u2013", "pre-", "'", "!a", "x!", "\n\n 1.2", "\u200b",
]  # fmt: skip
READERS: list[Callable[[str], object]] = [
    words,
    phrase,
    plain,
    lambda text: list(sentences(text)),
    lambda text: find("All rights reserved by a", text),
]


@pytest.mark.parametrize("reader", READERS, ids=["words", "phrase", "plain", "sentences", "find"])
@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_four_times_the_text_costs_about_four_times(
    reader: Callable[[str], object], piece: str
) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        reader(text)
        return time.process_time() - started

    def best(size: int) -> float:  # a busy machine makes some tries slow, and none fast
        return min(seconds(size) for _ in range(3))

    assert best(24_000) < 0.05 + 10 * best(6_000)


def test_a_word_that_a_line_broke_is_one_word_but_in_licences_a_mark() -> None:
    text = "the com-\n  munity, 10-\n20 and—\nthis co\u00ad\noperation"
    assert forms(phrase(text)) == [
        "the", "community", "10", "20", "and", "this", "cooperation",
    ]  # fmt: skip
    assert [(w.form, w.line) for w in words(text) if w.broken] == [
        ("munity", 2), ("20", 3), ("operation", 5),
    ]  # fmt: skip


def test_words_of_a_sentence_are_whole() -> None:
    assert plain("It wasn’t Re-trained") == " it wasnt retrained "
    assert forms(phrase("It wasn’t Re-trained")) == ["it", "wasn", "t", "re", "trained"]


def test_enumerators_and_links_are_no_words_of_a_licence() -> None:
    text = "1.2 (a) See [the terms](https://example.com/x) &amp; <b>more</b>"
    assert forms(words(text)) == ["see", "the", "terms", "more"]


def test_addresses_are_told_without_secrets() -> None:
    from audit.text.addresses import without_secrets

    assert without_secrets("https://u:p@h.example:8/a?b#c") == "https://h.example:8/a"
    assert without_secrets("http://h.example/tsa") == "http://h.example/tsa"
