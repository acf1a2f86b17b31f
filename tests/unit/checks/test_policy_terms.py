# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Shipped policies, each with a release that it accepts and one that it does not."""

from pathlib import Path

import pytest

from audit import rules
from audit.checks import evaluate
from audit.record.findings import Finding, FindingStatus, Severity
from audit.record.weights import Relation
from tests.unit.checks.cases import case, reference, release

CARD = "---\nlicense: {}\n---\n# A model\n"


def judged(folder: Path, policy: str, license_id: str, *bases: str) -> list[Finding]:
    made = release(folder / "release", {"README.md": CARD.format(license_id)})
    references = [
        reference(folder, f"base-{i}", Relation.DERIVED, license_id=base, declared=f"org/base-{i}")
        for i, base in enumerate(bases)
    ]
    found = evaluate(case(made, *references), rules.policy(policy))
    return [finding for finding in found if finding.check == "POL001"]


@pytest.mark.parametrize(
    ("policy", "license_id", "bases", "refused"),
    [
        ("default", "cc-by-nc-4.0", (), False),
        ("permissive", "apache-2.0", ("mit",), False),
        ("permissive", "gpl-3.0", (), True),
        ("permissive", "apache-2.0", ("llama3.1",), True),
        ("commercial", "gpl-3.0", (), False),
        ("commercial", "llama3.1", (), False),
        ("commercial", "cc-by-nc-4.0", (), True),
        ("commercial", "apache-2.0", ("cc-by-nc-4.0",), True),
        ("commercial", "other", (), True),
        ("research", "cc-by-nc-4.0", (), False),
        ("strict-eu", "cc-by-nc-4.0", (), True),
    ],
)
def test_what_each_policy_accepts(
    tmp_path: Path, policy: str, license_id: str, bases: tuple[str, ...], refused: bool
):
    found = judged(tmp_path, policy, license_id, *bases)
    assert bool(found) is refused
    assert all(f.status is FindingStatus.VIOLATED for f in found)


def test_one_finding_names_everything_under_the_licence(tmp_path: Path):
    (found,) = judged(tmp_path, "commercial", "apache-2.0", "cc-by-nc-4.0", "cc-by-nc-4.0")
    assert "base-0 and base-1" in found.message
    assert "CC-BY-NC-4.0 is non-commercial" in found.message


def own(folder: Path, text: str) -> str:
    path = folder / "own.toml"
    path.write_text(f'name = "own"\ndescription = "x"\nfail_on = "high"\n{text}')
    return str(path)


def test_a_list_of_allowed_ids_refuses_the_rest(tmp_path: Path):
    policy = own(tmp_path, '[licenses]\nallow = ["Apache-2.0", "MIT"]\n')
    assert not judged(tmp_path / "a", policy, "mit")
    (found,) = judged(tmp_path / "b", policy, "bsd-3-clause")
    assert "is not among the licences that it allows" in found.message


def test_a_right_that_is_required_may_not_be_withheld(tmp_path: Path):
    policy = own(tmp_path, '[licenses]\nrequire = ["modify", "commercial"]\n')
    assert not judged(tmp_path / "a", policy, "mit")
    (found,) = judged(tmp_path / "b", policy, "cc-by-nc-4.0")
    assert "CC-BY-NC-4.0 withholds a right: commercial use (clause " in found.message


def test_a_duty_weighs_what_its_row_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def severity(folder: Path) -> Severity:
        made = release(folder, {"README.md": CARD.format("gemma")})
        base = reference(folder, "base", Relation.DERIVED, license_id="gemma", declared="org/base")
        found = evaluate(case(made, base), rules.policy("default"))
        return next(f.severity for f in found if f.check == "LIC016")

    assert severity(tmp_path / "a") is Severity.MEDIUM
    facts = rules.license_facts("LicenseRef-scancode-gemma-tou-2024-04-01")
    assert facts is not None
    for duty in facts.obligations:
        monkeypatch.setitem(duty.__dict__, "severity", Severity.LOW)
    assert severity(tmp_path / "b") is Severity.LOW


def test_patterns_deny_by_name(tmp_path: Path):
    policy = own(tmp_path, '[licenses]\ndeny = ["*llama*"]\n')
    (found,) = judged(tmp_path, policy, "llama3.1")
    assert "denied by name" in found.message


def test_a_licence_that_nobody_knows_is_left_open_unless_it_is_denied(tmp_path: Path):
    policy = own(tmp_path, '[licenses]\ndeny_features = ["non-commercial"]\n')
    (found,) = judged(tmp_path, policy, "other")
    assert found.status is FindingStatus.UNDETERMINED


def test_papers_that_cannot_tell_inform_where_the_policy_says_so(tmp_path: Path):
    made = release(tmp_path / "release", {"README.md": CARD.format("other")})
    severities = {
        name: {
            f.severity
            for f in evaluate(case(made), rules.policy(name))
            if f.check.startswith("LIC") and f.status is FindingStatus.UNDETERMINED
        }
        for name in ("default", "research")
    }
    assert severities["research"] <= {Severity.INFO}


def test_a_waiver_may_last_as_long_as_the_policy_says():
    assert rules.policy("strict-eu").waiver_days < rules.policy("default").waiver_days


def test_territory_weighs_where_the_policy_names_it(tmp_path: Path):
    made = release(tmp_path / "release", {"README.md": CARD.format("other")})
    base = reference(
        tmp_path,
        "pangu",
        Relation.DERIVED,
        license_id="LicenseRef-audit-openpangu-1.0",
        declared="o/pangu",
    )
    weights = {
        name: {
            f.severity
            for f in evaluate(case(made, base), rules.policy(name))
            if f.check == "LIC018"
        }
        for name in ("default", "strict-eu")
    }
    assert weights["strict-eu"] == {Severity.HIGH}
    assert Severity.HIGH not in weights["default"]
