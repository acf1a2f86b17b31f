# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A wording is found whatever its typography, and another version of it is not it."""

import time

import pytest

from audit.text import find as wording

LINE = (
    "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms,"
    " Inc. All Rights Reserved."
)


@pytest.mark.parametrize(
    "written",
    [
        LINE,
        LINE.replace("©", "(c)"),
        LINE.replace("©", "(C)").upper(),
        LINE.replace(" ", "\n"),
        LINE.replace("Community", "Com-\n   munity"),
        LINE.replace(" ", "\u00a0"),
        f"Some Project\n\n{LINE}\nand more",
    ],
)
def test_typography_does_not_matter(written: str) -> None:
    found = wording.find(LINE, written)
    assert found is not None
    assert found.similarity == 1.0


def test_the_line_is_the_texts() -> None:
    found = wording.find(LINE, f"one\ntwo\n\n{LINE[:40]}\n{LINE[40:]}\nsix")
    assert found is not None
    assert (found.line, found.last_line) == (4, 5)


def test_a_line_after_a_broken_word_is_still_the_texts() -> None:
    found = wording.find("All Rights Reserved", "a bro-\nken word\nAll Rights Reserved")
    assert found is not None
    assert found.line == 3


def test_other_words_are_less_alike_the_more_they_differ() -> None:
    near = wording.find(LINE, LINE.replace("Community", "Public"))
    far = wording.find(LINE, "This is licensed under the terms of something else.")
    assert near is not None
    assert far is not None
    assert 1.0 > near.similarity > 0.9 > far.similarity


def test_nothing_is_found_in_nothing() -> None:
    assert wording.find(LINE, "") is None
    assert wording.find(LINE, "zzz") is None
    assert wording.contains("", "some text") is None


def test_a_phrase_is_whole_words() -> None:
    assert wording.contains("Built with Llama", "**Built with\nLlama**!") is not None
    assert wording.contains("Built with Llama", "built without llama") is None
    assert wording.contains("Llama", "Llamas") is None


def test_two_megabytes_of_near_misses_are_searched_quickly() -> None:
    started = time.process_time()
    wording.find(LINE, "licensed under the Llama " * 80_000)
    assert time.process_time() - started < 10
