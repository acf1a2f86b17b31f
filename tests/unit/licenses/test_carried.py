# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Texts that the scanner only finds alike, laid word by word over the wording that it carries."""

import re

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
