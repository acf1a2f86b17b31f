# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Units of one layer found in another: cuts, repeats, signs, and neighbours that are no copies."""

import pytest

from audit.weights.origin.units import in_place, unit_map

torch = pytest.importorskip("torch")


def neurons(count: int, *, alike: float = 0.6, seed: int = 0) -> "torch.Tensor":
    """Neurons of two roles that resemble each other: all share a part of their direction."""
    random = torch.Generator().manual_seed(seed)
    common = torch.randn(1, 2, 64, generator=random)
    return alike * common + torch.randn(count, 2, 64, generator=random)


def test_neighbours_are_no_copies() -> None:
    whole = neurons(200)
    found = unit_map(whole[::2], whole)
    assert (found.found, found.ordered, found.copies) == (1.0, 1.0, 0.0)


def test_repeats_are_copies_under_noise() -> None:
    parent = neurons(100)
    random = torch.Generator().manual_seed(1)
    wider = torch.cat([parent, parent + 0.2 * torch.randn(parent.shape, generator=random)])
    assert unit_map(parent, wider).copies == 1.0


def test_a_sign_moved_from_one_role_to_another_hides_nothing() -> None:
    parent = neurons(100)
    sign = torch.ones(100, 2, 1)
    sign[::2, 1] = -1
    order = torch.randperm(100, generator=torch.Generator().manual_seed(2))
    found = unit_map((parent * sign)[order], parent)
    assert found.found == 1.0
    assert not found.stay


def test_independent_units_are_not_found() -> None:
    assert unit_map(neurons(100, alike=0.0), neurons(150, alike=0.0, seed=3)).found < 0.9


def test_more_units_than_are_matched_at_once() -> None:
    whole = neurons(1500, alike=0.0)
    found = unit_map(whole[:1200], whole)
    assert found.found == 1.0
    assert found.stay


def test_units_in_place_need_no_search_and_moved_ones_get_it() -> None:
    generator = torch.Generator().manual_seed(3)
    mine = torch.randn(200, 3, 128, generator=generator)
    shared = torch.randn(1, 3, 128, generator=generator)
    noise = torch.randn(200, 3, 128, generator=generator)
    order = torch.randperm(200, generator=generator)
    half = torch.cat((torch.arange(100), 100 + torch.randperm(100, generator=generator)))
    assert in_place(mine, mine + noise)
    assert in_place(mine + 0.5 * shared, mine + 0.5 * shared + 0.5 * noise)
    assert not in_place(mine, mine[order])
    assert not in_place(mine + 2 * shared, (mine + 2 * shared)[order]), "alike, and moved"
    assert not in_place(mine, mine[half])
    assert not in_place(mine, mine.roll(1, 0))
    assert not in_place(mine, noise)
    assert not in_place(mine[:8], mine[:8])
