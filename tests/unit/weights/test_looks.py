# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What costs a whole large tensor is read only where the rest leaves a part open; answers stay."""

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.record.weights import Comparison, Relation
from audit.weights.comparison import compare
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.slots import Slot
from audit.weights.pairing import block
from tests.unit.weights.models import Tensors, child, llama, save

WRITERS = ("o_proj", "down_proj")


def both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suspect: Tensors, reference: Tensors
) -> tuple[Comparison, Comparison, set[str]]:
    """Compare as large models are compared and as small ones are; which writers the first read."""
    sides = save(tmp_path / "suspect", suspect), save(tmp_path / "reference", reference)
    small, read = compare(*sides), set[str]()
    rows = Checkpoint.rows

    def noted(self: Checkpoint, slot: Slot, start: int, stop: int) -> object:
        read.update(w for w in WRITERS if w in slot.header.name)
        return rows(self, slot, start, stop)

    monkeypatch.setattr(block, "MAX_STRIDED", 1)
    monkeypatch.setattr(Checkpoint, "rows", noted)
    return compare(*sides), small, read


def mixed(writers: Tensors, others: Tensors) -> Tensors:
    return {name: (writers if any(w in name for w in WRITERS) else others)[name] for name in others}


def test_a_child_is_found_without_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large, small, read = both(tmp_path, monkeypatch, child(llama(1), noise=0.5), llama(1))
    assert large.relation is small.relation is Relation.DERIVED
    assert not read
    assert any("columns of the file were not read" in limit for limit in large.limits)
    assert not any("columns of the file were not read" in limit for limit in small.limits)
    assert large.bytes_read < small.bytes_read


CASES: dict[str, Callable[[], Tensors]] = {
    "independent": lambda: llama(2),
    "only what is costly is the reference's": lambda: mixed(child(llama(1), noise=0.3), llama(2)),
    "only what is costly is its own": lambda: mixed(llama(2), llama(1)),
    "an equal copy": lambda: llama(1),
    "hardly anything left": lambda: child(llama(1), noise=3.0),
}


@pytest.mark.parametrize("case", CASES)
def test_an_open_part_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    large, small, read = both(tmp_path, monkeypatch, CASES[case](), llama(1))
    assert read == set(WRITERS)
    assert large.relation is small.relation
    assert [(c.name, c.relation) for c in large.components] == [
        (c.name, c.relation) for c in small.components
    ]
    assert not any("columns of the file were not read" in limit for limit in large.limits)


def test_both_looks_are_corrected_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large, small, _ = both(tmp_path, monkeypatch, llama(2), llama(1))
    for component, other in zip(large.components, small.components, strict=True):
        assert component.log10_p is not None
        assert other.log10_p is not None
        assert component.log10_p >= other.log10_p
