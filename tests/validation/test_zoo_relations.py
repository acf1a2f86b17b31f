# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every pair of the known-lineage zoo, against the truth that was written first."""

from functools import cache

import pytest

from audit.inventory import Inventory, take_inventory
from audit.record.weights import Comparison, PKind, Relation
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.zoo import KnownPair, relations, zoo_path

pytestmark = pytest.mark.sampled(5)

PAIRS = relations()


@cache
def inventory(name: str) -> Inventory:
    return take_inventory(resolve(str(zoo_path(name))))


def is_untold(pair: KnownPair) -> bool:
    """Whether nothing tells start from descent, after twelve hundred steps at full rate."""
    long = {"base", "bf16", "fine-tune", "neuron-permuted"}
    pairs = ({"continued", other} for other in long)
    return pair.relation == "shared-initialisation" or {pair.suspect, pair.reference} in pairs


def check_untold(found: Comparison) -> None:
    assert found.relation is Relation.INCONCLUSIVE
    assert "dependent" in found.summary
    assert found.log10_p is not None
    assert found.log10_p <= -9


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p.suspect}~{p.reference}")
def test_relation(pair: KnownPair) -> None:
    found = compare(inventory(pair.suspect), inventory(pair.reference))
    if is_untold(pair):
        check_untold(found)
        return
    assert found.relation.value == pair.relation, found.summary
    if found.relation.is_lineage:
        assert found.log10_p is not None
        assert found.log10_p <= -9
        assert found.p_kind in (PKind.EXACT, PKind.ASYMPTOTIC)


@pytest.mark.parametrize("pair", PAIRS[::4], ids=lambda p: f"{p.reference}~{p.suspect}")
def test_relation_is_symmetric(pair: KnownPair) -> None:
    found = compare(inventory(pair.reference), inventory(pair.suspect))
    if is_untold(pair):
        check_untold(found)
        return
    assert found.relation.value == pair.relation, found.summary


def test_the_disputes_statistic_does_not_separate_and_does_not_decide() -> None:
    """Strangers of one recipe correlate above 0.927 in spread, and are cleared."""
    found = compare(inventory("stranger"), inventory("base"))
    assert found.spread.per_tensor is not None
    assert found.spread.per_tensor > 0.927
    assert found.relation is Relation.NO_SHARED_WEIGHTS
