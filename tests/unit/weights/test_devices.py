# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How many threads compute: one where models are not wide, and the caller's own afterwards."""

from pathlib import Path

import pytest
import torch

from audit.inventory import take_inventory
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
