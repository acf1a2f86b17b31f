# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Width: neurons or heads cut away or added, found row by row."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from audit.weights.alignment import spread_evenly
from audit.weights.checkpoint import units
from audit.weights.derivation import Derivation, DerivationKind, Direction, Origin
from audit.weights.forensics.bars import bars
from audit.weights.layout import Slot
from audit.weights.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

LAYERS = 2
_PARTS = {"feed-forward": ("mlp.gate", "mlp.up"), "attention": ("attn.v",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMap:
    """Where the units (neurons, value dimensions) of one side stand on the other.

    ``found``: share of the smaller side's units with a partner that chose them too;
    ``ordered``: share of those on the longest rising run; ``copies``: share of the larger
    side's other units that also resemble a unit of the smaller.
    """

    found: float
    ordered: float
    copies: float
    stay: bool


def unit_map(fewer: Tensor, more: Tensor) -> UnitMap:
    """Match rows by cosine; the side with fewer rows first.

    Parameters
    ----------
    fewer, more : Tensor, shapes (units, width) and (other units, width)
    """
    import torch

    likeness = _unit(fewer) @ _unit(more).T
    best = likeness.max(1)
    rows = torch.arange(likeness.shape[0])
    mutual = (likeness.argmax(0)[best.indices] == rows) & (best.values >= bars().same_neuron)
    places = best.indices[mutual].tolist()
    others = torch.ones(likeness.shape[1], dtype=torch.bool)
    others[best.indices[mutual]] = False
    rest = likeness[:, others].max(0).values
    return UnitMap(
        found=float(mutual.double().mean()),
        ordered=longest_rise(places) / max(1, len(places)),
        copies=float((rest >= bars().same_neuron).double().mean()) if rest.numel() else 0.0,
        stay=bool(mutual.all()) and places == list(range(len(places))),
    )


def longest_rise(places: Sequence[int]) -> int:
    """Length of the longest increasing subsequence (patience sorting).

    >>> longest_rise([0, 3, 1, 2, 5])
    4
    """
    tops: list[int] = []
    for place in places:
        at = bisect_left(tops, place)
        tops[at : at + 1] = [place]
    return len(tops)


def width_changed(setting: Setting, layers: dict[int, int]) -> Origin | None:
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
    for part in _PARTS:
        sizes = [_sizes(setting, part, side) for side in (0, 1)]
        if not sizes[0] or not sizes[1] or sizes[0] == sizes[1]:
            continue
        maps = _maps(setting, part, layers)
        if maps and fmean(m.found for m in maps) >= bars().most_units:
            return _named(part, maps, max(sizes[0]), max(sizes[1]))
    return None


def _named(part: str, maps: list[UnitMap], mine: int, theirs: int) -> Origin:
    units_of = "neurons" if part == "feed-forward" else "value dimensions"
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
        reason = (
            f"Containment: the added {units_of} repeat the reference's."
            if copies
            else f"No direction: {units_of} may have been added here or cut there."
        )
    return Origin(derivation=derivation, direction=way, reasons=(reason,))


def _sizes(setting: Setting, part: str, side: int) -> set[int]:
    return {
        units(s)
        for s in setting.layouts[side].slots
        if s.role in _PARTS[part] and s.layer is not None and s.expert is None
    }


def _maps(setting: Setting, part: str, layers: dict[int, int]) -> list[UnitMap]:
    out = []
    for own in sorted(spread_evenly(set(layers), LAYERS)):
        sides = [read_units(setting, 0, part, own), read_units(setting, 1, part, layers[own])]
        if any(x is None for x in sides):
            continue
        small, large = sorted((x for x in sides if x is not None), key=lambda x: x.shape[0])
        out.append(unit_map(small, large))
    return out


def read_units(
    setting: Setting, side: int, part: str, layer: int, expert: int | None = None
) -> Tensor | None:
    """Rows of the units of one layer, all reading roles side by side; not-finite rows zero."""
    import torch

    chosen: dict[str, Slot] = {
        s.role: s
        for s in setting.layouts[side].slots
        if s.layer == layer and s.expert == expert and s.role in _PARTS[part] and len(s.shape) == 2
    }
    if not chosen:
        return None
    blocks = [
        _unit(setting.checkpoints[side].rows(s, 0, units(s)).float())
        for _, s in sorted(chosen.items())
    ]
    return torch.cat(blocks, 1) if len({b.shape[0] for b in blocks}) == 1 else None


def _unit(rows: Tensor) -> Tensor:
    finite = rows.nan_to_num(0.0, 0.0, 0.0)
    unit: Tensor = finite / finite.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return unit
