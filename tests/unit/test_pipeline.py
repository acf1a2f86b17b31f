# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The line, end to end on small folders: what the record says, and what it must not say."""

import json
import platform
import shutil
from pathlib import Path

import pytest

from audit.custody import custody_now
from audit.errors import RenderError, UsageError
from audit.pipeline import run
from audit.publish import Run, publish
from audit.record.document import AuditRecord, record_from_bytes, to_bytes
from audit.record.findings import Severity
from audit.record.weights import Relation
from audit.request import Request
from audit.signing.attestation.slot import blanked
from audit.signing.attestation.statement import read_unverified
from audit.signing.identity.keys import self_made
from tests.tiny_repo import digest_of, fine_tune, make_repo, minimal_pdf

DECLARING = "---\nlicense: mit\nbase_model: org/{}\n---\n# Tiny\n\nA small model.\n"


def audit(target: Path, *against: Path, fail_on: Severity | None = None) -> AuditRecord:
    return run(Request.of(target=str(target), against=tuple(map(str, against)), fail_on=fail_on))


def relations(record: AuditRecord) -> dict[str, Relation]:
    return {c.reference: c.relation for c in record.comparisons}


@pytest.fixture
def quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.report.formats.pdf.render_pdf", lambda *_, **__: minimal_pdf())


def test_lineage_and_its_absence(tmp_path: Path) -> None:
    parent, stranger = make_repo(tmp_path / "parent"), make_repo(tmp_path / "stranger", seed=1)
    child = fine_tune(parent, tmp_path / "child")
    before = digest_of(tmp_path)
    record = audit(child, parent, stranger)
    assert relations(record)["parent"].is_lineage
    assert not relations(record)["stranger"].is_lineage
    assert digest_of(tmp_path) == before


def test_same_input_same_bytes_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_CACHE_LIMIT", "0")  # the second run computes for itself
    here, there = tmp_path / "here", tmp_path / "there" / "deeper"
    parent = make_repo(here / "parent")
    fine_tune(parent, here / "child")
    shutil.copytree(here, there)
    records = [to_bytes(audit(at / "child", at / "parent")) for at in (here, here, there)]
    assert len(set(records)) == 1
    text = records[0].decode()
    assert str(tmp_path) not in text
    assert platform.node() not in text or len(platform.node()) < 4


def test_the_record_survives_its_own_encoding(tmp_path: Path) -> None:
    record = audit(make_repo(tmp_path / "a"), make_repo(tmp_path / "b", seed=1))
    assert record_from_bytes(to_bytes(record), where="record.json") == record


def test_a_declared_parent_that_lies_beside_is_compared(tmp_path: Path) -> None:
    parent = make_repo(tmp_path / "base")
    record = audit(fine_tune(parent, tmp_path / "child", card=DECLARING.format("Base")))
    assert [(r.name, r.origin) for r in record.references] == [("base", "declared")]
    assert relations(record)["base"].is_lineage
    assert record.not_run == ()
    assert record.options.against == ()


def test_a_declared_parent_that_is_not_found_is_said(tmp_path: Path) -> None:
    record = audit(make_repo(tmp_path / "child", card=DECLARING.format("elsewhere")))
    assert [n.what for n in record.not_run] == [
        "comparison with the declared base model org/elsewhere"
    ]
    assert record.comparisons == ()


def test_no_reference_at_all_is_said(tmp_path: Path) -> None:
    record = audit(make_repo(tmp_path / "child"))
    assert [n.what for n in record.not_run] == ["comparison of weights"]
    assert record.coverage.comparisons == 0


def test_the_target_is_no_reference(tmp_path: Path) -> None:
    target = make_repo(tmp_path / "a")
    with pytest.raises(UsageError, match="is the audited folder itself"):
        audit(target, target)


def test_a_reference_given_twice_counts_once(tmp_path: Path) -> None:
    target, other = make_repo(tmp_path / "a"), make_repo(tmp_path / "b", seed=1)
    assert to_bytes(audit(target, other, other)) == to_bytes(audit(target, other))


def test_the_record_names_what_can_change_it(tmp_path: Path) -> None:
    record = audit(make_repo(tmp_path / "a"))
    tool = record.tool
    assert len(tool.rules_sha256) == len(tool.families_sha256) == 64
    assert "tensor-identity" in tool.battery
    assert tool.libraries["torch"].startswith("2.")
    assert record.subject.architecture == "llama"
    assert record.subject.parameters == 21_664
    assert record.coverage.files == record.coverage.files_read == 4


def test_counts_and_limits_are_said_once(tmp_path: Path) -> None:
    target = make_repo(tmp_path / "a")
    others = [make_repo(tmp_path / name, seed=n) for n, name in enumerate("bc", 1)]
    record = audit(target, *others)
    assert len(set(record.limits)) == len(record.limits)
    assert record.coverage.statements[0].startswith("4 files read and digested")
    assert sum("Weights compared with" in s for s in record.coverage.statements) == 2


def test_the_gate_is_the_policys_unless_told(tmp_path: Path) -> None:
    target = make_repo(tmp_path / "a")
    assert audit(target).options.fail_on == "high"
    assert audit(target, fail_on=Severity.LOW).options.fail_on == "low"


@pytest.mark.usefixtures("quick_pdf")
def test_publishing_binds_the_files(tmp_path: Path) -> None:
    record = audit(make_repo(tmp_path / "a"))
    publish(record, tmp_path / "out", self_made(), run=Run(command="audit model-repo a"))
    written = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    assert sorted(written) == [
        "record.json",
        "report.html",
        "report.intoto.jsonl",
        "report.pdf",
        "report.sigstore.json",
    ]
    assert written["record.json"] == to_bytes(record)
    statement = read_unverified(written["report.intoto.jsonl"])
    assert statement.custody.command == "audit model-repo a"
    files = {a.path for a in record.subject.artifacts}
    assert {s.name for s in statement.subject} == {f"{record.subject.name}/", *files}


@pytest.mark.usefixtures("quick_pdf")
def test_the_date_decides_the_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, identity = audit(make_repo(tmp_path / "a")), self_made()
    html = []
    for number, epoch in enumerate(("1000000000", "1000000000", "1100000000")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        publish(record, tmp_path / str(number), identity, run=Run(command="x"))
        html.append(blanked((tmp_path / str(number) / "report.html").read_bytes()))
    assert html[0] == html[1] != html[2]
    assert custody_now("x", None).audited_at.startswith("2004-11-09")


def test_a_failing_renderer_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise RenderError("no fonts", advice="Install fonts.")

    monkeypatch.setattr("audit.report.formats.pdf.render_pdf", broken)
    record = audit(make_repo(tmp_path / "a"))
    with pytest.raises(RenderError):
        publish(record, tmp_path / "x" / "out", self_made(), run=Run(command="x"))
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_the_record_follows_its_schema(tmp_path: Path) -> None:
    from jsonschema import Draft202012Validator

    from audit.record.document import json_schema

    record = audit(make_repo(tmp_path / "a"), make_repo(tmp_path / "b", seed=1))
    Draft202012Validator(json_schema()).validate(json.loads(to_bytes(record)))
