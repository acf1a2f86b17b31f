# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Texts that the scanner only finds alike, laid word by word over the wording that it carries."""

import re
from collections.abc import Callable

import pytest

from audit.licenses.known.carried import Departures, departures
from audit.licenses.known.difference import carried_text
from audit.licenses.known.recognise import Likeness, recognise

KEYS = {"MIT": "mit", "BSD-3-Clause": "bsd-new", "CC-BY-NC-4.0": "cc-by-nc-4.0"}


def wording(license_id: str) -> str:
    text = carried_text(KEYS[license_id])
    assert text is not None
    return text


def laid(text: str, license_id: str) -> Departures:
    found = departures(text, license_id)
    assert found is not None
    return found


@pytest.mark.parametrize("license_id", sorted(KEYS))
def test_a_text_departs_from_itself_nowhere(license_id: str) -> None:
    found = laid(f"Copyright (c) 2024 Heron Lab\n\n{wording(license_id)}", license_id)
    assert found.keep_the_terms
    assert not found.differences


@pytest.mark.parametrize(
    "holder", ["Copyright (c) 2022 Heron, Inc.\nOriginal work Copyright (c) 2019 Ada (https://a)"]
)
def test_copyright_lines_within_are_no_terms(holder: str) -> None:
    body = wording("MIT").replace("The above", f"{holder}\n\nThe above")
    assert laid(body, "MIT").keep_the_terms


@pytest.mark.parametrize("name", ["Heron.com", "the University of Herons", "Heron Lab, Inc."])
def test_who_is_named_as_holder_is_no_term(name: str) -> None:
    body = re.sub(
        r"name of\s+.+?\s+nor", f"name of {name} nor", wording("BSD-3-Clause"), flags=re.S
    )
    found = laid(body, "BSD-3-Clause")
    assert found.keep_the_terms
    assert not found.change_a_condition


@pytest.mark.parametrize(
    "condition",
    [
        "2. You must not remove, disable or circumvent any safety filter of the Software.",
        "The Software may not be used to train models that compete with those of the licensor.",
        "Commercial use of the Software is prohibited without the permission of the authors.",
    ],
)
def test_a_condition_put_in(condition: str) -> None:
    body = wording("MIT").replace("The above", f"{condition}\n\nThe above")
    found = laid(body, "MIT")
    assert found.change_a_condition
    assert not found.keep_the_terms


def test_a_condition_left_out() -> None:
    whole = wording("BSD-3-Clause")
    third = whole[whole.index("Neither the name") : whole.index("THIS SOFTWARE")]
    found = laid(whole.replace(third, ""), "BSD-3-Clause")
    assert found.change_a_condition


