# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a README says, held against what it speaks of: parts, choices, limits, places."""

from dataclasses import replace
from pathlib import Path

import pytest

from audit.checks.licenses.prose_license import denies_its_part
from audit.record.findings import Finding, Severity
from audit.record.licenses import ClaimOrigin, ClaimSource, LicenseClaim
from audit.record.said import quoted
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text

CODE = {"run.py": "print('run')\n"}


def text(key: str) -> str:
    return f"Copyright (c) 2024 Sparrow Team\n\n{license_text(key)}"


def found(tmp_path: Path, files: dict[str, str]) -> dict[str, list[Finding]]:
    return findings(case(release(tmp_path / "r", files)))


def ids(tmp_path: Path, files: dict[str, str]) -> set[str]:
    return {name for name in found(tmp_path, files) if name.startswith(("LIC", "COP"))}


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("Sparrow is distributed under the Apache License 2.0.", Severity.HIGH),
        ("Our code is open-sourced under Apache-2.0.", Severity.HIGH),
        ("代码与模型权重依照 Apache-2.0 协议开源。", Severity.HIGH),
        ("The models are released under the Apache 2.0 license.", Severity.MEDIUM),
        ("![l](https://img.shields.io/static/v1?label=License&message=Apache&color=b)",
         Severity.HIGH),
    ],
)  # fmt: skip
def test_another_licence_than_the_text(tmp_path: Path, said: str, severity: Severity) -> None:
    files = {"README.md": f"# Sparrow\n\n{said}\n", "LICENSE": text("mit"), **CODE}
    (finding,) = found(tmp_path, files)["LIC005"]
    assert finding.severity is severity
    assert ("README.md", 3) in {(at.path, at.line) for at in finding.locations}


@pytest.mark.parametrize(
    "said",
    [
        "The code is under MIT, the models are under Apache-2.0.",
        "The model weights are released under CC BY-NC 4.0.",  # LICENSE is the code's
        "The Finch dataset is released under CC BY 4.0.",
        "The training data is released under CC BY 4.0.",
        "Sparrow is available under MIT or Apache-2.0, at your option.",
        "This project was previously licensed under GPL-3.0.",
    ],
)
def test_no_contradiction(tmp_path: Path, said: str) -> None:
    files = {"README.md": f"# Sparrow\n\n{said}\n", "LICENSE": text("mit"), **CODE}
    assert "LIC005" not in ids(tmp_path, files)


def test_weights_are_held_against_the_file_for_weights(tmp_path: Path) -> None:
    readme = "# Sparrow\n\nThe code is under MIT. The weights are under {}.\n"
    files = {"LICENSE": text("mit"), "LICENSE-MODEL": license_text("cc-by-4.0"), **CODE}
    wrong = {"README.md": readme.format("Apache-2.0"), **files}
    right = {"README.md": readme.format("CC BY 4.0"), **files}
    assert "LIC005" in ids(tmp_path / "wrong", wrong)
    assert "LIC005" not in ids(tmp_path / "right", right)


def test_a_readme_in_another_language_counts(tmp_path: Path) -> None:
    files = {
        "README.md": "# Sparrow\n\nMIT licensed.\n",
        "README_zh.md": "# 雀\n\n本项目采用 Apache-2.0 许可证。\n",
        "LICENSE": text("gpl-3.0"),
    }
    (finding,) = found(tmp_path, files)["LIC005"]
    assert "README_zh.md" in {at.path for at in finding.locations}


MAP = "---\nlicense: cc-by-nc-4.0\n---\n# Sparrow\n\n"


@pytest.mark.parametrize(
    ("said", "contradicts"),
    [
        ("The weights are under CC BY-NC 4.0, the code is under MIT.", False),
        ("模型权重采用 CC BY-NC 4.0 许可。", False),
        ("The training data is under CC BY-NC 4.0.", True),
        ("A small model.", True),
    ],
)
def test_a_map_settles_card_and_text(tmp_path: Path, said: str, *, contradicts: bool) -> None:
    files = {"README.md": f"{MAP}{said}\n", "LICENSE": text("mit"), **CODE}
    assert ("LIC002" in ids(tmp_path, files)) is contradicts


