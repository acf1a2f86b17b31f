# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Finds and reads the rows of tokens that no text contains, in both models."""

from __future__ import annotations

from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from audit import rules
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.slots import Layout, Slot, gains_before
from audit.weights.model.vocabulary import all_token_ids
from audit.weights.pairing.pairs import Pair, Pairing
from audit.weights.statistics.reserved_rows import MIN_ROWS, ReservedAgreement, reserved_rows

if TYPE_CHECKING:
    from torch import Tensor

MAX_ROWS = 1024
TABLES = ("embed", "unembed")
Rows = list[tuple[int, int]]
"""Row of the suspect's table, row of the reference's."""


def measure_reserved(pairing: Pairing) -> dict[str, tuple[str, ReservedAgreement | str]]:
    """Test the reserved rows of every table of token rows: role -> (component, result).

    Rows beyond the vocabulary and rows of reserved names were not drawn together in every
    model, so they are not exchangeable with each other: the larger group is tested.
    """
    found: dict[str, tuple[str, ReservedAgreement | str]] = {}
    for pair in pairing.pairs:
        if pair.role in TABLES and not pair.is_vector and pair.suspect.layer is None:
            rows = _rows(pairing, (pair.suspect, pair.reference))
            result = rows if isinstance(rows, str) else _tested(pairing, pair, rows)
            found[pair.role] = pair.component, result
    return found


def _tested(pairing: Pairing, pair: Pair, rows: Rows) -> ReservedAgreement | str:
    slots, numbers = (pair.suspect, pair.reference), zip(*rows, strict=True)
    tables = [
        _folded(layout, checkpoint, slot, list(wanted))
        for layout, checkpoint, slot, wanted in zip(
            pairing.layouts, pairing.checkpoints, slots, numbers, strict=True
        )
    ]
    return reserved_rows(tables[0], tables[1])


def _folded(layout: Layout, checkpoint: Checkpoint, slot: Slot, rows: list[int]) -> Tensor:
    """Read rows as the forward pass scales them: a head reads through the last norm's gains."""
    values = _read(checkpoint, slot, rows)
    gain = gains_before(layout).get(slot)
    if gain is None:
        return values
    offset = layout.norms.offset if layout.norms else 0.0
    return values * (checkpoint.rows(gain, 0, 1).float() + offset)


def _rows(pairing: Pairing, slots: tuple[Slot, Slot]) -> Rows | str:
    """Pair reserved rows by name, rows beyond the vocabulary by number; keep the larger group."""
    known = [
        all_token_ids(inventory, PurePosixPath(slot.header.file).parent.as_posix())
        for inventory, slot in zip(pairing.inventories, slots, strict=True)
    ]
    if known[0] is None or known[1] is None:
        return "no tokenizer says which rows are reserved"
    sizes = [units(slot) for slot in slots]
    reserved = rules.reserved_token()
    named = sorted(
        (i, known[1][token])
        for token, i in known[0].items()
        if token in known[1] and reserved.fullmatch(token)
    )
    named = [(i, j) for i, j in named if i < sizes[0] and j < sizes[1]]
    first = max([*known[0].values(), *known[1].values()], default=-1) + 1
    padding = [(i, i) for i in range(first, min(sizes))]
    rows = max(named, padding, key=len)[:MAX_ROWS]
    if len(rows) < MIN_ROWS:
        return f"only {len(rows)} reserved rows stand in both tables, {MIN_ROWS} are needed"
    return rows


def _read(checkpoint: Checkpoint, slot: Slot, rows: list[int]) -> Tensor:
    """Read rows in the order given; neighbours are read together."""
    import torch

    runs = [list(run) for _, run in groupby(enumerate(rows), key=lambda entry: entry[1] - entry[0])]
    parts = [checkpoint.rows(slot, run[0][1], run[-1][1] + 1) for run in runs]
    return torch.cat([part.float() for part in parts])
