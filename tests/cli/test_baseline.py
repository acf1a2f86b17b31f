# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``--baseline`` counts what is new about papers; ``audit diff`` says what changed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from audit.errors import ExitCode
from audit.record.document import AuditRecord, record_from_bytes
from audit.record.findings import Finding, FindingStatus, Severity
from audit.record.said import Said
from audit.record.waivers import Entry, State
from audit.waivers import Baseline
from tests.tiny_repo import fine_tune, make_repo, run_audit

BAD = "---\nlicense: some-licence-of-ours\n---\n# Tiny\n"


def recorded(folder: Path, out: Path, *more: object) -> dict[str, object]:
    asked = ["--output", f"json={out}", "--quiet"]
    result = run_audit("model-repo", folder, *more, *asked)
    assert out.is_file(), result.output
    return json.loads(out.read_bytes())


def record(path: Path) -> AuditRecord:
    return record_from_bytes(path.read_bytes(), where=path.name)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a model whose card declares a licence that nobody knows."""
    return make_repo(tmp_path / "model", card=BAD)


def test_what_stood_before_does_not_count_again(model: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.json"
    assert recorded(model, first)["verdict"]["status"] != "PASS"
    second = recorded(model, tmp_path / "second.json", "--baseline", first)
    assert second["verdict"]["status"] == "PASS"
    assert len(second["findings"]) == len(json.loads(first.read_bytes())["findings"])
    assert second["options"]["baseline_sha256"]
    third = recorded(model, tmp_path / "third.json", "--baseline", tmp_path / "second.json")
    assert third["verdict"]["status"] == "PASS", "a baseline holds from record to record"
    licenses = run_audit("licenses", model, "--baseline", first, "--quiet")
    assert licenses.exit_code == ExitCode.PASS


def test_what_is_new_counts(model: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.json"
    recorded(model, first)
    (model / "README.md").write_text("---\nlicense: another-one\n---\n# Tiny\n")
    again = recorded(model, tmp_path / "again.json", "--baseline", first)
    assert again["verdict"]["status"] != "PASS"


def test_lineage_is_never_accepted(tmp_path: Path) -> None:
    base = make_repo(tmp_path / "base")
    toy = fine_tune(base, tmp_path / "toy")
    first = tmp_path / "first.json"
    before = recorded(toy, first, "--against", base)
    assert any(f["check"].startswith("BASE") for f in before["findings"])
    after = recorded(toy, tmp_path / "after.json", "--against", base, "--baseline", first)
    assert before["verdict"]["status"] != "PASS"
    assert after["verdict"] == before["verdict"]


def finding(severity: Severity, status: FindingStatus = FindingStatus.VIOLATED) -> Finding:
    said = Said("a")
    return Finding(
        check="LIC002", severity=severity, confidence="high", status=status,  # type: ignore[arg-type]
        title=said, message=said, how_to_fix=said, fingerprint="LIC002:00000000",
    )  # fmt: skip


def test_what_is_worse_or_was_waived_counts(model: Path, tmp_path: Path) -> None:
    recorded(model, tmp_path / "r.json")
    stood = replace(record(tmp_path / "r.json"), findings=(finding(Severity.MEDIUM),))
    baseline = Baseline.of(b"", stood)

    def accepted(one: Finding, required: tuple[str, ...] = ()) -> bool:
        return baseline.accept([one], required)[0].waived is not None

    assert accepted(finding(Severity.MEDIUM))
    assert accepted(finding(Severity.LOW))
    assert not accepted(finding(Severity.HIGH))
    assert not accepted(finding(Severity.MEDIUM, FindingStatus.UNDETERMINED))
    entry = Entry(
        kind="waiver", target="LIC002:00000000", reason="r", note="n", by="A",
        on="2026-01-01", expires="2026-02-01", state=State.APPLIED,
    )  # fmt: skip
    assert Baseline.of(b"", replace(stood, exceptions=(entry,))).findings == {}
    assert Baseline.of(
        b"", replace(stood, exceptions=(replace(entry, state=State.EXPIRED),))
    ).findings


def test_a_baseline_of_another_model_excuses_what_both_have_and_says_so(
    model: Path, tmp_path: Path
) -> None:
    other = make_repo(tmp_path / "other", card=BAD.replace("ours", "theirs"), seed=1)
    recorded(other, tmp_path / "other.json")
    result = run_audit(
        "model-repo", model, "--baseline", tmp_path / "other.json", "--no-report", "--quiet"
    )
    assert result.exit_code == ExitCode.INDETERMINATE, "another licence is another finding"
    assert "The baseline is a record of other, and this is model." in result.stderr
    same = make_repo(tmp_path / "same", card=BAD, seed=1)
    recorded(same, tmp_path / "same.json")
    result = run_audit(
        "model-repo", model, "--baseline", tmp_path / "same.json", "--no-report", "--quiet"
    )
    assert result.exit_code == ExitCode.PASS
    assert "The baseline is a record of same, and this is model." in result.stderr
    own = recorded(model, tmp_path / "own.json")
    assert own["verdict"]["status"] != "PASS", "nothing of it outlives the run"
    result = run_audit(
        "model-repo", model, "--baseline", tmp_path / "own.json", "--no-report", "--quiet"
    )
    assert "The baseline is" not in result.stderr


@pytest.mark.parametrize(
    "planted",
    [b"", b"{}", b"[]", b"\x80\x04N.", b'{"schema_version": 2}', b"not json"],
    ids=["empty", "object", "list", "pickle", "no record", "text"],
)
def test_what_is_no_record_is_refused_as_a_baseline(
    planted: bytes, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "planted.json").write_bytes(planted)
    asked = ("--baseline", tmp_path / "planted.json", "--no-report", "--quiet")
    result = run_audit("model-repo", model, *asked)
    assert result.exit_code == ExitCode.USAGE
    assert result.stdout == ""


def test_what_the_policy_requires_is_not_accepted(model: Path, tmp_path: Path) -> None:
    from audit import rules

    check = next(c.id for c in rules.checks().values() if c.required_by == "licenses")
    recorded(model, tmp_path / "r.json")
    one = replace(finding(Severity.HIGH), check=check, fingerprint=f"{check}:00000000")
    baseline = Baseline.of(b"", replace(record(tmp_path / "r.json"), findings=(one,)))
    assert baseline.accept([one], ())[0].waived
    assert not baseline.accept([one], ("licenses",))[0].waived


def test_diff_says_what_changed_and_nothing_else(model: Path, tmp_path: Path) -> None:
    recorded(model, tmp_path / "old.json")
    same = run_audit("diff", tmp_path / "old.json", tmp_path / "old.json")
    assert (same.exit_code, same.stdout) == (ExitCode.PASS, "No change.\n")
    (model / "README.md").write_text("---\nlicense: mit\n---\n# Tiny\n")
    (model / "chat_template.jinja").write_text("{{ messages }}")
    (model / "LICENSE").rename(model / "LICENSE.txt")
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    recorded(model, tmp_path / "new.json")
    done = run_audit("diff", tmp_path / "old.json", tmp_path / "new.json", "--json")
    assert done.exit_code == ExitCode.FAIL
    said = json.loads(done.stdout)
    assert set(said) == {
        "Findings", "Licences", "Other files", "Tokenizer and template", "Verdict", "Weights",
    }  # fmt: skip
    assert said["Tokenizer and template"] == ["new: chat_template.jinja"]
    assert "renamed: LICENSE -> LICENSE.txt" in said["Other files"]
    (line,) = said["Weights"]
    assert line.startswith("changed: model.safetensors (")
    words = run_audit("diff", tmp_path / "old.json", tmp_path / "new.json").stdout
    assert "new: chat_template.jinja" in words
    assert run_audit("diff", model, tmp_path / "new.json").exit_code == ExitCode.USAGE
