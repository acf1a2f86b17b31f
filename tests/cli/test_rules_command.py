# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""``audit rules``: every check and every row of licence facts can be read."""

import json
import re

import pytest

from audit.errors import ExitCode
from audit.rules import calibration, checks, licenses
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
    for text in (rule.id, rule.what, rule.why):
        assert text.strip() in result.stdout
    for text in (rule.title, rule.how_to_fix):
        assert text.strip().split("{")[0] in result.stdout
    assert not re.search(r"\{[a-z_]+(:[a-z-]+)?\}", result.stdout), "a place that is not filled"
    assert json.loads(run_audit("rules", "show", check, "--json").stdout)["id"] == check


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_show_says_how_often_a_check_was_right(lang: str) -> None:
    field = calibration().field
    rates = {rate.check: rate for rate in field.checks}
    for check in sorted(checks()):
        shown = run_audit("rules", "show", check, "--lang", lang).stdout
        (row,) = re.findall(r"\n\n(?:How often it was right|正确的频率)\n(.+)\n", shown)
        counts = list(map(int, re.findall(r"\d+", row)))
        if (rate := rates.get(check)) is None:
            assert not counts
        else:
            wanted = [*rate.read, field.read, *rate.unread, field.unread]
            assert sorted(counts) == sorted(wanted)


def test_show_of_an_unknown_check() -> None:
    result = run_audit("rules", "show", "LIC999")
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert one_line(result) == (
        "audit: There is no check or licence LIC999. Did you mean LIC900?"
        " `audit rules list` and `audit rules list --licenses` show the ids."
    )


def test_list_has_every_licence_in_order() -> None:
    listed = run_audit("rules", "list", "--licenses")
    assert listed.exit_code == 0
    ids = sorted(licenses(), key=str.lower)
    assert [line.split()[0] for line in listed.stdout.splitlines()[: len(ids)]] == ids
    rows = json.loads(run_audit("rules", "list", "--licenses", "--json").stdout)
    assert [row["id"] for row in rows] == ids


@pytest.mark.parametrize("id_", sorted(licenses()))
def test_show_of_a_licence_gives_every_fact_with_its_clause(id_: str) -> None:
    result = run_audit("rules", "show", id_)
    assert result.exit_code == 0
    facts = licenses()[id_]
    assert all(f"[{clause}]" in result.stdout for clause in facts.clauses)
    assert all(duty.text in result.stdout for duty in facts.obligations)
    assert str(facts.status.verified) in result.stdout
    assert ("never decides" in result.stdout) is not facts.gates


@pytest.mark.parametrize("id_", sorted(licenses()))
def test_facts_of_a_licence_are_said_in_chinese(id_: str) -> None:
    shown = run_audit("rules", "show", id_, "--lang", "zh").stdout
    rows = [line for line in shown.splitlines() if line.startswith(("授予", "及于", "    适用于"))]
    assert rows
    assert not [row for row in rows if re.search(r"[a-z]{3}", re.sub("［.*", "", row))]
    assert not [line for line in shown.splitlines() if re.match(r"\[[^]]+\] [a-z-]+: ", line)]


@pytest.mark.parametrize("name", ["llama3.1", "LLAMA3.1", "apache-2.0", "openmdw-1.0", "dbrx"])
def test_a_licence_is_found_by_what_cards_write(name: str) -> None:
    assert run_audit("rules", "show", name).exit_code == 0
