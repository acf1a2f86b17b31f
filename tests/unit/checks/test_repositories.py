# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The repositories with known faults give exactly the findings written beside them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from audit.checks import evaluate
from audit.checks.case import Case
from tests.unit.checks.cases import POLICY, case, reference, write_weights

REPOS = Path(__file__).parents[2] / "repos"
SCENARIOS = sorted(path.parent.name for path in REPOS.glob("*/expected.json"))


def scenario(name: str, folder: Path) -> tuple[Case, dict[str, Any]]:
    truth = json.loads((REPOS / name / "expected.json").read_text())
    subject = folder / "release"
    shutil.copytree(REPOS / name / "repo", subject)
    write_weights(subject)
    references = [
        reference(
            folder / "bases",
            r["name"],
            r["relation"],
            license_id=r["license"],
            declared=r["declared"],
        )
        for r in truth.get("references", [])
    ]
    return case(subject, *references), truth


def test_there_are_repositories() -> None:
    assert len(SCENARIOS) >= 12


@pytest.mark.parametrize("name", SCENARIOS)
def test_findings_are_the_expected_ones(name: str, tmp_path: Path) -> None:
    subject, truth = scenario(name, tmp_path)
    found = evaluate(subject, POLICY)
    said = {f.check: f"{f.severity.value} {f.status.value}" for f in found}
    assert said == truth["expected"]
    assert len(found) == len(said), "one finding for each check here"
    assert not set(truth["forbidden"]) & set(said)
    concluded = subject.licenses.concluded
    assert (concluded.expression if concluded else None) == truth["concluded"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_locations_are_files_of_the_release(name: str, tmp_path: Path) -> None:
    subject, _ = scenario(name, tmp_path)
    for finding in evaluate(subject, POLICY):
        for location in finding.locations:
            file = subject.subject.root / location.path
            assert file.exists()
            if location.line is not None:
                lines = file.read_bytes().count(b"\n") + 1
                assert 1 <= location.line <= lines


FORBIDDEN_WORDS = ("stolen", "theft", "plagiar", "prove", "proof", "guilty", "infring")


@pytest.mark.parametrize("name", SCENARIOS)
def test_words_accuse_nobody_and_leak_no_path(name: str, tmp_path: Path) -> None:
    subject, _ = scenario(name, tmp_path)
    for finding in evaluate(subject, POLICY):
        text = " ".join((finding.title, finding.message, finding.how_to_fix, *finding.evidence))
        assert not [word for word in FORBIDDEN_WORDS if word in text.lower()]
        assert str(tmp_path) not in text
        assert "$" not in text
