# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Published methods, written again from their papers, to be measured beside ``audit``.

Each gives one number for two folders, higher for more alike, or ``None`` where it has no
answer. ``cut`` is the decision that its authors use, where they state one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bench.baselines import awm, cosine, ghostspec, huref, mdir, spread, zhu
from bench.baselines.view import View


@dataclass(frozen=True)
class Baseline:
    """A published method, and the cut at which its authors say "derived"."""

    title: str
    score: Callable[[View, View], float | None]
    cut: float | None


BASELINES = {
    "spread": Baseline("standard deviations per layer", spread.score, 0.9),
    "cosine": Baseline("direct cosine (PCS)", cosine.score, 0.8),
    "huref": Baseline("HuRef's invariant terms (ICS)", huref.score, 0.8),
    "awm": Baseline("AWM: assignment, unbiased CKA", awm.score, None),
    "ghostspec": Baseline("spectra in the manner of GhostSpec", ghostspec.score, None),
    "mdir": Baseline("MDIR-style statistic", mdir.score, -mdir.CUT),
    "zhu-exact": Baseline("Zhu et al., up rows (exact)", zhu.exact, -math.log10(1e-4)),
    "zhu-match": Baseline("Zhu et al., gate against up", zhu.match, -math.log10(1e-4)),
}
"""Every reimplemented method; the kit of ``kit.py`` runs beside them."""
