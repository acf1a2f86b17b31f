# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Intrinsic Fingerprint: correlation of the layers' standard deviations.

Source: Yoon et al. 2025, arXiv 2507.03014 (withdrawn), README of the authors' repository:
the standard deviation of each of q, k, v and o, normalised over the layers, correlated
(Pearson), averaged over the four. Curves of different length are interpolated.
"""

import torch

from bench.baselines.view import View, pearson


def score(a: View, b: View) -> float | None:
    """Mean of the four correlations, -1..1; ``None`` under three layers."""
    if min(len(a.layers), len(b.layers)) < 3:
        return None
    count = max(len(a.layers), len(b.layers))
    curves = [(_curve(a, role, count), _curve(b, role, count)) for role in "qkvo"]
    return sum(pearson(x, y) for x, y in curves) / 4


def _curve(view: View, role: str, count: int) -> torch.Tensor:
    values = torch.stack([layer[role].std() for layer in view.layers])
    grown = torch.nn.functional.interpolate(
        values[None, None], size=count, mode="linear", align_corners=True
    )
    return grown[0, 0]
