# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The guard against calling a common random start descent, where it is easily fooled."""

import pytest
import torch

from audit.weights.nulls.containment import MIN_ROWS, containment


def twins(rows: int, correlation: float) -> float:
    """Containment of two trainings from one start, as far apart as ``correlation`` says."""
    g = torch.Generator().manual_seed(rows)
    start = torch.randn(rows, 256, generator=g)
    apart = [torch.randn(rows, 256, generator=g) for _ in range(2)]
    size = (1 / correlation - 1) ** 0.5
    return containment(start + size * apart[0], start + size * apart[1])


@pytest.mark.parametrize("rows", [MIN_ROWS, 64, 512])
def test_enough_rows_keep_two_trainings_apart_from_descent(rows: int) -> None:
    assert twins(rows, 0.42) < 0.55


def test_a_handful_of_rows_would_not() -> None:
    """Why blocks of fewer rows, such as the router's of four experts, are left out."""
    assert twins(4, 0.42) > 0.6
