# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Raw matches become claims; each trap of the detector is one case."""

from dataclasses import replace
from typing import Any

import pytest

from audit.licenses.detected.interpret import copyrights, header_claims, legal_claims
from audit.licenses.detected.reply import Match, Reply
from audit.licenses.legal_text import LegalText
from audit.record.files import Artifact, Kind
from audit.record.licenses import NOASSERTION, ClaimOrigin


def source(text: str, path: str = "LICENSE", kind: Kind = Kind.LEGAL) -> LegalText:
    artifact = Artifact(path=path, size=len(text), sha256="0" * 64, kind=kind)
    return LegalText(artifact=artifact, text=text, declaration=text)


def match(expression: str, **changes: Any) -> Match:
    plain = Match(expression, matcher="2-aho", score=100.0, kind="text", start=1, end=20)
    return replace(plain, **changes)


def raw(*matches: Match, **changes: Any) -> Reply:
    plain = Reply(tuple((m,) for m in matches), copyrights=(), unexplained=(), late=False)
    return replace(plain, **changes)


def said(claims: Any) -> list[tuple[str, str]]:
    return [(claim.origin, claim.expression) for claim in claims]


def test_an_exact_text_is_an_identity() -> None:
    claims = legal_claims(source("MIT"), raw(match("MIT")), for_release=True)
    assert said(claims) == [(ClaimOrigin.LICENSE_FILE, "MIT")]
    assert claims[0].score == 1.0


def test_a_listed_licence_at_99_percent_is_an_identity() -> None:
    near = match("BSD-3-Clause", matcher="3-seq", score=99.0)
    claims = legal_claims(source("x"), raw(near), for_release=True)
    assert said(claims) == [(ClaimOrigin.LICENSE_FILE, "BSD-3-Clause")]
    assert claims[0].score == 0.99


@pytest.mark.parametrize(
    ("expression", "score"),
    [
        ("LicenseRef-scancode-llama-3.1-license-2024", 98.7),  # Llama 3 reads so
        ("LicenseRef-scancode-tencent-hunyuan-3d-2.0-cla", 99.4),  # Hunyuan-Large reads so
        ("LicenseRef-scancode-tongyi-qianwen-2023", 94.6),  # Qwen Research reads so
        ("MIT", 90.0),
    ],
)
def test_a_neighbour_is_not_an_identity(expression: str, score: float) -> None:
    near = match(expression, matcher="3-seq", score=score)
    (claim,) = legal_claims(source("x"), raw(near), for_release=True)
    assert claim.expression == NOASSERTION
    assert expression in claim.raw
    assert f"{score:.1f} %" in claim.raw


def test_words_beside_a_known_text_are_said() -> None:
    extra = [[22, "the weights may be used for academic research only " * 4]]
    claims = legal_claims(source("x"), raw(match("MIT"), unexplained=extra), for_release=True)
    assert said(claims) == [
        (ClaimOrigin.LICENSE_FILE, "MIT"),
        (ClaimOrigin.LICENSE_FILE, NOASSERTION),
    ]
    assert claims[1].line == 22


def test_that_parts_may_be_under_others_takes_nothing_back() -> None:
    words = "The following applies to all files unless otherwise noted. "
    words += "This repository also has code of others, with notices at the top of each file."
    extra = [[1, words]]
    claims = legal_claims(source("x"), raw(match("MIT"), unexplained=extra), for_release=True)
    assert said(claims)[1:] == [(ClaimOrigin.LICENSE_REMARK, NOASSERTION)]
    extra = [[1, words + " None of it may be sold unless the authors agree."]]
    claims = legal_claims(source("x"), raw(match("MIT"), unexplained=extra), for_release=True)
    assert said(claims)[1:] == [(ClaimOrigin.LICENSE_FILE, NOASSERTION)]


def test_a_title_beside_a_known_text_is_not() -> None:
    extra = [[1, "The licence of the toy"]]
    claims = legal_claims(source("x"), raw(match("MIT"), unexplained=extra), for_release=True)
    assert said(claims) == [(ClaimOrigin.LICENSE_FILE, "MIT")]


def test_an_unknown_text_is_a_text_and_a_word_is_a_mention() -> None:
    long = "word " * 150
    claims = legal_claims(source(long), raw(unexplained=[[1, long]]), for_release=True)
    assert said(claims) == [(ClaimOrigin.LICENSE_FILE, NOASSERTION)]
    claims = legal_claims(source("MIT"), raw(unexplained=[[1, "MIT"]]), for_release=True)
    assert said(claims) == [(ClaimOrigin.LICENSE_MENTION, NOASSERTION)]
    reference = match("MIT", kind="reference")
    claims = legal_claims(source("MIT License"), raw(reference), for_release=True)
    assert said(claims) == [(ClaimOrigin.LICENSE_MENTION, "MIT")]


