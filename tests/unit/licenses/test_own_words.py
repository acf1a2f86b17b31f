# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What headers say of their terms in words of their own; worded as public files do."""

import time

import pytest

from audit.licenses.declared.prose import LIMIT
from audit.licenses.detected.own_words import NAMED, PROPRIETARY, own_words
from audit.licenses.legal_text import LegalText
from audit.record.files import Artifact, Kind
from audit.record.licenses import NOASSERTION

HELD = "# Copyright (C) 2023, Heron Lab\n"


def said(header: str, path: str = "a.py") -> list[tuple[str, str, int | None]]:
    artifact = Artifact(path=path, size=len(header), kind=Kind.CODE, sha256="0" * 64)
    source = LegalText(artifact=artifact, text=f"{header}\nx = 1\n", declaration="")
    lines = header.splitlines()
    stated = [n for n, line in enumerate(lines, 1) if "opyright" in line]
    return [(c.expression, c.field, c.line) for c in own_words(source, stated)]


@pytest.mark.parametrize(
    "words",
    [
        "This software is free for non-commercial, research and evaluation use",
        "Licensed for non-commercial use only.",
        "For academic research only.",
        "This file may only be used for research purposes.",
        "It is provided for non-commercial purposes.",
        "Commercial use is strictly prohibited.",
        "No commercial use.",
        "仅供学术研究使用。",
        "自研代码仅供研究学习，不得商用。",
    ],
)
def test_for_research_only(words: str) -> None:
    assert said(f"{HELD}#\n# {words}") == [(NOASSERTION, LIMIT, 3)]


OVER = [
    "Heron Lab is holder of all proprietary rights on this computer program.\n"
    "# You can only use this computer program if you have closed\n"
    "# a license agreement with Heron Lab.",
    "Any use of the computer program without a valid license is prohibited and\n"
    "# liable to prosecution.",
]


@pytest.mark.parametrize("words", OVER)
@pytest.mark.parametrize("gap", ["", "#\n"])
def test_terms_may_stand_over_the_copyright_line(words: str, gap: str) -> None:
    ((expression, field, _),) = said(f"# -*- coding: utf-8 -*-\n\n# {words}\n{gap}{HELD}")
    assert (expression, field) == (NOASSERTION, PROPRIETARY)


def test_what_stands_over_another_comment_is_not_of_this_one() -> None:
    assert said(f"# {OVER[1]}\n\nx = 1\n\n{HELD}") == []


@pytest.mark.parametrize(
    "words",
    [
        "Any use, reproduction or distribution of this material without an express\n"
        "# license agreement from Heron Lab is strictly prohibited.",
        "Unauthorized copying of this file is strictly prohibited.",
        "Proprietary and confidential.",
        "Use without the written consent of Heron Lab is forbidden.",
    ],
)
def test_kept_back(words: str) -> None:
    ((expression, field, _),) = said(f"{HELD}# {words}")
    assert (expression, field) == (NOASSERTION, PROPRIETARY)


@pytest.mark.parametrize(
    "words",
    [
        "For commercial and non-commercial use alike.",
        "In research, only a few need this.",
        "For example, your research project perhaps only needs one of them.",
        "This is only useful for some research code.",
        "See the LICENSE file.",
        "All rights reserved.",
        "",
    ],
)
def test_what_limits_nothing(words: str) -> None:
    assert all(field == "" for _, field, _ in said(f"{HELD}# {words}"))


def test_a_docstring_is_no_header() -> None:
    text = f'{HELD}\n"""\nFor example, your research project perhaps only needs one of them.\n"""'
    assert said(text) == []


@pytest.mark.parametrize(
    ("header", "expression"),
    [
        ("# AGPL: a notice must say what was changed.", "AGPL-1.0-or-later"),
        ("# This file is GPL.", "GPL-1.0-or-later"),
        ("// adapted from heron (GPL)", "GPL-1.0-or-later"),
        ("# GPL", "GPL-1.0-or-later"),
    ],
)
def test_a_family_alone(header: str, expression: str) -> None:
    path = "a.cpp" if header.startswith("//") else "a.py"
    assert [e for e, _, _ in said(header, path)] == [expression]


@pytest.mark.parametrize(
    "header",
    ['# {"5TTA": [[52, 53], "GPL"]}', "# seq = GPLKAGPL", "# heron is AGPL, so we do not use it"],
)
def test_letters_that_are_no_licence(header: str) -> None:
    assert said(header) == []


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("# Heron 3D is licensed under the HERON NON-COMMERCIAL LICENSE AGREEMENT", True),
        ("# Heron is licensed under the Heron Community License", True),
        ("# Heron is licensed to nobody.", False),
    ],
)
def test_a_licence_by_a_name_of_its_own(header: str, *, named: bool) -> None:
    assert [field for _, field, _ in said(header)] == ([NAMED] if named else [])


def test_a_long_header_takes_no_time() -> None:
    began = time.perf_counter()
    said("# " + "without a licensed under the A " * 30_000 + "\n" + HELD * 60)
    assert time.perf_counter() - began < 2
