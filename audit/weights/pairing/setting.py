# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What every measurement of one comparison shares: two models, described and opened."""

from __future__ import annotations

from dataclasses import dataclass

from audit.inventory import Inventory
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.layout import Layout
from audit.weights.pairing.alignment import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The suspect first, the reference second, in every tuple.

    ``pairs`` are the tensors that correspond by role and place; ``seed`` draws every split;
    ``device`` is where tensors are computed on (``"cpu"`` or ``"cuda"``). ``controls`` are
    models that are known to be independent of both.
    """

    inventories: tuple[Inventory, Inventory]
    layouts: tuple[Layout, Layout]
    checkpoints: tuple[Checkpoint, Checkpoint]
    pairs: tuple[Pair, ...] = ()
    seed: int = 0
    device: str = "cpu"
    controls: tuple[Inventory, ...] = ()

    @property
    def labelled_axis(self) -> str | None:
        """Why residual dimensions are distinguishable in one of the models, or ``None``."""
        return next((x.labelled_axis for x in self.layouts if x.labelled_axis), None)

    @property
    def across(self) -> bool:
        """Whether the residual streams differ in width."""
        return self.layouts[0].width != self.layouts[1].width

    @property
    def bytes_read(self) -> int:
        """Bytes read from both models so far."""
        return sum(checkpoint.bytes_read for checkpoint in self.checkpoints)
