# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How many threads compute: one where models are not wide, and the caller's own afterwards."""

from pathlib import Path

import pytest
import torch

from audit.inventory import take_inventory
from audit.lineage import several
from audit.lineage.several import compare
from audit.sources.names import resolve
from audit.weights.model import devices
from tests.tiny_repo import make_repo


@pytest.mark.parametrize(("wide", "threads"), [(2048, 1), (1, 3)])
def test_small_models_are_compared_on_one_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wide: int, threads: int
) -> None:
    monkeypatch.setattr(devices, "_WIDE", wide)
    seen: list[int] = []
    both = [
        take_inventory(resolve(str(make_repo(tmp_path / n, seed=i)))) for i, n in enumerate("ab")
    ]
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        compare(*both, keep=lambda *_: seen.append(torch.get_num_threads()))
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
    assert seen == [threads]


def test_a_wide_pair_after_a_small_one_has_all_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder may hold several models, each of which is compared by itself."""
    seen: list[int] = []

    def small(*_: object, **__: object) -> None:
        seen.append(torch.get_num_threads())
        torch.set_num_threads(1)

    monkeypatch.setattr(several, "compare_models", small)
    monkeypatch.setattr(several, "of_folders", lambda one, *both, **_: [one(*both), one(*both)])
    both = [take_inventory(resolve(str(make_repo(tmp_path / name)))) for name in "ab"]
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        compare(*both)
    finally:
        torch.set_num_threads(before)
    assert seen == [3, 3]


@pytest.mark.parametrize(
    ("widths", "one"), [((64, 64), True), ((64, 4096), False), ((None, 64), False)]
)
def test_a_width_that_is_not_known_is_not_small(widths: tuple[int | None, ...], one: bool) -> None:
    with devices.own_threads():
        torch.set_num_threads(3)
        devices.prepare("cpu", widths)
        assert (torch.get_num_threads() == 1) is one
