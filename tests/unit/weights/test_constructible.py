# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Tensors that anybody would write down the same carry no evidence."""

import math

import pytest
import torch

from audit.weights.model.constructible import constructible


def sinusoids(positions: int, width: int) -> torch.Tensor:
    """The position table of Vaswani et al. 2017, section 3.5."""
    p = torch.arange(positions)[:, None]
    f = torch.exp(-math.log(10000) * torch.arange(0, width, 2) / width)
    return torch.stack([torch.sin(p * f), torch.cos(p * f)], dim=2).reshape(positions, width)


@pytest.mark.parametrize(
    "table",
    [
        torch.zeros(8, 16),
        torch.ones(1, 32),
        torch.eye(20),
        torch.tril(torch.ones(16, 16)),
        sinusoids(64, 32),
        sinusoids(512, 64),
        torch.arange(64.0).reshape(1, 64),
        torch.hann_window(128).reshape(128, 1),
    ],
)
def test_written_down_tables_are_recognised(table: torch.Tensor) -> None:
    assert constructible(table) is not None


@pytest.mark.parametrize("seed", range(5))
def test_random_and_noisy_tables_are_not(seed: int) -> None:
    g = torch.Generator().manual_seed(seed)
    assert constructible(torch.randn(64, 32, generator=g)) is None
    assert constructible(torch.randn(1, 32, generator=g)) is None
    noisy = sinusoids(64, 32) + 0.05 * torch.randn(64, 32, generator=g)
    assert constructible(noisy) is None
