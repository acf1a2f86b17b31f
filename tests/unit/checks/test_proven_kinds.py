# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is grave is proven by the files; what innocent repositories share with it is not accused."""

import json
from pathlib import Path

import pytest

from audit.record.findings import Finding, FindingStatus, Severity
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text

CODE = "x = 1\n"
APACHE_HEADER = (
    "# Copyright 2024 Rosa Maier\n#\n# Licensed under the Apache License, Version 2.0\n\n"
)
LGPL_HEADER = "// Licensed under the GNU Lesser General Public License v3 (LGPL-3.0)\n"
GPL_HEADER = LGPL_HEADER.replace("Lesser ", "").replace("LGPL", "GPL")
STYLE = (
    "# Copyright (c) 2021, NVIDIA Corporation. All rights reserved.\n"
    "# NVIDIA Source Code License for StyleGAN2\n"
)
CLASSIFIER = '[project]\nname = "sparrow"\nclassifiers = ["License :: OSI Approved :: {}"]\n'


def text(key: str, holder: str = "Sparrow Team") -> str:
    return f"Copyright (c) 2024 {holder}\n\n{license_text(key)}"


def found(tmp_path: Path, files: dict[str, str]) -> dict[str, list[Finding]]:
    whole: dict[str, str | bytes] = {"README.md": "# Sparrow\n", **files}
    return findings(case(release(tmp_path / "r", whole)))


def test_a_limit_of_the_whole_project_stands_beside_terms_of_the_weights(tmp_path: Path) -> None:
    link = "模型权重的使用遵循 [Heron License](https://example.org/heron)。"
    said = "本项目的内容仅供学术研究之用，不得用于商业用途。"
    files = {"README.md": f"# Sparrow\n\n{said}\n\n{link}\n", "LICENSE": text("apache-2.0")}
    (finding,) = found(tmp_path, files)["LIC005"]
    assert finding.severity is Severity.HIGH


def test_a_limit_of_the_model_alone_does_not(tmp_path: Path) -> None:
    link = "The weights are under the [Heron License](https://example.org/heron)."
    said = "The model is for research purposes only."
    files = {"README.md": f"# Sparrow\n\n{said}\n\n{link}\n", "LICENSE": text("apache-2.0")}
    assert "LIC005" not in found(tmp_path, files)


@pytest.mark.parametrize("package", ["pyproject.toml", "setup.py"])
def test_weights_that_a_package_only_speaks_of(tmp_path: Path, package: str) -> None:
    said = "The weights for the models are licensed `cc-by-nc-sa-4.0`."
    declared = {
        "pyproject.toml": '[project]\nname = "sparrow"\nlicense = "MIT"\n',
        "setup.py": 'from setuptools import setup\nsetup(name="sparrow", license="MIT")\n',
    }
    files = {"README.md": f"# Sparrow\n\n{said}\n", "LICENSE": text("mit"), package: ""}
    assert "LIC005" not in found(tmp_path, files | {package: declared[package]})


def test_a_name_that_links_the_file_of_a_part(tmp_path: Path) -> None:
    own = "Heron model licence\n\n" + "The licensor lets you use the model as these say. " * 12
    said = "# License\n\n- [CreativeML Open RAIL-M](LICENSE-MODEL)\n"
    files = {"README.md": f"# Sparrow\n\n{said}", "LICENSE": text("mit"), "LICENSE-MODEL": own}
    assert "LIC005" not in found(tmp_path, files)


def test_a_badge_for_the_code_against_the_text(tmp_path: Path) -> None:
    badge = "![](https://img.shields.io/badge/Code_License-MIT-blue)"
    files = {"README.md": f"# Sparrow\n\n{badge}\n", "LICENSE": text("apache-2.0")}
    (finding,) = found(tmp_path, files)["LIC005"]
    assert finding.status is FindingStatus.VIOLATED


@pytest.mark.parametrize(
    ("files", "severity"),
    [
        ({"third_party/kite/scorer.h": LGPL_HEADER + "int x;\n"}, Severity.CRITICAL),
        (
            {
                "third_party/kite/scorer.h": LGPL_HEADER + "int x;\n",
                "third_party/kite/COPYING.LESSER": license_text("lgpl-3.0"),
            },
            Severity.MEDIUM,
        ),
        (
            {
                "third_party/kite/scorer.h": GPL_HEADER + "int x;\n",
                "third_party/kite/COPYING": license_text("gpl-3.0"),
            },
            Severity.CRITICAL,
        ),
    ],
)
def test_library_code_in_a_folder_with_its_text(
    tmp_path: Path, files: dict[str, str], severity: Severity
) -> None:
    (finding,) = found(tmp_path, {"LICENSE": text("apache-2.0"), **files})["COP005"]
    assert finding.severity is severity


