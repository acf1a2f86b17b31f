# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a p-value warrants, in one sentence: finding, page and terminal say the same number."""

from audit.record.said import Said
from audit.record.weights import PKind


def warrant(log10_p: float | None, kind: PKind, tail: str = "") -> Said:
    """Say how strong an agreement is, in a sentence that ``tail`` ends.

    The probability is rounded up, never down.

    Examples
    --------
    >>> str(warrant(-9.6, PKind.EXACT)).rpartition("probability ")[2].replace(chr(160), " ")
    'at most 1 in 10⁹.'
    """
    if log10_p is None or kind is PKind.NONE:
        return Said("No probability was computed.")
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
