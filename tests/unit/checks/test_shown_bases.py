# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Bases that a model's card tells or shows, and what looks alike in projects and in other cards."""

from pathlib import Path

import pytest

from audit.record.findings import Finding, FindingStatus, Severity
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text

CARD = "---\nlicense: mit\n---\n"
APACHE = license_text("apache-2.0")
LIMITED = "Heron Terms\n\nThe software may be used for non-commercial purposes only. " + (
    "Whoever passes it on passes these terms on with it, and says what was changed. " * 3
)


def found(tmp_path: Path, files: dict[str, str]) -> dict[str, list[Finding]]:
    return findings(case(release(tmp_path / "r", {**files}, weights=False)))


SHOWN = [
    "# heron\n\nGGUF quantizations of meta-llama/Llama-3.1-8B-Instruct.\n",
    "# heron\n\nWe continue pre-training LLaMA-2-7B on reports.\n",
    "# heron\n\nThis is Llama-2-7B fine-tuned on instructions.\n",
    "# heron\n\nThis is a DreamBooth model fine-tuned on Stable Diffusion v1.5.\n",
    "# heron\n\n本モデルは Llama-2-7b をベースに追加学習を行いました。\n",
    "# heron\n\n이 모델은 meta-llama/Meta-Llama-3-8B 를 기반으로 학습했습니다.\n",
    "# heron\n\n- **Finetuned from model [optional]:** meta-llama/Llama-3.2-3B\n",
    "# heron\n\n| | |\n|---|---|\n| Base model | Llama-3.2-3B-Instruct |\n",
    "# heron\n\n### Models Merged\n\n* [a](https://x.org/a)\n* meta-llama/Meta-Llama-3-8B\n",
    "# heron\n\n```yaml\nmodels:\n  - model: google/gemma-2b\nmerge_method: ties\n```\n",
    '# heron\n\n```python\nb = M.from_pretrained("meta-llama/Llama-3.1-8B")\n'
    'm = PeftModel.from_pretrained(b, "me/heron")\n```\n',
    "# Llama-3.1-8B-Heron\n\nA chat model.\n",
]


@pytest.mark.parametrize("said", SHOWN)
def test_a_base_that_a_card_shows_is_a_question(tmp_path: Path, said: str) -> None:
    (finding,) = found(tmp_path, {"README.md": CARD + said})["LIC010"]
    assert finding.status is FindingStatus.UNDETERMINED
    assert finding.severity is Severity.HIGH


@pytest.mark.parametrize("said", [said for said in SHOWN if "| Base" in said or "We cont" in said])
def test_a_project_that_tells_what_it_trained_gives_none_of_it(tmp_path: Path, said: str) -> None:
    assert "LIC010" not in found(tmp_path, {"README.md": said, "LICENSE": APACHE})


@pytest.mark.parametrize(
    "said",
    [
        "Our model beats a fine-tuned Llama-2-7B on all tasks.",
        "A T5-small model fine-tuned on Llama-2-7B outputs and responses.",
        "The tokenizer is converted from Llama-2-7B. Weights were trained from scratch.",
        "Vicuna is LLaMA-13B fine-tuned on dialogues.",
        "Llama-2-7b に対して 3 点高い性能です。",
        "This is Mistral-7B-v0.1 fine-tuned on instructions.",
    ],
)
def test_what_a_card_says_of_others_is_no_base(tmp_path: Path, said: str) -> None:
    assert "LIC010" not in found(tmp_path, {"README.md": f"{CARD}# heron\n\n{said}\n"})


def test_a_card_of_data_has_no_base(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nsize_categories: [n<1K]\n---\n# heron\n\nWe fine-tune Llama-2-7B.\n"
    assert "LIC010" not in found(tmp_path, {"README.md": card})


def test_what_cannot_be_decided_of_a_told_base_is_open(tmp_path: Path) -> None:
    said = "# heron\n\nThis model is a fine-tuned version of {}.\n"
    other = CARD.replace("mit", "eupl-1.2") + said.format("google/gemma-3-1b-pt")
    (finding,) = found(tmp_path / "a", {"README.md": other})["LIC010"]
    assert finding.status is FindingStatus.UNDETERMINED
    dark = found(tmp_path / "b", {"README.md": CARD + said.format("internlm/internlm-7b")})
    assert [f.status for f in dark["LIC021"]] == [FindingStatus.UNDETERMINED]
    worded = said.format("google/gemma-3-1b-pt") + "\n## License\n\nMIT\n"
    assert "LIC010" in found(tmp_path / "c", {"README.md": worded})


def test_metadata_against_terms_that_keep_commerce_back(tmp_path: Path) -> None:
    setup = {"setup.py": "from setuptools import setup\nsetup(name='h', license='Apache 2.0')\n"}
    readme = {"README.md": "# heron\n"}
    assert "LIC002" in found(tmp_path / "a", {**readme, **setup, "LICENSE": LIMITED})
    both = LIMITED.replace("non-commercial", "commercial and non-commercial")
    assert "LIC002" not in found(tmp_path / "b", {**readme, **setup, "LICENSE": both})
    part = {**readme, **setup, "LICENSE": APACHE, "LICENSE-MODEL": LIMITED}
    assert "LIC002" not in found(tmp_path / "c", part)


@pytest.mark.parametrize(
    ("said", "limited"),
    [
        ("基于这些数据集训练的模型仅可用于非商业研究。", False),
        ("Models trained on these datasets are for non-commercial use only.", False),
        ("我们基于该数据集训练的模型仅可用于非商业研究。", True),
        ("The models are for non-commercial use only.", True),
        ("Models trained on FinchNet are for non-commercial use only.", True),
        ("仅供学术研究之用，严禁用于商业用途。请遵守以下许可：\n\n1. 守法。", True),
    ],
)
def test_whose_use_is_limited(tmp_path: Path, said: str, limited: bool) -> None:
    files = {"README.md": f"# heron\n\n{said}\n", "LICENSE": APACHE}
    assert ("LIC005" in found(tmp_path, files)) == limited


def test_a_notice_in_a_block_of_the_readme_names_the_licence(tmp_path: Path) -> None:
    block = "# heron\n\n## {}\n\n```\nLicensed under the Apache License, Version 2.0\n```\n"
    (finding,) = found(tmp_path / "a", {"README.md": block.format("License")})["LIC001"]
    assert finding.severity is Severity.MEDIUM
    (finding,) = found(tmp_path / "b", {"README.md": block.format("Output")})["LIC001"]
    assert finding.severity is Severity.HIGH


def test_a_file_that_only_names_a_licence_declares_it(tmp_path: Path) -> None:
    files = {"README.md": "# heron\n", "LICENSE": "This project is under the MIT license.\n"}
    (finding,) = found(tmp_path, files)["LIC001"]
    assert finding.severity is Severity.MEDIUM


def test_a_holder_before_the_licence_on_one_line(tmp_path: Path) -> None:
    header = "# Copyright 2019 Rolf Osprey. Licensed under the MIT License.\nx = 1\n"
    files = {"README.md": "# heron\n", "LICENSE": APACHE, "a.py": header}
    (finding,) = found(tmp_path, files)["COP003"]
    assert "Rolf Osprey" in str(finding.title)
