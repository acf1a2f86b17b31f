# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Searching on one half and testing on the other leaves the p-value uniform."""

import pytest
import torch

from audit.weights.statistics.split_matching import Neurons, SplitAgreement, halves, split_matching
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
    assert not isinstance(found, str)
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
    assert not isinstance(found, str)
    mapped = found.place_map(-9.0)
    assert [mapped[i, None] for i in range(5)] == [(0, None), (2, None), (2, None), (1, None), None]
    assert [pair[1] for pair in found.blocks[3].partners] == kept.tolist()
    assert found.blocks[3].rising == 40
    assert found.blocks[4].confirmed < 0.1


def test_a_partly_re_initialised_expert_says_which_rows_it_kept() -> None:
    g = torch.Generator().manual_seed(7)
    dense, fresh = block(g), block(g)
    keep = torch.randperm(64, generator=g)[:32]
    kept = torch.zeros(64, dtype=torch.bool)
    kept[keep] = True
    expert = {role: torch.where(kept[:, None], dense[role], fresh[role]) for role in dense}
    found = split(expert, [block(g), dense], seed=2).blocks[0]
    assert found.reference == (1, None)
    assert found.confirmed == pytest.approx(0.5, abs=0.06)
    wrong = [mine for mine, theirs in found.partners if mine != theirs or not kept[mine]]
    assert len(wrong) <= 2


def test_the_halves_are_disjoint_and_seeded() -> None:
    first, second = halves(9, torch.Generator().manual_seed(3))
    assert sorted([*first.tolist(), *second.tolist()]) == list(range(9))
    again = halves(9, torch.Generator().manual_seed(3))
    assert first.equal(again[0])
    assert not first.equal(halves(9, torch.Generator().manual_seed(4))[0])
