# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Calibrated scores read against controls: what they add, and which reading counts."""

from pathlib import Path

import pytest

from audit.errors import UsageError
from audit.inventory import Inventory, take_inventory
from audit.provenance.references import require_apart
from audit.record.weights import Comparison, Evidence, PKind, Relation
from audit.rules.statistics import texts
from audit.sources.names import resolve
from audit.weights.comparison import compare
from audit.weights.rereading import reread
from audit.weights.rule.judge import Case
from audit.weights.statistics.interface import false_positive_bound
from tests.evasions.disguise import load, rotate, save, shuffle_neurons, shuffle_vocabulary
from tests.zoo import zoo_path

BARS = texts()["gram-matching"].thresholds


def member(name: str) -> Inventory:
    return take_inventory(resolve(str(zoo_path(name))))


def found(tmp_path: Path, *controls: str) -> tuple[Comparison, Evidence]:
    tensors = shuffle_vocabulary(shuffle_neurons(rotate(load(zoo_path("continued")), 2), 3), 4)
    hidden = save(tensors, zoo_path("continued"), tmp_path / "hidden")
    comparison = compare(hidden, member("base"), controls=tuple(map(member, controls)))
    return comparison, next(e for e in comparison.evidence if e.test == "gram-matching")


def test_without_controls_the_shipped_calibration_is_named(tmp_path: Path) -> None:
    comparison, row = found(tmp_path)
    assert comparison.relation is Relation.DISGUISED
    assert (row.controls, row.best_control) == (BARS["controls"], BARS["best_control"])
    assert row.error_bound == pytest.approx(3 / BARS["controls"], rel=1e-4)
    assert "none of them made in this audit" in comparison.summary


def test_independent_controls_raise_their_number(tmp_path: Path) -> None:
    comparison, row = found(tmp_path, "stranger", "deep")
    assert comparison.relation is Relation.DISGUISED
    assert row.controls == BARS["controls"] + 4
    assert row.p_kind is PKind.CALIBRATED
    assert "4 of them made in this audit" in comparison.summary


def test_a_control_of_other_kind_is_not_counted(tmp_path: Path) -> None:
    comparison, row = found(tmp_path, "gpt2")
    assert comparison.relation is Relation.DISGUISED
    assert row.controls == BARS["controls"]


def test_a_control_that_scores_as_high_leaves_it_open(tmp_path: Path) -> None:
    """The more cautious reading counts, and nothing is then said to be unrelated either."""
    comparison, row = found(tmp_path, "fine-tune")
    assert comparison.relation is Relation.INCONCLUSIVE
    assert "control is not independent" in comparison.summary
    assert row.best_control is not None
    assert row.best_control > 0.5


def test_a_model_compared_cannot_be_its_own_control() -> None:
    base, other = (resolve(str(zoo_path(name))) for name in ("base", "stranger"))
    require_apart([other], [base])
    with pytest.raises(UsageError, match="one of the models compared"):
        require_apart([base], [other, base])


def test_the_bound_on_false_positives() -> None:
    assert false_positive_bound(0) == 1.0
    assert false_positive_bound(300) == pytest.approx(0.01)


@pytest.mark.parametrize("control", ["stranger", "gpt2", "twin"])
def test_evidence_that_was_kept_is_read_as_if_compared_again(tmp_path: Path, control: str) -> None:
    """What the pipeline does with references that share nothing, without testing anew."""
    tensors = shuffle_vocabulary(shuffle_neurons(rotate(load(zoo_path("continued")), 2), 3), 4)
    hidden = save(tensors, zoo_path("continued"), tmp_path / "hidden")
    kept: list[tuple[Case, int]] = []
    compare(hidden, member("base"), keep=lambda *evidence: kept.append(evidence))
    anew = compare(hidden, member("base"), controls=(member(control),))
    assert reread(*kept[0], (member(control),)) == anew
