# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Width: neurons, heads or experts cut away or added, found one by one."""

from __future__ import annotations

from statistics import fmean

from audit.record.derivation import Derivation, DerivationKind, Direction, Origin
from audit.record.said import Said
from audit.weights.model.checkpoint import units
from audit.weights.origin.bars import bars
from audit.weights.origin.units import LAYERS, PARTS, UnitMap, read_experts, read_units, unit_map
from audit.weights.pairing.pairs import Pairing, spread_evenly

_WORDS = {
    "feed-forward": Said("neurons"),
    "attention": Said("value dimensions"),
    "experts": Said("experts"),
}
_CASES = (
    ("experts", True),
    ("feed-forward", False),
    ("feed-forward", True),
    ("attention", False),
)
"""What may be cut, and whether it is looked for inside the experts."""


def width_changed(pairing: Pairing, layers: dict[int, int]) -> Origin | None:
    r"""Say that a dimension inside the layers was cut or widened.

    ``layers`` maps layers of the suspect to those of the reference.

    Notes
    -----
    **Signature.** The units of the smaller model are found in the larger one, one for one
    and mostly in order (the longest rising run of their places), their weights correlated at
    0.3 and more.
    **Direction.** From the larger to the smaller where the units that are missing are not
    copies of the ones that stayed; widening repeats units (Net2Net).
    **Source.** Net2Net, arXiv 1511.05641.
    """
    for part, routed in _CASES:
        sizes = [_sizes(pairing, part, side, routed=routed) for side in (0, 1)]
        if not sizes[0] or not sizes[1] or sizes[0] == sizes[1]:
            continue
        maps = _maps(pairing, part, layers, routed=routed)
        if maps and fmean(m.found for m in maps) >= bars().most_units:
            return _named(part, maps, max(sizes[0]), max(sizes[1]))
    return None


def _named(part: str, maps: list[UnitMap], mine: int, theirs: int) -> Origin:
    copies = fmean(m.copies for m in maps) >= bars().most_units / 2
    ordered = fmean(m.ordered for m in maps) >= bars().most_units
    order = Said("in order") if ordered else Said("in another order")
    derivation = Derivation(
        kind=DerivationKind.WIDTH_PRUNED if mine < theirs else DerivationKind.WIDTH_EXPANDED,
        sentence=Said(
            "{mine} of the reference's {theirs} {units} per layer stayed, {order}."
            if mine < theirs
            else "The reference's {theirs} {units} per layer stand among {mine}, {order}.",
            mine=mine,
            theirs=theirs,
            units=_WORDS[part],
            order=order,
        ),
        fraction=round(min(mine, theirs) / max(mine, theirs), 4),
        detail=Said.plain(part),
    )
    reasons = (_cut if mine < theirs else _widened)(_WORDS[part], copies=copies)
    way = Direction.FROM_REFERENCE if len(reasons) > 1 else None
    return Origin(derivation=derivation, direction=way, reasons=reasons)


def _cut(units: Said, *, copies: bool) -> tuple[Said, ...]:
    """Say what a cut shows of the direction, and how that could be arranged if it shows one."""
    if copies:
        return (
            Said(
                "No direction: the reference's other {units} repeat the ones found here.",
                units=units,
            ),
        )
    return (
        Said(
            "Containment: the {units} are a part of the reference's, and the missing ones are not"
            " copies of those that stayed.",
            units=units,
        ),
        Said("Could be arranged: {units} can be made up and added to the reference.", units=units),
    )


def _widened(units: Said, *, copies: bool) -> tuple[Said, ...]:
    if not copies:
        return (Said("No direction: {units} may have been added here or cut there.", units=units),)
    return (
        Said("Containment: the added {units} repeat the reference's.", units=units),
        Said("Could be arranged: repeats can be left out of a reference that is published later."),
    )


def _sizes(pairing: Pairing, part: str, side: int, *, routed: bool) -> set[int]:
    inside = [s for s in pairing.layouts[side].slots if s.layer is not None]
    if part == "experts":
        return {1 + max((s.expert for s in inside if s.expert is not None), default=-1)} - {0}
    return {units(s) for s in inside if s.role in PARTS[part] and (s.expert is not None) is routed}


def _maps(pairing: Pairing, part: str, layers: dict[int, int], *, routed: bool) -> list[UnitMap]:
    out = []
    for own in sorted(spread_evenly(set(layers), LAYERS)):
        sides = [
            read_experts(pairing, side, layer)
            if part == "experts"
            else read_units(pairing, side, part, layer, 0 if routed else None)
            for side, layer in enumerate((own, layers[own]))
        ]
        if any(x is None for x in sides):
            continue
        small, large = sorted((x for x in sides if x is not None), key=lambda x: x.shape[0])
        if small.shape[1:] == large.shape[1:]:
            out.append(unit_map(small, large))
    return out
