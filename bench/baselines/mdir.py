# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A statistic in the manner of MDIR, with its bound.

Source: arXiv 2508.06309 (abstract, reviews; the exact p-value could not be read, so the
bound is derived again): U = polar factor of E_R' E_S over shared tokens; the mean matched
absolute entry x over the best signed assignment; under a Haar-random U,
P(tr U >= x d) is about exp(-d^2 x^2 / 2), times the 2^d d! candidate maps.
"""

import math

import torch
from scipy.optimize import linear_sum_assignment

from bench.baselines.view import View, shared_rows

CUT = math.log10(2e-23)
"""The decision of the paper."""


def score(a: View, b: View) -> float | None:
    """Minus log10 of the bound; ``None`` without common tokens or of different widths."""
    rows = shared_rows(a, b)
    if rows is None or rows[0].shape[1] != rows[1].shape[1]:
        return None
    left, _, right = torch.linalg.svd((rows[0].T @ rows[1]).double())
    return -log10_bound(_matched(left @ right), rows[0].shape[1])


def _matched(u: torch.Tensor) -> float:
    chosen = linear_sum_assignment(u.abs().numpy(), maximize=True)
    return float(u.abs()[chosen].mean())


def log10_bound(x: float, d: int) -> float:
    """The bound for a mean matched entry ``x`` in ``d`` dimensions, at most 0."""
    maps = d * math.log(2) + math.lgamma(d + 1)
    return min(0.0, (maps - (d * x) ** 2 / 2) / math.log(10))
