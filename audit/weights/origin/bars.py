# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The numbers by which a change is named (``rules/forensics.yaml``); none decides a relation."""

from functools import cache
from typing import Literal

from audit import resources
from audit.rules.loading import Strict, load_one


class Bars(Strict):
    """Each number with its meaning."""

    schema_version: Literal[1]
    light_correlation: float
    """From here on a change of all weights is light (fine-tuning), below it heavy."""
    grid_share: float
    """Share of the groups whose values must lie on an equally spaced grid."""
    grid_tolerance: float
    """Largest rounding error, in steps, at which a grid can still be told from chance."""
    max_levels: int
    edge: float
    """A singular value of a difference counts above this multiple of the rounding edge."""
    max_rank_share: float
    """Above this share of the full rank a difference is not low-rank."""
    same_rank_share: float
    """Share of the changed matrices that must have one rank."""
    zero_share: float
    """Zeros beyond the reference's own, from which on weights were pruned."""
    same_neuron: float
    """Correlation of two neurons' weights from which on one is the other."""
    same_layer: float
    """Correlation of two layers' weights from which on one comes from the other."""
    most_units: float
    """Share of units that must be found again, in order, for a cut."""
    own_changes: float
    """Cosine of what experts have beyond a dense layer, below which each has changes of its own."""
    newborn: float
    """A layer whose writers are smaller than this share of the usual adds nothing yet."""
    shared_row: float
    """Correlation of two embedding rows from which on they are one token's."""
    few_rows: float
    """Share of rows that may differ in a vocabulary that was kept."""
    merge_gain: float
    """Share of the best single reference's residual that a mixture must take away."""
    merge_weight: float
    """A reference carries weight in a mixture from here on."""
    right_angle: float
    """Largest cosine of two changes that still counts as a right angle."""
    near_mean: float
    """New rows deviate from the mean row by less than this share of the usual deviation."""


@cache
def bars() -> Bars:
    """Return the numbers.

    Raises
    ------
    RulesError
        If the file is not valid.
    """
    return load_one(resources.tree("rules") / "forensics.yaml", Bars)
