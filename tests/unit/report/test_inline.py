# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Backticks and powers of ten are set as such, and a first sentence is a whole one."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.languages import Language
from audit.report.formats.html import Pen, _prose
from audit.report.words.language import words
from audit.report.words.texts import first_sentence


def written(text: str) -> str:
    return _prose(Pen(words(Language.ENGLISH)), text)


def test_words_between_backticks_are_code() -> None:
    html = written("write `license: mit`, then `x`")
    assert html == "write <code>license: mit</code>, then <code>x</code>"


def test_a_power_of_ten_is_raised_with_a_real_minus() -> None:
    assert written("at most 10^-87.") == "at most 10<sup>−87</sup>."


@pytest.mark.parametrize("text", ["a ` b", "``", "110^-9", "10^x", "a^-3", ""])
def test_what_is_no_mark_stays_as_it_is(text: str) -> None:
    assert written(text) == text


def test_a_power_inside_code_is_left_alone() -> None:
    assert written("`10^-9`") == "<code>10^-9</code>"


@given(st.text(alphabet="a1`^-0. <&"))
def test_no_character_is_lost_but_the_marks(text: str) -> None:
    joined = unescape(re.sub(r"</?(?:code|sup)>", "", written(text)))
    drop = str.maketrans({"`": None, "^": None, "−": "-"})
    assert joined.translate(drop) == text.translate(drop)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Do this. Then that.", "Do this."),
        ("Do this", "Do this"),
        ("Write `a. B`, and stop. More.", "Write `a. B`, and stop."),
        ("See e.g. Annex A of v1.2 first. More.", "See e.g. Annex A of v1.2 first."),
        ("Write `license: mit`. [3(a)] Keep it.", "Write `license: mit`."),
        ("Say “yes.” Then go.", "Say “yes.”"),
        ("Ask Example Inc. The rest follows. End.", "Ask Example Inc. The rest follows."),
        ("Is it so? Then go.", "Is it so?"),
        ("在 `a. B` 处。然后再写。", "在 `a. B` 处。"),
        ("Put it into LICENSE.txt and go. Now.", "Put it into LICENSE.txt and go."),
    ],
)
def test_a_first_sentence_is_never_cut(text: str, first: str) -> None:
    assert first_sentence(text) == first
