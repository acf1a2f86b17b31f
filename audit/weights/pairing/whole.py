# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whole matrices of a few layers, for tests of heads, experts and pruned neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.slots import Slot
from audit.weights.pairing.pairs import Pair, Pairing, drawn

if TYPE_CHECKING:
    from torch import Tensor

MAX_LAYERS = 4
"""Layers of which whole matrices are read."""
MOST_ROWS = 8192
MOST_SUSPECT_ROWS = 512
NEURONS = ("mlp.gate", "mlp.up")


def deep_layers(pairing: Pairing) -> set[int]:
    """Layers of the suspect that are read whole, as they are drawn."""
    layers = {p.suspect.layer for p in pairing.pairs if p.suspect.layer is not None}
    return drawn(layers, MAX_LAYERS, pairing.draw)


def whole(slot: Slot, checkpoint: Checkpoint, most: int = MOST_ROWS) -> Tensor:
    """Rows of a matrix; a row that is not finite becomes zero."""
    import torch

    values = checkpoint.rows(slot, 0, min(most, units(slot))).float()
    return torch.where(values.isfinite().all(1, keepdim=True), values, 0.0)


def both(pair: Pair, pairing: Pairing, most: int = MOST_ROWS) -> tuple[Tensor, Tensor]:
    """Read both sides of a pair."""
    suspect, reference = pairing.checkpoints
    return whole(pair.suspect, suspect, most), whole(pair.reference, reference, most)
