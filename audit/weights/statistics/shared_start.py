# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The shared-initialisation guard: whether one model contains the other's weights."""

from __future__ import annotations

from dataclasses import dataclass, field

from audit.weights.nulls.containment import Levels
from audit.weights.pairing.pairs import Block, Pairing
from audit.weights.statistics.interface import Fold
from audit.weights.statistics.seen import Contained, Seen


def shared_start(pairing: Pairing) -> Fold | None:
    r"""Estimate which share of one side's weights is still present in the other.

    Notes
    -----
    **Statistic.** Median over the residual dimensions ``j`` of
    :math:`\langle s_j, r_j\rangle / \min(\lVert s_j\rVert^2, \lVert r_j\rVert^2)`, the
    larger of the two regression slopes.
    **Reading.** A child is its parent plus a change that does not depend on it, so one
    slope is near one, whatever was added: noise, continued training, experts. Two
    trainings from one random start both moved away from it, so both slopes are well
    below one. Rescaling columns can only raise the larger slope.
    **Not a test.** It has no p-value; it only decides how an established dependence is
    called. Two children of one parent, both trained for very long, look like a shared
    start too.
    """
    return None if pairing.across else _Noting()


@dataclass(slots=True)
class _Noting:
    levels: Levels = field(default_factory=Levels)

    def see(self, block: Block) -> None:
        if block.is_layer and block.suspect.numel():
            self.levels.note(block.pair.component, block.suspect, block.reference)

    def done(self) -> Seen:
        return Seen(values=(Contained(levels=self.levels.told()),))
