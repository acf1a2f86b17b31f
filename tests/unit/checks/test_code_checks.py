# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Derived code: who gets a finding, how bad, and who gets none."""

from dataclasses import replace
from pathlib import Path

import pytest

from audit.checks.case import Case, ReferenceCase
from audit.code import shelf
from audit.code.evidence import code_evidence
from audit.code.repository import CodeRepository
from audit.inventory import Inventory
from audit.licenses.attribution import ReleaseAttribution
from audit.record.code import CodeMatch, CodeRelation, Family, LicenseText, LineRange
from audit.record.findings import Finding, FindingStatus, Severity
from audit.record.licenses import Copyright, LicenseEvidence
from tests.unit.checks.cases import case, comparison, findings, release
from tests.unit.checks.test_repositories import FORBIDDEN_WORDS

HOLDER = "Copyright 2024 Meridian Research Laboratory"


def family(**changes: object) -> Family:
    values: dict[str, object] = {
        "project": "known",
        "origin": "index",
        "label": "the toy family of known, up to 4.41",
        "paths": ("models/toy/modeling_toy.py",),
        "versions": ("4.41",),
        "score": 0.6,
        "union": 0.7,
        "renamed_score": 0.7,
        "license": "Apache-2.0",
        "holders": (HOLDER,),
        "named_in": (),
        "license_text": LicenseText.PRESENT,
        **changes,
    }
    return Family(**values)  # type: ignore[arg-type]


def match(*families: Family, path: str = "a.py") -> CodeMatch:
    return CodeMatch(
        path=path,
        relation=CodeRelation.CONTAINS,
        fingerprints=200,
        families=families,
        lines=(LineRange(first=3, last=90),),
        functions=(),
    )


@pytest.fixture
def empty(tmp_path: Path) -> Case:
    files = {"README.md": "---\nlicense: mit\n---\n", "a.py": "x = 1\n", "b.py": "y = 1\n"}
    return case(release(tmp_path / "release", dict(files)))


def found(base: Case, *matches: CodeMatch, header: str | None = None) -> dict[str, list[Finding]]:
    copyrights = ()
    if header is not None:
        copyrights = (Copyright(holder=header, statement=f"(c) {header}", path="a.py", line=1),)
    changed = replace(
        base,
        code=replace(base.code, matches=matches),
        licenses=replace(base.licenses, copyrights=copyrights),
    )
    return {k: v for k, v in findings(changed).items() if k in ("COP001", "COP002")}


def test_nobody_named_is_high(empty: Case) -> None:
    (finding,) = found(empty, match(family()))["COP001"]
    assert (finding.severity, finding.status) == (Severity.HIGH, FindingStatus.VIOLATED)
    assert (
        "contains code that also stands in the toy family of known, up to 4.41" in finding.message
    )
    assert "evidence to be explained" in finding.message
    assert HOLDER in finding.how_to_fix
    assert [(at.path, at.line) for at in finding.locations] == [("a.py", 3)]


@pytest.mark.parametrize("text", [LicenseText.PRESENT, LicenseText.UNKNOWN])
def test_a_named_holder_with_a_text_is_nothing(empty: Case, text: LicenseText) -> None:
    assert found(empty, match(family(named_in=("NOTICE",), license_text=text))) == {}


def test_a_named_holder_without_the_text_is_high_and_says_so(empty: Case) -> None:
    missing = family(named_in=("NOTICE",), license_text=LicenseText.MISSING)
    (finding,) = found(empty, match(missing))["COP001"]
    assert finding.severity is Severity.HIGH
    assert finding.title.startswith("Licence text missing")
    assert "NOTICE" in finding.message


def test_an_unknown_holder_is_undetermined(empty: Case) -> None:
    (finding,) = found(empty, match(family(holders=())))["COP001"]
    assert (finding.severity, finding.status) == (Severity.MEDIUM, FindingStatus.UNDETERMINED)


def test_an_acknowledged_family_that_is_as_good_explains_the_code(empty: Case) -> None:
    other = family(project="older", named_in=("a.py",), score=0.58, union=0.6)
    assert found(empty, match(family(), other)) == {}
    weak = replace(other, score=0.2, union=0.3)
    assert set(found(empty, match(family(), weak))) == {"COP001"}


def test_files_of_one_project_are_one_finding(empty: Case) -> None:
    both = found(empty, match(family()), match(family(), path="b.py"))["COP001"]
    assert len(both) == 1
    assert len(both[0].locations) == len(both[0].evidence) == 2
    assert "a.py and b.py contain code" in both[0].message


def test_another_holders_header_is_one_finding(empty: Case) -> None:
    alone = found(empty, match(family()), header="Somebody Else")
    assert set(alone) == {"COP001"}
    assert "Their headers name Somebody Else only." in alone["COP001"][0].message
    acknowledged = found(empty, match(family(named_in=("NOTICE",))), header="Somebody Else")
    assert set(acknowledged) == {"COP002"}
    assert [f.severity for f in acknowledged["COP002"]] == [Severity.MEDIUM]
    kept = found(empty, match(family(named_in=("a.py",))), header="Somebody Else")
    assert kept == {}


def test_words_accuse_nobody(empty: Case) -> None:
    alone = found(empty, match(family()), header="Somebody Else")
    named = found(empty, match(family(named_in=("NOTICE",))), header="Somebody Else")
    for finding in (*alone["COP001"], *named["COP002"]):
        text = " ".join((finding.title, finding.message, finding.how_to_fix, *finding.evidence))
        assert not [w for w in (*FORBIDDEN_WORDS, "stole", "copied") if w in text.lower()]
        assert "$" not in text


def examined(dispute: Path, name: str) -> tuple[Inventory, LicenseEvidence]:
    made = case(dispute / name)
    return made.subject, made.licenses


@pytest.fixture(scope="module")
def reference(dispute: Path) -> tuple[Inventory, LicenseEvidence]:
    return examined(dispute, "reference")


@pytest.mark.parametrize(
    ("name", "files"),
    [("suspect", ["modeling_pinnacle_moe.py", "pinnacle_layers.py"]), ("independent", [])],
)
def test_the_example_dispute(
    dispute: Path,
    reference: tuple[Inventory, LicenseEvidence],
    name: str,
    files: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shelf, "indexes", lambda: ())
    subject, other = examined(dispute, name), reference
    code = code_evidence(repository(*subject), (repository(*other),))
    whole = Case(
        subject=subject[0],
        licenses=subject[1],
        references=(
            ReferenceCase(
                inventory=other[0],
                licenses=other[1],
                comparison=comparison("inconclusive"),
                origin="given",
                parent=None,
            ),
        ),
        missing_parents=(),
        code=code,
    )
    said = findings(whole)
    assert [at.path for f in said.get("COP001", []) for at in f.locations] == files
    assert "COP002" not in said


def repository(subject: Inventory, licenses: LicenseEvidence) -> CodeRepository:
    return CodeRepository(inventory=subject, attribution=ReleaseAttribution(subject, licenses))
