# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit rules``: every check can be read."""

import json

import pytest

from audit.errors import ExitCode
from audit.rules import checks
from tests.tiny_repo import one_line, run_audit


def test_list_has_every_check_in_order() -> None:
    result = run_audit("rules", "list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == sorted(checks())


def test_list_for_machines() -> None:
    listed = json.loads(run_audit("rules", "list", "--json").stdout)
    assert [rule["id"] for rule in listed] == sorted(checks())
    assert all({"what", "why", "how_to_fix", "severity"} <= set(rule) for rule in listed)


@pytest.mark.parametrize("check", sorted(checks()))
def test_show_says_what_why_and_how(check: str) -> None:
    result = run_audit("rules", "show", check.lower())
    assert result.exit_code == 0
    rule = checks()[check]
    for text in (rule.id, rule.title, rule.what, rule.why, rule.how_to_fix):
        assert text.strip() in result.stdout
    assert json.loads(run_audit("rules", "show", check, "--json").stdout)["id"] == check


def test_show_of_an_unknown_check() -> None:
    result = run_audit("rules", "show", "LIC999")
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert one_line(result) == (
        "audit: There is no check LIC999. `audit rules list` shows the check ids."
    )
