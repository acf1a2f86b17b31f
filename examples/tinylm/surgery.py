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
_NEURON_ROWS = ("gate_proj", "up_proj", "w1", "w3")
_NEURON_COLUMNS = ("down_proj", "w2")
_LAYER = re.compile(r"model\.layers\.(\d+)\.")


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
    return drop_layers(weights, shape, {index})


def drop_layers(weights: Weights, shape: Shape, dropped: set[int]) -> tuple[Weights, Shape]:
    """Remove layers and renumber the rest."""
    return take_layers(weights, shape, [i for i in range(shape.layers) if i not in dropped])


def take_layers(weights: Weights, shape: Shape, order: list[int]) -> tuple[Weights, Shape]:
    """Stack the named layers, each as often as it is named."""
    out = {key: value for key, value in weights.items() if not _LAYER.match(key)}
    for new, old in enumerate(order):
        for key, value in weights.items():
            found = _LAYER.match(key)
            if found and int(found[1]) == old:
                out[f"model.layers.{new}.{key[found.end() :]}"] = value.clone()
    return out, replace(shape, layers=len(order))


def keep_neurons(weights: Weights, shape: Shape, kept: torch.Tensor) -> tuple[Weights, Shape]:
    """Keep the feed-forward neurons ``kept`` (n,) of every layer and expert."""
    out = {}
    for key, value in weights.items():
        part = key.removesuffix(".weight").rpartition(".")[2]
        axis = 0 if part in _NEURON_ROWS else 1 if part in _NEURON_COLUMNS else None
        out[key] = value if axis is None else value.index_select(axis, kept)
    return out, replace(shape, inter=len(kept))


def redraw(weights: Weights, shape: Shape, *, share: float, name: str) -> Weights:
    """Draw a share of every expert's neurons again (drop-upcycling, Nakamura et al. 2025)."""
    out = dict(weights)
    random = generator(f"redraw {name}")
    count = int(shape.inter * share)
    for stem in sorted({k.rpartition(".w1.")[0] for k in weights if ".w1." in k}):
        chosen = torch.randperm(shape.inter, generator=random)[:count]
        for part, axis in (("w1", 0), ("w3", 0), ("w2", 1)):
            value = out[f"{stem}.{part}.weight"].clone()
            new = torch.randn(value.shape, generator=random) * value.std()
            value.index_copy_(axis, chosen, new.index_select(axis, chosen))
            out[f"{stem}.{part}.weight"] = value
    return out


def fresh_tables(weights: Weights, shape: Shape, *, name: str) -> Weights:
    """Draw the embeddings (and the output rows, if they are their own) again."""
    tables = ("model.embed_tokens.weight", "lm_head.weight")
    drawn = weights_of(fresh(shape, name))
    return weights | {key: drawn[key] for key in tables if key in weights}
