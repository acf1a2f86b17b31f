# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Checks that join the weights with what the card says."""

from dataclasses import replace
from pathlib import Path

import pytest

from audit.checks import evaluate
from audit.checks.lineage.words import strength
from audit.record.derivation import Derivation, DerivationKind
from audit.record.files import DeclaredParent
from audit.record.findings import FindingStatus, Severity
from audit.record.said import Said
from audit.record.verdict import Status
from audit.record.weights import PKind, Relation
from audit.rules import Policy
from audit.verdict import gate
from tests.unit.checks.cases import (
    POLICY,
    case,
    comparison,
    findings,
    reference,
    release,
    write_weights,
)

MIT_CARD = "---\nlicense: mit\n---\n# Toy\n"
LINEAGE = [r for r in Relation if r.is_lineage]
CARD_PARENT = {"path": "README.md", "field": "base_model"}


def toy(folder: Path, prose: str = "") -> Path:
    return release(folder / "release", {"README.md": MIT_CARD + prose})


def other_weights(folder: Path) -> None:
    write_weights(folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x01\x02\x03\x04")


@pytest.mark.parametrize("relation", list(Relation))
def test_undeclared_parents(tmp_path: Path, relation: Relation) -> None:
    found = findings(case(toy(tmp_path), reference(tmp_path / "b", "Base", relation)))
    assert ("BASE001" in found) is relation.is_lineage
    if relation.is_lineage:
        (finding,) = found["BASE001"]
        assert "Base" in finding.title
        assert "probability below 1\u00a0in\u00a010⁹, where this audit stops" in finding.message
        assert "which of the two came first" in finding.message
        assert finding.status is FindingStatus.UNDETERMINED, "no direction holds"


@pytest.mark.parametrize("relation", LINEAGE)
def test_a_direction_settles_it_unless_a_declared_base_may_explain_it(
    tmp_path: Path, relation: Relation
) -> None:
    way = {"direction": "reference-to-suspect"}
    base = reference(tmp_path / "b", "Base", relation, **way)
    (finding,) = findings(case(toy(tmp_path / "1"), base))["BASE001"]
    assert finding.status is FindingStatus.VIOLATED
    missing = DeclaredParent(name="org/Parent", relation=None, **CARD_PARENT)
    (finding,) = findings(case(toy(tmp_path / "2"), base, missing=(missing,)))["BASE001"]
    assert finding.status is FindingStatus.UNDETERMINED
    assert "Parent was not compared" in finding.message
    same = reference(tmp_path / "c", "Parent", relation, declared="org/Parent")
    assert "BASE001" not in findings(case(toy(tmp_path / "4"), base, same)), "equal digests"
    parent = reference(
        tmp_path / "d", "Parent", relation, declared="org/Parent", prepare=other_weights
    )
    (finding,) = findings(case(toy(tmp_path / "3"), base, parent))["BASE001"]
    assert finding.status is FindingStatus.UNDETERMINED
    assert "Parent shares weights too" in finding.message


def test_siblings_are_left_to_a_person(tmp_path: Path) -> None:
    base = reference(tmp_path / "b", "Base", "derived", direction="siblings")
    (finding,) = findings(case(toy(tmp_path), base))["BASE001"]
    assert finding.status is FindingStatus.UNDETERMINED


def test_what_is_dependent_and_no_more_is_no_accusation(tmp_path: Path) -> None:
    proven = {"p_kind": PKind.EXACT, "log10_p": -40.0}
    base = reference(tmp_path / "b", "Base", "inconclusive", **proven)
    found = findings(case(toy(tmp_path, "Trained from scratch."), base))
    assert not {"BASE001", "BASE003"} & set(found)
    (finding,) = found["WGT001"]
    assert "an initial checkpoint or training logs" in finding.message


@pytest.mark.parametrize("relation", list(Relation))
def test_declared_parents(tmp_path: Path, relation: Relation) -> None:
    base = reference(tmp_path / "b", "Base", relation, declared="org/Base")
    found = findings(case(toy(tmp_path), base))
    assert "BASE001" not in found
    status = {
        Relation.NO_SHARED_WEIGHTS: FindingStatus.VIOLATED,
        Relation.INCONCLUSIVE: FindingStatus.UNDETERMINED,
    }.get(relation)
    assert [f.status for f in found.get("BASE002", [])] == ([status] if status else [])
    assert "WGT001" not in found, "an open comparison with a declared base is said once"


def test_a_trace_of_software_is_no_declaration(tmp_path: Path) -> None:
    origin = ("config.json", "_name_or_path")
    base = reference(tmp_path / "b", "Base", "derived", declared="org/Base", stated=origin)
    (finding,) = findings(case(toy(tmp_path), base))["BASE001"]
    assert "_name_or_path names org/Base" in finding.message
    none = reference(
        tmp_path / "c", "Base", "no-shared-weights", declared="org/Base", stated=origin
    )
    assert "BASE002" not in findings(case(toy(tmp_path), none))
    missing = DeclaredParent(name="org/Base", relation=None, path=origin[0], field=origin[1])
    found = findings(case(toy(tmp_path), missing=(missing,)))
    assert "BASE004" not in found
    assert "org/Base" in found["WGT003"][0].message


def test_weights_that_seem_to_have_gone_the_other_way_leave_it_open(tmp_path: Path) -> None:
    """Direction can be made to order, so it never clears a release."""
    base = reference(
        tmp_path / "b", "Child", "derived", license_id="llama3.1", direction="suspect-to-reference"
    )
    found = findings(case(toy(tmp_path, "Trained from scratch."), base))
    for check in ("BASE001", "BASE003", "LIC010"):
        assert {f.status for f in found[check]} == {FindingStatus.UNDETERMINED}


def test_an_adapter_need_not_share_weights(tmp_path: Path) -> None:
    base = reference(
        tmp_path / "b", "Base", "no-shared-weights", declared="o/Base", declared_relation="adapter"
    )
    (finding,) = findings(case(toy(tmp_path), base))["BASE002"]
    assert finding.status is FindingStatus.UNDETERMINED


@pytest.mark.parametrize(("share", "status"), [(1.0, []), (0.5, [FindingStatus.VIOLATED])])
def test_an_adapter_fits_its_declared_base_or_contradicts_it(
    tmp_path: Path, share: float, status: list[FindingStatus]
) -> None:
    base = reference(
        tmp_path / "b", "Base", "inconclusive", declared="o/Base", declared_relation="adapter"
    )
    kind = Derivation(kind=DerivationKind.ADAPTER, sentence=Said("So it is."), fraction=share)
    base = replace(base, comparison=replace(base.comparison, kind=kind))
    found = findings(case(toy(tmp_path), base))
    assert [f.status for f in found.get("BASE002", [])] == status


def test_missing_parents(tmp_path: Path) -> None:
    missing = DeclaredParent(name="org/Some-Base", relation=None, **CARD_PARENT)
    (finding,) = findings(case(toy(tmp_path), missing=(missing,)))["BASE004"]
    assert finding.status is FindingStatus.UNDETERMINED
    assert "some-base" in finding.how_to_fix
    assert finding.locations[0].path == "README.md"


def test_no_weights_is_said_once(tmp_path: Path) -> None:
    subject = release(tmp_path / "release", {"README.md": MIT_CARD}, weights=False)
    bases = [
        reference(tmp_path / "b", "A", "inconclusive"),
        reference(tmp_path / "b", "B", "inconclusive", declared="o/B"),
    ]
    found = findings(case(subject, *bases))
    assert [f.severity for f in found["WGT001"]] == [Severity.HIGH]
    assert "BASE002" not in found


def test_open_comparisons_and_shared_starts(tmp_path: Path) -> None:
    bases = [
        reference(tmp_path / "b", "Open", "inconclusive", limits=("too few parameters",)),
        reference(tmp_path / "b", "Twin", "shared-initialisation"),
    ]
    found = findings(case(toy(tmp_path), *bases))
    (open_,) = found["WGT001"]
    assert "Open" in open_.title
    assert "too few parameters" in open_.evidence
    (twin,) = found["WGT002"]
    assert "not evidence that trained weights were reused" in twin.message
    assert "WGT003" not in found


@pytest.mark.parametrize(
    ("files", "severity", "status", "weights"),
    [
        ({"model.bin": b"\x80\x02}q\x00."}, Severity.HIGH, FindingStatus.UNDETERMINED, False),
        ({"optimizer.pkl": b"(dp0\n."}, Severity.MEDIUM, FindingStatus.VIOLATED, True),
    ],
)
def test_pickles(
    tmp_path: Path,
    files: dict[str, str | bytes],
    severity: Severity,
    status: FindingStatus,
    *,
    weights: bool,
) -> None:
    subject = release(tmp_path / "release", {"README.md": MIT_CARD, **files}, weights=weights)
    found = findings(case(subject))
    (finding,) = found["PKL001"]
    assert (finding.severity, finding.status) == (severity, status)
    assert "WGT001" not in found


def test_parents_under_one_licence_share_a_finding(tmp_path: Path) -> None:
    bases = [
        reference(tmp_path / "b", "L-8B", "derived", license_id="llama3.1"),
        reference(tmp_path / "b", "L-8B-Instruct", "derived", license_id="llama3.1"),
        reference(tmp_path / "b", "Free", "derived", license_id="apache-2.0"),
        reference(tmp_path / "b", "Dark", "derived", license_id=None),
        reference(tmp_path / "b", "Unrelated", "no-shared-weights", license_id="llama3.1"),
    ]
    violated, unknown = sorted(
        findings(case(toy(tmp_path), *bases))["LIC010"], key=lambda f: f.status, reverse=True
    )
    assert violated.status is FindingStatus.VIOLATED
    assert "L-8B and L-8B-Instruct" in violated.title
    assert "terms declared by the upstream" in violated.message
    assert "clause 1.b.i" in violated.message
    assert "license: llama3.1" in violated.how_to_fix
    assert unknown.status is FindingStatus.UNDETERMINED
    assert "Dark" in unknown.title


def test_terms_of_a_declared_parent_count_without_weights(tmp_path: Path) -> None:
    base = reference(
        tmp_path / "b", "NC", "inconclusive", license_id="cc-by-nc-4.0", declared="o/NC"
    )
    (finding,) = findings(case(toy(tmp_path), base))["LIC010"]
    assert "The card declares as its base" in finding.message


def test_a_policy_overrides_severity_and_not_the_finding(tmp_path: Path) -> None:
    subject = case(toy(tmp_path), reference(tmp_path / "b", "Base", "derived"))
    plain = Policy(name="a", description="", fail_on=Severity.HIGH)
    light = plain.model_copy(update={"severity": {"BASE001": Severity.LOW}})
    before = {f.check: f for f in evaluate(subject, plain)}
    after = {f.check: f for f in evaluate(subject, light)}
    assert before["BASE001"].severity is Severity.CRITICAL
    assert after["BASE001"].severity is Severity.LOW
    assert after["BASE001"].fingerprint == before["BASE001"].fingerprint


@pytest.mark.parametrize(
    ("kind", "log10_p", "words"),
    [
        (PKind.EXACT, -37.6, "below 1\u00a0in\u00a010⁹, where this audit stops"),
        (PKind.ASYMPTOTIC, -37.6, "below 1\u00a0in\u00a010⁹, where this audit stops"),
        (PKind.EXACT, -7.6, "at most 1\u00a0in\u00a010⁷."),
        (PKind.ASYMPTOTIC, -7.6, "about 1\u00a0in\u00a010⁷, by the normal approximation"),
        (PKind.CALIBRATED, -3.0, "not an exact probability"),
        (PKind.NONE, None, "No probability was computed"),
    ],
)
def test_strength_in_words(kind: PKind, log10_p: float | None, words: str) -> None:
    assert words in strength(comparison("derived", p_kind=kind, log10_p=log10_p))


def test_hostile_names_stay_on_one_short_line(tmp_path: Path) -> None:
    name = "x" * 500 + "\n\x1b[31mred"
    missing = DeclaredParent(name=name, relation=None, **CARD_PARENT)
    (finding,) = findings(case(toy(tmp_path), missing=(missing,)))["BASE004"]
    assert "\n" not in finding.title
    assert len(finding.title) < 300


@pytest.mark.parametrize("exact_too", [False, True])
def test_calibrated_evidence_alone_leaves_the_gate_open(tmp_path: Path, *, exact_too: bool) -> None:
    """A test that is read against controls has no exact null: a person must look."""
    folder = toy(tmp_path, "\nThis model was trained from scratch.\n")
    calibrated = {"p_kind": PKind.CALIBRATED, "log10_p": -2.2, "license_id": "cc-by-nc-4.0"}
    references = [reference(tmp_path / "b", "Base", "disguised", **calibrated)]
    if exact_too:
        way = {"direction": "reference-to-suspect"}
        references.append(reference(tmp_path / "c", "Other", "derived", license_id="mit", **way))
    found = findings(case(folder, *references))
    about_base = next(f for f in found["BASE001"] if "Base" in f.title)
    assert about_base.status is FindingStatus.UNDETERMINED
    assert "A person must look" in about_base.message
    assert about_base.title.startswith("Likely not independent")
    assert "resemble" in about_base.message
    if not exact_too:
        assert "are likely not independent" in found["BASE003"][0].message
        assert "are likely not independent" in found["LIC010"][0].message
    assert found["LIC010"][0].status is FindingStatus.UNDETERMINED
    (scratch,) = found["BASE003"]
    expected = FindingStatus.VIOLATED if exact_too else FindingStatus.UNDETERMINED
    assert scratch.status is expected


@pytest.mark.parametrize("relation", list(Relation))
@pytest.mark.parametrize("coverage", [0.1, 0.9])
def test_silence_needs_coverage_and_a_finding_does_not(
    tmp_path: Path, relation: Relation, coverage: float
) -> None:
    made = case(toy(tmp_path), reference(tmp_path / "b", "Base", relation, coverage=coverage))
    found = findings(made)
    thin = relation is Relation.NO_SHARED_WEIGHTS and coverage < POLICY.min_coverage
    assert ("WGT004" in found) is thin
    if thin:
        (finding,) = found["WGT004"]
        assert finding.status is FindingStatus.UNDETERMINED
        assert "10.0 % of the audited parameters" in finding.message
        verdict = gate(evaluate(made, POLICY), "test", Severity.HIGH, papers_only=False)
        assert verdict.status is Status.INDETERMINATE
    lenient = Policy(name="lenient", description="", fail_on=Severity.HIGH, min_coverage=0.0)
    assert "WGT004" not in {f.check for f in evaluate(made, lenient)}


def test_what_a_policy_requires_to_be_looked_at_stops_it(tmp_path: Path) -> None:
    missing = DeclaredParent(name="acme/base", relation=None, **CARD_PARENT)
    made = case(toy(tmp_path), missing=(missing,))
    assert made.papers_only

    def answer(*require: str) -> Status:
        asked = Policy(name="p", description="", fail_on=Severity.HIGH, require=require)
        found = [f for f in evaluate(made, asked) if f.check in {"BASE004", "WGT003"}]
        return gate(tuple(found), "p", Severity.HIGH, papers_only=made.papers_only).status

    assert answer() is Status.PASS
    assert answer("base") is Status.INDETERMINATE
    assert answer("weights") is Status.INDETERMINATE
    assert answer("licenses") is Status.PASS, "nothing of these is about licences"


def test_the_default_asks_for_declared_bases_only(tmp_path: Path) -> None:
    from audit.rules import policy

    made = case(toy(tmp_path))
    found = tuple(f for f in evaluate(made, policy("default")) if f.check.startswith("WGT"))
    decided = gate(found, "default", Severity.HIGH, papers_only=made.papers_only)
    assert (decided.status, decided.papers_only) == (Status.PASS, True)
    strict = tuple(f for f in evaluate(made, policy("strict-eu")) if f.check == "WGT003")
    assert gate(strict, "s", Severity.HIGH, papers_only=True).status is Status.INDETERMINATE
