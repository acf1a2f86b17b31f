# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Pairs the matrices of two models that no family file describes: by what no order can change.

A pair is chosen by sorted sizes, which are the same whatever number a unit bears. Under the null
the numbering of the units is random whatever their values are, so that the choice costs no
multiplicity: the tests ask about the numbering alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.order import in_order
from audit.weights.model.slots import Layout, Slot
from audit.weights.nulls.columns import unit_columns
from audit.weights.pairing.block import Pair
from audit.weights.pairing.hidden_units import spectrum, unit_values
from audit.weights.pairing.pairs import Pairing, layer_maps, pair_up

if TYPE_CHECKING:
    from torch import Tensor

_SAME_NAME, _SAME_PLACE = 0.5, 0.7
"""How much nearer a namesake counts, and what stands where the order of shapes has it."""
_QUANTILES = 64
_MOST = 1 << 26
"""Values of one model's matrices of one shape beyond which namesakes alone are paired."""
_MOST_PAIRS = 1 << 18
_MOST_UNITS = 512
"""With more units singular values cost too much."""


def maps(pairing: Pairing) -> tuple[Pairing, ...]:
    """Pair under each layer map under which anything corresponds, or loosely."""
    if pairing.loose:
        found = [pair_loosely(pairing.layouts, pairing.checkpoints)]
    else:
        found = [pair_up(*pairing.layouts, which) for which in layer_maps(*pairing.layouts)]
    return tuple(replace(pairing, pairs=pairs) for pairs in found if pairs)


def pair_loosely(
    layouts: tuple[Layout, Layout], checkpoints: tuple[Checkpoint, Checkpoint]
) -> tuple[Pair, ...]:
    """Pair matrices whose units have as many values, the nearest first; each is paired once."""
    mine, theirs = (_by_shape(layout) for layout in layouts)
    headers = ([slot.header for slot in layout.slots] for layout in layouts)
    places = {a.name: b.name for a, b in in_order(*headers)}
    pairs = [
        pair
        for shape in mine.keys() & theirs.keys()
        for pair in _nearest(mine[shape], theirs[shape], places, layouts, checkpoints)
    ]
    return tuple(sorted(pairs, key=lambda p: p.suspect.layer or 0))


def _by_shape(layout: Layout) -> dict[tuple[int, int], list[Slot]]:
    found: dict[tuple[int, int], list[Slot]] = defaultdict(list)
    for slot in layout.slots:
        units = layout.units[slot.header.name]
        count = slot.shape[units.axis] // units.blocks
        found[slot.parameters // count, count].append(slot)
    return found


def _nearest(
    mine: Sequence[Slot],
    theirs: Sequence[Slot],
    places: dict[str, str],
    layouts: tuple[Layout, Layout],
    checkpoints: tuple[Checkpoint, Checkpoint],
) -> Iterator[Pair]:
    """Take the nearest two, then the nearest of those that are left; of too many, namesakes."""
    large = max(sum(s.parameters for s in side) for side in (mine, theirs)) > _MOST
    if large or len(mine) * len(theirs) > _MOST_PAIRS:
        names = {slot.header.name: slot for slot in theirs}
        known = (slot for slot in mine if slot.header.name in names)
        yield from (Pair(suspect=slot, reference=names[slot.header.name]) for slot in known)
        return
    distances = _distances(mine, theirs, layouts, checkpoints)
    place = {slot.header.name: j for j, slot in enumerate(theirs)}
    for i, slot in enumerate(mine):
        name = slot.header.name
        for other, favour in ((name, _SAME_NAME), (places.get(name), _SAME_PLACE)):
            if other in place:
                distances[i, place[other]] *= favour
    left, right = set(range(len(mine))), set(range(len(theirs)))
    for at in distances.flatten().argsort(stable=True).tolist():
        i, j = divmod(at, len(theirs))
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            yield Pair(suspect=mine[i], reference=theirs[j])


def _distances(
    mine: Sequence[Slot],
    theirs: Sequence[Slot],
    layouts: tuple[Layout, Layout],
    checkpoints: tuple[Checkpoint, Checkpoint],
) -> Tensor:
    """Of each two, by the nearer of the two readings; one where there is nothing to choose."""
    import torch

    if len(mine) * len(theirs) == 1:
        return torch.ones(1, 1)
    own, other = (
        [_sizes(slot, layout, checkpoint) for slot in side]
        for side, layout, checkpoint in zip((mine, theirs), layouts, checkpoints, strict=True)
    )
    stored, scaled = (
        torch.cdist(
            torch.stack([x[i] for x in own]),
            torch.stack([x[i] for x in other]),
            compute_mode="donot_use_mm_for_euclid_dist",
        )
        for i in (0, 1)
    )
    return torch.minimum(stored, scaled)


def _sizes(slot: Slot, layout: Layout, checkpoint: Checkpoint) -> tuple[Tensor, Tensor]:
    """Sizes in order of size: as stored, and with every unit of one length."""
    values = unit_values(slot, layout.units[slot.header.name], checkpoint, whole=True)
    return _sorted(values), _sorted(unit_columns(values))


def _sorted(values: Tensor) -> Tensor:
    """Those of rows, of units, of values and of singular values, each list of one length."""
    import torch

    flat = values.abs().reshape(-1).sort().values
    some = torch.linspace(0, len(flat) - 1, _QUANTILES, dtype=torch.float64).long()
    parts = [values.norm(dim=0).sort().values, values.norm(dim=1).sort().values, flat[some]]
    if values.shape[1] <= _MOST_UNITS:
        parts.append(spectrum(values).exp().float())
    return torch.cat([part / part.norm().clamp_min(1e-20) for part in parts])
