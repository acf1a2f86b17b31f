# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, undone permutation: whether rows agree once a map of the residual dimensions is applied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from audit.weights.model.checkpoint import units
from audit.weights.nulls.permutation import Permutation, permutation_moments, together
from audit.weights.pairing.pairs import Block
from audit.weights.statistics.aligned_weights import unit_columns
from audit.weights.statistics.monotone_matching import MonotoneMatch

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 2
MIN_ROWS = 8

Group = tuple[int | None, int | None, str, int]
"""Layer, expert, kind of row, and head or number: rows of one group are permuted together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneAgreement:
    """Agreement of corresponding units (rows, heads, experts) after the map is applied.

    ``correlation`` is corrected for chance, ``units`` counts what was permuted, ``roles``
    names the tensor roles that took part.
    """

    permutation: Permutation
    correlation: float
    deviation: float
    units: int
    roles: tuple[str, ...]


class Undoable(Protocol):
    """A map of the residual dimensions of both models to common ones."""

    def undo(self, suspect: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
        """Return both blocks in the common dimensions."""


def undone_permutation(
    blocks: Iterable[Block], found: MonotoneMatch | Undoable
) -> UndoneAgreement | str:
    r"""Test rows of feed-forward and value matrices after relabelling the residual axis.

    Returns a sentence instead of a result when no matrix has exchangeable rows.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the neurons of one feed-forward
    layer, and the value dimensions inside one head, are exchangeable. The map comes from
    the embeddings (or the output head, or the router) alone, so any map leaves this null
    intact; the two widths may differ.
    **Statistic.** Sum of inner products of corresponding rows, columns relabelled and
    signs flipped as the map says; rows permuted within a layer (or head), those of gate and
    up together.
    **p-value.** Exact permutation mean and variance, layers and heads independent,
    normal tail.
    **Detects.** Hidden dimensions permuted, sign-flipped or pruned.
    **Blind to.** Rotations, and matrices whose rows were also reordered.
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


def joint(parts: list[Permutation], most: float, roles: set[str]) -> UndoneAgreement | str:
    """Add independent groups; ``most`` is the sum that equal models would reach."""
    if not parts or most <= 0:
        return "no matrix has units that are exchangeable in both models"
    total = together(parts)
    return UndoneAgreement(
        permutation=total,
        correlation=total.agreement(most),
        deviation=total.deviation(most),
        units=round(most),
        roles=tuple(sorted(roles)),
    )


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
