# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The files under rules/ load, name each other rightly, and refuse what they do not know."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from string import Template

import pytest

from audit import resources, rules
from audit.checks import CHECKS, OF_POLICY
from audit.errors import RulesError, UsageError
from audit.licenses.expressions import normalise
from audit.record.findings import Severity
from audit.record.licenses import NOASSERTION
from audit.rules import license_table
from audit.rules.known_texts import built_texts, text_list
from audit.rules.license_table import STALE_AFTER_DAYS, stale_facts, stale_remark

RULES = resources.tree("rules")
CACHED = (
    rules.checks,
    rules.licenses,
    rules.aliases,
    rules.ambiguous_licenses,
    license_table._by_symbol,
    built_texts,
)


@pytest.fixture
def own_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "texts").mkdir()
    shutil.copy(RULES / "texts" / "built.yaml", tmp_path / "texts")
    monkeypatch.setattr(resources, "tree", lambda _name: tmp_path)
    for cached in CACHED:
        cached.cache_clear()
    yield tmp_path
    for cached in CACHED:
        cached.cache_clear()


def test_every_check_has_its_rule_and_every_rule_its_check() -> None:
    ids = [name for name, _ in (*CHECKS, *OF_POLICY)]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(rules.checks())
    assert {path.stem for path in (RULES / "checks").glob("*.yaml")} == set(ids)


def test_every_row_loads_and_its_names_lead_to_it() -> None:
    table = rules.licenses()
    assert len(table) == len(list((RULES / "licenses").glob("*.yaml")))
    for facts in table.values():
        assert normalise(facts.id) == facts.id
        assert all(normalise(alias) == facts.id for alias in facts.aliases.card)
        assert all(re.compile(pattern) for pattern in facts.aliases.prose)


@pytest.mark.parametrize(
    ("name", "downstream", "copyleft", "non_commercial"),
    [
        ("Apache-2.0", "any", False, False),
        ("MIT", "any-with-notices", False, False),
        ("GPL-3.0-or-later", "same-license", True, False),
        ("CC-BY-SA-4.0", "same-license", True, False),
        ("CC-BY-NC-4.0", "pass-through", False, True),
        ("LicenseRef-scancode-llama-3.1-license-2024", "pass-through", False, False),
    ],
)
def test_facts(name: str, downstream: str, *, copyleft: bool, non_commercial: bool) -> None:
    facts = rules.licenses()[name]
    assert facts.downstream.constraint == downstream
    assert (facts.copyleft is not None) is copyleft
    assert (facts.non_commercial is not None) is non_commercial


def test_facts_of_another_text_are_refused(own_rules: Path) -> None:
    (own_rules / "licenses").mkdir()
    text = (RULES / "licenses" / "llama-2.yaml").read_text(encoding="utf-8")
    other = re.sub(r"sha256: [0-9a-f]{64}", f"sha256: {'f' * 64}", text)
    (own_rules / "licenses" / "x.yaml").write_text(other)
    with pytest.raises(RulesError, match="read from another text"):
        rules.licenses()


def test_every_name_of_a_row_leads_to_its_facts() -> None:
    for facts in rules.licenses().values():
        for key in facts.aliases.scancode:
            assert rules.license_facts(f"LicenseRef-scancode-{key}") is facts


def test_editions_share_facts() -> None:
    assert rules.license_facts("GPL-3.0-only") is rules.licenses()["GPL-3.0-or-later"]
    assert rules.license_facts("GPL-2.0-only") is rules.licenses()["GPL-2.0-or-later"]
    assert rules.license_facts("LGPL-2.1-only") is None


def test_aliases_lead_to_licenses_that_are_understood() -> None:
    for raw, expression in rules.aliases().items():
        assert raw == raw.casefold()
        assert normalise(expression) == expression
        assert expression != NOASSERTION
    assert not rules.ambiguous_licenses() & set(rules.aliases())


def test_words_of_the_rules_accuse_nobody() -> None:
    for path in RULES.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8").lower()
        banned = ("stolen", "theft", "plagiar", "guilty", "infring", "proof")
        assert [word for word in banned if word in text] == [], path


def test_templates_in_rules_are_well_formed() -> None:
    for rule in rules.checks().values():
        assert Template(rule.how_to_fix).is_valid()
        for key, value in rule.parameters.items():
            if key.startswith("severity_"):
                assert Severity(str(value))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("id: X\nversion: 1\n", "title"),
        ("id: X\nversion: 1\ntitle: t\nseverity: bad\n", "severity"),
        ("id: [", "X.yaml"),
        ("", "top level"),
        ("\udc80", "X.yaml"),
    ],
)
def test_a_broken_rule_names_file_and_field(own_rules: Path, text: str, place: str) -> None:
    (own_rules / "checks").mkdir()
    file = own_rules / "checks" / "X.yaml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(RulesError, match=place):
        rules.checks()


