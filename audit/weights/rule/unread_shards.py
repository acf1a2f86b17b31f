# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Shards that are missing, damaged or not those of the index: what was read is not the model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audit.record.weights import Comparison, Relation

if TYPE_CHECKING:
    from audit.inventory import Inventory

_SHARDS = (".safetensors", ".safetensors.index.json")


def with_unread_shards(found: Comparison, suspect: Inventory, reference: Inventory) -> Comparison:
    """Say which shards were not read; a negative that does not speak about them is none.

    What was found in the other shards stands: it rests on what was read.
    """
    limits = (*_unread(suspect, "Audited model"), *_unread(reference, "Reference"))
    if not limits:
        return found
    found = replace(found, limits=(*limits, *found.limits))
    if found.relation is not Relation.NO_SHARED_WEIGHTS:
        return found
    return replace(
        found,
        relation=Relation.INCONCLUSIVE,
        summary=f"Nothing was found in what could be read, but not all was. {limits[0]}",
        certificate=None,
    )


def _unread(inventory: Inventory, who: str) -> list[str]:
    return [
        f"{who}: {note.path} was not read as its index says ({note.reason})."
        if note.path.lower().endswith(_SHARDS[1])
        else f"{who}: {note.path} was not read ({note.reason})."
        for note in inventory.unread
        if note.path.lower().endswith(_SHARDS)
    ]
