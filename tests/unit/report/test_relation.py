# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A direction names what it rests on, and no limit contradicts it; the worst comes first."""

from dataclasses import replace

import pytest

from audit.languages import Language
from audit.record.said import Said
from audit.record.weights import Comparison, PKind, Relation
from audit.report.formats.terminal import draw
from audit.report.page import Page
from audit.report.sections.methods import limits as record_limits
from audit.report.sections.verdict import verdict
from audit.report.words.language import words
from audit.report.words.strength import (
    details,
    direction,
    limits,
    main_limit,
    strength,
    strongest_first,
)
from tests.unit.report import records

FORWARD, BACKWARD = "reference-to-suspect", "suspect-to-reference"


def directed(way: str = FORWARD) -> Comparison:
    return replace(records.shared(), direction=way)


def test_without_a_direction_the_main_limit_says_that_there_is_none() -> None:
    assert main_limit(records.shared()).startswith("Dependence has no direction")
    assert "Direction" not in " ".join(details(records.shared()))


def test_with_a_direction_no_limit_denies_it() -> None:
    text = " ".join((main_limit(directed()), *limits(directed())))
    assert "no direction" not in text
    assert "containment" in text
    assert "not on the tests" in text
    assert "the reference or a close relative of it" in text


@pytest.mark.parametrize(
    ("way", "clause"),
    [
        (FORWARD, "from “reference” to “suspect”"),
        (BACKWARD, "from “suspect” to “reference”"),
        ("from {0} to a third", "from {0} to a third"),
    ],
)
def test_a_direction_is_said_in_words(way: str, clause: str) -> None:
    assert direction(directed(way)) == clause


def test_what_a_direction_rests_on_is_said_without_its_label_in_both_languages() -> None:
    reason = Said("Containment: the added {units} repeat the reference's.", units=Said("neurons"))
    comparison = replace(directed(), direction_reasons=(reason,))
    limit = main_limit(comparison)
    assert "containment (the added neurons repeat the reference's), not on" in limit
    assert "Containment" not in limit
    assert "repeat" not in words(Language.CHINESE).say(limit)


def test_a_reversed_direction_names_the_other_source() -> None:
    assert "The source may be the audited model" in main_limit(directed(BACKWARD))


def test_a_cast_rests_on_the_number_format_not_on_experts() -> None:
    cast = replace(directed(), relation=Relation.COPY)
    assert "number format" in main_limit(cast)
    assert "experts" not in main_limit(cast)


def test_the_limits_of_the_audit_begin_with_the_direction() -> None:
    for record, first in (
        (records.record(directed(), ()), (main_limit(directed()),)),
        (records.convicted(), ()),
    ):
        items = record_limits(Page(record=record, custody=None)).blocks[1].items
        assert items[: len(first) + 1] == (*first, *record.limits)


def test_the_box_quotes_the_probability_the_kind_and_the_direction() -> None:
    assert strength(directed()) == (
        "If the two had been initialised independently, agreement this strong would have "
        "probability below 1\u00a0in\u00a010⁹, where this audit stops: no probability here can be "
        "smaller than that of its assumptions failing, which is not measured.",
    )
    assert details(directed())[0].startswith("Kind of change: upcycled")
    assert details(directed())[-1] == "Direction: from “reference” to “suspect”."


def test_the_box_of_a_clearance_quotes_the_bound() -> None:
    bound = "With 99 % confidence the correlation is at most 0.049 in every part."
    summary = f"No test found any dependence. {bound}"
    assert strength(replace(records.unrelated(), summary=summary)) == (bound,)
    assert strength(records.unrelated()) == ("Every test stayed within chance.",)
    said = Said("No test found any dependence. {bound}", bound=Said.plain(bound))
    assert strength(replace(records.unrelated(), summary=said)) == (bound,)


def test_a_bound_inside_a_message_is_said_whole_in_every_language() -> None:
    said = Said(
        "No test found any dependence. With 99 % confidence the correlation of corresponding "
        "matrices is at most {bound:upper-share} in every part that was tested.",
        bound=0.049,
    )
    (whole,) = strength(replace(records.unrelated(), summary=said))
    assert whole == said
    assert "confidence" not in words(Language.CHINESE).say(whole)


def test_a_copy_says_how_much_is_equal_and_needs_no_probability() -> None:
    copy = replace(records.shared(), relation=Relation.COPY, summary="All values are equal.")
    assert strength(copy)[0] == "All values are equal."
    assert strength(copy)[1].startswith("If the two had")
    bare = replace(copy, log10_p=None, p_kind=PKind.NONE)
    assert strength(bare) == ("All values are equal.",)


def test_the_strongest_relation_comes_first_whatever_the_order_given() -> None:
    weak = replace(records.shared(), reference="weak", log10_p=-20.0)
    given = (records.unrelated(), weak, records.inconclusive().comparisons[0], records.shared())
    record = replace(records.convicted(), comparisons=given)
    assert strongest_first(record.comparisons) == (given[3], given[1], given[2], given[0])


def front(*comparisons: Comparison) -> str:
    """The verdict page as text, without its line breaks."""
    record = replace(records.convicted(), comparisons=comparisons)
    text = draw((verdict(Page(record=record, custody=None)),), 100).plain
    return " ".join(text.split())


def test_several_references_are_capped_and_the_rest_counted() -> None:
    page = front(*(replace(records.shared(), reference=f"r{i}") for i in range(6)))
    assert [f"“r{i}”" in page for i in range(6)] == [True] * 4 + [False] * 2
    assert page.count("below 1 in 10⁹") == 4, "each says how sure it is"
    assert "And 2 more references in section 3." in page
    assert page.count("Dependence has no direction") == 1


def test_limits_that_differ_name_their_references() -> None:
    limit = front(directed(), replace(records.shared(), reference="other"))
    assert "Against “reference”: The direction rests on containment" in limit
    assert "Against “other”: Dependence has no direction" in limit
