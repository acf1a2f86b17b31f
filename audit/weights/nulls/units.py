# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Units inside the layers (rows, heads, experts) once a map of the residual dimensions is applied.

The map comes from tables outside the layers. What is exchangeable inside the layers then has
an exact null whatever the map is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from audit import rules
from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.model.checkpoint import units
from audit.weights.nulls.columns import unit_columns
from audit.weights.nulls.matching import MonotoneMatch, monotone_matching
from audit.weights.nulls.permutation import Agreement, Permutation, permutation_moments, together
from audit.weights.pairing.pairs import Block

if TYPE_CHECKING:
    from torch import Tensor

MIN_ROWS = 8
MIN_LOG10_RELABELLINGS = 3.0
"""Fewer orders of heads or experts give no null distribution worth the name."""

Group = tuple[int | None, int | None, str, int]
"""Layer, expert, kind of row, and head or number: rows of one group are permuted together."""


class Undoable(Protocol):
    """A map of the residual dimensions of both models to common ones."""

    def undo(self, suspect: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
        """Return both blocks in the common dimensions."""


def rows_agree(blocks: Iterable[Block], found: MonotoneMatch | Undoable) -> Agreement | Absent:
    """Compare corresponding rows of feed-forward and value matrices in common dimensions.

    Rows are permuted within a layer or head, those of gate and up together.
    """
    scores: dict[Group, Tensor] = {}
    rows = 0
    roles: set[str] = set()
    for block in blocks:
        if block.suspect.shape[0] < MIN_ROWS:
            continue
        x, y = undo(block.suspect, block.reference, found)
        for group, piece_x, piece_y in _exchangeable(block, unit(x), unit(y)):
            part = piece_x @ piece_y.T
            scores[group] = scores[group] + part if group in scores else part
            rows += piece_x.shape[0]
            roles.add(block.pair.role)
    return joint([permutation_moments(s) for s in scores.values()], rows, roles)


def joint(parts: list[Permutation], most: float, roles: set[str]) -> Agreement | Absent:
    """Add independent groups; ``most`` is the sum that equal models would reach."""
    if not parts or most <= 0:
        return Absent(Said("no matrix has units that are exchangeable in both models"))
    return Agreement.of(together(parts), most, n=round(most), roles=tuple(sorted(roles)))


def undo(
    suspect: Tensor, reference: Tensor, found: MonotoneMatch | Undoable
) -> tuple[Tensor, Tensor]:
    """Bring the dimensions that the map knows into one order: two (rows, mutual) blocks."""
    if not isinstance(found, MonotoneMatch):
        return found.undo(suspect, reference)
    return suspect[:, found.own], reference[:, found.partner] * found.sign


def unit(block: Tensor) -> Tensor:
    """Unit columns, then centred rows of unit length; what is constant becomes zero."""
    columns = unit_columns(block)
    centred = columns - columns.mean(1, keepdim=True)
    rows: Tensor = centred / centred.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return rows


def _exchangeable(block: Block, x: Tensor, y: Tensor) -> list[tuple[Group, Tensor, Tensor]]:
    """Split into groups of rows that may be permuted among themselves.

    Gate and up of one layer share their neurons, and so their group. Where the numbers of
    rows differ nothing says which row is which.
    """
    slot = block.pair.suspect
    if block.dropped or units(slot) != units(block.pair.reference):
        return []
    if slot.neuron_rows:
        return [((slot.layer, slot.expert, "neurons", x.shape[0]), x, y)]
    heads = slot.value_heads
    if not heads or heads != block.pair.reference.value_heads:
        return []
    if units(slot) % heads or units(slot) < 2 * heads:
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


def corresponding(block: Block, found: MonotoneMatch | Undoable) -> tuple[Tensor, Tensor]:
    """Rows of a block in the common dimensions: where they stand, else as they match."""
    x, y = undo(block.suspect, block.reference, found)
    scores = unit(x) @ unit(y).T
    if permutation_moments(scores).z < rules.weight_thresholds().min_in_place_z:
        rows = monotone_matching(scores)
        x, y = x[rows.own], y[rows.partner]
    return x, y
