# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""An in-toto statement with the predicate ``test-result`` v0.1, for policy engines that read it.

It knows two answers that hold and none for "could not decide": that is FAILED here, because a
reader must not take missing evidence for a pass. What a report's own attestation says is more and
is signed; this is neither.
"""

import json
from collections.abc import Mapping
from typing import Any

from audit.languages import Language
from audit.record.document import AuditRecord
from audit.record.verdict import Status
from audit.report.formats.interface import Format
from audit.report.page import Page

_PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"


def render(page: Page, _language: Language) -> bytes:
    """Return the statement about every file of the model."""
    record = page.record
    verdict, options = record.verdict, record.options
    decided = {*verdict.failing, *verdict.undetermined}
    minor = [f.fingerprint for f in record.findings if f.fingerprint not in decided]
    passed = "WARNED" if minor or verdict.papers_only else "PASSED"
    used = {
        f"policy {options.policy}": options.policy_sha256,
        f"rules of {record.tool.name} {record.tool.version}": record.tool.rules_sha256,
        "record.json": page.sha256,
    }
    result = {
        "result": passed if verdict.status is Status.PASS else "FAILED",
        "configuration": [_named(name, digest) for name, digest in used.items()],
        "warnedTests": minor,
        "failedTests": sorted(decided),
    }
    return statement(record, _PREDICATE, result)


def statement(record: AuditRecord, predicate_type: str, predicate: Mapping[str, Any]) -> bytes:
    """Return an in-toto statement v1 about every file of the model."""
    made = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [_named(a.path, a.sha256) for a in record.subject.artifacts],
        "predicateType": predicate_type,
        "predicate": predicate,
    }
    return f"{json.dumps(made, ensure_ascii=False, indent=1)}\n".encode()


def _named(name: str, sha256: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": sha256}}


IN_TOTO = Format(name="in-toto", suffix=".test.json", signed=False, render=render, spoken=False)
