# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The invariances that circuit matching claims, and what it does with nothing to find."""

from dataclasses import replace

import pytest
import torch

from audit.inventory import take_inventory
from audit.record.absent import Absent
from audit.rules import weight_thresholds
from audit.sources.names import resolve
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.layout import describe
from audit.weights.pairing.heads import Circuits
from audit.weights.statistics.circuit_matching import (
    CircuitMatching,
    circuit_matching,
)
from audit.weights.statistics.seen import UnitMatch
from tests.zoo import zoo_path

pytestmark = pytest.mark.slow

LAYERS, HEADS, SIZE, WIDTH = 4, 4, 8, 48
TEST = CircuitMatching()
BAR = TEST.text.thresholds["least"]
Heads = dict[str, torch.Tensor]
"""Rows of queries, keys, values and outputs: role -> (heads, size, width)."""


def attention(seed: int) -> list[Heads]:
    """Layers whose rows favour some directions, as those of trained models do."""
    g = torch.Generator().manual_seed(seed)
    strength = torch.linspace(3, 0.3, WIDTH)
    basis = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=g))[0]
    return [
        {
            role: torch.randn(HEADS, SIZE, WIDTH, generator=g)
            * strength[torch.randperm(WIDTH, generator=g)]
            @ basis
            for role in "qkvo"
        }
        for _ in range(LAYERS)
    ]


def circuits(layers: list[Heads]) -> dict[int, Circuits]:
    return {
        i: Circuits.of(
            layer["q"].transpose(1, 2) @ layer["k"], layer["o"].transpose(1, 2) @ layer["v"]
        )
        for i, layer in enumerate(layers)
    }


def hidden(layers: list[Heads], seed: int, noise: float = 0.0) -> list[Heads]:
    """Rotate the stream, turn and mix inside heads (G4, G9), rescale (G6), reorder heads (G7)."""
    g = torch.Generator().manual_seed(seed)
    basis = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=g))[0]
    out = []
    for layer in layers:
        order = torch.randperm(HEADS, generator=g)
        mix = torch.randn(2, HEADS, SIZE, SIZE, generator=g) + 2 * torch.eye(SIZE)
        back = torch.linalg.inv(mix).transpose(-1, -2)
        rows = {
            role: (v + noise * v.std() * torch.randn(v.shape, generator=g)) @ basis
            for role, v in layer.items()
        }
        inner = {"q": mix[0], "k": back[0], "v": mix[1], "o": back[1]}
        out.append({role: (inner[role] @ rows[role])[order] for role in rows})
    return out


def matched(a: list[Heads], b: list[Heads]) -> tuple[UnitMatch, ...]:
    found = circuit_matching(circuits(a), circuits(b), [(i, i) for i in range(len(a))])
    assert not isinstance(found, Absent)
    return found


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_every_free_change_of_attention_together_changes_nothing(noise: float) -> None:
    found = matched(hidden(attention(1), 2, noise), attention(1))
    assert [m.suspect[0] for m in found] == list(range(LAYERS))
    assert min(m.score for m in found) > 0.6
    assert max(m.runner_up for m in found) < BAR / 2
    assert min(m.contained for m in found) > weight_thresholds().min_containment
    assert TEST.likeness(found).stands_out


@pytest.mark.parametrize("seed", range(10))
def test_strangers_stay_below_the_bar(seed: int) -> None:
    found = matched(attention(seed), attention(seed + 100))
    assert max(m.score for m in found) < BAR / 2
    assert not TEST.likeness(found).stands_out


def test_a_common_start_is_told_from_descent() -> None:
    """Both sides are a common start plus a change of their own, half as large again."""
    start = attention(1)
    one, other = hidden(start, 2, 0.6), hidden(start, 3, 0.6)
    found = TEST.likeness(matched(one, other))
    assert found.stands_out
    assert found.contained is not None
    assert found.contained < weight_thresholds().min_containment


def test_one_layer_gives_a_reason() -> None:
    one = circuits(attention(1)[:1])
    found = circuit_matching(one, one, [(0, 0)])
    assert isinstance(found, Absent)


def test_zero_heads_give_no_score() -> None:
    nothing = [{role: torch.zeros(HEADS, SIZE, WIDTH) for role in "qkvo"} for _ in range(LAYERS)]
    for other in (nothing, attention(1)):
        assert max(m.score for m in matched(nothing, other)) < BAR


def test_heads_are_read_in_their_groups_and_other_models_say_why_not() -> None:
    inventory = take_inventory(resolve(str(zoo_path("base"))))
    layout = describe(inventory)
    with Checkpoint(inventory) as opened:
        found = TEST.matches((layout, layout), (opened, opened), 0)
        assert not isinstance(found, Absent)
        assert min(m.score for m in found) > 0.9
        rest = tuple(s for s in layout.slots if s.role != "attn.o")
        without = replace(layout, slots=rest)
        assert isinstance(TEST.matches((without, layout), (opened, opened), 0), Absent)


def test_leading_dimensions_serve_where_the_stream_is_wider(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("audit.weights.pairing.heads.WIDTH", 32)
    inventory = take_inventory(resolve(str(zoo_path("base"))))
    layout = describe(inventory)
    with Checkpoint(inventory) as opened:
        found = TEST.matches((layout, layout), (opened, opened), 0)
    assert not isinstance(found, Absent)
    assert min(m.score for m in found) > 0.9
