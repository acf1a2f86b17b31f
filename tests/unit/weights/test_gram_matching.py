# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The invariances that Gram matching claims, and what it does with nothing to find."""

import pytest
import torch

from audit.weights.statistics.gram_matching import GramMatch, gram_matching
from audit.weights.statistics.split_matching import Neurons

ROLES = ("mlp.down", "mlp.gate", "mlp.up")


def block(seed: int, neurons: int = 96, width: int = 48) -> Neurons:
    """Neurons with a spread of lengths and some common structure, as trained ones have."""
    g = torch.Generator().manual_seed(seed)
    mix = torch.randn(6, width, generator=g)
    return {
        role: (
            torch.randn(neurons, width, generator=g) + torch.randn(neurons, 6, generator=g) @ mix
        )
        * torch.exp(0.3 * torch.randn(neurons, 1, generator=g))
        for role in ROLES
    }


def best(suspect: Neurons, *reference: Neurons) -> GramMatch:
    found = gram_matching(
        [((0, None), suspect)],
        [(i, None) for i in range(len(reference))],
        lambda place: reference[place[0]],
    )
    assert not isinstance(found, str)
    return found[0]


def hidden(neurons: Neurons, seed: int, *, wider: int = 0) -> Neurons:
    """Rotate, reorder and rescale; ``wider`` embeds the residual stream in a larger one."""
    g = torch.Generator().manual_seed(seed)
    count, width = neurons["mlp.up"].shape
    q = torch.linalg.qr(torch.randn(width + wider, width + wider, generator=g))[0][:width]
    order = torch.randperm(count, generator=g)
    scale = torch.exp(torch.randn(count, 1, generator=g))
    factor = {"mlp.up": scale, "mlp.down": 1 / scale, "mlp.gate": torch.ones(count, 1)}
    return {role: (values @ q)[order] * factor[role] for role, values in neurons.items()}


@pytest.mark.parametrize("wider", [0, 16])
def test_rotation_order_scale_and_width_change_nothing(wider: int) -> None:
    found = best(hidden(block(1), 2, wider=wider), block(3), block(1), block(4))
    assert found.reference == (1, None)
    assert found.score == pytest.approx(1.0, abs=1e-3)
    assert found.runner_up < 0.45


def test_noise_lowers_the_score() -> None:
    parent = block(1)
    g = torch.Generator().manual_seed(9)
    noisy = {k: v + 0.5 * v.std() * torch.randn(v.shape, generator=g) for k, v in parent.items()}
    assert 0.45 < best(hidden(noisy, 2), parent).score < 0.95


@pytest.mark.parametrize("seed", range(10))
def test_strangers_stay_below_the_bar(seed: int) -> None:
    assert best(block(seed), block(seed + 100), block(seed + 200)).score < 0.45


def test_blocks_without_a_usable_number_of_neurons_are_said() -> None:
    few = block(1, neurons=8)
    found = gram_matching([((0, None), few)], [(0, None)], lambda _place: few)
    assert isinstance(found, str)


def test_zero_and_constant_neurons_give_no_score() -> None:
    nothing = {role: torch.zeros(96, 48) for role in ROLES}
    assert best(nothing, block(1)).score < 0.45
    assert best(nothing, nothing).score < 0.45