def test_what_is_mapped_is_concluded_from_together(tmp_path: Path) -> None:
    readme = f"{MAP}The weights are under CC BY-NC 4.0, the code is under MIT.\n"
    subject = case(release(tmp_path / "r", {"README.md": readme, "LICENSE": text("mit")}))
    concluded = subject.licenses.concluded
    assert concluded is not None
    assert concluded.expression == "CC-BY-NC-4.0 AND MIT"


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        ("This project is for research purposes only.", [Severity.HIGH]),
        ("本项目仅供学术研究使用，不得商用。", [Severity.HIGH]),
        ("All resources are strictly prohibited for commercial use.", [Severity.HIGH]),
        ("The models may not be used commercially.", [Severity.MEDIUM]),
        ("The code is under MIT. The weights are for non-commercial use only.", []),
        ("The Finch weights are for research use only.", []),
        ("Intended for research use.", []),
        ("Free for academic and commercial use.", []),
    ],
)
def test_a_readme_that_forbids_what_is_granted(
    tmp_path: Path, said: str, reported: list[Severity]
) -> None:
    files = {"README.md": f"# Sparrow\n\n{said}\n", "LICENSE": text("mit"), **CODE}
    assert [f.severity for f in found(tmp_path, files).get("LIC005", [])] == reported


def test_a_limit_that_the_licence_has_too_is_none(tmp_path: Path) -> None:
    files = {
        "README.md": "# Sparrow\n\nFor non-commercial use only.\n",
        "LICENSE": license_text("cc-by-nc-4.0"),
    }
    assert "LIC005" not in ids(tmp_path, files)


def test_a_slash_is_a_choice(tmp_path: Path) -> None:
    project = '[project]\nname = "sparrow"\nlicense = {text = "MIT/Apache-2.0"}\n'
    files = {
        "README.md": "# Sparrow\n",
        "pyproject.toml": project,
        "LICENSE-MIT": text("mit"),
        "LICENSE-APACHE": license_text("apache-2.0"),
    }
    assert not ids(tmp_path, files) & {"LIC003", "LIC006"}


def test_two_texts_in_one_file_ask_which_applies(tmp_path: Path) -> None:
    both = f"{text('mit')}\n\n{license_text('apache-2.0')}"
    mapped = f"{text('mit')}\n\nThe files in csrc/ come from elsewhere, under these terms:\n\n"
    assert "LIC006" in ids(tmp_path / "a", {"README.md": "# A\n", "LICENSE": both})
    told = {"README.md": "# A\n\nThe code is under MIT, the weights are under Apache-2.0.\n"}
    assert "LIC006" not in ids(tmp_path / "b", {**told, "LICENSE": both})
    other = {"README.md": "# A\n", "LICENSE": mapped + license_text("apache-2.0")}
    assert "LIC006" not in ids(tmp_path / "c", other)


@pytest.mark.parametrize(
    ("said", "header", "asked"),
    [
        ("The majority of Sparrow is licensed under MIT, however portions are not.", True, False),
        ("Most of Sparrow is released under the MIT License.", True, False),
        ("Sparrow is released under the MIT License.", True, False),
        ("The majority of Sparrow is licensed under MIT.", False, True),
        ("Sparrow flies.", True, True),
        ("Sparrow is licensed under MIT and Apache-2.0.", False, True),
    ],
)
def test_files_that_say_their_licence_themselves_are_a_map(
    tmp_path: Path, said: str, header: bool, asked: bool
) -> None:
    own = "# SPDX-License-Identifier: Apache-2.0\n" if header else ""
    files = {
        "README.md": f"# Sparrow\n\n{said}\n",
        "LICENSE": text("mit"),
        "APACHE-LICENSE": license_text("apache-2.0"),
        "augment.py": f"{own}X = 1\n",
    }
    assert ("LIC006" in ids(tmp_path, files)) is asked


