# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Kinds of faults that the halves set aside showed, each with variants of its own."""

from pathlib import Path

import pytest

from audit.record.findings import Finding, FindingStatus, Severity
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text

OWN = "The Heron licence\n\n" + "The licensor lets you use the model as these terms say. " * 9
INRIA = (
    "# Copyright (C) 2023, Inria\n#\n# This software is free for non-commercial, research and"
    " evaluation use\n# under the terms of the LICENSE.md file.\n\n"
)
NVIDIA = (
    "# Copyright (c) 2021, NVIDIA CORPORATION. All rights reserved.\n#\n# Any use or distribution"
    " of this material without an express license agreement from\n# NVIDIA CORPORATION is strictly"
    " prohibited.\n"
)
CODE = "x = 1\n"


def text(key: str, holder: str = "Sparrow Team") -> str:
    return f"Copyright (c) 2024 {holder}\n\n{license_text(key)}"


def found(
    tmp_path: Path, files: dict[str, str], *, weights: bool = False
) -> dict[str, list[Finding]]:
    whole = {"README.md": "# Sparrow\n", **files}
    return findings(case(release(tmp_path / "r", whole, weights=weights)))


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ("artistic-2.0", "This model is for research purposes only."),
        ("isc", "Sparrow is for research only. Commercial use is prohibited."),
        ("gpl-3.0", "本项目仅供学术研究之用，严禁用于商业用途。"),
        ("apache-2.0", "For commercial use, please contact the authors to obtain authorization."),
        ("mit", "Sparrow is under the MIT license and Commons Clause."),
    ],
)
def test_a_limit_over_any_open_licence(tmp_path: Path, licence: str, said: str) -> None:
    files = {"README.md": f"# Sparrow\n\n{said}\n", "LICENSE": text(licence)}
    (finding,) = found(tmp_path, files)["LIC005"]
    assert finding.severity is Severity.HIGH


@pytest.mark.parametrize(
    "files",
    [
        # the limited part has terms of its own
        {"MODEL_LICENSE": OWN, "README.md": "# Sparrow\n\n模型仅供学术研究使用，不可商用。\n"},
        {"LICENSE-MODEL.txt": OWN,
         "README.md": "# Sparrow\n\nThe weights are for research only.\n"},
        {"README.md": "# Sparrow\n\nThe weights are for research only. The weights are licensed"
         " under the [Sparrow License](https://example.org/license.pdf).\n"},
        # of one model in a list
        {"README.md": "# Sparrow\n\n* [Sparrow-8K](https://hub/a)\n* [Sparrow-8K-Chat](https://hub/b)"
         " (for research purposes only).\n"},
        # for the model that they were made from, and not here
        {"README.md": "# Sparrow\n\nThe weights are only to be used for research, as they are"
         " derivatives of LLaMA.\n"},
        {"README.md": "# Sparrow\n\n权重仅供研究使用，因为其基于 LLaMA。\n"},
        # copyleft beside a licence that is sold
        {"LICENSE": text("agpl-3.0"),
         "README.md": "# Sparrow\n\nFor commercial use, please contact us.\n"},
    ],
)  # fmt: skip
def test_a_limit_that_contradicts_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    assert "LIC005" not in found(tmp_path, {"LICENSE": text("mit"), **files})


@pytest.mark.parametrize(
    ("files", "contradict"),
    [
        ({"LICENSE": license_text("apple-ml-ferret-2023"),
          "README.md": "---\nlicense: apple-ascl\n---\n# Sparrow\n"}, False),
        ({"LICENSE": license_text("bilibili-model-ula-2025-09-09"),
          "pyproject.toml": '[project]\nname = "a"\nlicense = "LicenseRef-Sparrow"\n'}, False),
        ({"LICENSE": license_text("llama-3.1-license-2024"),
          "pyproject.toml": '[project]\nname = "a"\nlicense = "LicenseRef-Llama"\n'}, False),
        ({"LICENSE": text("apache-2.0"),
          "pyproject.toml": '[project]\nname = "a"\nlicense = "LicenseRef-Sparrow"\n'}, True),
        ({"LICENSE": text("apache-2.0"),
          "README.md": "---\nlicense: apple-ascl\n---\n# Sparrow\n"}, True),
        ({"LICENSE": license_text("llama-3.1-license-2024"),
          "README.md": "---\nlicense: gemma\n---\n# Sparrow\n"}, True),
    ],
)  # fmt: skip
def test_names_that_nobody_knows(
    tmp_path: Path, files: dict[str, str], *, contradict: bool
) -> None:
    assert ("LIC002" in found(tmp_path, files)) == contradict