@pytest.mark.parametrize(
    ("more", "origin"),
    [
        ("We encourage you to use the outputs, including in commercial projects", "remark"),
        ("We strongly recommend that outputs must be labelled as made by a machine", "remark"),
        ("You may use the outputs, but not in commercial projects of any kind", "file"),
        ("We encourage research. Commercial use needs our written permission first", "file"),
    ],
)
def test_what_is_only_wished_for_takes_nothing_back(more: str, origin: str) -> None:
    long = f"{more}, and this goes on for some more words until it is a paragraph of its own."
    found = raw(match("Apache-2.0"), unexplained=[[9, long]])
    claims = legal_claims(source("x\n" * 8 + long), found, for_release=True)
    remark = ClaimOrigin.LICENSE_REMARK if origin == "remark" else ClaimOrigin.LICENSE_FILE
    assert (remark, NOASSERTION) in said(claims)


def test_a_part_speaks_for_itself_only() -> None:
    near = match("MIT", matcher="3-seq", score=90.0)
    claims = legal_claims(source("x"), raw(match("ISC"), near), for_release=False)
    assert said(claims) == [(ClaimOrigin.PART_FILE, "ISC")]


def test_headers_notices_and_tags_near_the_top() -> None:
    text = source("# x\n" * 10 + "y = 1\n" + "# x\n" * 90, "a.py", Kind.CODE)
    found = raw(
        match("Apache-2.0", kind="notice", start=3),
        match("MIT", kind="tag", start=41),  # `license: mit` in a docstring
        match("GPL-2.0-only", kind="reference", start=60),
        match("ISC", kind="tag", start=70, matcher="1-spdx-id"),
        match("Zlib", kind="tag", start=2),
    )
    claims = header_claims(text, found, ClaimOrigin.HEADER)
    assert [c.expression for c in claims] == ["Apache-2.0", "ISC", "Zlib"]
    assert [c.line for c in claims] == [3, 70, 2]


def test_a_label_counts_in_all_that_a_file_opens_with() -> None:
    opens = source("'''\n" + "# x\n" * 60 + "'''\n\nx = 1\n" + "# y\n" * 9, "a.py", Kind.CODE)
    said = [match("CC-BY-NC-SA-4.0", kind="tag", start=45), match("MIT", kind="tag", start=68)]
    claims = header_claims(opens, raw(*said), ClaimOrigin.HEADER)
    assert [c.expression for c in claims] == ["CC-BY-NC-SA-4.0"]


def test_fields_of_package_metadata_are_not_found_twice() -> None:
    text = source('license = "MIT"', "pyproject.toml", Kind.PACKAGE_METADATA)
    found = raw(match("MIT", kind="tag"), match("GPL-3.0-only", kind="tag", matcher="1-spdx-id"))
    claims = header_claims(text, found, ClaimOrigin.HEADER, fields_are_declared=True)
    assert [c.expression for c in claims] == ["GPL-3.0-only"]


@pytest.mark.parametrize(
    "noise",
    [
        "LicenseRef-scancode-unknown-license-reference",
        "LicenseRef-scancode-proprietary-license",
        "LicenseRef-scancode-warranty-disclaimer",
        "LicenseRef-scancode-free-unknown",
        "LicenseRef-scancode-generic-cla",
    ],
)
def test_noise_is_no_claim(noise: str) -> None:
    text = source("x", "a.py", Kind.CODE)
    assert header_claims(text, raw(match(noise, kind="notice")), ClaimOrigin.HEADER) == ()
    assert legal_claims(text, raw(match(noise)), for_release=True) == ()


def test_one_claim_for_each_expression() -> None:
    text = source("# x\n" * 9, "a.py", Kind.CODE)
    found = raw(match("MIT", start=5, kind="notice"), match("MIT", start=2, kind="notice"))
    assert len(header_claims(text, found, ClaimOrigin.HEADER)) == 1


def test_copyrights_keep_the_line_as_written() -> None:
    text = source("# Copyright (c) 2020 Jürgen Müller <j@x.org>\nx = 1\n", "a.py", Kind.CODE)
    found = raw(copyrights=[[1, "Copyright (c) 2020 Jurgen Muller", "Jurgen Muller"]])
    (copyright_,) = copyrights(text, found)
    assert copyright_.holder == "Jürgen Müller"
    assert copyright_.statement == "Copyright (c) 2020 Jürgen Müller <j@x.org>"
    assert copyright_.line == 1


def test_copyrights_on_lines_that_are_not_there_are_dropped() -> None:
    assert copyrights(source("x"), raw(copyrights=[[99, "Copyright A", "A"]])) == ()
