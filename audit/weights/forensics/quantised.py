# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Quantised: the audited model's values are the reference's, on a coarse grid."""

from __future__ import annotations

from collections import Counter
from statistics import fmean
from typing import TYPE_CHECKING

from audit.weights.derivation import Derivation, DerivationKind
from audit.weights.forensics.bars import bars

if TYPE_CHECKING:
    from audit.weights.forensics.traces import Trace


def quantised(traces: tuple[Trace, ...]) -> Derivation | None:
    r"""Say that the weights were quantised, with how many bits and which group.

    Notes
    -----
    **Signature.** Most changed matrices lie on an equally spaced grid (see :func:`grid`) on
    which the reference's do not. The share of values that moved by no more than half a step
    says whether rounding alone explains the change; error-compensating methods and later
    training move more.
    **Blind to.** What :func:`grid` is blind to.
    **Source.** Ours.
    """
    changed = [t for t in traces if t.rank is not None]
    own = [t for t in changed if t.grids[0] is not None and t.grids[1] is None]
    if not own or 2 * len(own) < len(changed):
        return None
    grids = Counter((t.grids[0].bits, t.grids[0].group) for t in own if t.grids[0] is not None)
    bits, group = grids.most_common(1)[0][0]
    within = fmean(t.within for t in own)
    scale = f"groups of {group}" if group else "one scale per row"
    pure = within >= bars().grid_share
    return Derivation(
        kind=DerivationKind.QUANTISED,
        sentence=(
            f"The weights of {len(own)} of {len(traces)} tensors looked at lie on a grid of "
            f"{bits} bits ({scale}); {within:.0%} of them moved by no more than half a step"
            f"{', so rounding explains the change' if pure else ''}."
        ),
        also=() if pure else (DerivationKind.FINE_TUNED,),
        bits=bits,
        group=group or None,
        fraction=round(within, 4),
    )
