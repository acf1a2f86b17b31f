# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Waivers change the gate and nothing else; what does not hold is back, and says why."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit.checks import evaluate
from audit.checks.case import Case
from audit.cli import app
from audit.errors import RulesError, UsageError
from audit.inventory import take_inventory
from audit.licenses.evidence import license_evidence
from audit.record.findings import Finding, FindingStatus, Severity
from audit.record.verdict import Status
from audit.record.waivers import State
from audit.rules import WaiverFile, waiver_file
from audit.sources.names import resolve
from audit.verdict import gate
from audit.waivers import Waivers, attest, correct, waive
from tests.unit.checks.cases import POLICY, case, reference, release

TODAY = date(2026, 11, 25)
GOOD = {
    "by": "Jane Doe <jane@example.com>",
    "on": "2026-11-01",
    "expires": "2027-02-01",
    "note": "agreement 114",
}
GPL = "# SPDX-License-Identifier: GPL-3.0-or-later\n# Copyright (c) 2020 Sort Co\nx = 1\n"
CARD = "---\nlicense: mit\nlibrary_name: transformers\n---\n# A model\n"


def exceptions(**entries: list[dict[str, object]]) -> Waivers:
    return Waivers(file=WaiverFile.model_validate(entries), today=TODAY, longest=180)


def a_waiver(finding: Finding, **changes: object) -> dict[str, object]:
    named = {"finding": finding.fingerprint, "reason": "license-acquired"}
    return {**GOOD, **named, **changes}


@pytest.fixture
def found(tmp_path: Path) -> tuple[Finding, ...]:
    """One critical finding in helper.py, and a few lesser ones."""
    made = release(tmp_path / "release", {"README.md": CARD, "helper.py": GPL})
    return evaluate(case(made), POLICY)


def critical(found: tuple[Finding, ...]) -> Finding:
    (one,) = (f for f in found if f.severity is Severity.CRITICAL)
    return one


def status(found: tuple[Finding, ...]) -> Status:
    return gate(found, "test", Severity.HIGH, papers_only=False).status


def test_a_waiver_lifts_the_gate_and_the_finding_stays(found: tuple[Finding, ...]):
    assert status(found) is Status.FAIL
    waived, (entry,) = waive(found, exceptions(waiver=[a_waiver(critical(found))]))
    assert entry.state is State.APPLIED
    assert [f.fingerprint for f in waived] == [f.fingerprint for f in found]
    assert "Jane Doe" in critical(waived).waived
    verdict = gate(waived, "test", Severity.HIGH, papers_only=False)
    assert verdict.status is not Status.FAIL
    assert verdict.waived == (critical(found).fingerprint,)


@pytest.mark.parametrize(
    ("changes", "state", "says"),
    [
        ({"expires": "2026-11-25"}, State.EXPIRED, "waiver expired on 2026-11-25"),
        ({"on": "2026-12-01"}, State.NOT_YET, "not valid before 2026-12-01"),
        ({"expires": "2028-01-01"}, State.TOO_LONG, "longer than the policy allows"),
        ({"paths": ["other.py"]}, State.UNUSED, ""),
    ],
)
def test_what_does_not_hold_counts_again(
    found: tuple[Finding, ...], changes: dict[str, object], state: State, says: str
):
    after, (entry,) = waive(found, exceptions(waiver=[a_waiver(critical(found), **changes)]))
    assert entry.state is state
    assert status(after) is Status.FAIL
    assert not critical(after).waived
    assert says in critical(after).message


def test_a_waiver_of_nothing_is_listed_as_unused(found: tuple[Finding, ...]):
    other = {**a_waiver(critical(found)), "finding": "LIC001:0123abcd"}
    after, (entry,) = waive(found, exceptions(waiver=[other]))
    assert after == found
    assert entry.state is State.UNUSED


def test_a_waiver_that_names_every_place_holds(found: tuple[Finding, ...]):
    named = a_waiver(critical(found), paths=sorted({x.path for x in critical(found).locations}))
    assert waive(found, exceptions(waiver=[named]))[1][0].state is State.APPLIED


def corrected(tmp_path: Path, **fields: object) -> tuple[set[str], State]:
    folder = release(tmp_path / "release", {"README.md": CARD, "helper.py": GPL})
    inventory = take_inventory(resolve(str(folder)))
    entry = {**GOOD, "path": "helper.py", "reason": "reference", **fields}
    evidence, (used,) = correct(
        license_evidence(inventory), inventory, exceptions(correction=[entry])
    )
    return {c.expression for c in evidence.claims if c.path == "helper.py"}, used.state


def test_a_correction_replaces_what_was_detected(tmp_path: Path):
    wrong = "GPL-3.0-or-later"
    assert corrected(tmp_path, detected=wrong, concluded="MIT") == ({"MIT"}, State.APPLIED)


def test_a_correction_can_say_that_it_is_no_statement(tmp_path: Path):
    found = corrected(tmp_path, detected="GPL-3.0-or-later", concluded="NONE", lines=[1, 2])
    assert found == (set(), State.APPLIED)


