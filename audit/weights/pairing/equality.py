# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Counts equal values over whole checkpoints: what the word ``copy`` rests on."""

from __future__ import annotations

from math import prod

from audit.formats.tensors import TensorHeader
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.slots import unreadable
from audit.weights.pairing.pairs import Pair, coarser

_SLAB_ELEMENTS = 1 << 22


def equal_share(
    pairs: tuple[Pair, ...],
    headers: tuple[tuple[TensorHeader, ...], tuple[TensorHeader, ...]],
    suspect: Checkpoint,
    reference: Checkpoint,
) -> float:
    """Return the share of the suspect's elements that equal the reference's.

    Tensors correspond by role (``pairs``), the rest by name and shape; where one side
    stores several matrices in one tensor and the other does not, matrix by matrix.
    Elements are equal when the finer type, cast to the coarser one, gives the same value.
    """
    matched = {p.suspect.header.name: (p.suspect.header, p.reference.header) for p in pairs}
    apart = [p for p in pairs if p.suspect.is_whole != p.reference.is_whole]
    counted = {p.suspect.header.name for p in apart}
    by_name = {h.name: h for h in headers[1]}
    total = sum(prod(h.shape) for h in headers[0])
    equal = sum(_equal_rows(pair, suspect, reference) for pair in apart)
    for header in headers[0]:
        if header.name in counted:
            continue
        mine, other = matched.get(header.name) or (header, by_name.get(header.name))
        if other is not None and other.shape == mine.shape and unreadable(mine) is None:
            equal += _equal_elements(mine, other, suspect, reference)
    return equal / total if total else 0.0


def _equal_rows(pair: Pair, suspect: Checkpoint, reference: Checkpoint) -> int:
    """Count the equal elements of two matrices, one of them a part of a tensor."""
    width, rows = pair.suspect.shape[pair.suspect.hidden_axis], units(pair.suspect)
    if rows != units(pair.reference):
        return 0
    step = max(1, _SLAB_ELEMENTS // width)
    equal = 0
    for start in range(0, rows, step):
        stop = min(rows, start + step)
        a, b = coarser(
            suspect.rows(pair.suspect, start, stop), reference.rows(pair.reference, start, stop)
        )
        equal += int((a == b).sum())
    return equal


def _equal_elements(
    header: TensorHeader, other: TensorHeader, suspect: Checkpoint, reference: Checkpoint
) -> int:
    if unreadable(other) is not None or not header.shape:
        return 0
    rows = header.shape[0]
    step = max(1, _SLAB_ELEMENTS // max(1, prod(header.shape[1:])))
    equal = 0
    for start in range(0, rows, step):
        stop = min(rows, start + step)
        a, b = coarser(suspect.slab(header, start, stop), reference.slab(other, start, stop))
        equal += int((a == b).sum())
    return equal
