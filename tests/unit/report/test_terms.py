# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A term of the glossary is a link where a page uses it first, and only there."""

import re

import pytest

from audit.languages import Language
from audit.report import render_html
from audit.report.formats.terms import Terms
from audit.report.words.language import words
from tests.unit.report import records

LINK = re.compile(r'<a class="term" href="#(term-\d+)">([^<]*)</a>')


def pieces(text: str, language: Language = Language.ENGLISH) -> list[str]:
    return [said for said, place in Terms(words(language), linked=True).split(text) if place]


def test_a_form_is_linked_once_and_the_longest_wins() -> None:
    assert pieces("Gates of a gate. The model card, a card.") == ["Gates", "model card"]
    assert pieces("Investigate; weightless; a cardinal.") == []
    assert pieces("一项策略，一项策略。", Language.CHINESE) == ["策略"]


def test_no_character_is_lost() -> None:
    text = "A policy, its waivers, and SHA-256 digests of weights."
    assert (
        "".join(said for said, _ in Terms(words(Language.ENGLISH), linked=True).split(text)) == text
    )


def test_without_a_glossary_nothing_is_linked() -> None:
    assert list(Terms(words(Language.ENGLISH), linked=False).split("a gate")) == [("a gate", None)]


@pytest.mark.parametrize("language", Language)
def test_every_link_of_a_page_leads_to_its_entry_and_stands_in_running_text(
    language: Language,
) -> None:
    html = render_html(records.convicted(), records.CUSTODY, language=language).decode()
    links = LINK.findall(html)
    places = [place for place, _ in links]
    assert len(places) > 10
    assert len(set(places)) == len(places)
    assert all(f'<dt id="{place}">' in html for place in places)
    for heading in re.findall(r"<(?:h\d|th)\b.*?</(?:h\d|th)>", html):
        assert 'class="term"' not in heading
    assert 'class="term"' not in html.split('<dl class="method">')[1].split("</dl>")[0]


def test_the_first_page_alone_has_no_links_to_what_it_lacks() -> None:
    html = render_html(records.convicted(), records.CUSTODY, front=True).decode()
    assert 'class="term"' not in html
