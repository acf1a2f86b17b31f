# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What is owed, to whom, and whether it is there."""

from pathlib import Path

import pytest

from audit.checks import evaluate
from audit.checks.case import Case, ReferenceCase
from audit.obligations import engine
from audit.record.findings import FindingStatus, Severity
from audit.record.obligations import Duty, DutyState
from audit.record.weights import PKind
from audit.rules import LicenseFacts, license_facts
from tests.unit.checks.cases import POLICY, case, findings, reference, release

APACHE = (Path(__file__).parents[3] / "LICENSE").read_text()
LLAMA = "meta-llama/Llama-3.1-8B"
NOTICE = (
    "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms,"
    " Inc. All Rights Reserved.\n"
)


def made(tmp_path: Path, front: str, *references: ReferenceCase, **files: str) -> Case:
    text = f"---\n{front}\n---\n# Toy\n"
    named = {path.replace("__", "."): content for path, content in files.items()}
    return case(release(tmp_path / "release", {"README.md": text, **named}), *references)


def states(subject: Case) -> dict[str, DutyState]:
    return {duty.obligation: duty.state for duty in subject.obligations.duties}


def duty(subject: Case, obligation: str) -> Duty:
    (found,) = (d for d in subject.obligations.duties if d.obligation == obligation)
    return found


def test_a_declared_base_is_owed_what_the_table_says_of_it(tmp_path: Path) -> None:
    owed = states(made(tmp_path, f"license: mit\nbase_model: {LLAMA}"))
    assert owed == {
        "copy-of-license": DutyState.NOT_MET,
        "display": DutyState.NOT_MET,
        "name-prefix": DutyState.NOT_MET,
        "notice-line": DutyState.NOT_MET,
        "user-threshold": DutyState.UNKNOWN,
    }


def test_a_notice_that_is_there_has_its_place_and_likeness(tmp_path: Path) -> None:
    subject = made(tmp_path, f"license: mit\nbase_model: {LLAMA}", NOTICE=f"Toy\n\n{NOTICE}")
    found = duty(subject, "notice-line")
    assert found.state is DutyState.MET
    (passage,) = found.passages
    assert (passage.path, passage.line, passage.similarity) == ("NOTICE", 3, 1.0)


def test_the_notice_of_another_version_is_not_this_one(tmp_path: Path) -> None:
    text = NOTICE.replace("3.1", "3.2")
    subject = made(tmp_path, f"license: mit\nbase_model: {LLAMA}", NOTICE=text)
    found = duty(subject, "notice-line")
    assert found.state is DutyState.NOT_MET
    assert found.passages[0].path == "NOTICE"


def test_the_words_in_a_comment_are_not_displayed(tmp_path: Path) -> None:
    subject = made(
        tmp_path,
        f"license: mit\nbase_model: {LLAMA}\n---\n<!-- Built with Llama -->",
    )
    assert duty(subject, "display").state is DutyState.NOT_MET


def test_a_copy_owes_no_name(tmp_path: Path) -> None:
    base = reference(tmp_path / "b", "Base", "copy", license_id="llama3.1")
    owed = states(made(tmp_path, "license: llama3.1", base))
    assert "name-prefix" not in owed
    assert owed["notice-line"] is DutyState.NOT_MET


def test_outputs_owe_the_name_and_nothing_else(tmp_path: Path) -> None:
    owed = states(made(tmp_path, f"license: mit\nteacher_model: {LLAMA}"))
    assert owed == {"name-prefix": DutyState.NOT_MET}


def test_a_negative_comparison_does_not_clear_outputs(tmp_path: Path) -> None:
    base = reference(tmp_path / "b", "Llama-3.1-8B", "no-shared-weights", license_id="llama3.1")
    subject = made(tmp_path, f"license: mit\nteacher_model: {LLAMA}", base)
    assert states(subject) == {"name-prefix": DutyState.NOT_MET}
    assert {f.status for f in findings(subject)["LIC014"]} == {FindingStatus.VIOLATED}


def test_a_merge_owes_what_each_parent_asks(tmp_path: Path) -> None:
    free = reference(tmp_path / "b", "free", "derived", declared="x/free")
    llama = reference(
        tmp_path / "b", "Llama-3.1-8B", "derived", license_id="llama3.1", declared=LLAMA
    )
    subject = made(tmp_path, f"license: mit\nbase_model: [x/free, {LLAMA}]", free, llama)
    asked = {(d.ancestor, d.license.partition("-")[0]) for d in subject.obligations.duties}
    assert asked == {("free", "Apache"), ("Llama-3.1-8B", "LicenseRef")}


