# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The two tests of Zhu et al. 2025 (arXiv 2502.12292), with their parametric p-values.

``exact``: neurons are assigned by the cosine of their up-projection rows; the Spearman
correlation of that assignment with the identity has a t distribution under independent
training, and layers combine by Fisher (section 3.1, phi_U).

``match``: neurons are assigned once by their gate and once by their up responses; the
Spearman correlation of the two assignments (section 3.2, phi_MATCH). The responses are
those to embedding rows of shared tokens, which needs no forward pass; the paper runs
text through both models. Its p-value is not exact, as the paper says.
"""

import math

import torch
from scipy.optimize import linear_sum_assignment
from scipy.stats import chi2, t

from bench.baselines.view import View, shared_rows, unit


def exact(a: View, b: View) -> float | None:
    """Minus log10 of Fisher's combination; ``None`` where neurons differ in number."""
    pairs = _layers(a, b)
    if pairs is None:
        return None
    logs = []
    for x, y in pairs:
        order = _assigned(unit(x["up"]), unit(y["up"]))
        logs.append(_log_p(order, torch.arange(len(order))))
    return _fisher(logs)


def match(a: View, b: View) -> float | None:
    """Minus log10 of Fisher's combination of the layers; ``None`` without common tokens."""
    rows = shared_rows(a, b, most=512)
    pairs = _layers(a, b)
    if rows is None or pairs is None:
        return None
    logs = []
    for x, y in pairs:
        orders = [
            _assigned(_response(rows[0], x, role), _response(rows[1], y, role))
            for role in ("gate", "up")
        ]
        logs.append(_log_p(*orders))
    return _fisher(logs)


Pairs = list[tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]]


def _layers(a: View, b: View) -> Pairs | None:
    """Layers one to one, as far as both go; ``None`` where they hold other numbers of neurons."""
    pairs = list(zip(a.layers, b.layers, strict=False))
    alike = all(x["up"].shape == y["up"].shape for x, y in pairs)
    return pairs if alike else None


def _response(rows: torch.Tensor, layer: dict[str, torch.Tensor], role: str) -> torch.Tensor:
    """Centred unit responses of each neuron to the normalised embeddings, (neurons, tokens)."""
    scale = rows.square().mean(1, keepdim=True).add(1e-5).rsqrt()
    response = layer[role] @ (rows * scale * layer["norm.mlp"]).T
    return unit(response - response.mean(1, keepdim=True))


def _assigned(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    _, columns = linear_sum_assignment((x @ y.T).numpy(), maximize=True)
    return torch.from_numpy(columns)


def _log_p(x: torch.Tensor, y: torch.Tensor) -> float:
    """Natural logarithm of the one-sided p of a Spearman correlation of two permutations."""
    n = len(x)
    distance = float((x - y).double().square().sum())
    rho = 1 - 6 * distance / (n * (n * n - 1))
    if abs(rho) >= 1:
        return -math.lgamma(n + 1) if rho > 0 else 0.0
    value = rho * math.sqrt((n - 2) / (1 - rho * rho))
    found = float(t.logsf(value, n - 2))
    # The tail is lost to underflow only where no permutation can be that rare anyway.
    return max(found, -math.lgamma(n + 1))


def _fisher(logs: list[float]) -> float:
    """Minus log10 of the combination; the leading term of the tail where it underflows."""
    x, k = -sum(logs), len(logs)
    found = float(chi2.logsf(2 * x, 2 * k))
    if not math.isfinite(found):
        found = -x + (k - 1) * math.log(x) - math.lgamma(k)
    return -found / math.log(10)
