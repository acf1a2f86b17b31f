# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Under independence the p-values of every test are uniform, or larger."""

import math

import pytest
import torch

from audit.record.absent import Absent
from audit.weights.nulls.alignment import aligned
from audit.weights.nulls.columns import Scores, unit_columns
from audit.weights.nulls.permutation import permutation_moments

PAIRS = 400


def kolmogorov_smirnov(values: list[float]) -> float:
    """Asymptotic p-value of the one-sample test against the uniform distribution."""
    n = len(values)
    ordered = sorted(values)
    distance = max(max((i + 1) / n - v, v - i / n) for i, v in enumerate(ordered))
    x = (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * distance
    return min(1.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * k * k * x * x) for k in range(1, 50)))


def heavy(g: torch.Generator) -> torch.Tensor:
    """Independent weights with outlier dimensions, row means and heavy tails."""
    block = torch.randn(96, 64, generator=g) / torch.rand(96, 1, generator=g).clamp_min(0.2)
    block[:, torch.randint(64, (3,), generator=g)] *= 25
    return block + torch.randn(96, 1, generator=g)


def test_aligned_weights_is_uniform_on_heavy_tailed_independent_matrices() -> None:
    g = torch.Generator().manual_seed(2026)
    p = []
    for _ in range(PAIRS):
        x, y = unit_columns(heavy(g)), unit_columns(heavy(g))
        found = aligned(Scores(values=x.T @ y))
        assert not isinstance(found, Absent)
        p.append(10**found.permutation.log10_p)
    assert kolmogorov_smirnov(p) > 0.01
    assert min(p) > 1e-5


def test_power_matches_theory() -> None:
    """z = rho * sqrt(N) for N weights with correlation rho (N = rows x width)."""
    g = torch.Generator().manual_seed(3)
    for rho in (0.01, 0.02, 0.05):
        z = []
        for _ in range(10):
            a = torch.randn(512, 256, generator=g)
            b = rho * a + math.sqrt(1 - rho**2) * torch.randn(512, 256, generator=g)
            z.append(permutation_moments(unit_columns(a).T @ unit_columns(b)).z)
        assert sum(z) / len(z) == pytest.approx(rho * math.sqrt(512 * 256), abs=1.2)


def test_the_uniformity_check_can_fail() -> None:
    assert kolmogorov_smirnov([(i / PAIRS) ** 2 for i in range(PAIRS)]) < 0.01