@pytest.mark.parametrize(
    ("old", "new", "line", "place"),
    [
        ('clause: "1(i), 2(a)(1)", text: "Repr', 'text: "Repr', 12, "non_commercial.clause"),
        ('clause: "1(i), 2(a)(1)", text: "Use', 'clause: " ", text: "Use', 30, "clause"),
        ("id: attribution", "id: praise", 14, "obligations.0.id"),
        ("kind: change_statement", "kind: say_so", 27, "obligations.1.check"),
        ("family: cc", "familiy: cc", 4, "familiy"),
    ],
)
def test_a_wrong_fact_names_file_line_and_field(
    own_rules: Path, old: str, new: str, line: int, place: str
) -> None:
    (own_rules / "licenses").mkdir()
    text = (RULES / "licenses" / "CC-BY-NC-4.0.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (own_rules / "licenses" / "x.yaml").write_text(text.replace(old, new))
    with pytest.raises(RulesError) as caught:
        rules.licenses()
    assert f"x.yaml, line {line}: " in caught.value.message
    assert place in caught.value.message


def test_only_what_was_read_gates(own_rules: Path) -> None:
    (own_rules / "licenses").mkdir()
    text = (RULES / "licenses" / "MIT.yaml").read_text(encoding="utf-8")
    (own_rules / "licenses" / "x.yaml").write_text(
        text.replace("evidence: read", "evidence: memory")
    )
    assert [facts.gates for facts in rules.licenses().values()] == [False]


def test_a_row_that_was_read_names_its_clauses(own_rules: Path) -> None:
    (own_rules / "licenses").mkdir()
    text = (RULES / "licenses" / "MIT.yaml").read_text(encoding="utf-8")
    vague = text.replace('clause: "second paragraph"', 'clause: "not established"')
    (own_rules / "licenses" / "x.yaml").write_text(vague)
    with pytest.raises(RulesError, match="names clauses"):
        rules.licenses()


def test_old_rows_are_named_once_and_all_together() -> None:
    verified = {facts.status.verified for facts in rules.licenses().values()}
    assert stale_remark(max(verified)) is None
    later = max(verified) + timedelta(days=STALE_AFTER_DAYS + 1)
    assert set(stale_facts(later)) == set(rules.licenses())
    assert f"{len(rules.licenses())} of {len(rules.licenses())} rows" in str(stale_remark(later))


def test_texts_that_rows_and_checks_name_are_known() -> None:
    known = {entry.id for entry in text_list().texts}
    for facts in rules.licenses().values():
        assert all(named <= known for named in map(_annexes, facts.obligations)), facts.id


def _annexes(duty: rules.Obligation) -> set[str]:
    found = re.findall(r"'kind': 'annex_included', 'text': '([^']+)'", str(duty.model_dump()))
    return set(found)


def test_policies() -> None:
    assert rules.policy("default").fail_on is Severity.HIGH
    with pytest.raises(UsageError, match="no policy"):
        rules.policy("nowhere")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fail_on = 3", "fail_on|name"),
        ("= =", "Invalid|Expected"),
        ('name="a"\ndescription=""\nfail_on="high"\n[severity]\nXXX999="low"\n', "no check XXX999"),
        ('name="a"\ndescription=""\nfail_on="high"\nextra=1\n', "extra"),
    ],
)
def test_a_broken_policy_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    with pytest.raises(RulesError, match=message):
        rules.policy(str(file))


HUB_IDS = """
    apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m
    bigscience-bloom-rail-1.0 bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd
    bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5
    cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0
    cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0
    cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0
    epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl
    lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr
    mpl-2.0 odc-by odbl openmdw-1.0 openmdw-1.1 openrail++ osl-3.0 postgresql ofl-1.1 ncsa
    unlicense zlib pddl lgpl-lr deepfloyd-if-license fair-noncommercial-research-license
    llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma unknown other
"""
"""Every licence id of the hub (huggingface/hub-docs@242f4a1: docs/hub/repositories-licenses.md)."""
FAMILIES = ("openrail", "bsd", "cc", "gpl", "lgpl", "gfdl", "other", "unknown")


def test_every_licence_id_of_the_hub_is_known() -> None:
    ids = HUB_IDS.split()
    assert len(ids) == 83
    families = [each for each in ids if each in rules.ambiguous_licenses()]
    assert sorted(families) == sorted(FAMILIES)
    assert [each for each in ids if each not in families and normalise(each) == NOASSERTION] == []


def test_rows_that_were_read_are_recognised_by_something() -> None:
    """A model licence that decides has a text, or the scanner's key, to be known by."""
    lost = [
        facts.id
        for facts in rules.licenses().values()
        if facts.gates and facts.id not in built_texts() and not facts.aliases.scancode
    ]
    assert set(lost) <= {"LicenseRef-audit-openpangu-2.0"}