def test_half_a_text_does_not_keep_the_terms() -> None:
    whole = wording("MIT")
    assert not laid(whole[: len(whole) // 2], "MIT").keep_the_terms


def test_what_stands_elsewhere_is_not_left_out() -> None:
    whole = wording("CC-BY-NC-4.0")
    parts = re.split(r"(?m)^(?=\s{2}[a-d]\. )", whole)
    parts[1], parts[2] = parts[2], parts[1]
    assert not laid("".join(parts), "CC-BY-NC-4.0").change_a_condition


def test_a_text_without_wording_is_not_laid() -> None:
    assert departures("anything", "LicenseRef-nobody") is None
    assert departures("x", "MIT") is None


@pytest.mark.parametrize(
    ("date", "same"),
    [("August 23, 2023", True), ("September 3, 2023", True), ("August 3, 2024", False)],
)
def test_another_day_is_the_same_text(date: str, *, same: bool) -> None:
    text = carried_text("tongyi-qianwen-2023")
    assert text is not None
    assert "August 3, 2023" in text
    (found, *_) = recognise(text.replace("August 3, 2023", date))
    assert (found.likeness is not Likeness.NEAR) == same


CC = tuple(
    f"cc-by-{kind}4.0" for kind in ("", "nc-", "nc-sa-", "sa-", "nd-", "nc-nd-")
)  # fmt: skip


def cc(key: str) -> tuple[str, str]:
    text = carried_text(key)
    assert text is not None
    return text, f"CC-{key[3:].upper()}"


def without(text: str, begins: str, ends: str) -> str:
    first = text.index(begins)
    last = text.index(ends, first) + len(ends)
    return text[:first] + text[last:]


def the_dedication_left_out(text: str) -> str:
    return without(text, "The text of the Creative Commons", "Dedication. ")


def the_use_of_the_licences_left_out(text: str) -> str:
    return without(text, "Using Creative Commons Public Licenses", "Considerations_for_licensees")


def the_end_put_first(text: str) -> str:
    end = text.index("Creative Commons is not a party to its")
    about = text[end:].replace("Notwithstanding, ", "")
    title = text.index("\n", 3)
    return f"{text[:title]}\n\n{about}\n\n{text[title:end]}"


def the_links_left_out(text: str) -> str:
    return re.sub(r"\s+wiki\.creativecommons\.org/Considerations_for_\w+", "", text)


@pytest.mark.parametrize("key", CC)
@pytest.mark.parametrize(
    "variant",
    [
        the_dedication_left_out,
        the_use_of_the_licences_left_out,
        the_end_put_first,
        the_links_left_out,
    ],
)
def test_what_stands_outside_the_terms_is_no_term(key: str, variant: Callable[[str], str]) -> None:
    text, license_id = cc(key)
    body = variant(text)
    assert body != text
    found = laid(body, license_id)
    assert found.keep_the_terms
    assert not found.change_a_condition
    assert not found.differences


def a_term_left_out(text: str) -> str:
    return without(text, "Section 5 --", "Section 6 --")


def a_condition_before_the_terms(text: str) -> str:
    at = text.index("By exercising the Licensed Rights")
    return f"{text[:at]}Use by companies with more than 100 employees is prohibited.\n\n{text[at:]}"


def a_condition_for_the_dedication(text: str) -> str:
    body = the_dedication_left_out(text)
    at = body.index("Except for the limited purpose")
    new = "The material must not be used to train models without permission of the author. "
    return body[:at] + new + body[at:]


def a_condition_among_the_terms(text: str) -> str:
    new = "You must not use the Licensed Material to train models of any kind."
    at = text.index("Section 4 --")
    return f"{text[:at]}{new}\n\n{text[at:]}"


@pytest.mark.parametrize("key", CC)
@pytest.mark.parametrize(
    "variant",
    [
        a_term_left_out,
        a_condition_before_the_terms,
        a_condition_for_the_dedication,
        a_condition_among_the_terms,
    ],
)
def test_a_term_that_is_another_stays_one(key: str, variant: Callable[[str], str]) -> None:
    text, license_id = cc(key)
    body = variant(text)
    assert body != text
    found = laid(body, license_id)
    assert found.change_a_condition
    assert not found.keep_the_terms


def test_a_title_that_is_another_is_a_difference() -> None:
    text, license_id = cc("cc-by-nc-4.0")
    head, title, terms = text.partition("Creative Commons Attribution-NonCommercial 4.0")
    assert terms.lstrip().startswith("International Public")
    body = head + title.replace("-NonCommercial", "") + terms
    assert not laid(body, license_id).keep_the_terms


@pytest.mark.parametrize(
    ("said", "instead"),
    [("You may not offer", "You may offer"), ("for NonCommercial purposes only", "for purposes")],
)
def test_a_word_that_is_elsewhere_too_is_missed_where_it_stood(said: str, instead: str) -> None:
    text, license_id = cc("cc-by-nc-4.0")
    body, count = re.subn(said.replace(" ", r"\s+"), instead, text, count=1)
    assert count == 1
    found = laid(body, license_id)
    assert not found.keep_the_terms
    assert found.differences


def test_a_denial_put_in_is_no_holder() -> None:
    body, count = re.subn(r"are\s+permitted", "are not permitted", wording("BSD-3-Clause"), count=1)
    assert count == 1
    assert not laid(body, "BSD-3-Clause").keep_the_terms
    body, count = re.subn(
        r"shall\s+be\s+included", "shall not be included", wording("MIT"), count=1
    )
    assert count == 1
    assert not laid(body, "MIT").keep_the_terms
