# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Residual width: dimensions cut away or added, read off the maps that the exact tests made."""

from __future__ import annotations

from audit.record.derivation import Derivation, DerivationKind, Origin
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
    also = " The neurons of the layers were cut as well." if neurons and pruned else ""
    return Origin(
        derivation=Derivation(
            kind=DerivationKind.WIDTH_PRUNED if pruned else DerivationKind.WIDTH_EXPANDED,
            sentence=(
                f"{kept} of the {min(mine, theirs)} residual dimensions of the narrower model are "
                f"found in order among the {max(mine, theirs)} of the wider one.{also}"
            ),
            fraction=round(kept / min(mine, theirs), 4),
            detail="residual",
        ),
        reasons=("No direction: dimensions may have been cut from one or added to the other.",),
    )
