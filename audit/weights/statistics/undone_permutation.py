# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, undone permutation: whether the layers agree once a relabelling is undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.alignment import Block
from audit.weights.checkpoint import units
from audit.weights.nulls import Permutation, permutation_moments, together
from audit.weights.statistics.aligned_weights import unit_columns
from audit.weights.statistics.embedding_agreement import ColumnMap

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1

Group = tuple[int | None, int | None, str, int]
"""Layer, expert, kind of row, and head or number: rows of one group are permuted together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneAgreement:
    """``correlation`` of corresponding rows after undoing the map; roles it was seen in."""

    permutation: Permutation
    correlation: float
    deviation: float
    rows: int
    roles: tuple[str, ...]


def undone_permutation(blocks: Iterable[Block], found: ColumnMap) -> UndoneAgreement | str:
    r"""Test rows of feed-forward and value matrices after relabelling the residual axis.

    Returns a sentence instead of a result when no matrix has exchangeable rows.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the neurons of one feed-forward
    layer, and the value dimensions inside one head, are exchangeable. The map comes from
    the embeddings alone, so any map leaves this null intact.
    **Statistic.** Sum of inner products of corresponding rows, columns relabelled and
    signs flipped as the map says; rows permuted within a layer (or head), those of gate and
    up together.
    **p-value.** Exact permutation mean and variance, layers and heads independent,
    normal tail.
    **Detects.** Hidden dimensions permuted or sign-flipped to hide a copy.
    **Blind to.** Rotations, and matrices whose rows were also reordered.
    """
    scores: dict[Group, Tensor] = {}
    rows = 0
    roles: set[str] = set()
    for block in blocks:
        x, y = _undo(block, found)
        for group, piece_x, piece_y in _exchangeable(block, x, y):
            part = piece_x @ piece_y.T
            scores[group] = scores[group] + part if group in scores else part
            rows += piece_x.shape[0]
            roles.add(block.pair.role)
    parts = [permutation_moments(total) for total in scores.values()]
    if not parts:
        return "no matrix has rows that are exchangeable"
    joint = together(parts)
    return UndoneAgreement(
        permutation=joint,
        correlation=joint.agreement(rows),
        deviation=joint.deviation(rows),
        rows=rows,
        roles=tuple(sorted(roles)),
    )


def _undo(block: Block, found: ColumnMap) -> tuple[Tensor, Tensor]:
    """Bring the reference's columns into the suspect's order; unit columns, then unit rows."""
    x = unit_columns(block.suspect)
    y = unit_columns(block.reference)[:, found.partner] * found.sign
    return _unit_rows(x), _unit_rows(y)


def _unit_rows(block: Tensor) -> Tensor:
    centred = block - block.mean(1, keepdim=True)
    unit: Tensor = centred / centred.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return unit


def _exchangeable(block: Block, x: Tensor, y: Tensor) -> list[tuple[Group, Tensor, Tensor]]:
    """Split into groups of rows that may be permuted among themselves.

    Gate and up of one layer share their neurons, and so their group.
    """
    slot = block.pair.suspect
    if block.dropped or x.shape[0] < 8:
        return []
    if slot.neuron_rows:
        return [((slot.layer, slot.expert, "neurons", x.shape[0]), x, y)]
    heads = slot.value_heads
    if not heads or units(slot) % heads or units(slot) < 2 * heads:
        return []
    size = units(slot) // heads
    return [
        (
            (slot.layer, slot.expert, block.pair.role, h),
            x[h * size : (h + 1) * size],
            y[h * size : (h + 1) * size],
        )
        for h in range(x.shape[0] // size)
    ]
