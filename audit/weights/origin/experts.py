# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Upcycled: experts made from one dense layer, and how; and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import TYPE_CHECKING

from audit.record.derivation import Derivation, DerivationKind, Direction, Origin
from audit.record.said import Said
from audit.weights.origin.bars import bars
from audit.weights.origin.trace import cosine
from audit.weights.origin.units import LAYERS, UnitMap, read_units, unit_map
from audit.weights.pairing.pairs import MAX_EXPERTS, Pairing, spread_evenly

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertMap:
    """One layer: the map of each expert onto the dense layer, and how experts differ.

    ``apart`` is the mean cosine of what two experts have beyond the dense layer, ``None``
    where sizes differ: near zero when each came from the dense layer on its own, and
    ``-1 / (n - 1)`` when the dense layer is their mean. ``share``: experts' size over the
    dense layer's.
    """

    maps: tuple[UnitMap, ...]
    apart: float | None
    share: float
    experts: int


def experts_made(pairing: Pairing, layers: dict[int, int]) -> Origin | None:
    r"""Say how the experts of one model come from the dense layers of the other.

    Notes
    -----
    **Signature.** The neurons of two or more experts are those of one dense layer: all of
    them (copied), a part while the others are new (partly re-initialised), or each expert a
    slice of its own (split).
    **Direction.** The dense side is older when several experts repeat it *and* what they have
    beyond it is not what their own mean would leave: the residuals of ``n`` experts around
    their mean have cosine :math:`-1/(n-1)` with each other, residuals of separate changes of
    one origin do not. Where the residuals are mostly one and the same (cosine of 0.5 and more),
    the dense layer may itself have moved from the one that the experts repeat.
    **Source.** Sparse upcycling, arXiv 2212.05055;
    Drop-Upcycling, arXiv 2502.19261.
    """
    moe = 0 if pairing.layouts[0].has_experts else 1
    found = [
        e
        for own in sorted(spread_evenly(set(layers), LAYERS))
        if (e := _experts(pairing, moe, (own, layers[own]))) is not None
    ]
    if not found:
        return None
    share = found[0].share
    whole = [fmean(m.found for m in e.maps) for e in found]
    matched = fmean(whole)
    clear = [sum(m.found >= bars().few_rows for m in e.maps) for e in found]
    if min(clear) < 2:
        return None
    if moe == 1:
        return _joined(found)
    split = share < bars().most_units
    copied = matched >= bars().most_units
    how = Said("split") if split else Said("copied") if copied else Said("partly re-initialised")
    words = Said("every expert keeps {share:share} of the dense layer's neurons", share=matched)
    if split:
        words = Said(
            "each expert is a slice of a dense layer, {share:share} of its size", share=share
        )
    elif copied:
        words = Said("every expert starts from all neurons of the dense layer")
    repeated = not split and _separate(found)
    return Origin(
        derivation=Derivation(
            kind=DerivationKind.UPCYCLED,
            sentence=Said(
                "The mixture of experts was made from dense layers: {words}.", words=words
            ),
            fraction=round(matched, 4),
            detail=how,
        ),
        direction=Direction.FROM_REFERENCE if repeated else None,
        reasons=(
            (_REASONS[repeated, split], _ARRANGED)
            if repeated
            else (_MOVED if not split and _moved(found) else _REASONS[repeated, split],)
        ),
    )


_REASONS = {
    (True, False): Said(
        "Containment: several experts repeat one dense layer of the reference, each with changes of"
        " its own."
    ),
    (False, True): Said(
        "No direction: the slices may have been cut from the dense layers or joined into them."
    ),
    (False, False): Said("No direction: the dense layers may be the mean of the experts."),
}
"""By whether experts repeat the dense layers, and whether they are slices of them."""
_ARRANGED = Said(
    "Could be arranged: a dense layer can be made of the mean of the experts and noise."
)
_MOVED = Said(
    "No direction: what the experts have beyond the dense layers is mostly the same in all of "
    "them, so they may repeat a relative of these."
)


def _joined(found: list[ExpertMap]) -> Origin:
    separate = _separate(found)
    return Origin(
        derivation=Derivation(
            kind=DerivationKind.UPCYCLED if separate else DerivationKind.EXPERTS_JOINED,
            sentence=(
                Said("The reference's experts repeat the dense layers of the audited model.")
                if separate
                else Said("The dense layers resemble the reference's experts or their mean.")
            ),
            detail=Said("seen from the dense side"),
        ),
        direction=Direction.TO_REFERENCE if separate else None,
        reasons=(
            (
                Said(
                    "Containment: several experts of the reference repeat one dense layer, each"
                    " with changes of its own."
                ),
                _ARRANGED,
            )
            if separate
            else (_MOVED,)
            if _moved(found)
            else (
                Said(
                    "No direction: the dense layer may be the mean of the experts, or one of them."
                ),
            )
        ),
    )


def _separate(found: list[ExpertMap]) -> bool:
    """Whether the experts' changes are their own, in every layer that was read."""
    return all(
        e.apart is not None
        and -0.5 / (e.experts - 1) < e.apart < bars().own_changes
        and len(e.maps) >= 2
        for e in found
    )


def _moved(found: list[ExpertMap]) -> bool:
    """Whether all experts differ from the dense layers by one and the same change."""
    return any(e.apart is not None and e.apart >= bars().own_changes for e in found)


def _experts(pairing: Pairing, moe: int, layers: tuple[int, int]) -> ExpertMap | None:
    dense = read_units(pairing, 1 - moe, "feed-forward", layers[1 - moe])
    numbers = {
        s.expert
        for s in pairing.layouts[moe].slots
        if s.expert is not None and s.layer == layers[moe]
    }
    chosen = sorted(spread_evenly(numbers, MAX_EXPERTS))
    blocks = [read_units(pairing, moe, "feed-forward", layers[moe], e) for e in chosen]
    rows = [b for b in blocks if b is not None]
    if dense is None or len(rows) < 2:
        return None
    maps = tuple(unit_map(*sorted((b, dense), key=lambda x: x.shape[0])) for b in rows)
    share = rows[0].shape[0] / dense.shape[0]
    return ExpertMap(maps=maps, apart=_apart(rows, dense), share=share, experts=len(numbers))


def _apart(rows: list[Tensor], dense: Tensor) -> float | None:
    if any(b.shape != dense.shape for b in rows):
        return None
    beyond = [b - dense for b in rows]
    return fmean(cosine(a, b) for a, b in combinations(beyond, 2))
