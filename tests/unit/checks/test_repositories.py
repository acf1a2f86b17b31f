# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The repositories with known faults give exactly the findings written beside them."""

import re
import shutil
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from audit import rules
from audit.checks import evaluate
from audit.checks.case import Case, ReferenceCase
from audit.code.evidence import code_evidence
from audit.code.repository import CodeRepository
from audit.inventory import Inventory
from audit.licenses.attribution import ReleaseAttribution
from audit.record.findings import Finding
from audit.record.licenses import LicenseEvidence
from audit.waivers import Waivers, waive
from tests.unit.checks.cases import POLICY, case, reference, write_weights
from tests.unit.checks.mutations import REPOS, ROOT, build, mutate, scenario_truth

pytestmark = pytest.mark.sampled(3)

SCENARIOS = sorted(path.parent.name for path in REPOS.glob("*/expected.json"))

PENDING: dict[str, str] = {}
"""Scenarios whose truth is written and that the programme does not meet yet, with what is
missing. One that is met must leave the list: see ``test_what_is_pending_really_fails``."""
DONE = [name for name in SCENARIOS if name not in PENDING]


def scenario(name: str, folder: Path) -> tuple[Case, dict[str, Any]]:
    truth = scenario_truth(name)
    subject = folder / truth.get("release", "release")
    build(name, truth, subject)
    write_weights(subject)
    references = [_reference(folder / "bases", r) for r in truth.get("references", [])]
    made = case(subject, *references)
    return (_with_code(made) if truth.get("compare_code") else made), truth


def _reference(folder: Path, stated: dict[str, Any]) -> ReferenceCase:
    origin = {"stated": tuple(stated["stated"])} if "stated" in stated else {}
    return reference(
        folder,
        stated["name"],
        stated["relation"],
        license_id=stated["license"],
        declared=stated["declared"],
        prepare=partial(_prepare, stated=stated),
        **origin,
    )


def _prepare(root: Path, stated: dict[str, Any]) -> None:
    if "folder" in stated:
        ignored = shutil.ignore_patterns("*.safetensors")
        shutil.copytree(ROOT / stated["folder"], root, dirs_exist_ok=True, ignore=ignored)
    mutate(root, stated.get("papers", []))
    write_weights(root)


def _with_code(made: Case) -> Case:
    references = tuple(_repository(r.inventory, r.licenses) for r in made.references)
    return replace(made, code=code_evidence(_repository(made.subject, made.licenses), references))


def _repository(inventory: Inventory, licenses: LicenseEvidence) -> CodeRepository:
    return CodeRepository(inventory=inventory, attribution=ReleaseAttribution(inventory, licenses))


def words(finding: Finding) -> str:
    return " ".join((finding.title, finding.message, finding.how_to_fix, *finding.evidence))


def waived(found: tuple[Finding, ...], subject: Case, truth: dict[str, Any]) -> tuple[Finding, ...]:
    given = truth.get("waivers")
    if given is None:
        return found
    file = rules.waiver_file(Path(*subject.subject.source.place) / given["file"])
    today = date.fromisoformat(given["today"])
    return waive(found, Waivers(file=file, today=today, longest=365))[0]


def faults(name: str, folder: Path) -> list[str]:
    """Say where what was found differs from the truth; nothing is the aim."""
    subject, truth = scenario(name, folder)
    found = waived(evaluate(subject, POLICY), subject, truth)
    said: dict[str, str] = {}
    wrong = []
    for finding in found:
        if finding.check not in truth.get("open", []):
            if finding.check in said:
                wrong.append(f"{finding.check} is there twice")
            said[finding.check] = f"{finding.severity.value} {finding.status.value}"
    if said != truth["expected"]:
        wrong.append(f"found {said}, expected {truth['expected']}")
    wrong += [f"{check} must not appear" for check in truth["forbidden"] if check in said]
    for check, phrase in truth.get("says", {}).items():
        if not any(f.check == check and phrase in words(f) for f in found):
            wrong.append(f"{check} does not say {phrase!r}")
    concluded = subject.licenses.concluded
    expression = None if concluded is None else concluded.expression
    if expression != truth["concluded"]:
        wrong.append(f"concluded {expression}, expected {truth['concluded']}")
    return wrong


def test_there_are_repositories() -> None:
    assert len(SCENARIOS) >= 60
    assert set(PENDING) <= set(SCENARIOS)


def test_the_truth_does_not_contradict_itself() -> None:
    for name in SCENARIOS:
        truth = scenario_truth(name)
        assert truth["why"], name
        assert not set(truth["forbidden"]) & {*truth["expected"], *truth.get("open", [])}, name
        assert set(truth.get("planted", {}).values()) <= set(truth["expected"]), name
        assert ("from" in truth) == ("mutations" in truth), name


@pytest.mark.parametrize("name", DONE)
def test_findings_are_the_expected_ones(name: str, tmp_path: Path) -> None:
    assert faults(name, tmp_path) == []


@pytest.mark.parametrize("name", sorted(PENDING))
def test_what_is_pending_really_fails(name: str, tmp_path: Path) -> None:
    assert faults(name, tmp_path), f"{name} is met: take it off the list"


FORBIDDEN_WORDS = ("stolen", "theft", "plagiar", "prove", "proof", "guilty", "infring")


@pytest.mark.parametrize("name", SCENARIOS)
def test_findings_point_into_the_release_and_accuse_nobody(name: str, tmp_path: Path) -> None:
    subject, _ = scenario(name, tmp_path)
    for finding in evaluate(subject, POLICY):
        for location in finding.locations:
            file = Path(*subject.subject.source.place) / location.path
            assert file.exists()
            if location.line is not None:
                assert 1 <= location.line <= file.read_bytes().count(b"\n") + 1
        text = words(finding)
        assert not [word for word in FORBIDDEN_WORDS if re.search(rf"\b{word}", text, re.I)]
        assert str(tmp_path) not in text
        assert "$" not in text
