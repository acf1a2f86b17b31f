# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Vocabulary changes are judged by token strings, and by values where strings were renamed."""

import json
from pathlib import Path

import pytest
import torch

from audit.inventory import Inventory, take_inventory
from audit.record.weights import Comparison
from audit.sources.names import resolve
from audit.weights.comparison import compare
from tests.forensics import recipes
from tests.zoo import zoo_path

KEPT = 0.4


def made(folder: Path, *, renamed: float, drawn: float) -> Comparison:
    """Shuffle rows with their strings; rename and draw anew shares of them."""
    parent = zoo_path("base")
    tensors = recipes.load(parent)
    count = tensors[recipes.EMBED].shape[0]
    random = torch.Generator().manual_seed(3)
    order = torch.randperm(count, generator=random)
    new = torch.arange(count) < drawn * count
    for name in {recipes.EMBED, "lm_head.weight"} & tensors.keys():
        table = tensors[name][order]
        fresh = torch.randn(table.shape, generator=random) * table.float().std()
        tensors[name] = torch.where(new[:, None], fresh.to(table.dtype), table)
    recipes.save(tensors, parent, folder)
    ids = json.loads((folder / "vocab.json").read_text("utf-8"))
    strings = sorted(ids, key=lambda s: int(ids[s]))
    moved = {
        f"<other {i}>" if i < renamed * count else strings[old]: i
        for i, old in enumerate(order.tolist())
    }
    (folder / "vocab.json").write_text(json.dumps(moved), "utf-8")
    child: Inventory = take_inventory(resolve(str(folder)))
    return compare(child, take_inventory(resolve(str(parent))))


@pytest.mark.parametrize(
    ("renamed", "drawn", "kind"),
    [
        (0.0, 0.0, "vocabulary-reordered"),
        (1.0, 0.0, "vocabulary-reordered"),
        (1 - KEPT, 1 - KEPT, "vocabulary-swapped"),
        (1.0, 1.0, "vocabulary-swapped"),
    ],
)
def test_rows_follow_their_strings(tmp_path: Path, renamed: float, drawn: float, kind: str) -> None:
    found = made(tmp_path / "child", renamed=renamed, drawn=drawn)
    assert found.kind is not None, found.summary
    assert found.kind.kind.value == kind, found.kind.sentence
    assert found.direction is None
