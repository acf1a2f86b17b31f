# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The shared-initialisation guard: whether what agrees is more than a random start in common."""

from collections.abc import Mapping, Sequence
from statistics import median

from audit.rules import WeightThresholds


def not_contained(containment: Mapping[str, Sequence[float]], bars: WeightThresholds) -> bool:
    """Whether in no part the layers that agree at all are contained, by their median.

    ``containment`` has one value per window of the layers, by component
    (:mod:`audit.weights.statistics.shared_start`). A layer that agrees with nothing came from
    elsewhere or was drawn anew; it says nothing about how far two trainings went apart.
    """
    most = []
    for values in containment.values():
        told = [v for v in values if v >= bars.min_containment_told] or values
        most += [median(told)] if told else []
    return bool(most) and max(most) < bars.min_containment
