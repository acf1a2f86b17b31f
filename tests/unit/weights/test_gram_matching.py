# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The invariances that Gram matching claims, and what it does with nothing to find."""

import pytest
import torch

from audit.record.absent import Absent
from audit.rules import weight_thresholds
from audit.weights.nulls.neuron_shapes import Neurons
from audit.weights.pairing.neurons import FoldedBlocks
from audit.weights.statistics.gram_matching import GramMatching, gram_matching
from audit.weights.statistics.seen import UnitMatch

pytestmark = pytest.mark.slow

ROLES = ("mlp.down", "mlp.gate", "mlp.up")
BAR = GramMatching().text.thresholds["least"]


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


def best(suspect: Neurons, *reference: Neurons) -> UnitMatch:
    found = gram_matching(
        FoldedBlocks.of({(0, None): suspect}),
        FoldedBlocks.of({(i, None): neurons for i, neurons in enumerate(reference)}),
    )
    assert not isinstance(found, Absent)
    return found[0]


def hidden(neurons: Neurons, seed: int, *, wider: int = 0) -> Neurons:
    """Rotate, reorder, rescale and flip; ``wider`` embeds the residual stream in a larger one."""
    g = torch.Generator().manual_seed(seed)
    count, width = neurons["mlp.up"].shape
    q = torch.linalg.qr(torch.randn(width + wider, width + wider, generator=g))[0][:width]
    order = torch.randperm(count, generator=g)
    scale = torch.exp(torch.randn(count, 1, generator=g))
    scale *= torch.randn(count, 1, generator=g).sign()
    factor = {"mlp.up": scale, "mlp.down": 1 / scale, "mlp.gate": torch.ones(count, 1)}
    return {role: (values @ q)[order] * factor[role] for role, values in neurons.items()}


@pytest.mark.parametrize("wider", [0, 16])
def test_rotation_order_scale_sign_and_width_change_nothing(wider: int) -> None:
    found = best(hidden(block(1), 2, wider=wider), block(3), block(1), block(4))
    assert found.reference == (1, None)
    assert found.score > 0.85
    assert found.contained > 0.85
    assert found.runner_up < BAR / 2


@pytest.mark.parametrize("sd", [1.0, 2.0])
def test_noise_lowers_the_score_but_does_not_hide(sd: float) -> None:
    parent = block(1, neurons=256, width=96)
    g = torch.Generator().manual_seed(9)
    noisy = {k: v + sd * v.std() * torch.randn(v.shape, generator=g) for k, v in parent.items()}
    assert BAR < best(hidden(noisy, 2), parent).score < 0.9


@pytest.mark.parametrize("roles", [("mlp.down", "mlp.up"), ("mlp.gate", "mlp.up")])
def test_two_roles_suffice(roles: tuple[str, str]) -> None:
    parent = {role: values for role, values in block(1).items() if role in roles}
    suspect = hidden(block(1), 2) if "mlp.gate" in roles else rotated(block(1), 2)
    assert best({role: suspect[role] for role in roles}, parent).score > 0.8


def rotated(neurons: Neurons, seed: int) -> Neurons:
    """Rotate and reorder: what a block without a gate allows."""
    g = torch.Generator().manual_seed(seed)
    count, width = neurons["mlp.up"].shape
    q = torch.linalg.qr(torch.randn(width, width, generator=g))[0]
    order = torch.randperm(count, generator=g)
    return {role: (values @ q)[order] for role, values in neurons.items()}


@pytest.mark.parametrize("seed", range(10))
def test_strangers_stay_below_the_bar(seed: int) -> None:
    assert best(block(seed), block(seed + 100), block(seed + 200)).score < BAR / 2


def test_half_of_the_neurons_suffice() -> None:
    """An expert cut out of a dense block, or a pruned feed-forward."""
    kept = {role: values[::2] for role, values in block(1, neurons=192).items()}
    assert best(hidden(kept, 2), block(1, neurons=192)).score > BAR


def test_a_common_start_is_told_from_descent() -> None:
    """Both sides are a common start plus a change of their own, larger than it."""
    start = block(1, neurons=384, width=96)
    g = torch.Generator().manual_seed(5)
    sides = [
        {k: v + 1.2 * v.std() * torch.randn(v.shape, generator=g) for k, v in start.items()}
        for _ in range(2)
    ]
    found = best(hidden(sides[0], 2), sides[1])
    assert found.score > BAR
    assert found.contained < weight_thresholds().min_containment


def test_layers_are_screened_by_what_sets_them_apart() -> None:
    blocks = {(i, None): depth(i) for i in range(12)}
    disguised = {place: hidden(neurons, 40 + place[0]) for place, neurons in blocks.items()}
    found = gram_matching(FoldedBlocks.of(disguised), FoldedBlocks.of(blocks))
    assert not isinstance(found, Absent)
    assert [(m.suspect[0], m.reference[0]) for m in found] == [(i, i) for i in range(12)]
    assert min(m.score for m in found) > 0.8


def depth(layer: int) -> Neurons:
    """FoldedBlocks whose lengths grow with the depth, as those of trained models do."""
    return {role: values * (1 + 0.1 * layer) for role, values in block(layer).items()}


def test_blocks_without_a_usable_number_of_neurons_are_said() -> None:
    few = FoldedBlocks.of({(0, None): block(1, neurons=8)})
    assert isinstance(gram_matching(few, few), Absent)


def test_zero_and_constant_neurons_give_no_score() -> None:
    nothing = {role: torch.zeros(96, 48) for role in ROLES}
    constant = {role: torch.ones(96, 48) for role in ROLES}
    assert best(nothing, block(1)).score < BAR
    assert best(nothing, nothing).score < BAR
    assert best(constant, block(1)).score < BAR
