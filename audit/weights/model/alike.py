# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Describes two models so that what is told of one is told of the other."""

from dataclasses import replace
from math import prod

from audit.inventory import Inventory
from audit.record.said import Said
from audit.weights.model.families import FUSED
from audit.weights.model.hidden_axes import by_units
from audit.weights.model.layout import ADAPTED, describe
from audit.weights.model.main_model import main_model
from audit.weights.model.order import in_order, natural
from audit.weights.model.slots import Layout, Slot
from audit.weights.model.told_blocks import told_parts

_ADOPTED = "unknown (tensors taken in the order of the other model's)"


def described(suspect: Inventory, reference: Inventory) -> tuple[Layout, Layout]:
    """Describe both by family file; by shape when one of them has none.

    Where names and shapes tell little of one, its tensors take the roles of the other's by their
    order; else both are described by their hidden units.
    """
    first, second = describe(suspect), describe(reference)
    known = [not is_thin(layout) and layout.layers > 0 for layout in (first, second)]
    if first.inferred != second.inferred:
        if first.inferred and not known[0] and (own := _adopted(suspect, first, second)):
            return own, second
        if second.inferred and not known[1] and (own := _adopted(reference, second, first)):
            return first, own
        if first.slots and second.slots:
            first, second = describe(suspect, infer=True), describe(reference, infer=True)
    if first.inferred and second.inferred and told_parts(first) != told_parts(second):
        both = told_parts(first) & told_parts(second)
        first, second = (describe(m, infer=True, blocks=both) for m in (suspect, reference))
    first, second = _taken_alike(first, second)
    if not any(is_thin(layout) for layout in (first, second)):
        return first, second
    loose = tuple(
        replace(by_units(main_model(model).tensors), streamed=any(known))
        for model in (suspect, reference)
    )
    return (loose[0], loose[1]) if all(layout.slots for layout in loose) else (first, second)


def _taken_alike(first: Layout, second: Layout) -> tuple[Layout, Layout]:
    """Leave the matrices of both whole where the two would be taken apart in different ways."""
    return (first, second) if _ways(first) == _ways(second) else (_whole(first), _whole(second))


def _ways(layout: Layout) -> set[tuple[int, tuple[int, ...]] | None]:
    return {slot.header.groups for slot in layout.slots if slot.role in (FUSED, "attn.q")}


def _whole(layout: Layout) -> Layout:
    slots = tuple(
        replace(s, header=replace(s.header, groups=None), role=FUSED, rows=None, value_heads=None)
        if s.header.groups
        else s
        for s in layout.slots
        if not s.header.groups or s.rows is None or s.rows[0] == 0
    )
    return replace(layout, slots=slots)


def is_thin(layout: Layout) -> bool:
    """Whether shapes alone told a part of the model only, or nothing; of no adapter."""
    told = sum(slot.parameters for slot in layout.slots)
    unknown = layout.inferred and layout.family != ADAPTED
    return unknown and 2 * told < layout.parameters + (not layout.slots)


def _adopted(inventory: Inventory, own: Layout, other: Layout) -> Layout | None:
    """Give tensors the roles of the other model's, as the shapes follow each other in both.

    A wrong role costs power; silence under it is no negative, because the names differ.
    """
    if own.family == ADAPTED or other.width is None:
        return None
    slots: dict[str, list[Slot]] = {}
    for slot in other.slots:
        slots.setdefault(slot.header.name, []).append(slot)
    theirs = [found[0].header for found in slots.values()]
    mine = main_model(inventory).tensors
    orders = sorted(theirs, key=natural), sorted(theirs, key=lambda t: t.name), theirs
    tried = [in_order(sorted(mine, key=natural), order) for order in orders]
    pairs = max(tried, key=lambda found: sum(prod(a.shape) for a, _ in found))
    if not pairs or 2 * sum(prod(a.shape) for a, _ in pairs) < sum(prod(t.shape) for t in mine):
        return None
    named = {a.name for a, _ in pairs}
    return replace(
        other,
        family=_ADOPTED,
        inferred=True,
        slots=tuple(replace(slot, header=a) for a, b in pairs for slot in slots[b.name]),
        unused={t.name: Said("has no counterpart by order") for t in mine if t.name not in named},
        parameters=own.parameters,
        labelled_axis=own.labelled_axis or other.labelled_axis,
    )
