# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Weights pruned: values set to zero, the others kept."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from audit.record.derivation import Derivation, DerivationKind
from audit.record.said import Said
from audit.weights.origin.bars import bars

if TYPE_CHECKING:
    from torch import Tensor

    from audit.weights.origin.trace import Trace


def zero_share(values: Tensor) -> float:
    """Share of values that are exactly zero."""
    return float((values == 0).double().mean())


def two_of_four(matrix: Tensor) -> bool:
    """Whether at least two of every four values along the last axis are zero."""
    width = matrix.shape[1] // 4 * 4
    if width == 0:
        return False
    runs = (matrix[:, :width] == 0).reshape(matrix.shape[0], -1, 4).sum(2)
    return bool((runs >= 2).all())


TWO_IN_FOUR = Said("2:4")


def weights_pruned(traces: tuple[Trace, ...]) -> Derivation | None:
    r"""Say that weights were set to zero, in which pattern and how many.

    Notes
    -----
    **Signature.** Zeros in the audited model where the reference has values; what is left
    is the reference's, or close to it. Two zeros in all runs of four along the input axis:
    the ``2:4`` pattern that accelerators use.
    **Blind to.** Zeros that training filled again.
    **Source.** Mishra et al., "Accelerating sparse deep neural
    networks", arXiv 2104.08378, for 2:4.
    """
    cut = [t for t in traces if t.rank is not None and t.zeros[0] - t.zeros[1] > bars().zero_share]
    changed = [t for t in traces if t.rank is not None]
    if not cut or 2 * len(cut) < len(changed):
        return None
    share = fmean(t.zeros[0] for t in cut)
    fours = all(t.fours for t in cut)
    kept = fmean(t.kept for t in cut)
    rest = Said("the others are the reference's")
    if kept != 1:
        rest = Said("the others are the reference's in {kept:share} of cases", kept=kept)
    return Derivation(
        kind=DerivationKind.WEIGHTS_PRUNED,
        sentence=Said(
            "{share:share} of the weights in {n} of {all} tensors looked at were set to zero, two"
            " in every four; {rest}."
            if fours
            else "{share:share} of the weights in {n} of {all} tensors looked at were set to zero;"
            " {rest}.",
            share=share,
            n=len(cut),
            all=len(traces),
            rest=rest,
        ),
        also=() if kept >= bars().grid_share else (DerivationKind.FINE_TUNED,),
        fraction=round(share, 4),
        detail=TWO_IN_FOUR if fours else Said("unstructured"),
    )
