# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every test of a run has a planted child or says why it has none."""

from pathlib import Path

import pytest

from audit.record.assurance import Detectable
from audit.record.weights import Evidence, Outcome, PKind, Relation
from audit.weights.comparison import compare
from audit.weights.rule.certificate import covered
from audit.weights.rule.control import without_control
from audit.weights.statistics.battery import BATTERY, STATISTICS
from audit.weights.statistics.seen import Seen
from tests.unit.weights.models import CONFIG, llama, save

TESTS = {s.id: s for s in STATISTICS}


def row(test: str) -> Evidence:
    return Evidence(
        test=test, version=1, scope="attention/attn.q", outcome=Outcome.COMPUTED, p_kind=PKind.EXACT
    )


@pytest.mark.parametrize("test", sorted(BATTERY))
def test_a_test_without_a_control_says_why(test: str) -> None:
    (found,) = without_control(TESTS, Seen(rows=(row(test),)), ())
    assert (found.test, found.planted) == (test, None)
    assert found.reason


def test_a_controlled_test_is_not_listed_again() -> None:
    control = Detectable(test="norm-vectors", scope="norms", how="as it stands", planted=0.1)
    seen = Seen(rows=(row("norm-vectors"),))
    assert list(without_control(TESTS, seen, (control,))) == []


def test_across_widths_the_planted_children_are_the_control(tmp_path: Path) -> None:
    narrow = save(tmp_path / "s", llama(10, hidden=32), {**CONFIG, "hidden_size": 32})
    found = compare(narrow, save(tmp_path / "r", llama(20)))
    assert found.relation is Relation.NO_SHARED_WEIGHTS
    planted = {d.scope: d.planted for d in found.power if d.how == "cut to these shapes"}
    assert set(planted) == {c.name for c in found.components}
    assert planted["attention"] is not None


@pytest.mark.parametrize("routed", [True, False])
def test_experts_are_reordered_only_where_there_are_some(*, routed: bool) -> None:
    control = Detectable(test="split-matching", scope="feed-forward", how="", planted=0.1)
    found = covered(
        STATISTICS, Seen(rows=(row("split-matching"),)), (control,), "reference", routed=routed
    )
    assert ("G8" in {d.id for d in found.covered}) is routed
    assert "G8" not in {d.id for d in found.open}