def test_a_licence_that_is_only_a_pdf_or_an_address(tmp_path: Path) -> None:
    pdf = {"README.md": "# A\n", "Sparrow Community License.pdf": "%PDF-1.4\n% words\n"}
    address = {"README.md": "# A\n\n模型需遵循《[雀协议](https://example.com/a.html)》。\n"}
    held = {
        "README.md": "# A\n\n模型需遵循《[雀协议](https://example.com/blob/main/TERMS.txt)》。\n",
        "TERMS.txt": "These are our terms.\n",
    }
    assert "LIC007" in ids(tmp_path / "pdf", pdf)
    assert "LIC001" not in ids(tmp_path / "pdf2", pdf)
    assert "LIC007" in ids(tmp_path / "address", address)
    assert "LIC007" not in ids(tmp_path / "held", held)


@pytest.mark.parametrize(
    "line",
    [
        'TABLE = [("finch", "GPL-3.0"), ("owl", "AGPL-3.0")]',
        'finch = Work("finch", license="GPL-3.0-only")  # GPL-3.0',
        'NOTE = """\nThis file is licensed under the GNU General Public License v3.0.\n"""',
    ],
)
def test_names_in_code_are_data(tmp_path: Path, line: str) -> None:
    files = {"README.md": "# A\n", "LICENSE": text("mit"), "a.py": f"import b\n\n{line}\n"}
    assert not ids(tmp_path, files) & {"COP005", "LIC008"}


@pytest.mark.parametrize(
    "line",
    [
        "# This file is licensed under the GNU General Public License v3.0.",
        '"""Sorts.\n\nThis file is licensed under the GNU General Public License v3.0.\n"""',
        '__license__ = "GPL-3.0-only"',
        "# SPDX-License-Identifier: GPL-3.0-only",
    ],
)
def test_what_speaks_about_a_file_still_does(tmp_path: Path, line: str) -> None:
    files = {"README.md": "# A\n", "LICENSE": text("mit"), "a.py": f"{line}\nimport b\n"}
    assert "COP005" in ids(tmp_path, files)


def test_a_list_of_licences_is_no_licence_file(tmp_path: Path) -> None:
    listed = "- id: GPL-3.0\n  name: GNU General Public License v3.0\n- id: CC-BY-4.0\n"
    files = {"README.md": "# A\n", "LICENSE": text("mit"), "licenses_known.yml": listed}
    assert not ids(tmp_path, files) & {"LIC002", "LIC003", "LIC006"}


def test_or_in_a_header_is_a_choice(tmp_path: Path) -> None:
    header = "# Licensed under the MIT license or the GNU General Public License v2.0.\n"
    files = {"README.md": "# A\n", "LICENSE": text("mit"), "a.py": f"{header}import b\n"}
    assert "COP005" not in ids(tmp_path, files)


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        ("使用 LingoWhale-8B 模型需要遵循 Apache 2.0 和《LingoWhale-8B模型许可协议》。", False),
        ("The model follows Apache 2.0 and the LingoWhale-8B Model License Agreement.", False),
        ("The model is under Apache 2.0.", True),
    ],
)
def test_a_sentence_that_also_gives_the_file_s_title_denies_nothing(
    said: str, reported: bool
) -> None:
    claim = LicenseClaim(
        source=ClaimSource.DECLARED,
        origin=ClaimOrigin.CARD_STATEMENT,
        expression="Apache-2.0",
        raw=quoted(said),
        path="README.md",
        line=3,
        scope="weights",
    )
    file = replace(
        claim,
        origin=ClaimOrigin.LICENSE_FILE,
        expression="LicenseRef-audit-lingowhale-8b",
        path="MODEL_LICENSE.md",
    )
    assert denies_its_part(claim, (claim, file)) is reported
