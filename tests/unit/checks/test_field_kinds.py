# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Kinds of faults met in repositories that nobody here wrote, each with variants of its own."""

import json
from pathlib import Path

import pytest

from audit.record.findings import Finding, FindingStatus, Severity
from audit.rules.known_works import known_models
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text

NC = "# This work is licensed under CC BY-NC-SA 4.0 (non-commercial use only).\n"
NVIDIA = "# SPDX-License-Identifier: CC-BY-NC-4.0\n"
RESEARCH = "Heron licence\n\nFor noncommercial research use only, by academic users.\n"


def text(key: str) -> str:
    return f"Copyright (c) 2024 Sparrow Team\n\n{license_text(key)}"


def found(tmp_path: Path, files: dict[str, str]) -> dict[str, list[Finding]]:
    return findings(case(release(tmp_path / "r", files)))


@pytest.mark.parametrize(
    "said",
    [
        "本项目提供的模型仅供研究使用。",
        "The models are for research purposes only.",
        "严禁商业用途，仅供学术研究使用。",
    ],
)
def test_a_limit_is_no_licence(tmp_path: Path, said: str) -> None:
    (finding,) = found(tmp_path, {"README.md": f"# Sparrow\n\n{said}\n"})["LIC001"]
    assert finding.severity is Severity.HIGH


@pytest.mark.parametrize("name", ["MIT-LICENSE.txt", "MIT_LICENSE", "mit-license.md"])
def test_the_name_of_a_licence_before_the_word(tmp_path: Path, name: str) -> None:
    files = {"README.md": "# Sparrow\n", name: text("mit"), "a.py": "x = 1\n"}
    assert "LIC001" not in found(tmp_path, files)


@pytest.mark.parametrize("name", ["FONT-LICENSE.txt", "THIRD-PARTY-LICENSE", "heron_license.md"])
def test_the_name_of_a_part_before_the_word(tmp_path: Path, name: str) -> None:
    files = {"README.md": "# Sparrow\n", name: text("mit"), "a.py": "x = 1\n"}
    assert "LIC001" in found(tmp_path, files)


@pytest.mark.parametrize("line", ['_LICENSE = "CC BY-NC-SA 4.0"', 'LICENSE = "GPL-3.0"'])
def test_what_a_data_set_is_under_is_no_header(tmp_path: Path, line: str) -> None:
    files = {"README.md": "# Sparrow\n", "LICENSE": text("mit"), "ceval.py": f"{line}\n"}
    assert not {"COP005", "LIC008"} & found(tmp_path, files).keys()


def test_readmes_that_give_the_code_two_licences(tmp_path: Path) -> None:
    files = {
        "README.md": "# Sparrow\n\nThe code is released under the MIT License.\n",
        "README.zh.md": "# Sparrow\n\n关于源代码，它们根据 GPL 3.0 许可证发布。\n",
        "LICENSE": text("mit"),
    }
    (finding,) = found(tmp_path, files)["LIC005"]
    assert {at.path for at in finding.locations} == {"README.zh.md", "LICENSE"}


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"models/dwt.py": NC}, FindingStatus.VIOLATED),
        ({"ops/setup.py": NC}, FindingStatus.VIOLATED),
        ({"ops/upfirdn.py": NVIDIA}, FindingStatus.VIOLATED),
        ({"pose/LICENSE": RESEARCH, "pose/body.py": "x = 1\n"}, FindingStatus.UNDETERMINED),
        ({"pose/LICENSE": license_text("cc-by-nc-4.0"), "pose/body.py": "x = 1\n"},
         FindingStatus.UNDETERMINED),
    ],
)  # fmt: skip
def test_non_commercial_code(tmp_path: Path, files: dict[str, str], status: FindingStatus) -> None:
    whole = {"README.md": "# Sparrow\n", "LICENSE": text("mit"), **files}
    (finding,) = found(tmp_path, whole)["COP005"]
    assert (finding.severity, finding.status) == (Severity.HIGH, status)


@pytest.mark.parametrize(
    "files",
    [
        {"LICENSE": license_text("cc-by-nc-4.0"), "dwt.py": NVIDIA},
        {"LICENSE": text("mit"), "data/LICENSE": license_text("cc-by-nc-4.0"), "data/a.csv": "1"},
        {"LICENSE": text("mit"), "dwt.py": NVIDIA,
         "README.md": "# Sparrow\n\nThe code is MIT, the weights are under CC BY-NC 4.0.\n"},
    ],
)  # fmt: skip
def test_non_commercial_and_said_so(tmp_path: Path, files: dict[str, str]) -> None:
    assert "COP005" not in found(tmp_path, {"README.md": "# Sparrow\n", **files})


@pytest.mark.parametrize(
    ("trace", "questioned"),
    [
        ("unsloth/gemma-2-2b-bnb-4bit", True),
        ("meta-llama/Llama-3.2-1B", True),
        ("Qwen/Qwen2.5-7B", False),  # Apache-2.0
        ("somebody/unheard-of", False),
        ("google/r", False),  # the release itself
    ],
)
def test_what_a_configuration_was_loaded_from(
    tmp_path: Path, trace: str, *, questioned: bool
) -> None:
    config = json.dumps({"_name_or_path": trace})
    files = {"README.md": "# Sparrow\n", "LICENSE": text("mit"), "config.json": config}
    upstream = found(tmp_path, files).get("LIC010", [])
    assert [(f.severity, f.status) for f in upstream] == (
        [(Severity.HIGH, FindingStatus.UNDETERMINED)] if questioned else []
    )


def test_a_build_script_that_names_it_otherwise_is_no_grave_matter(tmp_path: Path) -> None:
    files = {
        "README.md": "# Sparrow\n",
        "LICENSE": text("mit"),
        "pyproject.toml": '[project]\nname = "sparrow"\nlicense = { text = "Sparrow terms" }\n',
    }
    (finding,) = found(tmp_path, files)["LIC003"]
    assert finding.severity is Severity.MEDIUM


RECALLED = [row for row in known_models() if row.recalled is not None and "*" not in row.id]


@pytest.mark.parametrize("base", ["meta-llama/prompt-guard-86m", "lmsys/vicuna-7b-v1.1"])
def test_what_rests_on_memory_is_a_question(tmp_path: Path, base: str) -> None:
    assert base in {row.id for row in RECALLED}
    card = f"---\nlicense: mit\nbase_model: {base}\n---\n# Sparrow\n"
    said = found(tmp_path, {"README.md": card, "LICENSE": text("mit")})
    resting = [f for name, fs in said.items() if name.startswith("LIC01") for f in fs]
    assert resting
    assert {f.status for f in resting} == {FindingStatus.UNDETERMINED}
    assert any("nobody has read it" in line for f in said["LIC010"] for line in f.evidence)
