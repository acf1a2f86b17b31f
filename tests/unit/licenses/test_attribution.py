# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Who is named where, and which licence texts are there."""

from pathlib import Path

import pytest

from audit.inventory import take_inventory
from audit.licenses.attribution import ReleaseAttribution
from audit.licenses.evidence import license_evidence
from audit.sources.folder import Folder
from tests.tiny_repo import LICENSE

HOLDERS = ("Copyright 2022 EleutherAI and the HuggingFace Inc. team. All rights reserved.",)


def papers(folder: Path, files: dict[str, str]) -> ReleaseAttribution:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    inventory = take_inventory(Folder(folder, "release"))
    return ReleaseAttribution(inventory, license_evidence(inventory))


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("NOTICE", "Portions copyright Hugging Face.\n", True),
        ("NOTICE", "Portions copyright of somebody else.\n", False),
        ("README.md", "# X\n\nThe code is adapted from EleutherAI's.\n", True),
        ("README.md", "# X\n\nGet it at https://huggingface.co/x/y.\n", False),
        ("README.md", "---\nlicense: mit\nurl: huggingface.co\n---\n# X\n", False),
        ("docs/third_party_notices.md", "This contains code licensed by EleutherAI.\n", True),
        ("pyproject.toml", '[project]\nauthors = [{name = "Hugging Face"}]\n', True),
        ("pyproject.toml", '[project]\ndependencies = ["huggingface_hub"]\n', False),
        ("x.dist-info/METADATA", "Name: x\nAuthor: EleutherAI\n\nText.\n", True),
        ("docs/tutorial.md", "Code licensed by EleutherAI.\n", False),
    ],
)
def test_where_a_holder_counts_as_named(
    tmp_path: Path, path: str, text: str, *, named: bool
) -> None:
    found = papers(tmp_path, {path: text}).naming(HOLDERS, "a.py", "")
    assert found == ((path,) if named else ())


def test_the_header_of_the_file_itself_counts(tmp_path: Path) -> None:
    header = "# Adapted from https://github.com/huggingface/transformers"
    assert papers(tmp_path, {"README.md": "# X\n"}).naming(HOLDERS, "a.py", header) == ("a.py",)


def test_licence_texts_are_looked_for_by_expression(tmp_path: Path) -> None:
    found = papers(tmp_path, {"LICENSE": LICENSE})
    assert found.text_of("MIT") is True
    assert found.text_of("Apache-2.0") is False
    assert found.text_of("Apache-2.0 OR MIT") is True
    assert found.text_of("Apache-2.0 AND MIT") is False
    assert found.text_of("NOASSERTION") is None
    assert found.text_of("LicenseRef-Private") is None


def test_licence_and_holders_come_from_the_header_and_else_from_the_release(tmp_path: Path) -> None:
    found = papers(
        tmp_path,
        {
            "LICENSE": LICENSE,
            "a.py": (
                "# Copyright 2021 Example Builders\n# SPDX-License-Identifier: Apache-2.0\nx = 1\n"
            ),
            "b.py": "x = 1\n",
        },
    )
    assert found.license_of("a.py") == "Apache-2.0"
    assert found.license_of("b.py") == "MIT"
    assert found.holders_of("a.py") == ("Copyright 2021 Example Builders",)
    assert found.holders_of("b.py") == ("Copyright (c) 2026 Example Laboratory",)
