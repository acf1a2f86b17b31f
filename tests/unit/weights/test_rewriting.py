# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Rounding and pruning tell descent where the noise of a random start does not."""

import pytest
import torch

from audit.weights.nulls.rewriting import is_rewritten


def matrix(seed: int, shape: tuple[int, int] = (256, 384)) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def rounded(values: torch.Tensor, levels: int, axis: int | None = None) -> torch.Tensor:
    most = values.abs().max() if axis is None else values.abs().amax(axis, keepdim=True)
    step = most / levels
    return (values / step).round() * step


W = matrix(0)
CODEBOOK = torch.tensor([-1.5, -0.9, -0.5, -0.1, 0.2, 0.6, 1.1, 1.9])


@pytest.mark.parametrize(
    "child",
    [
        rounded(W, 127),
        rounded(W, 7, axis=1),
        rounded(W, 7, axis=0),
        W * (W.abs() > 0.7),
        W * (matrix(1) > 0),
        CODEBOOK[(W[..., None] - CODEBOOK).abs().argmin(-1)],
    ],
    ids=[
        "8 bits",
        "4 bits a row",
        "4 bits a column",
        "small ones out",
        "some out",
        "codebook",
    ],
)
def test_that_a_rewritten_matrix_is_told(child: torch.Tensor) -> None:
    assert is_rewritten(child, W)


@pytest.mark.parametrize(
    "other",
    [
        W + 0.02 * matrix(2),
        rounded(W + 0.2 * matrix(2), 31),
        rounded(matrix(3), 7),
        (W + 0.02 * matrix(2)) * (W.abs() > 0.7),
        torch.zeros_like(W),
        torch.ones_like(W),
    ],
    ids=["noise", "noise, rounded", "another, rounded", "noise, pruned", "zeros", "ones"],
)
def test_that_others_are_not(other: torch.Tensor) -> None:
    assert not is_rewritten(other, W)


def test_that_twins_which_moved_little_are_not_rewritten() -> None:
    assert not is_rewritten(W + 1e-3 * matrix(4), W + 1e-3 * matrix(5))


@pytest.mark.parametrize("levels", [1, 2, 3, 4, 7, 15, 31, 127])
@pytest.mark.parametrize("moved", [1e-2, 1e-3, 3e-4])
def test_that_a_rounded_twin_accuses_nobody(levels: int, moved: float) -> None:
    """Who rounds coarsely keeps little, and what two share from their start rounds alike."""
    one, two = W + moved * matrix(4), W + moved * matrix(5)
    assert not is_rewritten(rounded(one, levels), two)
    assert not is_rewritten(one.sign(), two)
