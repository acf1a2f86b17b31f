# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Residual width: dimensions cut away or added, read off the maps that the exact tests made."""

from __future__ import annotations

from audit.record.derivation import Derivation, DerivationKind, Origin
from audit.record.said import Said, joined
from audit.weights.pairing.pairs import Pairing
from audit.weights.statistics.seen import NeuronOrder, Orders, Seen


def residual_width_changed(seen: Seen, pairing: Pairing) -> Origin:
    r"""Say how many residual dimensions of the wider model stand in the narrower one.

    Notes
    -----
    **Signature.** The residual streams differ in width, and dimensions that choose each other
    stand in the same order (N3); where neurons were cut as well, so do those.
    **No direction.** Dimensions may have been cut from the one or added to the other.
    """
    mine, theirs = (layout.width or 0 for layout in pairing.layouts)
    kept = max((m.rising for o in seen.all(Orders) for m in o.components.values()), default=0)
    pruned = mine < theirs
    neurons = seen.of(NeuronOrder) is not None
    sentence = Said(
        "{kept} of the {narrow} residual dimensions of the narrower model are found in order among"
        " the {wide} of the wider one.",
        kept=kept,
        narrow=min(mine, theirs),
        wide=max(mine, theirs),
    )
    if neurons and pruned:
        cut = Said("The neurons of the layers were cut as well.")
        sentence = joined(" ", (sentence, cut))
    return Origin(
        derivation=Derivation(
            kind=DerivationKind.WIDTH_PRUNED if pruned else DerivationKind.WIDTH_EXPANDED,
            sentence=sentence,
            fraction=round(kept / min(mine, theirs), 4),
            detail=Said("residual"),
        ),
        reasons=(
            Said("No direction: dimensions may have been cut from one or added to the other."),
        ),
    )
