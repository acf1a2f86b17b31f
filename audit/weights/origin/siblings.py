# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Siblings: two models of which a third reference is shown to be the common parent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from audit.record.derivation import Direction
from audit.record.said import Said
from audit.record.weights import Comparison, Relatives


def with_siblings(
    comparisons: Mapping[str, Comparison],
    relatives: Relatives | None,
    between: Callable[[str, str], Comparison],
) -> dict[str, Comparison]:
    r"""Say ``siblings`` where a third reference lies between two models *and* came before both.

    Parameters
    ----------
    comparisons
        The audited model against each reference, by the reference's name.
    relatives
        What all related references show together, ``None`` where there are not two.
    between
        Compares one reference (first) with another; asked only where the answer can settle it.

    Notes
    -----
    **Signature.** The changes from the third model to both are at a right angle, and each of
    the two is contained in it. The angle alone is that of a middle generation too; containment
    alone that of a grandparent.
    **Source.** Ours.
    """
    found = dict(comparisons)
    for triple in relatives.between if relatives is not None else ():
        parent = comparisons.get(triple.middle)
        names = {triple.one, triple.other} & set(comparisons)
        if parent is None or len(names) != 1 or not _came_first(parent):
            continue
        (name,) = names
        if comparisons[name].direction is None and _came_first(between(name, triple.middle)):
            found[name] = replace(
                comparisons[name],
                direction=Direction.SIBLINGS,
                direction_reasons=(
                    Said(
                        "Siblings: both are contained in {middle}, and their changes from it "
                        "are at a right angle (cosine {cosine:fixed}).",
                        middle=triple.middle,
                        cosine=triple.cosine,
                    ),
                    Said(
                        "Could be arranged: digits, values or units can be made up and added to"
                        " that model."
                    ),
                ),
            )
    return found


def _came_first(comparison: Comparison) -> bool:
    return comparison.direction is Direction.FROM_REFERENCE
