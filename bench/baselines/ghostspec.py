# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A spectral fingerprint in the manner of GhostSpec.

Source: arXiv 2511.06390 (abstract and reviews; the full text could not be read): singular
values of the query-key and value-output products per layer, scaled to 0..1, cut at the
effective rank, layers aligned in order by dynamic programming with a gap penalty; the
score falls with the mean squared difference. The published score passes this through an
inverse sigmoid, which changes no ranking.
"""

import torch

from bench.baselines.view import View

POINTS = 32
GAP = 0.02
"""Cost of leaving a layer out, in units of the mean squared difference."""


def score(a: View, b: View) -> float | None:
    """Minus the cost of the best monotone alignment per layer; 0 is equal."""
    x, y = _spectra(a), _spectra(b)
    cost = ((x[:, None] - y[None]) ** 2).mean(-1).tolist()
    rows, columns = len(x), len(y)
    best = [[GAP * (i + j) for j in range(columns + 1)] for i in range(rows + 1)]
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            best[i][j] = min(
                best[i - 1][j - 1] + cost[i - 1][j - 1],
                best[i - 1][j] + GAP,
                best[i][j - 1] + GAP,
            )
    return -best[rows][columns] / max(rows, columns)


def _spectra(view: View) -> torch.Tensor:
    return torch.stack(
        [torch.cat([_spectrum(p) for p in _products(view, i)]) for i in range(len(view.layers))]
    )


def _products(view: View, index: int) -> list[torch.Tensor]:
    layer = view.layers[index]
    groups = view.heads // view.kv_heads
    k, v = (
        layer[r].unflatten(0, (view.kv_heads, -1)).repeat_interleave(groups, 0).flatten(0, 1)
        for r in "kv"
    )
    return [layer["q"].T @ k, layer["o"] @ v]


def _spectrum(product: torch.Tensor) -> torch.Tensor:
    """Singular values up to the effective rank (Roy and Vetterli 2007), at ``POINTS`` places."""
    values = torch.linalg.svdvals(product)
    share = values / values.sum().clamp(min=1e-12)
    rank = int(torch.exp(-(share * share.clamp(min=1e-12).log()).sum()).round().clamp(min=2))
    kept = values[:rank]
    scaled = (kept - kept.min()) / (kept.max() - kept.min()).clamp(min=1e-12)
    return torch.nn.functional.interpolate(
        scaled[None, None], size=POINTS, mode="linear", align_corners=True
    )[0, 0]
