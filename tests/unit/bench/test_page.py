# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark page keeps what was not measured again, and never loses a target."""

from bench import page, weights_page
from bench.page import Section, Target


def test_a_section_is_read_back_with_its_targets() -> None:
    target = Target(wanted="all -- found", measured="3 of 4", reached=False)
    block = page.render("weights", Section(title="Weights", text="text", targets=(target,)))
    assert page.targets(block) == [target]
    assert page.sections(block) == {"weights": block}


def test_one_section_is_replaced_and_the_others_stay() -> None:
    blocks = {n: page.render(n, Section(title=n, text=f"old {n}")) for n in ("one", "two")}
    whole = page.assemble(blocks, ("one", "two"))
    again = page.sections(whole) | {"two": page.render("two", Section(title="two", text="new"))}
    changed = page.assemble(again, ("one", "two"))
    assert "old one" in changed
    assert "old two" not in changed
    assert changed.index("## one") < changed.index("## two")


def test_a_target_that_was_missed_is_shown() -> None:
    targets = (
        Target(wanted="a", measured="1", reached=True),
        Target(wanted="b", measured="2", reached=False),
        Target(wanted="c", measured="no network", reached=None),
    )
    block = page.render("x", Section(title="X", text="", targets=targets))
    rows = [r for r in page.assemble({"x": block}, ("x",)).splitlines() if r.startswith("| ")]
    assert [r.split(" | ")[2].strip(" |") for r in rows[2:]] == ["yes", "**no**", "not measured"]


def test_the_area_counts_ties_half() -> None:
    assert weights_page.area([2.0, 3.0], [1.0, 0.0]) == 1.0
    assert weights_page.area([1.0], [1.0]) == 0.5
    assert weights_page.area([0.0, 2.0], [1.0]) == 0.5


def result(truth: str, said: str) -> weights_page.Result:
    return {"case": {"relations": [truth]}, "audit": {"relation": said}}


def test_errors_are_told_apart() -> None:
    cases = {
        ("derived", "derived"): "right",
        ("derived", "disguised"): "other word",
        ("derived", "no-shared-weights"): "missed",
        ("derived", "shared-initialisation"): "missed",
        ("derived", "inconclusive"): "undecided",
        ("no-shared-weights", "disguised"): "accused",
        ("shared-initialisation", "derived"): "accused",
        ("shared-initialisation", "no-shared-weights"): "other word",
    }
    for (truth, said), word in cases.items():
        assert weights_page.verdict(result(truth, said)) == word
