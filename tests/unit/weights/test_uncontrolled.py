# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every test of a run has a planted child or says why it has none."""

import pytest

from audit.record.assurance import Detectable
from audit.record.weights import Component, Evidence, Outcome, PKind, Relation
from audit.weights.battery import BATTERY
from audit.weights.rule.certificate import certificate
from audit.weights.rule.uncontrolled import across_controls, uncontrolled


def row(test: str) -> Evidence:
    return Evidence(
        test=test, version=1, scope="attention/attn.q", outcome=Outcome.COMPUTED, p_kind=PKind.EXACT
    )


@pytest.mark.parametrize("test", sorted(BATTERY))
def test_a_test_without_a_control_says_why(test: str) -> None:
    (found,) = uncontrolled((row(test),), ())
    assert (found.test, found.planted) == (test, None)
    assert found.reason


def test_a_controlled_test_is_not_listed_again() -> None:
    control = Detectable(test="norm-vectors", scope="norms", how="as it stands", planted=0.1)
    assert uncontrolled((row("norm-vectors"),), (control,)) == ()


def test_across_widths_the_planted_children_are_the_control() -> None:
    parts = tuple(
        Component(
            name=name,
            relation=Relation.NO_SHARED_WEIGHTS,
            log10_p=None,
            effect=None,
            p_kind=PKind.NONE,
        )
        for name in ("attention", "norms")
    )
    found = across_controls({"attention": 0.3}, parts)
    assert [(d.planted, d.reason) for d in found] == [
        (0.3, None),
        (None, "not every planted child was found"),
    ]


@pytest.mark.parametrize("routed", [True, False])
def test_experts_are_reordered_only_where_there_are_some(*, routed: bool) -> None:
    control = Detectable(test="split-matching", scope="feed-forward", how="", planted=0.1)
    found = certificate((row("split-matching"),), (control,), "reference", routed=routed)
    assert ("G8" in {d.id for d in found.covered}) is routed
    assert "G8" not in {d.id for d in found.open}
