# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Expressions are normalised when understood and never guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.licenses.expressions import combine, fold, is_ambiguous, normalise, readings, symbols
from audit.record.licenses import NOASSERTION


@pytest.mark.parametrize(
    ("raw", "expression"),
    [
        ("apache-2.0", "Apache-2.0"),
        ("  MIT\n", "MIT"),
        ("GPL-3.0-or-later", "GPL-3.0-or-later"),
        ("gpl-3.0", "GPL-3.0-only"),
        ("mit OR Apache-2.0", "MIT OR Apache-2.0"),
        ("cc-by-nc-4.0", "CC-BY-NC-4.0"),
        ("bsl-1.0", "BSL-1.0"),
        ("llama3.1", "LicenseRef-scancode-llama-3.1-license-2024"),
        ("llama2", "LicenseRef-scancode-llama-2-license-2023"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("The MIT License", "MIT"),
        ("LicenseRef-Acme", "LicenseRef-Acme"),
        ("LicenseRef-MIT-Bootstrap", "LicenseRef-MIT-Bootstrap"),
        ("LicenseRef-LICENSE", "LicenseRef-LICENSE"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ],
)
def test_what_is_understood(raw: str, expression: str) -> None:
    assert normalise(raw) == expression


@pytest.mark.parametrize(
    "raw",
    ["", "limited", "permit", "submit", "MITx", "mit-like", "GPL", "GPL OR MIT", "see LICENSE",
     "llama3.9", "MIT AND", "()", "(((", "Apache", "LicenseRef-a b", "MIT\x00", "\ud800",
     "a" * 5000],
)  # fmt: skip
def test_what_is_not_understood_is_not_guessed(raw: str) -> None:
    assert normalise(raw) == NOASSERTION


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["MIT", "(", ")", "AND", "OR", "WITH", "GPL-3.0", "+", "/", "x", "LicenseRef-a"]
        ),
        max_size=7,
    )
)
def test_any_text_is_normalised_once_and_for_all(tokens: list[str]) -> None:
    once = normalise(" ".join(tokens))
    if once != NOASSERTION:
        assert normalise(once) == once
        assert symbols(once)


def test_readings_forget_what_texts_do_not_say() -> None:
    assert readings("GPL-3.0-only") == readings("GPL-3.0-or-later")
    assert readings("GPL-3.0-only") != readings("GPL-2.0-only")
    assert readings("LGPL-3.0-only") != readings("GPL-3.0-only")
    edition = "LicenseRef-scancode-gemma-tou-2025-03-24"
    assert readings(normalise("gemma")) == readings(edition)


def test_combine_joins_each_once_in_order() -> None:
    assert combine(["MIT", "Apache-2.0", "MIT", NOASSERTION]) == "Apache-2.0 AND MIT"
    assert combine([NOASSERTION]) == combine([]) == NOASSERTION


def test_fold_keeps_the_structure_and_the_exception() -> None:
    text = fold(
        "MIT OR (Apache-2.0 AND GPL-2.0-only WITH Classpath-exception-2.0)",
        lambda symbol: symbol,
        any_of=lambda a, b: f"<{a}|{b}>",
        all_of=lambda a, b: f"<{a}&{b}>",
    )
    assert text == "<MIT|<Apache-2.0&GPL-2.0-only WITH Classpath-exception-2.0>>"


@pytest.mark.parametrize("raw", ["other", "Unknown", " cc ", "bsd", "openrail"])
def test_families_are_ambiguous(raw: str) -> None:
    assert is_ambiguous(raw)


@pytest.mark.parametrize("raw", ["mit", "cc-by-4.0", "bsd-3-clause"])
def test_licenses_are_not_ambiguous(raw: str) -> None:
    assert not is_ambiguous(raw)
