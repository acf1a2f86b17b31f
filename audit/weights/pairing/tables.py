# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Tables outside the layers whose rows are paired by what they stand for, not by number.

The embedding table comes first. Where it was replaced, the output head or the routers can show
which residual dimension is which.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from audit import rules
from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.constructible import constructible
from audit.weights.model.slots import Slot
from audit.weights.model.vocabulary import token_ids
from audit.weights.nulls.matching import ColumnMap, match_columns
from audit.weights.pairing.pairs import Pair, Pairing, tokens

if TYPE_CHECKING:
    from torch import Tensor


def best_map(pairing: Pairing, embeddings: ColumnMap | Absent) -> tuple[ColumnMap, str] | None:
    """Choose the map to undo, by its own confidence, and the role of the tables behind it.

    The embeddings' map where it is confident, else the first confident one of the output
    head and the routers, else the embeddings' again. ``None`` where there is no map.
    """
    if isinstance(embeddings, ColumnMap) and embeddings.is_confident:
        return embeddings, "embed"
    for role in ("unembed", "router"):
        tables = _routers(pairing) if role == "router" else token_tables(pairing, role)
        found = tables if isinstance(tables, Absent) else match_columns(*tables)
        if isinstance(found, ColumnMap) and found.is_confident:
            return found, role
    return None if isinstance(embeddings, Absent) else (embeddings, "embed")


def token_tables(pairing: Pairing, role: str) -> tuple[Tensor, Tensor] | Absent:
    """Read two tables of token rows, each row beside the one of the same token.

    Returns the reason instead where there are none.
    """
    pair = pairing.table(role)
    if pair is None:
        return Absent(Said("no embedding tables could be paired"))
    rows_s, rows_r = shared_rows(pair, pairing)
    table_s = table_rows(pairing.checkpoints[0], pair.suspect, rows_s)
    table_r = table_rows(pairing.checkpoints[1], pair.reference, rows_r)
    if constructible(table_s) is not None and constructible(table_r) is not None:
        return Absent(Said("the tables of both models could be constructed"))
    finite = table_s.isfinite().all(1) & table_r.isfinite().all(1)
    return table_s[finite], table_r[finite]


def _routers(pairing: Pairing) -> tuple[Tensor, Tensor] | Absent:
    """Stack the router rows of all paired layers: one row per layer and expert."""
    import torch

    pairs = [p for p in pairing.pairs if p.role == "router" and not p.is_vector]
    if not pairs:
        return Absent(Said("no routers could be paired"))
    blocks = [pairing.block(pair) for pair in pairs]
    return torch.cat([b.suspect for b in blocks]), torch.cat([b.reference for b in blocks])


def vocabularies(pair: Pair, pairing: Pairing) -> tuple[dict[str, int], dict[str, int]] | None:
    """Token string -> row of both tables, ``None`` when a tokenizer is missing."""
    slots = pair.suspect, pair.reference
    found = [
        token_ids(inventory, PurePosixPath(slot.header.file).parent.as_posix())
        for inventory, slot in zip(pairing.inventories, slots, strict=True)
    ]
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def same_strings(pairing: Pairing) -> bool:
    """Whether the embedding tables have rows for the same token strings, bar a few.

    ``False`` where a tokenizer is missing: rows of one number may then be other tokens'.
    """
    pair = pairing.table("embed")
    words = None if pair is None else vocabularies(pair, pairing)
    if words is None:
        return False
    shared = len(words[0].keys() & words[1].keys())
    return shared >= rules.weight_thresholds().min_same_strings * max(map(len, words))


def shared_rows(pair: Pair, pairing: Pairing) -> tuple[list[int], list[int]]:
    """Rows of the same token string; by number when a tokenizer is missing.

    A wrong pairing of rows costs power, never validity.
    """
    slots = pair.suspect, pair.reference
    limits = [min(tokens(slot.shape[slot.hidden_axis]), units(slot)) for slot in slots]
    words = vocabularies(pair, pairing)
    if words is None:
        both = list(range(min(limits)))
        return both, both
    shared = sorted(
        (i, words[1][token])
        for token, i in words[0].items()
        if i < limits[0] and words[1].get(token, limits[1]) < limits[1]
    )
    return [i for i, _ in shared], [j for _, j in shared]


def table_rows(checkpoint: Checkpoint, slot: Slot, rows: list[int]) -> Tensor:
    """Read the given rows of a table in float32, shape (rows, width)."""
    import torch

    stop = max(rows, default=-1) + 1
    values = checkpoint.rows(slot, 0, stop).float()
    return values[torch.tensor(rows, dtype=torch.long, device=values.device)]
