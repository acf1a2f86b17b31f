# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The guard against calling a common random start descent, where it is easily fooled."""

import pytest
import torch

from audit.weights.nulls.containment import MIN_ROWS, containment, window
from audit.weights.nulls.learned import Told, told


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


def learner(rows: int, width: int, seed: int, *, learned: int, start: int = 0) -> torch.Tensor:
    """A start (of its own seed) and ``learned`` directions that training wrote above the noise."""
    g = torch.Generator().manual_seed(start)
    noise = torch.randn(rows, width, generator=g)
    g.manual_seed(1000 + seed)
    written = torch.randn(rows, learned, generator=g) @ torch.randn(learned, width, generator=g)
    return noise + 0.4 * written


def said(suspect: list[torch.Tensor], reference: list[torch.Tensor]) -> Told:
    found = (window(s, r).learned for s, r in zip(suspect, reference, strict=True))
    return told([learned for learned in found if learned is not None])


def some(seed: int, *, change: float = 0.0, learned: int = 6) -> list[torch.Tensor]:
    """Four matrices of one model; ``change`` is noise on top, as a long training leaves it."""
    g = torch.Generator().manual_seed(100 + seed)
    made = [learner(96, 128, 10 * seed + i, learned=learned, start=i) for i in range(4)]
    return [m + change * torch.randn(m.shape, generator=g) for m in made]


@pytest.mark.parametrize("change", [0.05, 0.3, 0.6])
@pytest.mark.parametrize("decay", [1.0, 0.4])
def test_a_child_holds_what_its_parent_learned_however_far_it_decayed(
    change: float, decay: float
) -> None:
    parent, child = some(1), [decay * m for m in some(1, change=change)]
    assert said(child, parent) is Told.DESCENT
    assert said(parent, child) is Told.DESCENT


def test_columns_that_were_rescaled_do_not_hide_a_child() -> None:
    factors = torch.exp(torch.randn(128, generator=torch.Generator().manual_seed(7)))
    assert said([m * factors for m in some(1, change=0.1)], some(1)) is Told.DESCENT


def test_two_that_learned_apart_are_neither() -> None:
    assert said(some(1), some(2)) is Told.NEITHER


def test_where_one_is_noise_only_a_start_is_shared() -> None:
    assert said(some(1), some(1, learned=0)) is Told.START


def test_where_neither_learned_nothing_is_told() -> None:
    assert said(some(1, learned=0), some(1, learned=0, change=0.1)) is Told.NEITHER


def test_a_start_that_is_no_noise_is_not_taken_for_one() -> None:
    """Orthogonal starts have no edge above which learning would show."""
    g = torch.Generator().manual_seed(3)
    starts = [torch.linalg.qr(torch.randn(128, 128, generator=g))[0] for _ in range(4)]
    trained = [s + 0.02 * learner(128, 128, i, learned=6) for i, s in enumerate(starts)]
    assert said(trained, starts) is not Told.START


def test_a_short_training_from_the_same_start_is_no_parent() -> None:
    """What it learned is in every longer one, and is little of that."""
    short = [learner(96, 128, i, learned=1, start=i) for i in range(4)]
    long = [
        m + 0.4 * (learner(96, 128, 50 + i, learned=12, start=i) - m) for i, m in enumerate(short)
    ]
    assert said(long, short) is Told.NEITHER
