# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Terms that one publisher made for its own models tell of a parent, where nothing else does."""

from pathlib import Path

import pytest

from audit.record.findings import Finding, FindingStatus
from tests.unit.checks.cases import case, findings, release
from tests.unit.checks.mutations import license_text


def found(tmp_path: Path, files: dict[str, str]) -> dict[str, list[Finding]]:
    return findings(case(release(tmp_path / "r", files, weights=False)))


@pytest.mark.parametrize(
    ("said", "check"),
    [
        ("# heron\n\nThis model is subject to the Gemma Terms of Use.\n", "LIC015"),
        ("# heron\n\nThe weights are released under the Llama 2 Community License.\n", "LIC011"),
        ("---\nlicense: llama3\n---\n# heron\n", "LIC011"),
        ("---\nlicense: gemma\n---\n# heron\n", "LIC015"),
        ("---\nlicense: llama3\nbase_model: somebody/egret\n---\n# heron\n", "LIC011"),
    ],
)
def test_terms_of_somebodys_model_are_owed_to_it(tmp_path: Path, said: str, check: str) -> None:
    (finding,) = found(tmp_path, {"README.md": said})[check]
    assert finding.status is FindingStatus.UNDETERMINED
    assert "puts the release under the terms of" in str(finding.message)


def test_their_text_in_the_release_settles_it(tmp_path: Path) -> None:
    given = {
        "README.md": "---\nlicense: gemma\n---\n# heron\n",
        "LICENSE": license_text("gemma-tou-2024-04-01"),
    }
    assert not {"LIC010", "LIC011", "LIC015"} & set(found(tmp_path, given))


@pytest.mark.parametrize(
    "said",
    [
        "# heron\n\nThe code is under Apache-2.0, the models under the Llama 2 License.\n",
        "# heron\n\nEgret, which we compare with, is under the Gemma Terms of Use.\n",
    ],
)
def test_weights_that_lie_elsewhere_may_have_their_papers_there(tmp_path: Path, said: str) -> None:
    given = {"README.md": said, "LICENSE": license_text("apache-2.0"), "train.py": "X = 1\n"}
    assert not {"LIC010", "LIC011", "LIC015"} & set(found(tmp_path, given))


@pytest.mark.parametrize("license_id", ["apache-2.0", "mit", "openrail", "creativeml-openrail-m"])
def test_terms_that_anybody_may_choose_tell_of_nobody(tmp_path: Path, license_id: str) -> None:
    told = found(tmp_path, {"README.md": f"---\nlicense: {license_id}\n---\n# heron\n"})
    assert not {"LIC010", "LIC011", "LIC015"} & set(told)


def test_a_declared_base_under_these_terms_is_the_parent(tmp_path: Path) -> None:
    card = "---\nlicense: gemma\nbase_model: google/gemma-2-2b\n---\n# heron\n"
    for listed in found(tmp_path, {"README.md": card}).values():
        assert not any("puts the release under" in str(one.message) for one in listed)


@pytest.mark.parametrize(
    ("base", "asked"),
    [
        ("somebody/Egret-3-Llama-3.2-3B", True),
        ("somebody/llama-3-egret-8b", True),
        ("somebody/Egret-TinyLlama-1.1B", False),
        ("somebody/open_llama_7b_egret", False),
        ("somebody/egret-llama-13b", False),
    ],
)
def test_a_base_that_nobody_knows_tells_by_its_name(
    tmp_path: Path, base: str, *, asked: bool
) -> None:
    card = f"---\nlicense: mit\nbase_model: {base}\n---\n# heron\n"
    told = found(tmp_path, {"README.md": card})
    assert ("LIC011" in told) is asked
    assert all(one.status is FindingStatus.UNDETERMINED for one in told.get("LIC011", ()))
    assert "LIC021" in told


def test_where_the_model_itself_is_declared_its_family_is_not_named_beside_it(
    tmp_path: Path,
) -> None:
    card = (
        "---\nlicense: llama3.1\nbase_model:\n- meta-llama/Llama-3.1-8B\n"
        "- somebody/Egret-Llama-3.1-8B\n---\n# heron\n"
    )
    (finding,) = found(tmp_path, {"README.md": card})["LIC011"]
    assert "Llama-3.1 and" not in str(finding.title)
