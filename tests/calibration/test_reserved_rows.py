# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Rows of never-trained tokens: the bound holds under the null, and what it takes to see them."""

import math

import pytest
import torch

from audit.record.absent import Absent
from audit.weights.statistics.reserved_rows import ReservedAgreement, reserved_rows

PAIRS, ROWS, WIDTH = 500, 64, 48


def start(g: torch.Generator, rows: int = ROWS) -> torch.Tensor:
    return torch.randn(rows, WIDTH, generator=g) * 0.02


def drifted(g: torch.Generator) -> torch.Tensor:
    """An own start; a drift, outlier dimensions and lengths that all models have in common."""
    common = torch.Generator().manual_seed(7)
    rows = start(g) * torch.exp(0.2 * torch.randn(ROWS, 1, generator=g))
    rows[:, :3] *= 20
    return rows + 0.05 * torch.randn(1, WIDTH, generator=common)


def disguised(rows: torch.Tensor, g: torch.Generator, noise: float) -> torch.Tensor:
    """Noise of so many standard deviations, then an orthogonal change of basis and a scale."""
    noisy = rows + noise * rows.std() * torch.randn(rows.shape, generator=g)
    basis: torch.Tensor = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=g))[0]
    return 3 * noisy @ basis


def computed(found: ReservedAgreement | Absent) -> ReservedAgreement:
    assert isinstance(found, ReservedAgreement), found
    return found


def test_rows_that_drift_alike_in_all_models_are_no_draw() -> None:
    g = torch.Generator().manual_seed(11)
    found = reserved_rows(drifted(g), drifted(g))
    assert isinstance(found, Absent)
    assert "no plain random draw" in found.reason


@pytest.mark.parametrize("make", [start])
def test_rows_of_independent_models_agree_once_on_average(make) -> None:  # type: ignore[no-untyped-def]
    """Under exchangeable labels the expected count is one, whatever the rows look like."""
    g = torch.Generator().manual_seed(11)
    counts = [computed(reserved_rows(make(g), make(g))).agreeing for _ in range(PAIRS)]
    mean = sum(counts) / PAIRS
    spread = math.sqrt(sum((c - mean) ** 2 for c in counts) / PAIRS)
    assert mean == pytest.approx(1, abs=4 * spread / math.sqrt(PAIRS))
    for k in range(1, 8):
        share = sum(c >= k for c in counts) / PAIRS
        bound = 1 / math.factorial(k)
        assert share <= bound + 4 * math.sqrt(bound / PAIRS)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_a_common_start_is_seen_in_another_basis(noise: float) -> None:
    g = torch.Generator().manual_seed(5)
    parent = start(g)
    found = computed(reserved_rows(disguised(parent, g, noise), parent))
    assert found.tested == ROWS // 2
    assert found.log10_p < -9


def test_rows_that_training_used_after_all_are_left_out() -> None:
    """Two tokens of the reserve that both models trained alike must not speak for the rest."""
    g = torch.Generator().manual_seed(6)
    mine, theirs = start(g), start(g)
    used = torch.randn(2, WIDTH, generator=g)
    mine[[3, 9]], theirs[[3, 9]] = used, used
    found = computed(reserved_rows(mine, theirs))
    assert found.rows <= ROWS - 2
    assert found.log10_p > -2


def test_rows_that_say_nothing_are_named() -> None:
    g = torch.Generator().manual_seed(8)
    usual = start(g)
    assert "constructed" in str(reserved_rows(torch.zeros(ROWS, WIDTH), usual))
    assert "only 8" in str(reserved_rows(start(g, 8), start(g, 8)))
    repeated = torch.randn(1, WIDTH, generator=g).expand(ROWS, WIDTH)
    assert "constructed" in str(reserved_rows(repeated, usual))
    halved = torch.cat([usual[:32], usual[:32]])
    assert "only 0" in str(reserved_rows(halved, usual))
    rounding = repeated + 1e-4 * torch.randn(ROWS, WIDTH, generator=g)
    assert "nearly identical" in str(reserved_rows(rounding, usual))
    broken = usual.clone()
    broken[:60] = float("nan")
    assert "only 4" in str(reserved_rows(broken, usual))
