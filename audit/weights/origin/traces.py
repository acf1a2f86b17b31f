# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads what a change left behind in each pair of tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from audit.weights.model.checkpoint import units
from audit.weights.model.slots import Slot
from audit.weights.origin.adapter import residual_rank
from audit.weights.origin.grid import MANTISSA_BITS, Grid, grid
from audit.weights.origin.trace import Trace, cosine
from audit.weights.origin.zeros import two_of_four, zero_share
from audit.weights.pairing.pairs import Pairing

if TYPE_CHECKING:
    from torch import Tensor

    from audit.weights.pairing.pairs import Block


def read_traces(pairing: Pairing) -> tuple[Trace, ...]:
    """Read the sampled pairs that have the same units on both sides."""
    return tuple(_traces(pairing))


def _traces(pairing: Pairing) -> Iterator[Trace]:
    for pair in pairing.sampled:
        if units(pair.suspect) != units(pair.reference) and pair.suspect.layer is not None:
            continue
        block = pairing.block(pair)
        if block.suspect.numel():
            yield trace(block)


def trace(block: Block) -> Trace:
    """Measure one window."""
    pair, s, r = block.pair, block.suspect, block.reference
    equal = block.identical == s.numel()
    correlation = cosine(s, r)
    if equal or pair.is_vector:
        return Trace(pair=pair, equal=equal, correlation=correlation, full=min(s.shape))
    w_s, w_r = stored(block)
    types = _value_type(pair.suspect), _value_type(pair.reference)
    found = grid(w_s, types[0])
    zeros = zero_share(s), zero_share(r)
    return Trace(
        pair=pair,
        equal=False,
        correlation=correlation,
        full=min(s.shape),
        rank=residual_rank(s, r, types[0]),
        zeros=zeros,
        kept=_kept(s, r),
        fours=two_of_four(w_s),
        grids=(found, grid(w_r, types[1])),
        within=_within(w_s, w_r, found),
    )


def _value_type(slot: Slot) -> str:
    """The type whose rounding the values carry: codes are handed out as float32."""
    return slot.header.dtype if slot.header.dtype in MANTISSA_BITS else "F32"


def stored(block: Block) -> tuple[Tensor, Tensor]:
    """Return both matrices with the axis along which values share a scale (input) last.

    Readers have the residual stream as input, writers as output; ``hidden_axis`` tells
    them apart where matrices are stored as (output, input).
    """
    if block.pair.suspect.hidden_axis == 0:
        return block.suspect.T, block.reference.T
    return block.suspect, block.reference


def _kept(s: Tensor, r: Tensor) -> float:
    others = s != 0
    count = int(others.sum())
    return int((s == r)[others].sum()) / count if count else 0.0


def _within(s: Tensor, r: Tensor, found: Grid | None) -> float:
    """Share of values that the grid's rounding explains."""
    if found is None:
        return 0.0
    size = found.group or s.shape[1]
    columns = s.shape[1] // size * size
    groups_s, groups_r = s[:, :columns].reshape(-1, size), r[:, :columns].reshape(-1, size)
    span = groups_s.amax(1, keepdim=True) - groups_s.amin(1, keepdim=True)
    step = span / max(1, found.levels - 1)
    return float(((groups_s - groups_r).abs() <= 0.6 * step).double().mean())
