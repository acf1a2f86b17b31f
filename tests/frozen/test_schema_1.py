# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A signed report that version 0.1.0 wrote, of schema 1, still verifies, renders and is read."""

import json
import shutil
from pathlib import Path

from tests.frozen import digest, entry, store

REPORT = Path(__file__).resolve().parent / "schema-1"


def test_it_verifies(dispute: Path) -> None:
    code, said = entry.verify_folder(REPORT, dispute / "suspect")
    assert code == 0, said
    assert "No step failed" in said


def test_a_changed_record_does_not(dispute: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(REPORT, tmp_path / "report")
    record = changed / "record.json"
    record.write_bytes(record.read_bytes().replace(b'"FAIL"', b'"PASS"'))
    code, _ = entry.verify_folder(changed, dispute / "suspect")
    assert code == 1


def test_it_renders(tmp_path: Path) -> None:
    code, said = entry.render_again(REPORT / "record.json", tmp_path / "again")
    assert code == 0, said
    assert (tmp_path / "again" / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert "suspect" in (tmp_path / "again" / "report.html").read_text("utf-8")


CHANGED_SINCE = {
    "findings > LIC016 > severity": "severities of duties are read",
    "verdict > failing": "and so LIC016 fails the gate",
    "findings > COP002": "one cause, one finding: COP001 says what the headers name",
    "findings > INV003": "code, tokens and chat template beside the weights are named",
    "licenses > claims": "a grant in the README is one claim, not one by each reader of it",
    "comparisons > reference > bytes_read": "rows and layers are drawn from a seed",
}
"""What version 0.1.0 said otherwise of the same folder, and why."""


def test_it_says_what_is_frozen() -> None:
    record = json.loads((REPORT / "record.json").read_bytes())
    assert record["schema_version"] == 1
    before = store.expected("dispute")["suspect"]
    differences = store.differences(before, digest.record(record), exact=False)
    assert {line.partition(":")[0] for line in differences} == set(CHANGED_SINCE)
