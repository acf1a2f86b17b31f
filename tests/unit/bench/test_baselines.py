# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The published methods of the benchmark do what their papers say, on models with known lineage."""

import math

import pytest
import torch

from bench.baselines import BASELINES, View, awm, mdir, zhu
from tests.zoo import zoo_path


@pytest.fixture(scope="module")
def views() -> dict[str, View]:
    names = ("base", "fine-tune", "stranger", "permuted", "neuron-permuted", "upcycled")
    return {n: View.of(zoo_path(n)) for n in names}


@pytest.mark.parametrize("method", sorted(set(BASELINES) - {"spread"}))
def test_a_fine_tune_is_nearer_than_a_stranger(views: dict[str, View], method: str) -> None:
    score = BASELINES[method].score
    near = score(views["fine-tune"], views["base"])
    far = score(views["stranger"], views["base"])
    assert near is not None
    assert far is not None
    assert near > far


def test_two_layers_have_no_curve(views: dict[str, View]) -> None:
    assert BASELINES["spread"].score(views["fine-tune"], views["base"]) is None


def test_direct_cosine_is_lost_by_a_permutation(views: dict[str, View]) -> None:
    found = BASELINES["cosine"].score(views["permuted"], views["base"])
    assert found is not None
    assert abs(found) < 0.2


@pytest.mark.parametrize("method", ["awm", "huref", "mdir", "zhu-match"])
def test_what_undoes_a_permutation_sees_through_it(views: dict[str, View], method: str) -> None:
    score = BASELINES[method].score
    hidden = score(views["permuted"], views["base"])
    far = score(views["stranger"], views["base"])
    assert hidden is not None
    assert far is not None
    assert hidden > far


def test_the_exact_test_needs_the_order_of_neurons(views: dict[str, View]) -> None:
    found = zhu.exact(views["neuron-permuted"], views["base"])
    assert found is not None
    assert found < 4


def test_another_number_of_neurons_is_no_answer(views: dict[str, View]) -> None:
    assert zhu.exact(views["upcycled"], views["base"]) is None


def test_unbiased_cka_of_equals_is_one_and_of_noise_about_zero() -> None:
    g = torch.Generator().manual_seed(0)
    x, y = torch.randn(200, 30, generator=g), torch.randn(200, 30, generator=g)
    assert awm.unbiased_cka(x, x) == pytest.approx(1.0)
    assert abs(awm.unbiased_cka(x, y)) < 0.02


def test_the_bound_of_mdir_at_its_threshold() -> None:
    """At d = 4096 a mean matched entry of 0.0626 is worth 1e-12 (weight-tests, 4.7)."""
    assert mdir.log10_bound(0.0624, 4096) > -12 > mdir.log10_bound(0.0628, 4096)
    assert mdir.log10_bound(0.0, 4096) == 0.0


def test_spearman_of_equal_orders_is_worth_all_permutations() -> None:
    order = torch.arange(50)
    assert zhu._log_p(order, order) == pytest.approx(-math.lgamma(51))
    assert zhu._log_p(order, order.flip(0)) == pytest.approx(0.0, abs=1e-9)
