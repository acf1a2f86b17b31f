# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Kleene's strong logic, value by value."""

import itertools

import pytest

from audit.obligations.answers import Answer, all_of, any_of, met, negated, not_met, unknown
from audit.record.obligations import DutyState

VALUES = {
    DutyState.MET: met("yes"),
    DutyState.NOT_MET: not_met("no"),
    DutyState.UNKNOWN: unknown("maybe", question="Well?"),
}
ORDER = [DutyState.NOT_MET, DutyState.UNKNOWN, DutyState.MET]


@pytest.mark.parametrize("states", list(itertools.product(ORDER, repeat=3)))
def test_conjunction_is_the_least_and_disjunction_the_greatest(
    states: tuple[DutyState, ...],
) -> None:
    answers = [VALUES[state] for state in states]
    assert all_of(answers).state is min(states, key=ORDER.index)
    assert any_of(answers).state is max(states, key=ORDER.index)


@pytest.mark.parametrize("state", ORDER)
def test_negation_keeps_what_is_unknown(state: DutyState) -> None:
    assert negated(VALUES[state]).state is ORDER[2 - ORDER.index(state)]
    assert negated(negated(VALUES[state])) == VALUES[state]


def test_the_reasons_are_those_that_decide() -> None:
    parts: list[Answer] = [met("a"), not_met("b"), not_met("c"), unknown("d", question="q")]
    assert all_of(parts).reason == "b; c"
    assert any_of(parts).reason == "a"
    assert any_of(parts[1:]).question == "q"