def test_of_a_choice_the_better_kept_counts_and_of_both_all(tmp_path: Path) -> None:
    either = reference(tmp_path / "a", "B", "derived", license_id="mit OR apache-2.0")
    front = "license: apache-2.0\nbase_model: x/B\nbase_model_relation: finetune"
    subject = made(tmp_path / "1", front, either, LICENSE=APACHE)
    assert {d.license for d in subject.obligations.duties} == {"Apache-2.0"}
    assert {d.state for d in subject.obligations.duties} == {DutyState.MET}
    both = reference(tmp_path / "b", "B", "derived", license_id="mit AND apache-2.0")
    subject = made(tmp_path / "2", "license: apache-2.0", both, LICENSE=APACHE)
    assert {d.license for d in subject.obligations.duties} == {"MIT", "Apache-2.0"}


def test_calibrated_evidence_leaves_duties_open(tmp_path: Path) -> None:
    base = reference(
        tmp_path / "b", "Base", "disguised", license_id="llama3.1", p_kind=PKind.CALIBRATED
    )
    found = findings(made(tmp_path, "license: mit", base))
    for check in ("LIC010", "LIC011", "LIC012", "LIC013", "LIC014"):
        assert [f.status for f in found[check]] == [FindingStatus.UNDETERMINED], check


def test_facts_that_nobody_read_gate_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(symbol: str) -> LicenseFacts | None:
        facts = license_facts(symbol)
        if facts is None:
            return None
        status = facts.status.model_copy(update={"evidence": "memory"})
        return facts.model_copy(update={"status": status})

    monkeypatch.setattr(engine, "license_facts", unread)
    found = findings(made(tmp_path, f"license: mit\nbase_model: {LLAMA}"))
    for check in ("LIC011", "LIC012", "LIC013", "LIC014"):
        (finding,) = found[check]
        assert (finding.severity, finding.status) == (
            Severity.INFO,
            FindingStatus.UNDETERMINED,
        )
        assert "not checked against the licence's text" in finding.message


def test_code_owes_only_what_code_licences_ask(tmp_path: Path) -> None:
    header = "# SPDX-License-Identifier: CC-BY-NC-4.0\nx = 1\n"
    subject = made(tmp_path / "1", "license: mit", a__py=header)
    assert subject.obligations.duties == ()
    header = "# SPDX-License-Identifier: Apache-2.0\nx = 1\n"
    subject = made(tmp_path / "2", "license: mit", a__py=header)
    assert states(subject)["copy-of-license"] is DutyState.NOT_MET


PANGU = """---
license: other
license_name: own-model-license
license_link: LICENSE
---
# Own model

Trained by us.
"""


def test_apache_lets_a_derivative_have_own_terms_and_does_not_let_notices_go(
    tmp_path: Path,
) -> None:
    """The heart of the dispute: descent from an Apache-2.0 model, released under own terms."""

    def notice(root: Path) -> None:
        (root / "NOTICE").write_text("Some-14B\nCopyright 2024 Upstream Cloud\n")

    base = reference(tmp_path / "b", "Some-14B", "derived", prepare=notice)
    terms = "OWN MODEL LICENSE\n\n" + "You may use the model inside the agreed territory. " * 30
    files = {"README.md": PANGU, "LICENSE": terms}
    found = findings(case(release(tmp_path / "release", dict(files)), base))
    assert "LIC010" not in found
    assert set(found) >= {"BASE001", "LIC012", "LIC016"}
    (notices,) = found["LIC012"]
    assert notices.status is FindingStatus.VIOLATED
    assert "Upstream Cloud" in notices.how_to_fix
    (text,) = found["LIC011"]
    assert "Clause 4(a)" in text.message
    (changed,) = found["LIC016"]
    assert "Clause 4(b)" in changed.message
    kept = {
        "NOTICE": "Some-14B\nCopyright 2024 Upstream Cloud\nThe weights were modified: upcycled.\n",
        "LICENSES/Apache-2.0.txt": APACHE,
        "README.md": PANGU.replace("Trained by us.", "Made from Some-14B, modified by us."),
    }
    found = findings(case(release(tmp_path / "kept", {**files, **kept}), base))
    assert not {"LIC010", "LIC011", "LIC012", "LIC016"} & set(found)


def test_words_are_about_terms_and_accuse_nobody(tmp_path: Path) -> None:
    subject = made(
        tmp_path,
        f"license: mit\nbase_model: {LLAMA}\ndatasets: [tatsu-lab/alpaca, x/y]\nteacher: q/r",
    )
    for finding in evaluate(subject, POLICY):
        text = " ".join((finding.title, finding.message, finding.how_to_fix, *finding.evidence))
        assert not [w for w in ("infring", "stole", "violat", "illegal") if w in text.lower()]
        assert "$" not in text
