# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit model-repo`` asks the library: findings as the truth has them, and an enemy's library."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audit import bases
from audit.checks.lineage import contradicted_base_model, undeclared_relative
from audit.fingerprints.document import Fingerprint
from audit.fingerprints.file import SUFFIX, to_bytes
from audit.fingerprints.shelf import Library
from audit.inventory import take_inventory
from audit.library import run
from audit.progress import SILENT
from audit.record.document import AuditRecord, record_from_bytes
from audit.record.document import to_bytes as record_bytes
from audit.record.findings import Finding, FindingStatus, Severity
from audit.record.library import Standing
from audit.request import Request
from tests.fingerprints.models import TRUTH, known, place
from tests.tiny_repo import one_line, run_audit

NAMES = [*TRUTH["library"], "reference"]


def filled(folder: Path, members: Iterable[Fingerprint]) -> Path:
    """Write a library's files, without the synchronising that a thousand of them need not."""
    from hashlib import sha256

    folder.mkdir(parents=True)
    for one in members:
        data = to_bytes(one)
        (folder / f"{sha256(data).hexdigest()}{SUFFIX}").write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("shelf") / "library", map(known, NAMES))


def declaring(model: str, base: str | None, tmp_path: Path) -> Path:
    """Copy a model and let its card name a base."""
    folder = tmp_path / model.rpartition("/")[2]
    shutil.copytree(place(model), folder)
    (folder / "README.md").write_text(f"---\nbase_model: {base}\n---\n# It\n" if base else "# It\n")
    return folder


def of(record: AuditRecord, check: str) -> list[Finding]:
    return [one for one in record.findings if one.check == check]


relatives = partial(of, check=undeclared_relative.ID)


@pytest.mark.parametrize("truth", TRUTH["asked"], ids=lambda t: f"{t['model']}-{t.get('declared')}")
def test_the_gate_says_what_the_library_knows(
    truth: dict[str, Any], shelf: Path, tmp_path: Path
) -> None:
    record = run(declaring(truth["model"], truth.get("declared"), tmp_path), library=shelf)
    found = relatives(record)
    assert [str(one.severity) for one in found] == ([truth["finding"]] if truth["finding"] else [])
    for one in found:
        assert one.status is FindingStatus.UNDETERMINED  # a fingerprint tells no direction
        assert truth["names"] in one.title
        assert "does not say which came first" in one.message
        assert f"{len(NAMES)} fingerprints were asked" in one.message
    silent = of(record, contradicted_base_model.ID)
    assert [one.status for one in silent] == (
        [FindingStatus.UNDETERMINED] if truth.get("contradicted") else []
    )
    assert all("Nothing in common was seen with the fingerprint" in one.title for one in silent)
    told = record.library
    assert told is not None
    assert (told.members, len(told.tested), told.damaged) == (len(NAMES), len(NAMES), 0)
    assert record.verdict.papers_only  # a fingerprint is no comparison of weights
    unseen = len(told.of(Standing.UNSEEN))
    none = [s for s in record.coverage.statements if "none of these" in s]
    assert [f"none of these {unseen};" in s for s in none] == ([True] if unseen else [])
    assert not any("no shared weights" in s.lower() for s in record.coverage.statements)


def test_a_base_that_the_library_bears_out_is_still_to_be_compared(
    shelf: Path, tmp_path: Path
) -> None:
    record = run(declaring("zoo/fine-tune", "base", tmp_path), library=shelf)
    (open_,) = of(record, "BASE004")
    assert "is not independent of the release" in open_.message


def test_a_declared_base_may_be_where_a_thousand_siblings_come_from(tmp_path: Path) -> None:
    """Siblings of the declared base: one finding, of less weight, and no direction."""
    siblings = near("base", 1000, "1999-01-01")
    where = filled(tmp_path / "library", [known("base"), *siblings])
    record = run(declaring("zoo/fine-tune", "base", tmp_path), library=where)
    (found,) = relatives(record)
    assert (found.severity, found.status) == (Severity.MEDIUM, FindingStatus.UNDETERMINED)
    assert "may be where both come from" in found.message
    assert record.library is not None
    assert record.library.left > 900
    assert not {"FROM", "parent of", "derived from"} & set(found.message.split())
    alone = run(declaring("dispute/independent", None, tmp_path), library=where)
    assert relatives(alone) == []