def test_a_list_of_data_sets_is_no_licence_of_code(tmp_path: Path) -> None:
    listed = "* Heron data: CC-BY-NC-4.0\n* Wren data: Apache 2.0\n* Kite: cc-by-4.0\n"
    files = {
        "LICENSE": text("apache-2.0"),
        "prepare/LICENSE": f"Licences of the data sets used in training:\n\n{listed}",
        "prepare/run.py": CODE,
    }
    assert "COP005" not in found(tmp_path, files)
    (tmp_path / "r" / "prepare" / "LICENSE").write_text(license_text("cc-by-nc-4.0"), "utf-8")
    assert "COP005" in findings(case(tmp_path / "r"))


def test_code_that_nvidia_keeps_to_research(tmp_path: Path) -> None:
    files = {"LICENSE": text("mit"), "ops/upfirdn2d.py": STYLE + CODE}
    (finding,) = found(tmp_path, files)["COP005"]
    assert finding.severity is Severity.HIGH


def test_a_declared_licence_is_no_text_beside_another(tmp_path: Path) -> None:
    package = CLASSIFIER.format("Apache Software License")
    files = {
        "LICENSE": text("mit"),
        "pyproject.toml": package,
        "sparrow/a.py": APACHE_HEADER + CODE,
    }
    assert "LIC008" in found(tmp_path, files)


@pytest.mark.parametrize(
    ("name", "contradicts"), [("sparrow", True), ("Sparrow", True), ("heron", False)]
)
def test_a_package_one_folder_down(tmp_path: Path, name: str, *, contradicts: bool) -> None:
    package = (
        f"[metadata]\nname = {name}\nclassifiers =\n    License :: OSI Approved :: MIT License\n"
    )
    files = {"LICENSE": text("apache-2.0"), "lib/setup.cfg": package}
    assert ("LIC002" in found(tmp_path, files)) is contradicts
    (tmp_path / "r" / "lib" / "LICENSE").write_text(text("mit"), encoding="utf-8")
    assert "LIC002" not in findings(case(tmp_path / "r"))


def test_metadata_against_a_text_made_from_another(tmp_path: Path) -> None:
    own = license_text("llama-2-license-2023").replace("Llama 2", "Sparrow")
    files = {
        "LICENSE": own.replace("LLAMA 2", "SPARROW"),
        "pyproject.toml": CLASSIFIER.format("MIT License"),
    }
    (finding,) = found(tmp_path, files)["LIC002"]
    assert "near Llama 2" in finding.title


def test_a_package_whose_code_the_readme_gives_away(tmp_path: Path) -> None:
    own = license_text("llama-2-license-2023").replace("Llama 2", "Sparrow")
    files = {
        "README.md": "# Sparrow\n\nThe code is under the MIT License.\n",
        "LICENSE": own.replace("LLAMA 2", "SPARROW"),
        "pyproject.toml": CLASSIFIER.format("MIT License"),
    }
    assert "LIC002" not in found(tmp_path, files)


def test_a_badge_for_the_code_beside_an_agreement_for_the_model(tmp_path: Path) -> None:
    badge = "![](https://img.shields.io/badge/Code_License-MIT-blue)"
    licence = license_text("llama-2-license-2023")
    files = {"README.md": f"# Sparrow\n\n{badge}\n", "LICENSE": licence}
    assert "LIC005" not in found(tmp_path, files)


def test_a_proprietary_package_beside_a_free_text(tmp_path: Path) -> None:
    package = '[project]\nname = "s"\nclassifiers = ["License :: Other/Proprietary License"]\n'
    assert "LIC002" in found(tmp_path, {"LICENSE": text("mit"), "pyproject.toml": package})


def test_an_apache_licence_cut_short(tmp_path: Path) -> None:
    whole = license_text("apache-2.0")
    start, end = whole.index("5. Submission of"), whole.index("END OF TERMS")
    (finding,) = found(tmp_path, {"LICENSE": whole[:start] + whole[end:]})["LIC004"]
    assert finding.severity is Severity.HIGH
    assert "near Apache-2.0" in finding.title


