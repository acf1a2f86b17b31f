# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Kinds of faults met in the repositories of 29 November 2026, with values of our own."""

from pathlib import Path

import pytest

from audit.record.findings import Finding, FindingStatus, Severity
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text

OWN = (
    "Heron Terms\n\nHeron Lab lets you look at this work and run it at home. You may not pass it"
    " on, change it, or sell what you make with it.\n"
)
APACHE = license_text("apache-2.0")
MIT = f"Copyright (c) 2025 Heron Lab\n\n{license_text('mit')}"


def found(tmp_path: Path, files: dict[str, str]) -> dict[str, list[Finding]]:
    return findings(case(release(tmp_path / "r", {**files})))


def test_a_short_licence_of_ones_own_is_a_licence_text(tmp_path: Path) -> None:
    got = found(tmp_path, {"README.md": "# Heron\n", "LICENSE": OWN})
    assert "LIC001" not in got
    assert [f.severity for f in got["LIC003"]] == [Severity.MEDIUM]


@pytest.mark.parametrize("text", ["", "To be written.\n"])
def test_a_licence_file_without_terms_is_none(tmp_path: Path, text: str) -> None:
    assert "LIC001" in found(tmp_path, {"README.md": "# Heron\n", "LICENSE": text})


def test_an_address_far_down_in_a_licence_file(tmp_path: Path) -> None:
    text = "# Terms\n\nBe kind.\n\nThe terms: https://example.org/heron/terms\n"
    got = found(tmp_path, {"README.md": "# Heron\n", "LICENSE": text})
    assert "LIC001" not in got
    assert "https://example.org/heron/terms" in str(got["LIC007"][0].message)


@pytest.mark.parametrize("name", ["Heron LICENSE AGREEMENT", "heron-license-agreement.txt"])
def test_an_agreement_is_a_licence_file(tmp_path: Path, name: str) -> None:
    assert "LIC001" not in found(tmp_path, {"README.md": "# Heron\n", name: OWN})


def test_a_pdf_beside_the_text_is_the_licence_of_a_part(tmp_path: Path) -> None:
    files = {"README.md": "# Heron\n", "LICENSE": MIT, "MODEL_LICENSE.pdf": "%PDF-1.7\n%%EOF\n"}
    got = found(tmp_path, files)
    assert "MODEL_LICENSE.pdf" in str(got["LIC007"][0].message)
    assert [f.severity for f in got["LIC900"]] == [Severity.LOW]
    twice = files | {"LICENSE.pdf": "%PDF-1.7\n%%EOF\n"}
    assert " LICENSE.pdf is" not in str(found(tmp_path / "2", twice)["LIC007"][0].message)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('HEAD = "Copyright 2024 Osprey Team"', False),
        ('heads = ["Copyright 2023 Osprey Team"]', False),
        ("# Copyright 2024 Osprey Team", True),
    ],
)
def test_a_statement_in_a_string_is_data(tmp_path: Path, line: str, says: bool) -> None:
    got = found(tmp_path, {"README.md": "# Heron\n", "LICENSE": MIT, "a.py": f"{line}\nx = 1\n"})
    assert ("COP003" in got) is says


def test_an_address_of_a_company_is_its_name(tmp_path: Path) -> None:
    files = {
        "README.md": "# Heron\n",
        "LICENSE": MIT,
        "NOTICE": "Parts: Copyright 2022 Osprey, Inc.\n",
        "a.py": '"""\nCopyright (c) 2023, osprey.com, inc.\nSPDX-License-Identifier: MIT\n"""\n',
    }
    assert "COP003" not in found(tmp_path, files)


def test_terms_of_a_holder_stand_in_a_notice_file(tmp_path: Path) -> None:
    files = {"README.md": "# Heron\n", "LICENSE": MIT, "a.py": "# Copyright 2019 Rolf Osprey\n"}
    assert "COP004" in found(tmp_path, files)
    notice = "Copyright 2019 Rolf Osprey\n\nLicensed under the Apache License, Version 2.0.\n"
    assert "COP004" not in found(tmp_path / "2", files | {"THIRD_PARTY.md": notice})


@pytest.mark.parametrize(
    "said",
    [
        "Heron is fine-tuned from Llama-2-13b-hf.",
        "Our model is initialized from Llama-3.1-8B and trained further.",
        "The model is built on a vision tower and Llama3-8B-Instruct.",
        "Heron-7B is based on [google/gemma-2-9b](https://huggingface.co/google/gemma-2-9b).",
        "基于 Llama2-7B 继续预训练，得到中文模型。",
        "本模型以Llama 3为基础，增加中文数据。",
        "Heron 是在 gemma-2-9b 的基础上训练的。",
    ],
)
def test_a_base_that_only_prose_names_is_a_question(tmp_path: Path, said: str) -> None:
    files = {"README.md": f"# Heron\n\n{said}\n", "LICENSE": APACHE}
    (finding,) = found(tmp_path, files)["LIC010"]
    assert finding.status is FindingStatus.UNDETERMINED
    assert finding.severity is Severity.HIGH
    assert ("README.md", 3) in {(at.path, at.line) for at in finding.locations}


@pytest.mark.parametrize(
    "said",
    [
        "Our code is based on the recipes of Llama-2-7b.",
        "Osprey-7B is fine-tuned from Llama-2-7b.",
        "We compared it with models fine-tuned from Llama-2-7b.",
        "Heron is trained from scratch; unlike others it is not based on Llama-2-7b.",
        "2024-05-01: Heron, fine-tuned from Llama-2-7b, is out.",
        "Heron is fine-tuned from Qwen3-1.7B.",
        "Heron is based on llama.cpp.",
        "Heron is fine-tuned from Llama-2-7b and is under the Llama 2 Community License too.",
        "本项目基于Llama-2-7b进行微调，请严格遵守Llama-2的开源许可协议。",
        "You can use any model fine-tuned from Llama-2-7b.",
    ],
)
def test_what_prose_says_of_others_or_with_the_terms_is_none(tmp_path: Path, said: str) -> None:
    files = {"README.md": f"# Heron\n\n{said}\n", "LICENSE": APACHE}
    assert "LIC010" not in found(tmp_path, files)


def test_a_declared_base_speaks_for_itself(tmp_path: Path) -> None:
    card = "---\nlicense: apache-2.0\nbase_model: Qwen/Qwen3-1.7B\n---\n# Heron\n\n"
    files = {"README.md": f"{card}Heron is fine-tuned from Llama-2-7b.\n", "LICENSE": APACHE}
    assert "LIC010" not in found(tmp_path, files)