@pytest.mark.parametrize(
    "fields",
    [
        {"detected": "MIT", "concluded": "NONE"},
        {"detected": "GPL-3.0-or-later", "concluded": "NONE", "lines": [40, 50]},
        {"detected": "NONE", "concluded": "MIT"},
        {"detected": "GPL-3.0-or-later", "concluded": "NONE", "path": "gone.py"},
    ],
)
def test_a_correction_of_something_else_changes_nothing(tmp_path: Path, fields: dict[str, object]):
    assert corrected(tmp_path, **fields) == ({"GPL-3.0-or-later"}, State.UNUSED)


LLAMA = "LicenseRef-scancode-llama-3.1-license-2024"
ANSWER = {
    **GOOD,
    "question": f"{LLAMA}/user-threshold",
    "answer": "yes",
    "evidence": "usage report of October",
}


def llama_child(tmp_path: Path) -> Case:
    made = release(tmp_path / "release", {"README.md": CARD})
    base = reference(
        tmp_path / "b", "Llama-3.1-8B", "derived", license_id="llama3.1", declared="o/Llama-3.1-8B"
    )
    return case(made, base)


def thresholds(tmp_path: Path, **changes: object) -> tuple[list[Finding], State]:
    """Return what LIC019 says once a question is answered, and what came of the answer."""
    subject = llama_child(tmp_path)
    answer = exceptions(attest=[{**ANSWER, **changes}])
    obligations, (entry,) = attest(subject.obligations, answer)
    found = evaluate(replace(subject, obligations=obligations), POLICY)
    return [f for f in found if f.check == "LIC019"], entry.state


def test_a_question_is_open_until_somebody_answers(tmp_path: Path):
    (finding,) = (f for f in evaluate(llama_child(tmp_path), POLICY) if f.check == "LIC019")
    assert finding.status is FindingStatus.UNDETERMINED
    assert f"{LLAMA}/user-threshold" in finding.message


def test_a_yes_closes_the_question(tmp_path: Path):
    assert thresholds(tmp_path) == ([], State.APPLIED)


def test_a_no_is_a_finding_that_names_who_said_so(tmp_path: Path):
    (finding,), state = thresholds(tmp_path, answer="no")
    assert state is State.APPLIED
    assert finding.status is FindingStatus.VIOLATED
    assert "Jane Doe" in finding.message


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"expires": "2026-11-20"}, State.EXPIRED),
        ({"expires": "2028-11-20"}, State.TOO_LONG),
        ({"question": f"{LLAMA}/display"}, State.UNUSED),
    ],
)
def test_an_answer_that_does_not_hold_leaves_it_open(
    tmp_path: Path, changes: dict[str, object], state: State
):
    (finding,), found = thresholds(tmp_path, **changes)
    assert found is state
    assert finding.status is FindingStatus.UNDETERMINED


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[waiver]\n", "Correct the TOML"),
        ("[[waver]]\n", "waver"),
        ('[[waiver]]\nfinding="LIC001:0123abcd"\n', "this key is missing"),
        (
            '[[waiver]]\nfinding="LIC001:0123abcd"\nreason="fix-scheduled"\nby="renovate[bot]"\n'
            'note="x"\non=2026-01-01\nexpires=2026-02-01\n',
            "bot",
        ),
        (
            '[[waiver]]\nfinding="LIC001:0123abcd"\nreason="fix-scheduled"\nby="Jane"\n'
            'note="x"\non=2026-02-01\nexpires=2026-02-01\n',
            "expires",
        ),
        (
            '[[waiver]]\nfinding="LIC001:*"\nreason="fix-scheduled"\nby="Jane"\n'
            'note="x"\non=2026-01-01\nexpires=2026-02-01\n',
            "finding",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, text: str, says: str):
    path = tmp_path / "waivers.toml"
    path.write_text(text)
    with pytest.raises(RulesError) as caught:
        waiver_file(path)
    assert says in f"{caught.value.message} {caught.value.advice}"
    assert str(path) in caught.value.message


def test_a_missing_file_is_one_sentence(tmp_path: Path):
    with pytest.raises(UsageError, match="cannot be read"):
        waiver_file(tmp_path / "none.toml")


def test_the_audited_folder_cannot_excuse_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795564800")
    folder = release(tmp_path / "release", {"README.md": CARD, "helper.py": GPL})
    runner = CliRunner()
    plain = runner.invoke(app, ["licenses", str(folder), "--json"])
    assert plain.exit_code == 1, plain.output
    (worst,) = (f for f in json.loads(plain.stdout)["findings"] if f["severity"] == "critical")
    waivers = (
        f'[[waiver]]\nfinding = "{worst["fingerprint"]}"\nreason = "legal-opinion"\n'
        'note = "the helper is not part of the work"\nby = "Jane Doe"\n'
        "on = 2026-11-01\nexpires = 2027-02-01\n"
    )
    (folder / "audit.waivers.toml").write_text(waivers)
    assert runner.invoke(app, ["licenses", str(folder)]).exit_code == 1
    given = runner.invoke(
        app,
        [
            "licenses",
            str(folder),
            "--details",
            "--waivers",
            str(folder / "audit.waivers.toml"),
        ],
    )
    said = " ".join(given.output.split())
    for words in ("Critical, waived", "legal-opinion", "Jane Doe", "applied", "to 2027-02-01"):
        assert words in said
