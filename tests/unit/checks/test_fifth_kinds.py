# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Kinds of the fifth corpus: terms of one's own, parts, families, and what a tool wrote alone."""

from pathlib import Path

import pytest

from audit.record.findings import Finding, FindingStatus, Severity
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text

APACHE, AGPL, MIT = (license_text(key) for key in ("apache-2.0", "agpl-3.0", "mit"))
OWN = (
    "# Heron Academic Agreement\n\nThis agreement is between you and the Heron University from"
    " the day on which you take the software. Redistribution and use in source and binary forms"
    " are permitted for non-commercial purposes, where Heron is named.\n"
)
HEAD = "# SPDX-License-Identifier: AGPL-3.0-only\n# Copyright 2026 {}\n\nX = 1\n"


def found(tmp_path: Path, files: dict[str, str]) -> dict[str, list[Finding]]:
    return findings(case(release(tmp_path / "r", files, weights=False)))


def test_terms_of_ones_own_are_unclear_and_not_absent(tmp_path: Path) -> None:
    answers = found(tmp_path, {"LICENSE.md": OWN, "README.md": "# heron\n"})
    assert "LIC001" not in answers
    assert [f.severity for f in answers["LIC003"]] == [Severity.MEDIUM]


def test_own_terms_in_a_folder_leave_it_open_and_known_ones_do_not(tmp_path: Path) -> None:
    readme = {"README.md": "# heron\n"}
    (own,) = found(tmp_path / "a", {**readme, "heron/LICENSE": OWN})["LIC001"]
    assert own.status is FindingStatus.UNDETERMINED
    for folder, text in (("eval", MIT), ("third_party", OWN), ("a/b", OWN)):
        (other,) = found(tmp_path / f"other-{folder[0]}", {**readme, f"{folder}/LICENSE": text})[
            "LIC001"
        ]
        assert other.status is FindingStatus.VIOLATED


@pytest.mark.parametrize(
    ("readme", "holder", "grave"),
    [
        ("The desk is licensed under the AGPL-3.0.", "the Heron team", False),
        ("The desk is licensed under the AGPL-3.0.", "Egret", True),
        ("All of it is free.", "the Heron team", True),
    ],
)
def test_a_part_that_its_holder_names_is_a_question(
    tmp_path: Path, readme: str, holder: str, grave: bool
) -> None:
    licence = APACHE.replace("[yyyy] [name of copyright owner]", "2024 the Heron team")
    files = {"LICENSE": licence, "desk/LICENSE": AGPL, "desk/app.py": HEAD.format(holder)}
    (finding,) = found(tmp_path, {**files, "README.md": f"# heron\n\n{readme}\n"})["COP005"]
    assert (finding.status is FindingStatus.VIOLATED) is grave
    assert (finding.severity.rank >= Severity.HIGH.rank) is grave


@pytest.mark.parametrize(
    ("text", "expected"), [(MIT, [Severity.LOW]), (license_text("isc"), [])], ids=["mit", "isc"]
)
def test_what_npm_writes_by_itself_is_no_contradiction(
    tmp_path: Path, text: str, expected: list[Severity]
) -> None:
    files = {"LICENSE": text, "package.json": '{"name": "r", "license": "ISC"}'}
    assert [f.severity for f in found(tmp_path, files).get("LIC002", [])] == expected


def test_isc_of_somebody_who_chose_it_contradicts(tmp_path: Path) -> None:
    files = {"LICENSE": MIT, "pyproject.toml": '[project]\nname = "r"\nlicense = "ISC"\n'}
    assert [f.severity for f in found(tmp_path, files)["LIC002"]] == [Severity.HIGH]


def test_the_family_of_the_text_is_understood(tmp_path: Path) -> None:
    project = '[project]\nname = "r"\nclassifiers = ["License :: OSI Approved :: Apache License"]\n'
    assert "LIC003" not in found(tmp_path / "a", {"LICENSE": APACHE, "pyproject.toml": project})
    assert "LIC003" in found(tmp_path / "b", {"LICENSE": MIT, "pyproject.toml": project})


def test_weights_under_a_deed_beside_a_licence_for_software(tmp_path: Path) -> None:
    readme = "# heron\n\nv1.0版本模型的使用须遵守CC BY-NC-SA 4.0协议。\n"
    gpl = {"LICENSE": license_text("gpl-3.0"), "README.md": readme}
    assert {f.severity for f in found(tmp_path / "a", gpl)["LIC005"]} == {Severity.MEDIUM}
    mit = {"LICENSE": MIT, "README.md": readme}
    assert Severity.HIGH in {f.severity for f in found(tmp_path / "b", mit)["LIC005"]}
