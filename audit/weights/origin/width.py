# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Width: neurons, heads or experts cut away or added, found one by one."""

from __future__ import annotations

from statistics import fmean

from audit.record.derivation import Derivation, DerivationKind, Direction, Origin
from audit.weights.model.checkpoint import units
from audit.weights.origin.bars import bars
from audit.weights.origin.units import LAYERS, PARTS, UnitMap, read_experts, read_units, unit_map
from audit.weights.pairing.pairs import Pairing, spread_evenly

_WORDS = {"feed-forward": "neurons", "attention": "value dimensions", "experts": "experts"}
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
    units_of = _WORDS[part]
    ordered = fmean(m.ordered for m in maps)
    copies = fmean(m.copies for m in maps) >= bars().most_units / 2
    order = "in order" if ordered >= bars().most_units else "in another order"
    if mine < theirs:
        derivation = Derivation(
            kind=DerivationKind.WIDTH_PRUNED,
            sentence=f"{mine} of the reference's {theirs} {units_of} per layer stayed, {order}.",
            fraction=round(mine / theirs, 4),
            detail=part,
        )
        way = None if copies else Direction.FROM_REFERENCE
        arranged = f"Could be arranged: {units_of} can be made up and added to the reference."
        reason = (
            f"No direction: the reference's other {units_of} repeat the ones found here."
            if copies
            else f"Containment: the {units_of} are a part of the reference's, and the missing ones "
            "are not copies of those that stayed."
        )
    else:
        derivation = Derivation(
            kind=DerivationKind.WIDTH_EXPANDED,
            sentence=f"The reference's {theirs} {units_of} per layer stand among {mine}, {order}.",
            fraction=round(theirs / mine, 4),
            detail=part,
        )
        way = Direction.FROM_REFERENCE if copies else None
        arranged = (
            "Could be arranged: repeats can be left out of a reference that is published later."
        )
        reason = (
            f"Containment: the added {units_of} repeat the reference's."
            if copies
            else f"No direction: {units_of} may have been added here or cut there."
        )
    reasons = (reason,) if way is None else (reason, arranged)
    return Origin(derivation=derivation, direction=way, reasons=reasons)


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
