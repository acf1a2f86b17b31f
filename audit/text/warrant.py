# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a p-value warrants, in one sentence: finding, page and terminal say the same number."""

from audit.record.said import Said
from audit.record.weights import PKind

STOP = -9.0
"""log10 of the smallest probability that a sentence states; exponents stand in the annexes."""


def warrant(log10_p: float | None, kind: PKind, tail: str = "") -> Said:
    """Say how strong an agreement is, in a sentence that ``tail`` ends.

    The probability is rounded up, never down.

    Examples
    --------
    >>> str(warrant(-8.6, PKind.EXACT)).rpartition("probability ")[2].replace(chr(160), " ")
    'at most 1 in 10⁸.'
    """
    if log10_p is None or kind is PKind.NONE:
        return Said("No probability was computed.")
    if log10_p < STOP and kind is not PKind.CALIBRATED:
        return Said(
            "If the two had been initialised independently, agreement this strong would have"
            " probability below {p:chance}, where this audit stops{tail}: no probability here can"
            " be smaller than that of its assumptions failing, which is not measured.",
            p=STOP,
            tail=tail,
        )
    if kind is PKind.EXACT:
        return Said(
            "If the two had been initialised independently, agreement this strong would have"
            " probability at most {p:chance}{tail}.",
            p=log10_p,
            tail=tail,
        )
    if kind is PKind.ASYMPTOTIC:
        return Said(
            "If the two had been initialised independently, agreement this strong would have"
            " probability about {p:chance}, by the normal approximation of the permutation"
            " distribution{tail}.",
            p=log10_p,
            tail=tail,
        )
    return Said(
        "No comparison of control models agreed this strongly. So many controls allow an error"
        " rate of {p:chance} to be stated and none below it; it is not an exact probability.",
        p=log10_p,
    )
