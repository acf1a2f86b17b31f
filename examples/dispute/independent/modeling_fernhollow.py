# Copyright 2025 The Fernhollow Collective
# SPDX-License-Identifier: Apache-2.0
"""Fernhollow MoE in plain functions: the weights stay a dictionary of tensors."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch.nn import functional as fn

from .switchboard import Switchboard


def rms_norm(x, gain, eps):
    """Divide by the root mean square of the last axis, then apply ``gain``."""
    return fn.rms_norm(x, gain.shape, gain, eps)


def spin(x, theta):
    """Turn each pair (i, i + half) of a head by its position, as complex numbers."""
    half = x.size(-1) // 2
    exponent = torch.arange(half) / half
    phase = torch.arange(x.size(-2)).unsqueeze(-1) * theta**-exponent
    z = torch.complex(x[..., :half], x[..., half:])
    z = z * torch.polar(torch.ones_like(phase), phase)
    return torch.cat([z.real, z.imag], -1)


class FernhollowForCausalLM:
    """A release folder, ready to score next tokens."""

    def __init__(self, folder):
        folder = Path(folder)
        self.config = json.loads((folder / "config.json").read_text("utf-8"))
        stored = load_file(folder / "model.safetensors")
        self.tensors = {name: tensor.float() for name, tensor in stored.items()}
        depth = range(self.config["num_hidden_layers"])
        self.switchboards = [
            self._switchboard(f"model.layers.{n}.block_sparse_moe.") for n in depth
        ]

    def _switchboard(self, prefix):
        c = self.config
        board = Switchboard(
            c["hidden_size"],
            c["intermediate_size"],
            c["num_local_experts"],
            c["num_experts_per_tok"],
        )
        own = {k.removeprefix(prefix): v for k, v in self.tensors.items() if k.startswith(prefix)}
        board.load_state_dict(own)
        return board.eval()

    def _attend(self, x, prefix):
        c = self.config
        width = c["hidden_size"] // c["num_attention_heads"]
        heads = {}
        for letter in "qkv":
            flat = fn.linear(x, self.tensors[f"{prefix}{letter}_proj.weight"])
            heads[letter] = flat.unflatten(-1, (-1, width)).movedim(-2, -3)
        q, k = spin(heads["q"], c["rope_theta"]), spin(heads["k"], c["rope_theta"])
        out = fn.scaled_dot_product_attention(q, k, heads["v"], is_causal=True, enable_gqa=True)
        return fn.linear(out.movedim(-3, -2).flatten(-2), self.tensors[f"{prefix}o_proj.weight"])

    @torch.no_grad()
    def __call__(self, ids):
        """Map ids (batch, length) to logits (batch, length, vocabulary)."""
        t, eps = self.tensors, self.config["rms_norm_eps"]
        x = fn.embedding(ids, t["model.embed_tokens.weight"])
        for number, board in enumerate(self.switchboards):
            at = f"model.layers.{number}."
            x = x + self._attend(
                rms_norm(x, t[at + "input_layernorm.weight"], eps), at + "self_attn."
            )
            x = x + board(rms_norm(x, t[at + "post_attention_layernorm.weight"], eps))
        return fn.linear(rms_norm(x, t["model.norm.weight"], eps), t["lm_head.weight"])
