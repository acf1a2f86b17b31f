# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Gaps, and what must not be said when there is one."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from audit.checks import evaluate
from audit.licenses.detected.scanner import DIED
from audit.record.files import Unread
from audit.record.findings import FindingStatus, Severity
from audit.record.licenses import Unscanned
from tests.unit.checks.cases import POLICY, case, findings, reference, release


def test_an_unreadable_licence_file_is_not_a_missing_one(tmp_path: Path) -> None:
    subject = case(release(tmp_path / "r", {"README.md": "---\nlicense: mit\n---\n"}))
    gap = Unread(path="LICENSE", reason="permission denied")
    unread = replace(subject, subject=replace(subject.subject, unread=(gap,)))
    found = findings(unread)
    assert "LIC001" not in found
    assert [f.severity for f in found["INV001"]] == [Severity.HIGH]


def test_broken_front_matter_leaves_the_licence_open(tmp_path: Path) -> None:
    subject = case(release(tmp_path / "r", {"README.md": "---\nlicense: [\n---\n"}))
    (finding,) = findings(subject)["LIC001"]
    assert finding.status is FindingStatus.UNDETERMINED


@pytest.mark.parametrize(
    ("path", "reason", "severity"),
    [
        ("LICENSE", "it is not text", Severity.HIGH),
        ("a.py", DIED, Severity.HIGH),
        ("a.py", "larger than 2 MiB of text", Severity.LOW),
        (".", "no scanner", Severity.HIGH),
    ],
)
def test_gaps_of_the_scan(tmp_path: Path, path: str, reason: str, severity: Severity) -> None:
    files = {"README.md": "---\nlicense: mit\n---\n", "LICENSE": "x", "a.py": "x"}
    subject = case(release(tmp_path / "r", files))
    entry = Unscanned(path=path, reason=reason)
    gap = replace(subject, licenses=replace(subject.licenses, unscanned=(entry,)))
    (finding,) = findings(gap)["LIC900"]
    assert (finding.severity, finding.status) == (severity, FindingStatus.UNDETERMINED)


@pytest.mark.parametrize(
    ("path", "severity"),
    [("model.safetensors", Severity.HIGH), ("sub/config.json", Severity.HIGH),
     ("notes.txt", Severity.LOW), ("NOTICE.txt", Severity.HIGH)],
)  # fmt: skip
def test_gaps_of_the_inventory(tmp_path: Path, path: str, severity: Severity) -> None:
    subject = case(release(tmp_path / "r", {"README.md": "---\nlicense: mit\n---\n"}))
    gap = Unread(path=path, reason="it is a socket")
    unread = replace(subject, subject=replace(subject.subject, unread=(gap,)))
    assert [f.severity for f in findings(unread)["INV001"]] == [severity]


def test_an_empty_folder_is_open_and_not_passed(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    found = findings(case(tmp_path / "r"))
    assert set(found) == {"LIC001", "WGT001", "WGT003"}


def test_a_flood_of_holders_is_a_few_findings(tmp_path: Path) -> None:
    files = {f"f{i:03}.py": f"# Copyright 2020 Holder{i:03} Works\nx = 1\n" for i in range(60)}
    subject = case(release(tmp_path / "r", {"README.md": "# x\n", **files}))
    found = findings(subject)["COP003"]
    assert len(found) == 7, "six by name, the others together"
    assert sum(len(f.locations) for f in found) == 60


@pytest.mark.parametrize("exception", ["Classpath-exception-2.0", "GCC-exception-3.1"])
def test_copyleft_with_an_excusing_exception_is_none(tmp_path: Path, exception: str) -> None:
    tag = f"# SPDX-License-Identifier: GPL-2.0-or-later WITH {exception}\n"
    subject = release(tmp_path / "r", {"README.md": "---\nlicense: mit\n---\n", "a.py": tag})
    assert "COP005" not in findings(case(subject))


def test_a_choice_that_is_free_is_not_copyleft(tmp_path: Path) -> None:
    tag = "# SPDX-License-Identifier: MIT OR GPL-2.0-or-later\n"
    subject = release(tmp_path / "r", {"README.md": "---\nlicense: mit\n---\n", "a.py": tag})
    assert "COP005" not in findings(case(subject))


def test_copyleft_in_a_release_of_unknown_terms_is_open(tmp_path: Path) -> None:
    tag = "# SPDX-License-Identifier: GPL-2.0-only\n"
    subject = release(tmp_path / "r", {"README.md": "# x\n", "a.py": tag})
    (finding,) = findings(case(subject))["COP005"]
    assert finding.status is FindingStatus.UNDETERMINED


def test_how_to_fix_can_be_pasted(tmp_path: Path) -> None:
    base = reference(tmp_path / "b", "NC", "derived", license_id="cc-by-nc-4.0")
    subject = release(tmp_path / "r", {"README.md": "---\nlicense: mit\n---\n"})
    (finding,) = findings(case(subject, base))["LIC010"]
    assert "`license: cc-by-nc-4.0`" in finding.how_to_fix
    assert "[3(a)(1)(B)]" in finding.how_to_fix
    assert "…" not in finding.how_to_fix


def test_long_lines_cost_no_more_than_short_ones(tmp_path: Path) -> None:
    nasty = "# Copyright 2020 " + "-" * 500_000 + "x" + " " * 500_000 + "y\n"
    subject = release(tmp_path / "r", {"README.md": "# x\n", "a.py": nasty, "NOTICE": nasty})
    started = time.process_time()
    evaluate(case(subject), POLICY)
    assert time.process_time() - started < 10


def test_the_same_case_gives_the_same_findings(tmp_path: Path) -> None:
    files = {"README.md": "---\nlicense: mit\n---\n", "a.py": "# Copyright 2020 A B\n"}
    one = evaluate(case(release(tmp_path / "one", dict(files))), POLICY)
    turned = dict(sorted(files.items(), reverse=True))
    two = evaluate(case(release(tmp_path / "two", turned)), POLICY)
    assert one == two
    assert os.fspath(tmp_path) not in repr(one)
