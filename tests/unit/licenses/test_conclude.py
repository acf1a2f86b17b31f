# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""At most one conclusion, and none where the voices contradict each other."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.licenses.conclude import conclude, contradict, voices
from audit.licenses.expressions import symbols
from audit.record.licenses import NOASSERTION, ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import quoted

Spec = tuple[str, str, str]
CARD: Spec = ("declared", "card: license", "README.md")
META: Spec = ("declared", "package metadata: License", "METADATA")
TEXT: Spec = ("detected", "license file", "LICENSE")
TEXT2: Spec = ("detected", "license file", "LICENSE-2")
HEADER: Spec = ("detected", "header", "a.py")


def claim(spec: Spec, expression: str) -> LicenseClaim:
    source, stated, path = spec
    origin, _, field = stated.partition(": ") if stated.startswith("package") else (stated, "", "")
    return LicenseClaim(
        source=ClaimSource(source),
        origin=ClaimOrigin(origin),
        field=field,
        expression=expression,
        raw=quoted(expression),
        path=path,
    )


def concluded(*pairs: tuple[Spec, str]) -> str | None:
    result = conclude(tuple(claim(spec, expression) for spec, expression in pairs))
    if result is not None:
        assert result.source is ClaimSource.CONCLUDED
        assert result.path is None
        assert result.raw
    return None if result is None else result.expression


@pytest.mark.parametrize(
    ("claims", "expression"),
    [
        ([], None),
        ([(HEADER, "GPL-3.0-only")], None),
        ([(CARD, "MIT")], "MIT"),
        ([(CARD, "MIT"), (TEXT, "MIT")], "MIT"),
        ([(TEXT, "MIT")], "MIT"),
        ([(CARD, "Apache-2.0"), (TEXT, "MIT")], NOASSERTION),
        ([(CARD, "Apache-2.0"), (META, "MIT")], NOASSERTION),
        ([(CARD, NOASSERTION), (TEXT, "MIT")], "MIT"),
        ([(CARD, NOASSERTION)], None),
        ([(CARD, "GPL-3.0-or-later"), (TEXT, "GPL-3.0-only")], "GPL-3.0-or-later"),
        ([(CARD, "GPL-3.0-only"), (TEXT, "GPL-2.0-only")], NOASSERTION),
        ([(META, "MIT OR Apache-2.0"), (TEXT, "MIT"), (TEXT2, "Apache-2.0")], "MIT OR Apache-2.0"),
        ([(TEXT, "MIT"), (TEXT2, "CC-BY-NC-4.0")], "CC-BY-NC-4.0 AND MIT"),
        ([(CARD, "MIT"), (TEXT, "MIT"), (TEXT2, "CC-BY-NC-4.0")], "CC-BY-NC-4.0 AND MIT"),
        ([(TEXT, "MIT"), (TEXT, NOASSERTION)], NOASSERTION),
    ],
)
def test_conclusions(claims: list[tuple[Spec, str]], expression: str | None) -> None:
    assert concluded(*claims) == expression


@pytest.mark.parametrize(
    ("part", "spec", "contradicts"),
    [("code", META, True), ("code", CARD, False), ("weights", META, False)],
)
def test_metadata_of_a_package_speak_of_its_code(part: str, spec: Spec, contradicts: bool) -> None:
    said = replace(claim(("declared", "card: statement", "README.md"), "Apache-2.0"), scope=part)
    claims = (said, claim(TEXT, "Apache-2.0"), claim(spec, "MIT"))
    assert contradict(voices(claims), claims) is contradicts


def test_an_edition_comes_from_the_text() -> None:
    declared = "LicenseRef-scancode-gemma-tou-2024-04-01"
    edition = "LicenseRef-scancode-gemma-tou-2025-03-24"
    assert concluded((CARD, declared), (TEXT, edition)) == edition


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([CARD, META, TEXT, TEXT2, HEADER]),
            st.sampled_from(["MIT", "Apache-2.0", "GPL-3.0-only", NOASSERTION, "MIT OR ISC"]),
        ),
        max_size=6,
    )
)
def test_nothing_is_concluded_from_a_contradiction(claims: list[tuple[Spec, str]]) -> None:
    made = tuple(claim(spec, expression) for spec, expression in claims)
    result = conclude(made)
    if contradict(voices(made), made):
        assert result is not None
        assert result.expression == NOASSERTION
    if result is not None and result.expression != NOASSERTION:
        said = {symbol for c in made if c.origin != "header" for symbol in symbols(c.expression)}
        assert symbols(result.expression) <= said, "nothing is invented"
