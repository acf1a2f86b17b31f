# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a change left behind in one pair of tensors: read once, classified by the detectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.origin.grid import Grid
from audit.weights.pairing.block import Pair

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One window of a pair; suspect first in every tuple.

    ``equal``: every value, at the coarser stored type. ``correlation``: cosine of all
    values. ``rank`` of the difference out of ``full``, ``None`` where it is equal or a
    vector. ``zeros``: share of zeros. ``kept``: share of the suspect's other values that are
    the reference's. ``fours``: at least two zeros in all runs of four. ``grids``: where
    values are equally spaced. ``within``: share of values that moved by half a step at most.
    """

    pair: Pair
    equal: bool
    correlation: float
    full: int
    rank: int | None = None
    zeros: tuple[float, float] = (0.0, 0.0)
    kept: float = 0.0
    fours: bool = False
    grids: tuple[Grid | None, Grid | None] = (None, None)
    within: float = 0.0


def cosine(a: Tensor, b: Tensor) -> float:
    """Cosine of two tensors as vectors, 0 where one is zero."""
    x, y = a.double().flatten(), b.double().flatten()
    size = float(x.norm() * y.norm())
    return float(x @ y) / size if size > 0 else 0.0
