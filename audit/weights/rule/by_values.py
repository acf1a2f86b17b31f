# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The steps of the rule that ask for equal values alone, with or without a layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit import rules
from audit.record.said import Said
from audit.record.weights import Relation
from audit.weights.rule import words
from audit.weights.statistics.seen import EqualParts

if TYPE_CHECKING:
    from audit.weights.rule.judge import Case

Answer = tuple[Relation, Said]


def equal_anywhere(case: Case) -> Answer | None:
    """Every value equal wherever it lies: copy, or disguised where most stand in another order.

    Where all of one model's values are the other's, and more lie there: derived. Where three
    matrices or more are equal that make a tenth of either model: component reuse.
    """
    found = case.seen.of(EqualParts)
    if found is None or not found.matrices:
        return None
    relation = of_shares((found.share, found.back), found.matrices, in_order=found.in_order)
    return None if relation is None else (relation, words.equal_parts(found))


def of_shares(shares: tuple[float, float], matrices: int, *, in_order: bool) -> Relation | None:
    """Read the shares of each model's values that the other has, in so many equal matrices."""
    bars = rules.weight_thresholds()
    if min(shares) >= bars.copy_coverage:
        return Relation.COPY if in_order else Relation.DISGUISED
    if matrices < bars.min_equal_matrices:
        return None
    if max(shares) >= bars.copy_coverage:
        return Relation.DERIVED
    return Relation.COMPONENT_REUSE if max(shares) >= bars.min_equal else None


def few_equal(case: Case) -> Answer | None:
    """Too little is equal for that: inconclusive, because equal matrices want an explanation."""
    found = case.seen.of(EqualParts)
    if found is None or found.values < case.judge.thresholds.min_parameters:
        return None
    return Relation.INCONCLUSIVE, words.equal_parts(found)
