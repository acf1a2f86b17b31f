# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Rounding never flatters, and what cannot be seen is made visible."""

import re
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from audit import resources
from audit.record.files import Kind
from audit.record.findings import FindingStatus, Severity
from audit.record.verdict import Status
from audit.record.weights import PKind, Relation
from audit.report.words import strength, wording
from audit.report.words.texts import visible
from audit.text import numbers
from scripts import catalogue
from tests.unit.report.records import shared

BANNED = re.compile(
    r"stolen|theft|steal|plagiar|\bcopied\b|\bproves?\b|\bproof\b|\bproven\b|definitive|confirmed"
    r"|infring|\bfake|fraud|guilty|licenc?e[sd]? violation",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "100.0 %"), (0.99999, "99.9 %"), (0.57, "57.0 %"), (0.0, "0.0 %"), (0.0009, "0.0 %")],
)
def test_a_share_rounds_down_so_that_all_means_all(value: float, text: str) -> None:
    assert numbers.share(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0701, "7.1 %"), (0.07, "7.0 %"), (1.2, "100.0 %")])
def test_an_upper_bound_rounds_up(value: float, text: str) -> None:
    assert numbers.upper_share(value) == text


@pytest.mark.parametrize(
    ("log10_p", "text"),
    [
        (-45.9, "1 in 10⁴⁵"),
        (-9.0, "1 in 10⁹"),
        (-3.0, "1 in 10³"),
        (-2.0, "1.0 %"),
        (-0.3, "50.2 %"),
        (0.0, "100.0 %"),
        (-12345.6, "1 in 10¹²³⁴⁵"),
    ],
)
def test_a_probability_is_never_stated_smaller_than_it_is(log10_p: float, text: str) -> None:
    assert numbers.chance(log10_p) == text.replace("1 in ", "1\u00a0in\u00a0")


@given(st.floats(min_value=-1e6, max_value=0.0))
def test_every_probability_statement_is_true(log10_p: float) -> None:
    text = numbers.chance(log10_p).replace("\u00a0", " ")
    if text.startswith("1 in 10"):
        exponent = text.removeprefix("1 in 10").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
        assert log10_p <= -int(exponent) + 1e-5
    else:
        assert 10**log10_p <= float(text.removesuffix(" %")) / 100 + 1e-8


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (31.4159, "31.4"),
        (-0.3101, "−0.310"),
        (141.0, "141"),
        (589824.0, "589,824"),
        (0.0012, "0.001"),
        (1.5e-7, "1.50·10⁻⁷"),
        (0.0, "0.000"),
    ],
)
def test_a_statistic_keeps_three_digits(value: float, text: str) -> None:
    assert numbers.decimal(value) == text


def test_control_and_direction_characters_become_visible() -> None:
    assert visible("a\u202eb\x1b[31m\u200b") == "a‹U+202E›b‹U+001B›[31m‹U+200B›"


@given(st.text())
def test_nothing_invisible_survives(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert all(c.isprintable() or c.isspace() for c in visible(text))


def test_exact_and_approximate_probabilities_read_differently() -> None:
    exact = " ".join(strength.probability(-5.0, PKind.EXACT))
    approximate = " ".join(strength.probability(-5.0, PKind.ASYMPTOTIC))
    assert "at most 1\u00a0in\u00a010⁵" in exact
    assert "about 1\u00a0in\u00a010⁵, by the normal approximation" in approximate
    assert "initialised independently" in exact
    assert "initialised independently" in approximate


def test_no_probability_is_invented_for_a_direct_comparison() -> None:
    assert "no probability" in " ".join(strength.probability(None, PKind.EXACT))
    assert "no probability" in " ".join(strength.probability(-9.0, PKind.NONE))


def test_the_correction_is_named_once_and_the_caveat_follows() -> None:
    text = " ".join(strength.probability(-45.0, PKind.EXACT))
    assert text.count("after correction for every test") == 1
    assert text.endswith("This is not the probability that the models are unrelated.")
    assert ".," not in text


def test_a_calibrated_number_is_not_called_exact_or_under_independence() -> None:
    text = " ".join(strength.probability(-2.0, PKind.CALIBRATED))
    assert "control models" in text
    assert "initialised independently" not in text


def test_a_disguise_seen_by_a_calibrated_test_alone_is_worded_as_likely() -> None:
    exact = replace(shared(), relation=Relation.DISGUISED, p_kind=PKind.ASYMPTOTIC)
    calibrated = replace(shared(), relation=Relation.DISGUISED, p_kind=PKind.CALIBRATED)
    assert strength.relation_words(exact).label == "Shared weights, rearranged"
    assert strength.relation_words(calibrated).label.startswith("Likely")
    assert "a person must look" in strength.relation_words(calibrated).verdict


def test_the_words_cover_every_enumeration_of_the_contract() -> None:
    words = wording.wording()
    assert set(words.relations) == {r.value for r in Relation}
    assert set(words.gate) == {*(s.value for s in Status), "PASS-papers-only"}
    assert set(words.severities) == {s.value for s in Severity}
    assert set(words.statuses) == {s.value for s in FindingStatus}
    assert set(words.warrants) == {p.value for p in PKind}
    assert set(words.kinds) == {k.value for k in Kind}


def test_the_scale_falls_in_order_and_covers_everything() -> None:
    bounds = [band.at_most for band in wording.wording().scale]
    assert bounds == sorted(bounds)
    assert bounds[-1] == 0
    assert wording.band(-9.0).strong
    assert not wording.band(-8.9).strong
    assert wording.band(-1.9).silent


def test_alternatives_name_only_described_tests() -> None:
    for alternative in wording.wording().alternatives:
        assert set(alternative.tested_by) <= set(wording.methods())
        assert alternative.tested or alternative.untestable


def test_an_unknown_test_gets_a_text_that_says_so() -> None:
    assert "no description" in wording.method("gram-spectrum").null


def test_no_word_accuses_anybody() -> None:
    folder = resources.tree("templates")
    for path in sorted([*folder.rglob("*.j2"), *folder.glob("*.yaml")]):
        text = path.read_text(encoding="utf-8")
        assert not BANNED.findall(text), path.name
    for path in sorted((resources.tree("templates").parent / "audit" / "report").rglob("*.py")):
        strings = re.findall(r'"[^"\n]*"', path.read_text(encoding="utf-8"))
        assert not BANNED.findall(" ".join(strings)), path.name


def test_prose_spells_licence_and_yaml_is_plain_data() -> None:
    folder = resources.tree("templates")
    methods = (folder.parent / "audit" / "weights" / "statistics").glob("*.yaml")
    for path in (folder / "wording.yaml", *sorted(methods)):
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
        words.pop("terms", None)  # of the record, as they are
        words |= {"plain": list(words.pop("plain", {}).values())}
        text = yaml.safe_dump(words)
        assert not re.search(r"\blicenses?\b", text, re.IGNORECASE), path.name
    for message, files in catalogue.collect().items():
        if any(name.startswith("audit/report") for name in files):
            assert not re.search(r"(?<![{`])\blicenses?\b(?!\})", message, re.IGNORECASE), message


def test_every_test_of_the_battery_is_explained() -> None:
    from audit.weights.statistics.battery import BATTERY

    assert sorted(wording.methods()) == sorted(BATTERY)
