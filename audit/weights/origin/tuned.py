# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Copy, cast, fine-tuned, trained on: all tensors correspond, told apart by how much moved."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from audit.record.derivation import Derivation, DerivationKind
from audit.record.said import Said
from audit.weights.origin.bars import bars
from audit.weights.origin.grid import MANTISSA_BITS

if TYPE_CHECKING:
    from audit.weights.origin.trace import Trace
    from audit.weights.pairing.block import Pair


def copied(pairs: tuple[Pair, ...]) -> Derivation:
    """Say that the values are equal, and whether the stored type changed.

    Notes
    -----
    **Signature.** The relation ``copy``: all values are equal once the finer type is cast to
    the coarser one.
    **Source.** Ours.
    """
    types = {(p.suspect.header.dtype, p.reference.header.dtype) for p in pairs}
    mine, theirs = next(iter(types)) if len(types) == 1 else ("", "")
    if mine == theirs:
        return Derivation(
            kind=DerivationKind.COPY, sentence=Said("The values are the reference's.")
        )
    how = (
        Said("The values of the reference, cast from {theirs} to {mine}.", theirs=theirs, mine=mine)
        if MANTISSA_BITS[mine] < MANTISSA_BITS[theirs]
        else Said(
            "The values of the reference's {theirs}, held in {mine}.", theirs=theirs, mine=mine
        )
    )
    return Derivation(
        kind=DerivationKind.CAST,
        sentence=how,
        detail=Said("{theirs} to {mine}", theirs=theirs, mine=mine),
    )


def tuned(traces: tuple[Trace, ...]) -> Derivation | None:
    r"""Tell a light change of all weights from a heavy one.

    Notes
    -----
    **Signature.** No containment and no pattern: the difference is of full rank. The
    median correlation of corresponding matrices is 0.99 and more after fine-tuning
    (supervised, preference, reinforcement), 0.3 to 0.99 after continued pre-training.
    **Not sharp.** A long fine-tune and a short continued training are the same thing; the
    words follow the amount of change.
    **Source.** Ours; published similarities after 0.5 to 5.5 trillion tokens of continued
    pre-training are 0.38 to 0.76 (arXiv 2510.06738).
    """
    found = [t.correlation for t in traces if not t.pair.is_vector]
    if not found:
        return None
    middle = median(found)
    light = middle >= bars().light_correlation
    return Derivation(
        kind=DerivationKind.FINE_TUNED if light else DerivationKind.CONTINUED,
        sentence=Said(
            "All weights changed lightly: the median correlation of corresponding matrices is"
            " {middle:fixed}."
            if light
            else "The weights were trained on: the median correlation of corresponding matrices is"
            " {middle:fixed}.",
            middle=middle,
        ),
        fraction=round(middle, 4),
    )
