# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Searching on one half and testing on the other leaves the p-value uniform."""

import pytest
import torch

from audit.record.absent import Absent
from audit.weights.nulls.halves import SplitAgreement, halves, split_matching
from audit.weights.nulls.neuron_shapes import Neurons
from tests.calibration.test_null_is_uniform import kolmogorov_smirnov

PAIRS = 200


def block(g: torch.Generator, neurons: int = 64, width: int = 64) -> Neurons:
    """Independent neurons that read a common low-rank feature space, as trained ones do."""
    features = torch.randn(8, width, generator=torch.Generator().manual_seed(1))
    order = torch.randperm(width, generator=g)
    roles = ("mlp.down", "mlp.gate", "mlp.up")
    return {
        role: torch.randn(neurons, width, generator=g)
        + (torch.randn(neurons, 8, generator=g) @ features)[:, order]
        for role in roles
    }


def split(suspect: Neurons, reference: list[Neurons], seed: int) -> SplitAgreement:
    found = split_matching(
        [((0, None), suspect)],
        [(i, None) for i in range(len(reference))],
        lambda place: reference[place[0]],
        rng=torch.Generator().manual_seed(seed),
    )
    assert not isinstance(found, Absent)
    return found


def test_uniform_under_independence_despite_the_search() -> None:
    g = torch.Generator().manual_seed(11)
    p = [
        10 ** split(block(g), [block(g), block(g), block(g)], seed).permutation.log10_p
        for seed in range(PAIRS)
    ]
    assert kolmogorov_smirnov(p) > 0.01
    assert min(p) > 1e-5


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_experts_cut_from_a_dense_layer_are_found(share: float) -> None:
    """An expert of 32 of 64 neurons, half of them re-initialised in the second case."""
    g = torch.Generator().manual_seed(5)
    dense, other = block(g), block(g)
    kept = torch.randperm(64, generator=g)[:32]
    fresh = block(g, neurons=32)
    keep = (torch.arange(32) < 32 * share)[:, None]
    expert = {role: torch.where(keep, dense[role][kept], fresh[role]) for role in dense}
    found = split(expert, [other, dense, other], seed=3)
    assert found.blocks[0].reference == (1, None)
    assert found.blocks[0].permutation.z > 8
    assert found.blocks[0].matched >= share


def test_maps_are_whole() -> None:
    """Layers 0, 2, 2, 1 of three, the last with neurons pruned, one layer of its own."""
    g = torch.Generator().manual_seed(6)
    layers = [block(g) for _ in range(3)]
    kept = torch.randperm(64, generator=g)[:40].sort().values
    cut = {role: values[kept] for role, values in layers[1].items()}
    suspect = [layers[0], layers[2], layers[2], cut, block(g)]
    found = split_matching(
        [((i, None), neurons) for i, neurons in enumerate(suspect)],
        [(i, None) for i in range(3)],
        lambda place: layers[place[0]],
        rng=torch.Generator().manual_seed(1),
    )
    assert not isinstance(found, Absent)
    certain = {b.suspect[0]: b.reference[0] for b in found.blocks if b.permutation.log10_p <= -9}
    assert certain == {0: 0, 1: 2, 2: 2, 3: 1}


def test_the_halves_are_disjoint_and_seeded() -> None:
    first, second = halves(9, torch.Generator().manual_seed(3))
    assert sorted([*first.tolist(), *second.tolist()]) == list(range(9))
    again = halves(9, torch.Generator().manual_seed(3))
    assert first.equal(again[0])
    assert not first.equal(halves(9, torch.Generator().manual_seed(4))[0])
