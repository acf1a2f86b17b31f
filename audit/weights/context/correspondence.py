# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which layer of one model agrees with which of the other, beside the same for a control.

A picture for the reader, not a test: nothing decides on it. The control makes it readable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.agreement_map import AgreementMap, MapControl, MapKind
from audit.record.said import Said
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.layout import describe
from audit.weights.model.slots import Layout, Slot
from audit.weights.nulls.columns import unit_columns
from audit.weights.pairing.pairs import Pairing, spread_evenly
from audit.weights.statistics.seen import ResidualMap, Seen

if TYPE_CHECKING:
    from torch import Tensor

    from audit.inventory import Inventory

MAX_SIDE = 64
"""Rows and columns of a map; of deeper models evenly spread layers are shown."""
MAX_EXPERTS = 32
ROWS = 16
"""Rows of each matrix that are read; of narrow models more, see ``_rows``."""
_VALUES = 1 << 13
DRAWS = 19
"""Random orders of the reference's dimensions."""
EXPERT_ROLES = ("mlp.gate", "mlp.up")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """Matrices of one model by role and place; ``place`` is a layer or an expert."""

    layout: Layout
    checkpoint: Checkpoint
    slots: dict[str, dict[int, Slot]]


def correspondence(pairing: Pairing, seen: Seen) -> tuple[AgreementMap, ...] | Absent:
    r"""Return the map of the layers and, with experts, that of one layer's; or why not.

    Notes
    -----
    **Statistic.** Windows of the first rows of each matrix that reads the residual stream,
    columns centred and of unit length, as one vector; the mean over the roles of the cosines
    of suspect and reference, as in :func:`audit.weights.origin.depth.layer_map`. Its
    standard deviation between unrelated matrices is about :math:`1/\sqrt{N}`, ``N`` values.
    **Control.** The same with the residual dimensions of the reference in random order, drawn
    with the seed of the comparison; or with the first unrelated model given for which the same
    map can be made. ``noise`` is the largest value in ``DRAWS`` such random orders: where no
    weights are shared, a map exceeds it anywhere in about one of ``DRAWS + 1`` cases.
    **Blind to.** A rotated basis, reordered neurons and heads, slices of dense layers.
    """
    if pairing.labelled:
        return Absent(Said("the {why}", why=pairing.labelled.reason))
    dimensions = _dimensions(pairing, seen.of(ResidualMap))
    if dimensions is None:
        return Absent(
            Said("the residual streams differ in width and no map of their dimensions is known")
        )
    found = (_layer_map(pairing, dimensions), _expert_map(pairing, dimensions))
    maps = tuple(replace(m, undone=dimensions.undone) for m in found if m is not None)
    return maps or Absent(Said("no matrices of the same role were found in the layers of both"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dimensions:
    """Residual dimensions that correspond; ``undone`` if they stood elsewhere."""

    own: Tensor
    partner: Tensor
    sign: Tensor
    undone: bool


def _dimensions(pairing: Pairing, found: ResidualMap | None) -> _Dimensions | None:
    if found is not None and found.columns.is_confident:
        own, partner, sign = (
            x.cpu()
            for x in (
                found.columns.match.own,
                found.columns.match.partner,
                found.columns.match.sign,
            )
        )
        return _Dimensions(own=own, partner=partner, sign=sign, undone=True)
    width = pairing.layouts[0].width
    return None if pairing.across or width is None else _in_place(width)


def _in_place(width: int) -> _Dimensions:
    import torch

    same = torch.arange(width)
    return _Dimensions(own=same, partner=same, sign=torch.ones(width), undone=False)


def _layer_map(pairing: Pairing, dimensions: _Dimensions) -> AgreementMap | None:
    sides = [_layers(x, c) for x, c in zip(pairing.layouts, pairing.checkpoints, strict=True)]
    found = _maps(pairing, sides[0], sides[1], dimensions, controls=pairing.controls)
    if found is None:
        return None
    depth = max(pairing.layouts[0].layers, pairing.layouts[1].layers)
    return replace(found, thinned=depth > MAX_SIDE)


def _expert_map(pairing: Pairing, dimensions: _Dimensions) -> AgreementMap | None:
    mine, theirs = pairing.layouts
    if not mine.has_experts:
        return None
    layer = mine.layers // 2
    other = round(layer * (theirs.layers - 1) / max(1, mine.layers - 1))
    first = _experts(mine, pairing.checkpoints[0], layer)
    second = (
        _experts(theirs, pairing.checkpoints[1], other)
        if theirs.has_experts
        else _layers(theirs, pairing.checkpoints[1], EXPERT_ROLES)
    )
    found = _maps(pairing, first, second, dimensions, controls=())
    if found is None:
        return None
    return replace(
        found,
        kind=MapKind.EXPERTS,
        layer=layer,
        reference_layer=other if theirs.has_experts else None,
        thinned=max(mine.experts, theirs.experts) > MAX_EXPERTS or theirs.layers > MAX_SIDE,
    )


def _layers(layout: Layout, checkpoint: Checkpoint, roles: tuple[str, ...] | None = None) -> _Side:
    chosen = spread_evenly({s.layer for s in layout.slots if s.layer is not None}, MAX_SIDE)
    found: dict[str, dict[int, Slot]] = {}
    for slot in layout.slots:
        if slot.layer in chosen and slot.expert in (None, 0) and _reads(slot, roles):
            found.setdefault(slot.role, {})[slot.layer or 0] = slot
    return _Side(layout=layout, checkpoint=checkpoint, slots=found)


def _experts(layout: Layout, checkpoint: Checkpoint, layer: int) -> _Side:
    here = [s for s in layout.slots if s.layer == layer and s.expert is not None]
    chosen = spread_evenly({s.expert for s in here if s.expert is not None}, MAX_EXPERTS)
    found: dict[str, dict[int, Slot]] = {}
    for slot in here:
        if slot.expert in chosen and _reads(slot, EXPERT_ROLES):
            found.setdefault(slot.role, {})[slot.expert or 0] = slot
    return _Side(layout=layout, checkpoint=checkpoint, slots=found)


def _reads(slot: Slot, roles: tuple[str, ...] | None) -> bool:
    """Whether rows of the slot can be read without the whole of it; routers are too small."""
    return (
        len(slot.shape) == 2
        and slot.hidden_axis == 1
        and slot.role != "router"
        and (roles is None or slot.role in roles)
    )


def _maps(
    pairing: Pairing,
    first: _Side,
    second: _Side,
    dimensions: _Dimensions,
    *,
    controls: tuple[Inventory, ...],
) -> AgreementMap | None:
    """Make the map, its control, and the bar of the random orders."""
    import torch

    rng = torch.Generator().manual_seed(pairing.seed)
    orders = [torch.randperm(len(dimensions.own), generator=rng) for _ in range(DRAWS)]
    found = _agreement(first, second, dimensions, orders)
    for inventory in controls if found is not None else ():
        beside = _beside(pairing, first, inventory)
        if found is not None and beside is not None and beside.rows == found.rows:
            return replace(
                found,
                control_kind=MapControl.UNRELATED,
                control_name=inventory.name,
                control_columns=beside.columns,
                control=beside.values,
            )
    return found


def _beside(pairing: Pairing, first: _Side, inventory: Inventory) -> AgreementMap | None:
    """Make the suspect's map with an unrelated model of its width."""
    layout = describe(inventory)
    if layout.width is None or layout.width != pairing.layouts[0].width:
        return None
    with Checkpoint(inventory, pairing.device) as opened:
        return _agreement(first, _layers(layout, opened), _in_place(layout.width), [])


def _agreement(
    first: _Side, second: _Side, dimensions: _Dimensions, orders: list[Tensor]
) -> AgreementMap | None:
    """Compare every place of one side with every place of the other, also in random orders."""
    import torch

    roles = tuple(sorted(set(first.slots) & set(second.slots)))
    rows = sorted({i for r in roles for i in first.slots[r]})
    columns = sorted({i for r in roles for i in second.slots[r]})
    total = torch.zeros(1 + len(orders), len(rows), len(columns))
    seen = torch.zeros(len(rows), len(columns))
    for role in roles:
        mine, theirs = first.slots[role], second.slots[role]
        high = min(_rows(s) for s in (*mine.values(), *theirs.values()))
        a = _windows(first.checkpoint, mine, rows, high, dimensions.own)
        b = _windows(second.checkpoint, theirs, columns, high, dimensions.partner)
        b = b * dimensions.sign
        seen += a.flatten(1).any(1).float()[:, None] * b.flatten(1).any(1).float()[None]
        for index, order in enumerate([None, *orders]):
            moved = b if order is None else b.index_select(2, order)
            total[index] += a.flatten(1) @ moved.flatten(1).T
    if not bool(seen.any()):
        return None
    mean = (100 * total / seen.clamp_min(1)).round().int()
    control = mean[1:]
    return AgreementMap(
        kind=MapKind.LAYERS,
        roles=roles,
        rows=tuple(rows),
        columns=tuple(columns),
        values=tuple(map(tuple, mean[0].tolist())),
        noise=int(control.abs().max()) if orders else 0,
        draws=DRAWS,
        control_kind=MapControl.PERMUTED,
        control_name="",
        control_columns=tuple(columns),
        control=tuple(map(tuple, control[0].tolist())) if orders else (),
    )


def _rows(slot: Slot) -> int:
    """Rows that are read: at least ``ROWS``, of narrow models enough for ``_VALUES`` values."""
    return min(units(slot), max(ROWS, _VALUES // slot.shape[slot.hidden_axis]))


def _windows(
    checkpoint: Checkpoint, slots: dict[int, Slot], places: list[int], high: int, kept: Tensor
) -> Tensor:
    """Windows of unit norm, shape (places, rows, dimensions); zero where there is no matrix."""
    import torch

    out = torch.zeros(len(places), high, len(kept))
    for index, place in enumerate(places):
        slot = slots.get(place)
        if slot is not None:
            window = checkpoint.rows(slot, 0, high).float().cpu().nan_to_num(0.0, 0.0, 0.0)
            unit = unit_columns(window[:, kept])
            out[index] = unit / unit.norm().clamp_min(1e-12)
    return out
