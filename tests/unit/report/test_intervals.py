# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Error rates are exact, and the ones that are shipped are those of the benchmark page."""

import json
import re
from pathlib import Path

import pytest
from scipy.stats import binomtest

from audit import rules
from audit.report.words.intervals import clopper_pearson
from audit.report.words.wording import methods
from audit.rules.calibration import ErrorRate
from audit.rules.quoted import quoted
from audit.rules.statistics import texts

ROOT = Path(__file__).resolve().parents[3]
RATES = rules.calibration().rates


@pytest.mark.parametrize(
    ("errors", "trials"), [(0, 1), (1, 1), (0, 247), (2, 94), (5, 5), (3, 10), (0, 1200), (30, 600)]
)
def test_the_interval_is_that_of_another_implementation(errors: int, trials: int) -> None:
    expected = binomtest(errors, trials).proportion_ci(confidence_level=0.95, method="exact")
    assert clopper_pearson(errors, trials) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("errors", "trials"), [(-1, 3), (4, 3), (0, 0)])
def test_impossible_counts_are_refused(errors: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no experiment"):
        clopper_pearson(errors, trials)


def targets(section: str) -> dict[str, str]:
    page = (ROOT / "docs" / "benchmark.md").read_text(encoding="utf-8")
    part = page.split(f"<!-- section: {section} -->")[1].split("<!-- end -->")[0]
    (listed,) = re.findall(r"<!-- targets: (\[.*\]) -->", part)
    return {target["wanted"]: target["measured"] for target in json.loads(listed)}


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: rate.target)
def test_every_shipped_rate_stands_on_the_benchmark_page(rate: ErrorRate) -> None:
    """A new measurement changes the page; then ``rules/calibration.yaml`` must follow."""
    measured = targets(rate.section)[rate.target]
    number = [int(n) for n in re.findall(r"\d+", measured)]
    counts_errors = re.search(r"flagged|wrong|^0 of", measured) is not None
    right = rate.errors if counts_errors else rate.of - rate.errors
    assert right == number[0]
    wrong_of_said = re.search(r"wrong of (\d+) said|of (\d+)", measured)
    assert wrong_of_said is not None
    assert rate.of == int(wrong_of_said[1] or wrong_of_said[2])


def test_every_rate_says_with_which_version_of_the_rule_it_was_counted() -> None:
    """The digest is that of the page, so that a new measurement is entered here too."""
    page = (ROOT / "docs" / "benchmark.md").read_text(encoding="utf-8")
    made = {section: m for m in rules.calibration().measured for section in m.sections}
    assert {rate.section for rate in RATES} == set(made)
    for section, measured in made.items():
        part = page.split(f"<!-- section: {section} -->")[1].split("<!-- end -->")[0]
        assert f"digest of `audit` and `rules` {measured.digest}" in part
        again = [
            line.split(": ")[1] for line in page.splitlines() if "earlier decision rule" in line
        ]
        named = {name.strip(" .") for line in again for name in line.split(",")}
        assert (section in named) is (not measured.current)
    counted = {rate.counted for rate in quoted((), ()).rates}
    assert None not in counted
    assert any("with an earlier decision rule" in str(how) for how in counted)


def test_what_each_check_is_said_to_have_got_right_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "benchmark.md").read_text(encoding="utf-8")
    part = page.split("<!-- section: field -->")[1].split("<!-- end -->")[0]
    rows = re.findall(r"\| ([A-Z]+\d+) \| (\d+) of (\d+) \| (\d+) of (\d+) \|", part)
    listed = {check: tuple(map(int, counts)) for check, *counts in rows}
    field = rules.calibration().field
    assert {rate.check: (*rate.read, *rate.unread) for rate in field.checks} == listed
    assert set(listed) <= set(rules.checks())
    assert f"| cases | {field.read} | {field.unread} |" in part


def test_controls_are_those_of_the_decision_rule() -> None:
    shipped = {p.test: p.controls for p in rules.calibration().populations}
    assert shipped == {
        "gram-matching": texts()["gram-matching"].thresholds["controls"],
        "circuit-matching": texts()["circuit-matching"].thresholds["controls"],
    }


def test_every_method_says_which_tensors_it_reads() -> None:
    assert [name for name, text in methods().items() if text.reads == "not described"] == []


def test_every_rate_is_counted_once() -> None:
    assert len({(rate.section, rate.target) for rate in RATES}) == len(RATES)
    assert {rate.concerns for rate in RATES} >= {"related", "unrelated", "direction", "kind"}