def test_an_mit_licence_with_one_sentence_more(tmp_path: Path) -> None:
    more = (
        "The above copyright notice and this permission notice need not be included\n"
        "with content created by the Software."
    )
    old = "substantial portions of the Software."
    head = "Modified MIT License\n\nSoftware Copyright (c) 2020 Kite telecom\n\n"
    files = {"LICENSE": head + license_text("mit").replace(old, f"{old}\n{more}")}
    assert "near MIT" in found(tmp_path, files)["LIC004"][0].title


def test_a_text_under_another_date_and_holder(tmp_path: Path) -> None:
    whole = license_text("stable-diffusion-2022-08-22")
    other = whole.replace("dated August 22, 2022", "dated March 28, 2023")
    (finding,) = found(tmp_path, {"LICENSE": other})["LIC004"]
    assert finding.severity is Severity.MEDIUM


def test_agreements_that_a_table_links(tmp_path: Path) -> None:
    table = "".join(
        f"| [Heron {kind} License Agreement](https://example.org/{kind}) | {kind} models |\n"
        for kind in ("Open", "Commercial")
    )
    files = {"LICENSE.md": f"# Licences\n\n| License | Part |\n| --- | --- |\n{table}"}
    assert "LIC007" in found(tmp_path, files)
    assert "LIC001" not in found(tmp_path, files)


def test_notices_of_others_behind_a_text_without_a_holder(tmp_path: Path) -> None:
    kite = f"Subcomponents:\n\nCopyright (c) 2014 Kite Regents\n\n{license_text('bsd-simplified')}"
    assert "LIC006" not in found(tmp_path, {"LICENSE": f"{license_text('apache-2.0')}\n\n{kite}"})


@pytest.mark.parametrize(
    ("heading", "asked"), [("## Base Model\n- **Qwen2.5-Math-1.5B**", False), ("## Heron", True)]
)
def test_a_base_that_stands_under_its_label(tmp_path: Path, heading: str, *, asked: bool) -> None:
    adapter = {"base_model_name_or_path": "Qwen/Qwen2.5-Math-1.5B", "peft_type": "LORA"}
    files = {
        "README.md": f"# Sparrow\n\nFine-tuned with LoRA for maths.\n\n{heading}\n",
        "LICENSE": license_text("apache-2.0"),
        "adapter_config.json": json.dumps(adapter),
    }
    assert ("LIC016" in found(tmp_path, files)) is asked


def test_a_readme_that_offers_under_the_terms_of_the_base(tmp_path: Path) -> None:
    adapter = {"base_model_name_or_path": "google/gemma-2-9b-it", "peft_type": "LORA"}
    said = "## License\n\nDerivative of google/gemma-2-9b-it under the Gemma Terms of Use."
    files = {"README.md": f"# Sparrow\n\n{said}\n", "adapter_config.json": json.dumps(adapter)}
    assert "LIC010" not in found(tmp_path, files)


NC = "cc-by-nc-4.0"


@pytest.mark.parametrize(("whole", "asked"), [(NC, True), ("s-lab-1.0", True), ("mit", False)])
def test_a_copyleft_folder_in_a_release_closed_to_commerce(
    tmp_path: Path, whole: str, *, asked: bool
) -> None:
    told = found(
        tmp_path,
        {
            "LICENSE": license_text(whole),
            "sparrow/wing/LICENSE": license_text("gpl-3.0"),
            "sparrow/wing/fly.py": "X = 1\n",
        },
    )
    assert ("COP005" in told) is asked
    assert all(one.status is FindingStatus.UNDETERMINED for one in told.get("COP005", ()))


LIST = """# License Information

All rights reserved by the Sparrow Team.

1. Egret model, which gave the labels
   - License: MIT License
{more}
## Notes

What was trained with these labels is provided for research and non-commercial purposes only.
Processed data are temporarily available, and may be taken away again without any notice.
"""
STORK = "2. Stork model, which gave the vectors\n   - License: Apache License 2.0\n"


@pytest.mark.parametrize(("more", "severity"), [(STORK, Severity.HIGH), ("", Severity.MEDIUM)])
def test_a_licence_file_that_lists_what_was_used(
    tmp_path: Path, more: str, severity: Severity
) -> None:
    told = found(tmp_path, {"LICENSE.md": LIST.format(more=more), "README.md": "# Sparrow\n"})
    (finding,) = told["LIC003"]
    assert finding.severity is severity
