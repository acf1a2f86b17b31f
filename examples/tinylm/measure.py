# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Measures what training did: movement, correlation, and the disputed spread statistic."""

import torch

from examples.tinylm.training import Weights

_ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")


def pearson(x: torch.Tensor, y: torch.Tensor) -> float:
    """Correlation of two tensors of one shape, all elements as one sample."""
    return float(torch.corrcoef(torch.stack([x.flatten().double(), y.flatten().double()]))[0, 1])


def _median(values: list[float]) -> float:
    return float(torch.tensor(sorted(values)).median())


def movement(weights: Weights, start: Weights) -> float:
    """Median over matrices of the norm of the change, relative to the start's norm."""
    keys = [k for k, v in start.items() if v.ndim == 2]
    return _median([float((weights[k] - start[k]).norm() / start[k].norm()) for k in keys])


def matrix_correlation(first: Weights, second: Weights) -> float:
    """Median over matrices with one name and shape of their element-wise correlation."""
    keys = [k for k in _shared(first, second) if first[k].ndim == 2]
    return _median([pearson(first[k], second[k]) for k in keys])


def gain_correlation(first: Weights, second: Weights) -> float:
    """Correlation of all norm gains, each vector standardised on its own."""
    keys = [k for k in _shared(first, second) if first[k].ndim == 1 and k.endswith(".weight")]
    x, y = (torch.cat([(w[k] - w[k].mean()) / w[k].std() for k in keys]) for w in (first, second))
    return pearson(x, y)


def _shared(first: Weights, second: Weights) -> list[str]:
    return [k for k in sorted(first) if k in second and first[k].shape == second[k].shape]


def spread_per_layer(first: Weights, second: Weights) -> float:
    """Mean over q, k, v, o of the correlation of standard deviations along the layers."""
    curves = [(_curve(first, part), _curve(second, part)) for part in _ATTENTION]
    return sum(pearson(x, y) for x, y in curves) / len(curves)


def _curve(weights: Weights, part: str) -> torch.Tensor:
    count = sum(key.endswith(f"self_attn.{part}.weight") for key in weights)
    names = [f"model.layers.{i}.self_attn.{part}.weight" for i in range(count)]
    return torch.stack([weights[name].double().std() for name in names])


def spread_per_tensor(first: Weights, second: Weights) -> float:
    """Correlation of standard deviations over all matrices with one name and shape."""
    keys = [k for k in _shared(first, second) if first[k].ndim == 2]
    stds = [torch.stack([w[k].double().std() for k in keys]) for w in (first, second)]
    return pearson(*stds)
