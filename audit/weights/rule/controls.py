# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Reads a calibrated score against models of which it is known that they are independent.

The tool ships a calibration (``rules/weights.yaml``). A user can add models of the same
kind; references that turned out to share nothing with the suspect serve as well. Where the
two disagree the more cautious one counts.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.layout import describe
from audit.weights.pairing.heads import measure_circuits
from audit.weights.pairing.neurons import measure_gram

if TYPE_CHECKING:
    from audit.inventory import Inventory
    from audit.weights.pairing.pairs import Pairing
    from audit.weights.rule.calibrated import CalibratedResult


def against_controls(
    found: CalibratedResult, pairing: Pairing, *, least_ratio: float
) -> CalibratedResult:
    """Repeat the test on each control, in the suspect's place and in the reference's.

    Layers are matched as they were for the suspect. A control that has no comparable layers
    is not counted. The result stands out only if it exceeds ``least_ratio`` times the best
    score of the controls.
    """
    scores = [
        score
        for control in pairing.controls
        for score in (_score(found.test, control, pairing, kept) for kept in (1, 0))
        if score is not None
    ]
    best = max(scores, default=0.0)
    clear = found.statistic >= least_ratio * best
    return replace(
        found,
        controls=found.controls + len(scores),
        own_controls=len(scores),
        best_control=max(best, found.best_control),
        beats_controls=found.beats_controls and found.statistic > best,
        stands_out=found.stands_out and clear,
        contested=found.stands_out and not clear,
    )


def false_positive_bound(controls: int) -> float:
    """Upper 95 % bound on the rate of false positives after none in ``controls`` comparisons.

    The rule of three (Hanley and Lippman-Hand 1983); comparisons that share models are fewer
    independent trials than their number says.

    >>> false_positive_bound(150)
    0.02
    """
    return min(1.0, 3 / controls) if controls else 1.0


def _score(test: str, control: Inventory, pairing: Pairing, kept: int) -> float | None:
    """Median score of the control beside the suspect (``kept`` 0) or the reference (1)."""
    with Checkpoint(control, pairing.device) as opened:
        layouts = [describe(control), describe(control)]
        checkpoints = [opened, opened]
        layouts[kept], checkpoints[kept] = pairing.layouts[kept], pairing.checkpoints[kept]
        both = (layouts[0], layouts[1]), (checkpoints[0], checkpoints[1])
        if test == "circuit-matching":
            heads = measure_circuits(*both)
            return None if isinstance(heads, str) else median(match.score for match in heads)
        found = measure_gram(*both, seed=pairing.seed)
    return None if isinstance(found, str) else median(match.score for match in found)