def test_decoys_that_are_filed_under_an_older_day_frame_nobody(tmp_path: Path) -> None:
    """Near-copies of an innocent's own model, of strangers, and a decoy under a declared name."""
    decoys = [*near("stranger", 300, "1990-01-01"), *near("gpt2", 300, "1990-01-01")]
    named = renamed(known("stranger"), "org/base")
    where = filled(tmp_path / "library", [*decoys, named, known("deep")])
    record = run(declaring("zoo/fine-tune", "org/base", tmp_path), library=where)
    assert relatives(record) == []
    (contradicted,) = of(record, contradicted_base_model.ID)
    assert contradicted.status is FindingStatus.UNDETERMINED
    assert "what somebody says of a model" in contradicted.message
    both = filled(tmp_path / "both", [named, renamed(known("base"), "org/base")])
    again = run(tmp_path / "fine-tune", library=both)
    assert of(again, contradicted_base_model.ID) == []  # one of that name bears it out


def near(name: str, count: int, day: str) -> list[Fingerprint]:
    """Make near-copies under names and a day of their own."""
    found, random = known(name), np.random.default_rng(7)
    made = []
    for number in range(count):
        columns = found.arrays["columns"].astype(np.int16)
        moved = np.clip(columns + random.integers(-3, 4, columns.shape), -127, 127).astype(np.int8)
        header = found.header.model_copy(update={"name": f"decoy-{number}", "released": day})
        made.append(replace(found, header=header, arrays={**found.arrays, "columns": moved}))
    return made


def renamed(found: Fingerprint, published: str) -> Fingerprint:
    return replace(found, header=found.header.model_copy(update={"published": published}))


def test_the_release_itself_is_no_relative_and_is_named(tmp_path: Path) -> None:
    own = filled(tmp_path / "library", [known("base"), known("stranger")])
    record = run(place("base"), library=own)
    assert relatives(record) == []
    assert any("is taken for the release itself" in s for s in record.coverage.statements)
    other = filled(tmp_path / "other", [renamed(known("base"), "victim/base")])
    (found,) = relatives(run(place("base"), library=other))
    assert found.severity is Severity.HIGH  # a name that only ends alike is not the same


def test_the_same_library_gives_the_same_record(shelf: Path, tmp_path: Path) -> None:
    other = filled(tmp_path / "again", map(known, reversed(NAMES)))
    first, second = (run(place("dispute/suspect"), library=one) for one in (shelf, other))
    assert record_bytes(first) == record_bytes(second)
    assert first.library is not None
    assert first.library.sha256 == Library(shelf).digest
    assert record_from_bytes(record_bytes(first), where="x") == first


@pytest.mark.parametrize("damage", ["empty", "rubbish"])
def test_a_library_that_cannot_be_asked_is_one_reason(damage: str, tmp_path: Path) -> None:
    where = filled(tmp_path / "library", [] if damage == "empty" else [known("base")])
    for path in where.glob(f"*{SUFFIX}"):
        path.write_bytes(b"half")
    record = run(place("fine-tune"), library=where)
    assert record.library is not None
    assert relatives(record) == []
    why = {"empty": "the library is empty", "rubbish": "none of its members could be read"}[damage]
    assert record.library.reason == why
    assert [s for s in record.coverage.statements if why in s]


def test_a_model_of_a_hub_is_not_read_whole_unless_the_library_is_named(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory = take_inventory(Request.of(str(place("base"))).target, digest_weights=False)
    monkeypatch.setattr(type(inventory.source), "address", "https://hub.example/o/n", raising=False)
    request = Request.of(str(place("base")), library=shelf)
    quiet = replace(request, insists=False)
    told = bases.asked(quiet, inventory, SILENT)
    assert told is not None
    assert told.reason is not None
    assert (told.tested, told.members) == ((), len(NAMES))
    named = bases.asked(request, inventory, SILENT)
    assert named is not None
    assert named.tested


def test_the_users_own_library_is_asked_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def library(*options: object) -> dict[str, Any] | None:
        found = run_audit("model-repo", place("dispute/suspect"), "--json", "-q", *options)
        assert found.exit_code in (0, 3), found.stderr
        told: dict[str, Any] | None = json.loads(found.stdout)["library"]
        return told

    assert library() is None
    filled(tmp_path / "library", [known("reference")])
    filled(tmp_path / "other", [known("base"), known("deep")])
    own = library()
    assert own is not None
    assert own["members"] == 1
    assert library("--no-library") is None
    named = library("--library", tmp_path / "other")
    assert named is not None
    assert named["members"] == 2
    monkeypatch.setenv("AUDIT_LIBRARY", str(tmp_path / "other"))
    assert library() == named
    monkeypatch.delenv("AUDIT_LIBRARY")
    (tmp_path / "audit.toml").write_text('library = "other"\n')
    assert library() == named
    (tmp_path / "audit.toml").write_text("no-library = true\n")
    assert library() is None
    assert library("--library", tmp_path / "other") == named  # the command line goes before a file
    wrong = run_audit("model-repo", place("base"), "--library", tmp_path / "nowhere", "-q")
    assert (wrong.exit_code, "is no folder" in one_line(wrong)) == (2, True)