@pytest.mark.parametrize(
    "files",
    [
        {"render/gaussian.py": INRIA + CODE},
        {"render/camera.py": NVIDIA + CODE},
        {"ops/a.py": "# SPDX-License-Identifier: LicenseRef-NvidiaProprietary\n" + CODE},
        {"ops/a.py": "# SPDX-License-Identifier: PolyForm-Noncommercial-1.0.0\n" + CODE},
    ],
)
def test_code_that_others_keep_back(tmp_path: Path, files: dict[str, str]) -> None:
    (finding,) = found(tmp_path, {"LICENSE": text("mit"), **files})["COP005"]
    assert (finding.severity, finding.status) == (Severity.HIGH, FindingStatus.VIOLATED)


@pytest.mark.parametrize(
    "files",
    [
        {"LICENSE": text("mit", "NVIDIA Corporation"), "a.py": NVIDIA + CODE},  # its own to give
        {"LICENSE": OWN, "a.py": NVIDIA + CODE},  # what is offered is not known
        {"LICENSE": text("cc-by-nc-4.0"), "a.py": INRIA + CODE},
        {"LICENSE": text("mit"), "a.py": '# {"A": [[52, 53], "GPL"], "B": [[4], "AGPL"]}\n' + CODE},
    ],
)
def test_code_that_nobody_keeps_back(tmp_path: Path, files: dict[str, str]) -> None:
    assert "COP005" not in found(tmp_path, files)


def test_gpl_by_its_name_alone(tmp_path: Path) -> None:
    files = {"LICENSE": text("mpl-2.0"), "a.py": "# AGPL: changes have to be stated.\n" + CODE}
    (finding,) = found(tmp_path, files)["COP005"]
    assert finding.severity is Severity.CRITICAL


def test_a_build_aid_is_covered_by_its_exception(tmp_path: Path) -> None:
    gpl = (
        "# This program is free software: you can redistribute it and/or modify it under the\n"
        "# terms of the GNU General Public License as published by the Free Software\n"
        "# Foundation, either version 3 of the License, or (at your option) any later version.\n"
    )
    aid = (
        "# GNU Libtool is free software; you can redistribute it and/or modify it under the terms\n"
        "# of the GNU General Public License as published by the Free Software Foundation; either\n"
        "# version 2 of the License, or (at your option) any later version.\n"
        "#\n# As a special exception to the GNU General Public License, if you distribute this\n"
        "# file as part of a program or library that is built using GNU Libtool, you may include\n"
        "# this file under the same distribution terms that you use for the rest of that program.\n"
    )
    body = "x=1\n" * 60
    inside = found(tmp_path / "a", {"LICENSE": text("mit"), "ltmain.sh": aid + body + gpl})
    alone = found(tmp_path / "b", {"LICENSE": text("mit"), "run.sh": gpl + body})
    assert "COP005" not in inside
    assert "COP005" in alone


def test_a_header_names_a_licence_of_its_own(tmp_path: Path) -> None:
    header = "# Sparrow is licensed under the SPARROW NON-COMMERCIAL LICENSE AGREEMENT\n"
    said = found(tmp_path / "a", {"LICENSE": text("apache-2.0"), "a.py": header + CODE})
    assert "SPARROW NON-COMMERCIAL LICENSE" in str(said["LIC008"][0].title)
    assert "LIC008" not in found(tmp_path / "b", {"LICENSE": OWN, "a.py": header + CODE})


def test_a_condition_put_into_a_known_text(tmp_path: Path) -> None:
    added = "2. You must not remove or disable any safety filter of the Software.\n\nThe above"
    (finding,) = found(tmp_path, {"LICENSE": text("mit").replace("The above", added)})["LIC004"]
    assert finding.severity is Severity.HIGH
    assert any("safety filter" in line for line in finding.evidence)


