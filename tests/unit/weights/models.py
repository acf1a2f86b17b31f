# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Small made-up checkpoints with planted relations, for tests of the arithmetic alone."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from audit.inventory import Inventory, take_inventory
from audit.sources.names import resolve

CONFIG = {
    "model_type": "llama",
    "hidden_size": 48,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "num_hidden_layers": 3,
    "vocab_size": 160,
}
LEARNED = 3
Tensors = dict[str, torch.Tensor]


def llama(seed: int, *, layers: int = 3, hidden: int = 48) -> Tensors:
    """A checkpoint with Llama's names: noise, and a few directions as training writes them."""
    g = torch.Generator().manual_seed(seed)

    def matrix(rows: int, columns: int) -> torch.Tensor:
        noise = torch.randn(rows, columns, generator=g)
        learned = torch.randn(rows, LEARNED, generator=g) @ torch.randn(
            LEARNED, columns, generator=g
        )
        return (noise + learned * 0.4) * 0.05

    tensors = {"model.embed_tokens.weight": matrix(160, hidden)}
    for i in range(layers):
        p = f"model.layers.{i}."
        tensors |= {
            p + "self_attn.q_proj.weight": matrix(48, hidden),
            p + "self_attn.k_proj.weight": matrix(24, hidden),
            p + "self_attn.v_proj.weight": matrix(24, hidden),
            p + "self_attn.o_proj.weight": matrix(hidden, 48),
            p + "mlp.gate_proj.weight": matrix(96, hidden),
            p + "mlp.up_proj.weight": matrix(96, hidden),
            p + "mlp.down_proj.weight": matrix(hidden, 96),
            p + "input_layernorm.weight": 1 + 0.2 * torch.randn(hidden, generator=g),
            p + "post_attention_layernorm.weight": 1 + 0.2 * torch.randn(hidden, generator=g),
        }
    tensors["model.norm.weight"] = 1 + 0.2 * torch.randn(hidden, generator=g)
    tensors["lm_head.weight"] = matrix(160, hidden)
    return tensors


def child(tensors: Tensors, *, noise: float, seed: int = 99) -> Tensors:
    """Every tensor with noise of ``noise`` of its own standard deviation."""
    g = torch.Generator().manual_seed(seed)
    return {k: v + noise * v.std() * torch.randn(v.shape, generator=g) for k, v in tensors.items()}


def save(folder: Path, tensors: Tensors, config: dict[str, object] | None = None) -> Inventory:
    """Write a model folder and take its inventory."""
    folder.mkdir(parents=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG if config is None else config))
    return take_inventory(resolve(str(folder)))
