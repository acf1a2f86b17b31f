# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The null distributions against enumeration, simulation and textbook values."""

import itertools
import math

import pytest
import torch

from audit.weights.nulls.permutation import (
    agreement,
    log10_agreement_bound,
    log10_factorial,
    log10_normal_tail,
    permutation_moments,
    together,
)


def test_moments_equal_those_over_every_permutation() -> None:
    scores = torch.randn(6, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    values = torch.tensor(
        [sum(scores[i, p[i]] for i in range(6)) for p in itertools.permutations(range(6))]
    )
    found = permutation_moments(scores)
    assert found.mean == pytest.approx(float(values.mean()), abs=1e-12)
    assert found.variance == pytest.approx(float(values.var(correction=0)), rel=1e-12)
    assert found.observed == pytest.approx(float(scores.diagonal().sum()))


@pytest.mark.parametrize(("z", "log10_p"), [(0, -0.30103), (1.6448536, -1.30103), (10, -23.118)])
def test_normal_tail(z: float, log10_p: float) -> None:
    assert log10_normal_tail(z) == pytest.approx(log10_p, abs=1e-3)


def test_normal_tail_does_not_underflow() -> None:
    assert -3300 < log10_normal_tail(123.0) < -3200


def test_no_permutation_p_is_below_one_over_the_number_of_permutations() -> None:
    found = permutation_moments(torch.eye(10))
    assert found.log10_p == pytest.approx(-math.log10(math.factorial(10)))


def test_agreement_bound_holds_in_simulation() -> None:
    """P(K >= k) <= 1/k! for a matching that was searched for."""
    g = torch.Generator().manual_seed(7)
    trials = 4000
    counts = [agreement(torch.randn(12, 12, generator=g)) for _ in range(trials)]
    for k in range(1, 6):
        share = sum(c >= k for c in counts) / trials
        bound = 10 ** log10_agreement_bound(k)
        assert share <= bound + 3 * math.sqrt(bound * (1 - bound) / trials)


def test_a_tie_for_the_best_partner_is_a_miss() -> None:
    assert agreement(torch.ones(4, 4)) == 0
    assert agreement(torch.eye(4)) == 4


def test_independent_parts_add_up() -> None:
    one = permutation_moments(torch.eye(5))
    both = together([one, one])
    assert both.observed == 10
    assert both.variance == pytest.approx(2 * one.variance)
    assert both.log10_floor == pytest.approx(-2 * log10_factorial(5))
