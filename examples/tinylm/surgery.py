# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What can be done to trained weights without training: the known operations of lineage.

Symbols G1 (hidden dimensions) and G2 (feed-forward neurons) name the changes of
basis that leave the function of a model as it is.
"""

import re
from dataclasses import replace

import torch

from examples.tinylm.shape import Shape
from examples.tinylm.training import Weights, fresh, generator, weights_of

_DENSE = {"gate_proj": "w1", "down_proj": "w2", "up_proj": "w3"}
_READERS = ("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj", "lm_head", "embed_tokens")
_WRITERS = ("o_proj", "down_proj")


def upcycle(
    weights: Weights, shape: Shape, *, experts: int, noise: float, name: str
) -> tuple[Weights, Shape]:
    """Make a mixture of experts: each a noisy copy of the dense layer, routers fresh.

    ``noise`` is relative to the standard deviation of the copied tensor.
    """
    grown = replace(shape, family="mixtral", experts=experts)
    random = generator(f"upcycle {name}")
    out = {k: v for k, v in weights_of(fresh(grown, name)).items() if k.endswith("moe.gate.weight")}
    for key, value in weights.items():
        stem, _, part = key.removesuffix(".weight").rpartition(".mlp.")
        if not stem:
            out[key] = value
            continue
        for e in range(experts):
            extra = torch.randn(value.shape, generator=random) * value.std() * noise
            out[f"{stem}.block_sparse_moe.experts.{e}.{_DENSE[part]}.weight"] = value + extra
    return out, grown


def relabel(weights: Weights, shape: Shape, *, hidden: bool, name: str) -> Weights:
    """Reorder each layer's neurons (G2) and, if ``hidden``, permute and flip the basis (G1)."""
    random = generator(f"relabel {name}")
    out = dict(weights)
    for layer in range(shape.layers):
        order = torch.randperm(shape.inter, generator=random)
        stem = f"model.layers.{layer}.mlp"
        out[f"{stem}.gate_proj.weight"] = out[f"{stem}.gate_proj.weight"][order]
        out[f"{stem}.up_proj.weight"] = out[f"{stem}.up_proj.weight"][order]
        out[f"{stem}.down_proj.weight"] = out[f"{stem}.down_proj.weight"][:, order]
    if not hidden:
        return out
    order = torch.randperm(shape.hidden, generator=random)
    signs = torch.randint(2, (shape.hidden,), generator=random) * 2.0 - 1.0
    return {key: _rebase(key, value, order, signs) for key, value in out.items()}


def _rebase(
    key: str, value: torch.Tensor, order: torch.Tensor, signs: torch.Tensor
) -> torch.Tensor:
    """Write one tensor in the permuted and sign-flipped residual basis."""
    part = key.removesuffix(".weight").rpartition(".")[2]
    if part in _READERS:
        return value[:, order] * signs
    if part in _WRITERS:
        return value[order] * signs[:, None]
    return value[order]


def drop_layer(weights: Weights, shape: Shape, index: int) -> tuple[Weights, Shape]:
    """Remove layer ``index`` and renumber the ones above it."""
    out = {}
    for key, value in weights.items():
        found = re.fullmatch(r"(model\.layers\.)(\d+)(\..*)", key)
        if not found:
            out[key] = value
        elif int(found[2]) != index:
            number = int(found[2]) - (int(found[2]) > index)
            out[f"{found[1]}{number}{found[3]}"] = value
    return out, replace(shape, layers=shape.layers - 1)
