# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Undoes a rotation that the embeddings show, and tests the layers, which had no part in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from audit.weights.model.folding import Folding
from audit.weights.nulls.permutation import permutation_moments
from audit.weights.nulls.registration import damped_polar
from audit.weights.pairing.pairs import Block, Pair, Pairing, read, sampled
from audit.weights.pairing.tables import token_tables
from audit.weights.statistics import shared_start
from audit.weights.statistics.monotone_matching import monotone_matching
from audit.weights.statistics.undone_permutation import UndoneAgreement, undone_permutation, unit
from audit.weights.statistics.undone_rotation import Rotation, undone_rotation

if TYPE_CHECKING:
    from torch import Tensor

_IN_PLACE_Z = 6.0
_SHRINKAGE = 0.05


@dataclass(slots=True, kw_only=True)
class Unrotated:
    """What the layers say once the rotation is undone.

    ``rows`` has one result per component; ``containment`` holds that of ``shared_start``,
    on the rows of every second layer, the rotation fitted again to the rows of the others.
    """

    rotation: Rotation
    rows: dict[str, UndoneAgreement | str] = field(default_factory=dict)
    containment: dict[str, list[float]] = field(default_factory=dict)


def measure_rotation(pairing: Pairing) -> Unrotated | str:
    """Fit a rotation to the embeddings and test rows of the layers, gains multiplied in."""
    tables = token_tables(pairing, "embed")
    if isinstance(tables, str):
        return tables
    rotation = undone_rotation(*tables)
    if isinstance(rotation, str):
        return rotation
    foldings = [Folding(*m) for m in zip(pairing.layouts, pairing.checkpoints, strict=True)]
    out = Unrotated(rotation=rotation)
    matched: list[tuple[Pair, Tensor, Tensor]] = []
    chosen = [p for p in sampled(pairing.pairs) if not p.is_vector and _has_rows(p)]
    for component, group in groupby(chosen, key=lambda p: p.component):
        blocks = (_folded(read(p, *pairing.checkpoints), foldings) for p in group)
        out.rows[component] = undone_permutation(_noted(blocks, rotation, matched), rotation)
    out.containment = _containment(matched)
    return out


def _has_rows(pair: Pair) -> bool:
    return pair.suspect.neuron_rows or pair.suspect.value_heads is not None


def _folded(block: Block, foldings: list[Folding]) -> Block:
    """Scale the rows as the forward pass does: a rotation can only follow the gains."""
    suspect, reference = (
        values * gain if (gain := folding.gain(slot)) is not None else values
        for values, folding, slot in (
            (block.suspect, foldings[0], block.pair.suspect),
            (block.reference, foldings[1], block.pair.reference),
        )
    )
    return replace(block, suspect=suspect, reference=reference)


def _noted(
    blocks: Iterator[Block], rotation: Rotation, matched: list[tuple[Pair, Tensor, Tensor]]
) -> Iterator[Block]:
    """Pass blocks on, keeping the rows that correspond: where they stand, else as matched."""
    for block in blocks:
        if block.suspect.shape[0] >= shared_start.MIN_ROWS:
            x, y = rotation.undo(block.suspect, block.reference)
            scores = unit(x) @ unit(y).T
            if x.shape != y.shape or permutation_moments(scores).z < _IN_PLACE_Z:
                rows = monotone_matching(scores)
                x, y = x[rows.own], y[rows.partner]
            matched.append((block.pair, x, y))
        yield block


def _containment(matched: list[tuple[Pair, Tensor, Tensor]]) -> dict[str, list[float]]:
    """Fit the rotation again to the rows of every second layer; read the guard on the others.

    What the tables show is blurred by what training did to them.
    """
    found: dict[str, list[float]] = defaultdict(list)
    layers = sorted({p.suspect.layer for p, _, _ in matched if p.suspect.layer is not None})
    for part in (0, 1):
        fitting = [(x, y) for p, x, y in matched if p.suspect.layer in layers[part::2]]
        held = [(p, x, y) for p, x, y in matched if p.suspect.layer in layers[1 - part :: 2]]
        if not fitting or not held:
            continue
        again = damped_polar(
            sum(
                (unit(x).T @ unit(y) for x, y in fitting[1:]),
                unit(fitting[0][0]).T @ unit(fitting[0][1]),
            ),
            _SHRINKAGE,
        )
        for pair, x, y in held:
            if x.shape[0] >= shared_start.MIN_ROWS:
                found[pair.component].append(shared_start.containment(x @ again, y))
    return dict(found)
