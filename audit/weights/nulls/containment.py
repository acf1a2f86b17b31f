# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which share of one side's weights the other still contains."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from audit import rules
from audit.weights.nulls.learned import Learned, Told, learned, told

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


def window(suspect: Tensor, reference: Tensor) -> Window:
    """Measure one window; what was learned is looked for only where the two agree at all."""
    told, level = rules.weight_thresholds().min_containment_told, containment(suspect, reference)
    if level < told:
        return Window(contained=level)
    agreeing = _cosines(suspect, reference) >= max(told, 2 / suspect.shape[0] ** 0.5)
    suspect, reference = suspect[:, agreeing].double(), reference[:, agreeing].double()
    one = learned(suspect, _as_long(reference, suspect))
    other = learned(reference, _as_long(suspect, reference))
    return Window(contained=level, learned=None if one is None or other is None else (one, other))


def _cosines(suspect: Tensor, reference: Tensor) -> Tensor:
    s, r = suspect.double(), reference.double()
    cosines: Tensor = (s * r).sum(0) / (s.norm(dim=0) * r.norm(dim=0)).clamp_min(1e-300)
    return cosines


def _as_long(columns: Tensor, like: Tensor) -> Tensor:
    """Give every column the length of its counterpart: rescaling columns and gains is free."""
    lengths: Tensor = like.norm(dim=0) / columns.norm(dim=0).clamp_min(1e-300)
    return columns * lengths


def start_or_descent(
    windows: Mapping[str, Sequence[Window]], trained: tuple[bool, bool] = (False, False)
) -> Told:
    """Say what the learned directions of all windows that agree show together.

    ``trained`` says which of the two is known to be no random start by something else.
    """
    some = [w.learned for found in windows.values() for w in found if w.learned is not None]
    return told(some, trained)


def not_contained(containment: Mapping[str, Sequence[Window]]) -> bool:
    """Whether in no part the layers that agree at all are contained, by their median.

    ``containment`` has the windows of the layers, by component. A layer that agrees
    with nothing came from elsewhere or was drawn anew; it says nothing about how far two
    trainings went apart.
    """
    bars = rules.weight_thresholds()
    most = []
    for windows in containment.values():
        values = [window.contained for window in windows]
        agreeing = [v for v in values if v >= bars.min_containment_told] or values
        most += [median(agreeing)] if agreeing else []
    return bool(most) and max(most) < bars.min_containment


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How much of one side one window of the layers contains, and what it learned.

    ``learned`` holds the suspect's learned directions looked for in the reference, and the
    reverse; ``None`` for windows that agree with nothing, or are too small.
    """

    contained: float
    learned: tuple[Learned, Learned] | None = None


@dataclass(slots=True)
class Levels:
    """Collects one window after the other, by component."""

    _found: dict[str, list[Window]] = field(default_factory=lambda: defaultdict(list))

    def note(self, component: str, suspect: Tensor, reference: Tensor) -> None:
        """Take one window, if it has rows enough: the slopes of a few router rows are noise."""
        if suspect.shape[0] >= MIN_ROWS:
            self.note_all(component, suspect, reference)

    def note_all(self, component: str, suspect: Tensor, reference: Tensor) -> None:
        """Take what is left of a window that had rows enough."""
        if suspect.numel():
            self._found[component].append(window(suspect, reference))

    def told(self) -> dict[str, tuple[Window, ...]]:
        """Return what was collected."""
        return {component: tuple(values) for component, values in self._found.items()}
