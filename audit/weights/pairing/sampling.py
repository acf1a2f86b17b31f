# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Keeps a sample of the reference's weights while they are read, for the positive control."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from audit.weights.pairing.pairs import Block, Pairing
from audit.weights.pairing.planting import Sample
from audit.weights.statistics.seen import Seen

ROWS = 128
TABLE_ROWS = 512
COLUMNS = 1024
LAYERS = 2
VECTORS = 16


def sampling(pairing: Pairing) -> Sampling | None:
    """Keep a sample, where equal places mean equal dimensions."""
    return None if pairing.across else Sampling()


@dataclass(slots=True)
class Sampling:
    """Keeps the sample while the pairs are read."""

    _matrices: list[Block] = field(default_factory=list)
    _tables: list[Block] = field(default_factory=list)
    _vectors: list[Block] = field(default_factory=list)
    _kept: Counter[str] = field(default_factory=Counter)
    _dropped: int = 0

    def see(self, block: Block) -> None:
        """Keep a part of the reference's side of a block, if its role is still wanted."""
        role = block.pair.role
        self._dropped += block.dropped
        if not block.reference.numel() or block.reference.shape[1] < 2:
            return
        if self._kept[role] >= (VECTORS if block.pair.is_vector else LAYERS):
            return
        self._kept[role] += 1
        is_table = role == "embed" and not block.pair.is_vector
        part = block.reference[: TABLE_ROWS if is_table else ROWS, :COLUMNS].clone()
        small = replace(block, suspect=part, reference=part, identical=0)
        if block.pair.is_vector:
            self._vectors.append(small)
        else:
            (self._tables if is_table else self._matrices).append(small)

    def done(self) -> Seen:
        """Return what was kept."""
        sample = Sample(
            matrices=tuple(self._matrices),
            tables=tuple(self._tables),
            vectors=tuple(self._vectors),
            dropped=self._dropped,
        )
        return Seen(values=(sample,))
