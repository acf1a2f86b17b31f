# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Labels of dimensions that mean something are recognised, each model by itself, and others not."""

import pytest
import torch

from audit.weights.nulls.alignment import aligned
from audit.weights.nulls.columns import column_scores
from audit.weights.nulls.exchangeable import Structure, structures
from audit.weights.statistics.reserved_rows import ReservedAgreement, reserved_rows

WIDTH = 128
ORDERED = ("sinusoids", "sorted", "ramp", "smooth gains")
GROUPED = ("twice", "twice, noisy", "sixteen groups", "four groups", "pixels")
FREE = ("plain", "outlier", "heavy tails", "low rank")


def matrix(kind: str, g: torch.Generator) -> torch.Tensor:  # noqa: C901
    def drawn(columns: int) -> torch.Tensor:
        return torch.randn(96, columns, generator=g)

    groups = {"twice": (64, 0.1), "twice, noisy": (64, 1.0)}
    groups |= {"sixteen groups": (16, 0.5), "four groups": (4, 0.5)}
    if kind in groups:
        count, noise = groups[kind]
        alike = drawn(count)
        spread = alike.repeat(1, 2) if count == 64 else alike.repeat_interleave(WIDTH // count, 1)
        return spread + noise * drawn(WIDTH)
    if kind == "pixels":
        return drawn(WIDTH + 2).unfold(1, 3, 1).sum(2)
    if kind == "sinusoids":
        return drawn(WIDTH) + 0.5 * torch.sin(torch.arange(WIDTH) * 0.2)
    if kind == "sorted":
        return drawn(WIDTH) * torch.linspace(0.5, 2, WIDTH)
    if kind == "outlier":
        return drawn(WIDTH) * torch.where(torch.arange(WIDTH) == 7, 40.0, 1.0)
    if kind == "heavy tails":
        return drawn(WIDTH) / drawn(WIDTH).abs().clamp_min(0.05)
    if kind == "low rank":
        return drawn(3) @ torch.randn(3, WIDTH, generator=g) + 0.3 * drawn(WIDTH)
    return drawn(WIDTH)


def model(kind: str, seed: int) -> frozenset[Structure]:
    g = torch.Generator().manual_seed(seed)
    matrices = [matrix(kind, g) for _ in range(6)]
    gains = [1 + 0.1 * torch.randn(WIDTH, generator=g) for _ in range(4)]
    place = torch.arange(WIDTH)
    if kind == "ramp":
        gains = [v + 0.2 * place / WIDTH for v in gains]
    if kind == "smooth gains":
        gains = [v + 0.1 * torch.sin(place / 8) for v in gains]
    return structures(gains, matrices)


@pytest.mark.parametrize("kind", ORDERED)
def test_an_order_is_seen(kind: str) -> None:
    assert all(Structure.ORDER in model(kind, seed) for seed in range(20))


@pytest.mark.parametrize("kind", GROUPED)
def test_groups_are_seen(kind: str) -> None:
    assert all(Structure.GROUPS in model(kind, seed) for seed in range(20))


@pytest.mark.parametrize("kind", FREE)
def test_free_labels_are_left_alone(kind: str) -> None:
    """Two of a pair must both show it; one in twenty alone would be one pair in four hundred."""
    assert sum(bool(model(kind, seed)) for seed in range(40)) <= 2


def reserved(kind: str, seed: int) -> torch.Tensor:
    """A hundred reserved rows, in a basis of their own."""
    g = torch.Generator().manual_seed(seed)
    rows, number = torch.randn(100, 128, generator=g), torch.arange(100)
    if kind == "pieces":
        digits = torch.randn(10, 128, generator=g)
        rows = digits[number // 10] + digits[number % 10] * 0.7 + 0.05 * rows
    if kind == "number":
        rows = torch.stack([torch.sin(number / (3 + k)) for k in range(128)], 1) + 0.05 * rows
        rows = rows @ torch.linalg.qr(torch.randn(128, 128, generator=g))[0]
    return rows


@pytest.mark.parametrize("kind", ["pieces", "number"])
def test_rows_that_follow_their_names_or_numbers_are_not_tested(kind: str) -> None:
    found = reserved_rows(reserved(kind, 1), reserved(kind, 2))
    assert not isinstance(found, ReservedAgreement)


def test_rows_that_were_drawn_still_are() -> None:
    same = reserved_rows(reserved("plain", 1), reserved("plain", 1) + 0.01 * reserved("plain", 2))
    assert isinstance(same, ReservedAgreement)
    assert same.agreeing == same.tested


def test_a_column_of_one_weight_has_no_say() -> None:
    """Of nearly empty columns two that hold one value each at one place would agree wholly."""
    g = torch.Generator().manual_seed(0)
    worst = 0.0
    for _ in range(400):
        sides = []
        for _ in range(2):
            x = torch.zeros(64, 96)
            x[torch.randint(64, (96,), generator=g), torch.arange(96)] = 1.0
            sides.append(x)
        scores = column_scores(*sides)
        assert scores is not None
        found = aligned(scores)
        worst = min(worst, getattr(getattr(found, "permutation", None), "log10_p", 0.0))
    assert worst > -3
