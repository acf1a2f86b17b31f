# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The only place here that knows the programme: it runs, and gives decoded JSON.

Everything else under ``tests/frozen`` reads what these functions return. A change that renames
modules changes this file and nothing else of it.
"""

import json
from pathlib import Path
from typing import Any

from tests.tiny_repo import run_audit

Said = dict[str, Any]
"""A record, or a comparison, as its JSON says it."""


def compare_folders(suspect: Path, reference: Path) -> Said:
    """``audit compare --json``."""
    done = run_audit("compare", "--json", "--quiet", suspect, reference)
    assert done.exit_code in {0, 3}, done.stderr
    return json.loads(done.stdout)


def audit_folder(target: Path, *against: Path) -> Said:
    """The record of ``audit model-repo``, without rendering and signing it."""
    from audit.pipeline import run
    from audit.request import Request

    return _decoded(run(Request.of(str(target), against=map(str, against))))


def audit_scenario(name: str, folder: Path) -> Said:
    """The record of one of ``tests/repos`` with its stand-in comparisons, built in ``folder``."""
    from audit.assemble import make_record
    from audit.checks import evaluate
    from audit.record.document import Options
    from audit.record.findings import in_report_order
    from audit.verdict import gate
    from tests.unit.checks.cases import POLICY
    from tests.unit.checks.test_repositories import scenario, waived

    case, truth = scenario(name, folder)
    findings = waived(in_report_order(evaluate(case, POLICY)), case, truth)
    verdict = gate(findings, POLICY.name, POLICY.fail_on, papers_only=case.papers_only)
    fail_on = POLICY.fail_on.value
    options = Options(policy=POLICY.name, policy_sha256="", fail_on=fail_on, seed=0, against=())
    return _decoded(make_record(case, findings, verdict, options))


def verify_folder(report: Path, model: Path) -> tuple[int, str]:
    """``audit verify``: exit code and what was said."""
    done = run_audit("verify", report, "--model", model)
    return done.exit_code, done.output


def render_again(record: Path, out: Path) -> tuple[int, str]:
    """``audit report``: exit code and what was said."""
    done = run_audit("report", record, "--out", out)
    return done.exit_code, done.output


def _decoded(record: Any) -> Said:
    from audit.record.document import to_bytes

    return json.loads(to_bytes(record))
