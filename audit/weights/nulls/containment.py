# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which share of one side's weights the other still contains."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from audit import rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

MIN_ROWS = 32
"""With fewer rows the larger slope is biased upwards: lengths of short columns vary by chance."""


def containment(suspect: Tensor, reference: Tensor) -> float:
    r"""Estimate which share of one side's weights is still present in the other.

    Parameters
    ----------
    suspect, reference : Tensor, shape (rows, width)
        Corresponding rows and columns; where a map was applied, after it was undone.

    Examples
    --------
    For independent columns the value is near zero, for a child with added noise near one.
    """
    import torch

    s, r = suspect.double(), reference.double()
    cross = (s * r).sum(0)
    smaller = torch.minimum((s * s).sum(0), (r * r).sum(0))
    used = smaller > 0
    return float((cross[used] / smaller[used]).median()) if bool(used.any()) else 0.0


def not_contained(containment: Mapping[str, Sequence[float]]) -> bool:
    """Whether in no part the layers that agree at all are contained, by their median.

    ``containment`` has one value per window of the layers, by component. A layer that agrees
    with nothing came from elsewhere or was drawn anew; it says nothing about how far two
    trainings went apart.
    """
    bars = rules.weight_thresholds()
    most = []
    for values in containment.values():
        told = [v for v in values if v >= bars.min_containment_told] or values
        most += [median(told)] if told else []
    return bool(most) and max(most) < bars.min_containment


@dataclass(slots=True)
class Levels:
    """Collects the containment of one window after the other, by component."""

    _found: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, component: str, suspect: Tensor, reference: Tensor) -> None:
        """Take one window, if it has rows enough: the slopes of a few router rows are noise."""
        if suspect.shape[0] >= MIN_ROWS:
            self.note_all(component, suspect, reference)

    def note_all(self, component: str, suspect: Tensor, reference: Tensor) -> None:
        """Take what is left of a window that had rows enough."""
        if suspect.numel():
            self._found[component].append(containment(suspect, reference))

    def told(self) -> dict[str, tuple[float, ...]]:
        """Return what was collected."""
        return {component: tuple(values) for component, values in self._found.items()}