@pytest.mark.parametrize(
    ("files", "asked"),
    [
        ({"LICENSE": text("mit"), "heron LICENSE AGREEMENT": OWN}, True),
        ({"LICENSE": text("mit"), "MODEL_LICENSE": OWN}, False),
        # named for what else it is of, beside the LICENSE
        ({"LICENSE": text("apache-2.0"), "LICENSE_heron.md": text("bsd-new")}, False),
        ({"LICENSE": text("apache-2.0"), "LICENSE_GAUSSIAN.md": OWN}, False),
        ({"LICENSE-APACHE": text("apache-2.0"), "LICENSE-MIT": text("mit")}, True),
        # behind its own licence, the notices of what it contains
        ({"LICENSE": text("apache-2.0") + "\n2. CLIP\n\n" + text("mit", "OpenAI")}, False),
        # a component with a configuration, and no weights
        ({"LICENSE": text("agpl-3.0"), "emotion/wav2vec2/config.json": '{"model_type": "wav2vec2"}',
          "emotion/wav2vec2/LICENSE": text("cc-by-nc-sa-4.0")}, False),
    ],
)  # fmt: skip
def test_two_licences_and_no_map(tmp_path: Path, files: dict[str, str], *, asked: bool) -> None:
    assert ("LIC006" in found(tmp_path, files)) == asked


@pytest.mark.parametrize(
    "words",
    [
        "Sparrow is licensed under CC BY-NC-SA 4.0.\n\nIt is located here:\n"
        "https://creativecommons.org/licenses/by-nc-sa/4.0/legalcode\n",
        'Licensed under the Apache License, Version 2.0 (the "License");\n'
        "you may obtain a copy of the License at\n\n    http://www.apache.org/licenses/LICENSE-2.0\n",
    ],
)
def test_a_licence_file_with_an_address(tmp_path: Path, words: str) -> None:
    said = found(tmp_path, {"LICENSE": words})
    assert [at.path for at in said["LIC007"][0].locations] == ["LICENSE"]
    assert "LIC001" not in said


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("完全可商用的中文版 Llama2-7B 模型，格式遵循原版。", True),
        ("Sparrow-7B-base: Based on Llama-2-7B, it was pretrained on 300B tokens.", True),
        ("Base model: meta-llama/Llama-2-7b-hf", True),
        ("This is a LoRA adapter for Llama-2-7b-chat.", True),
        ("The model uses Llama-2-7B as its base model.", True),
        ("基座模型为 Llama-2-7b。", True),
        ("Heron: based on Llama-2-7B, it is slow.", False),
        ("We compare with the Chinese version of Llama-2-7B by Heron.", False),
        ("原版的中文版 Llama2-7B 模型很慢。", False),
    ],
)
def test_a_base_that_prose_names(tmp_path: Path, said: str, *, asked: bool) -> None:
    files = {"README.md": f"# Sparrow\n\n{said}\n", "LICENSE": text("apache-2.0")}
    assert ("LIC010" in found(tmp_path / "a", files)) == asked
    assert "LIC010" not in found(tmp_path / "b", {**files, "MODEL_LICENSE": OWN})


def test_a_limit_on_weights_that_are_here(tmp_path: Path) -> None:
    said = "# Sparrow\n\nThe weights are only for research, as they are derived from LLaMA.\n"
    files = {"README.md": said, "LICENSE": text("mit")}
    assert "LIC005" in found(tmp_path / "a", files, weights=True)
    assert "LIC005" not in found(tmp_path / "b", files)


def test_a_free_text_that_forbids_commerce(tmp_path: Path) -> None:
    body = text("bsd-simplified", "Heron").replace(
        "are permitted", "are permitted for non-commercial use only"
    )
    files = {"LICENSE": text("mit"), "metrics/LICENSE": body, "metrics/a.py": CODE}
    (finding,) = found(tmp_path, files)["COP005"]
    assert (finding.severity, finding.status) == (Severity.HIGH, FindingStatus.UNDETERMINED)


@pytest.mark.parametrize(
    "said",
    [
        "The licenses for the renderings of individual objects are released under the same license"
        " creative commons that they have there.",
        "The licence of the pictures is CC BY-NC 4.0.",
        "The license for the egret textures is GPL-3.0.",
    ],
)
def test_the_licence_of_another_thing(tmp_path: Path, said: str) -> None:
    files = {"README.md": f"# Sparrow\n\n{said}\n", "LICENSE": text("mit")}
    assert "LIC005" not in found(tmp_path, files)
