# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The shared-initialisation guard: whether what training wrote is shared, or only a start."""

from __future__ import annotations

from dataclasses import dataclass, field

from audit.weights.nulls.containment import Levels
from audit.weights.pairing.pairs import Block, Pairing
from audit.weights.statistics.interface import Fold
from audit.weights.statistics.seen import Contained, Seen, outside


def shared_start(pairing: Pairing) -> Fold | None:
    r"""Note of every window what each side learned, and how much of it is in the other.

    Notes
    -----
    **Reading.** See :func:`audit.weights.nulls.learned.told`. That one side contains the other
    does not tell: weight decay shrinks a parent inside its child, and two trainings that moved
    little contain each other.
    **Not a test.** It has no p-value; it only decides how an established dependence is
    called: descent, a common start, or either.
    """
    return None if pairing.across else _Noting()


@dataclass(slots=True)
class _Noting:
    levels: Levels = field(default_factory=Levels)

    def see(self, block: Block) -> None:
        if not block.pair.is_vector and block.suspect.numel():
            part = block.pair.component
            name = part if block.is_layer else outside(part)
            self.levels.note(name, block.suspect, block.reference)

    def done(self) -> Seen:
        return Seen(values=(Contained(levels=self.levels.told()),))
