# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Licence texts of one's own, paragraphs beside a text, and notices under any name."""

from pathlib import Path

import pytest

from audit.cli.licenses import LicenseReport, license_report
from audit.record.findings import Severity
from audit.record.licenses import ClaimOrigin
from tests.unit.checks.cases import release
from tests.unit.checks.mutations import license_text

CARD = "---\nlicense: mit\n---\n# Toy\n"
MIT = f"MIT License\n\nCopyright (c) 2026 Example Lab\n\n{license_text('mit')}"
OWN = (
    "THE EXAMPLE LAB COMMUNITY LICENSE\nVersion 3 of May 2026\n\nThe laboratory gives the reader"
    " of these lines the right to run the model at home, and asks for a postcard in return. Whoever"
    " passes it on passes on these lines. The laboratory promises nothing about what the model"
    " says, and answers for nothing that comes of it. These words are held by the courts of the"
    " town in which the laboratory stands. What is not granted here is kept by the laboratory.\n"
    * 2
)
HEADER = """# Copyright 2020 Some Other Project
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0

VALUE = 1
"""


def report(root: Path, **files: str) -> LicenseReport:
    named = {name.replace("__", "."): text for name, text in files.items()}
    folder = release(root / "toy", {"README.md": CARD, "LICENSE": MIT, **named}, weights=False)
    return license_report(str(folder), quiet=True)


def severity(found: LicenseReport, check: str) -> Severity | None:
    return next((f.severity for f in found.findings if f.check == check), None)


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        (
            "This project uses the work of many. Each of the parts that it uses is listed in the"
            " table of its manual, together with the names of those who wrote it, with our thanks.",
            Severity.LOW,
        ),
        (
            "Commercial use of this software needs the written consent of the Example Lab, and"
            " whoever sells it or offers it as a service has to ask there before doing so.",
            Severity.HIGH,
        ),
        (
            "未经作者书面许可，任何企业和个人不得将本模型用于任何商业目的，否则将追究其法律责任。",
            Severity.HIGH,
        ),
    ],
)
def test_a_paragraph_beside_the_text(tmp_path: Path, paragraph: str, expected: Severity) -> None:
    found = report(tmp_path, LICENSE=f"{MIT}\n\n{paragraph}\n")
    assert severity(found, "LIC003") is expected


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("---\nlicense: mit\n---\n", Severity.HIGH),
        ("---\nlicense: other\nlicense_name: example-lab\n---\n", None),
        ("# Toy\n", Severity.MEDIUM),
    ],
)
def test_terms_of_ones_own(tmp_path: Path, card: str, expected: Severity | None) -> None:
    folder = release(tmp_path / "toy", {"README.md": card, "LICENSE": OWN}, weights=False)
    assert severity(license_report(str(folder), quiet=True), "LIC003") is expected


@pytest.mark.parametrize(
    "name",
    [
        "Open Source Software Notice",
        "docs/Third_Party_Software.txt",
        "ACKNOWLEDGEMENTS",
        "part/CREDITS",
    ],
)
def test_a_notice_is_known_by_what_it_holds(tmp_path: Path, name: str) -> None:
    line = "Software: Some Other Project\nCopyright 2020 Some Other Project"
    notice = f"{line}\n\n{license_text('apache-2.0')}"
    assert severity(report(tmp_path / "a", modeling__py=HEADER), "COP003") is Severity.MEDIUM
    found = report(tmp_path / "b", **{name: notice, "modeling__py": HEADER})
    assert {f.check for f in found.findings} & {"COP003", "LIC008"} == set()


def test_a_list_of_names_is_no_licence_text(tmp_path: Path) -> None:
    """Only what holds the text serves for it."""
    found = report(tmp_path, ACKNOWLEDGEMENTS="Thanks to Some Other Project.\n", m__py=HEADER)
    assert severity(found, "COP003") is None
    assert severity(found, "LIC008") is Severity.MEDIUM


@pytest.mark.parametrize(
    ("header", "has_terms"),
    [
        (
            "# Copyright (c) 2020 Other Inc.\n# This source code is licensed under the license in"
            " the\n# LICENSE file in the root directory.\n",
            True,
        ),
        ("# Copyright (c) 2020 Other Inc.\n# See the LICENSE file for details.\n", True),
        ("# Copyright (c) 2020 Other Inc.\n# 使用本文件须遵守其许可协议。\n", True),
        ("# Copyright (c) 2020 Other Inc. All rights reserved.\n", False),
        ("# Demucs code is coming from\n# Copyright (c) 2020 Other Inc.\n", False),
    ],
)
def test_a_header_that_points_at_terms_has_them(
    tmp_path: Path, header: str, has_terms: bool
) -> None:
    found = report(tmp_path, part__py=f"{header}\nVALUE = 1\n")
    assert (severity(found, "COP004") is None) is has_terms


def test_terms_with_a_name_in_them_are_whole(tmp_path: Path) -> None:
    bsd = license_text("bsd-new").replace("the copyright holder nor", "OTHER CORPORATION nor")
    lines = "\n".join(f" * {line}" for line in bsd.splitlines())
    text = f"/*\n * Copyright (c) 2011-2022, OTHER CORPORATION.\n *\n{lines}\n */\n"
    found = report(tmp_path, copy__cuh=text)
    origins = {c.origin for c in found.licenses.claims if c.path == "copy.cuh"}
    assert origins == {ClaimOrigin.HEADER_TEXT}
    assert {f.check for f in found.findings} & {"COP003", "COP004"} == set()


def test_a_header_that_was_taken_over_is_read(tmp_path: Path) -> None:
    text = (
        f"# Below is the original copyright:\n#\n#    Copyright 2023 Ann Lee, Bo Roe\n{HEADER[40:]}"
    )
    found = report(tmp_path, train__py=text)
    (finding,) = (f for f in found.findings if f.check == "COP003")
    assert "Ann Lee and Bo Roe" in finding.title


def test_the_holder_of_most_headers_is_the_releases_own(tmp_path: Path) -> None:
    apache = license_text("apache-2.0")
    files = {
        f"{n}__py": "# Copyright (c) Example Works, Inc. and affiliates.\n\nX = 1\n" for n in "abc"
    }
    found = report(tmp_path / "a", LICENSE=apache, **files)
    assert severity(found, "COP003") is None
    held = report(tmp_path / "b", **files)
    assert severity(held, "COP003") is Severity.MEDIUM
