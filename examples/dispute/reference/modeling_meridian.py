# Copyright 2025 Meridian Research Laboratory
#
# This file is part of Meridian-1. It is licensed under the Creative Commons
# Attribution-NonCommercial 4.0 International Public License (CC-BY-NC-4.0).
# You may not use it for commercial purposes. See the LICENSE file.
# SPDX-License-Identifier: CC-BY-NC-4.0
"""Meridian-1: a small decoder with rotary positions and grouped key-value heads."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional


class MeridianRMSNorm(nn.Module):
    """Root-mean-square norm; the mean is taken in float32 whatever comes in."""

    def __init__(self, hidden_size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.variance_epsilon = eps

    def forward(self, hidden_states):
        """Normalise the last axis and apply the gain."""
        wide = hidden_states.float()
        variance = wide.square().mean(dim=-1, keepdim=True)
        wide = wide * torch.rsqrt(variance + self.variance_epsilon)
        return self.weight * wide.to(hidden_states.dtype)


class MeridianRotary(nn.Module):
    """Tables of cosines and sines, built once for the longest context."""

    def __init__(self, head_dim, max_positions, base):
        super().__init__()
        steps = torch.arange(0, head_dim, 2, dtype=torch.float32)
        inverse_frequency = 1.0 / (base ** (steps / head_dim))
        angles = torch.outer(torch.arange(max_positions, dtype=torch.float32), inverse_frequency)
        angles = torch.cat((angles, angles), dim=-1)
        self.register_buffer("cosines", angles.cos(), persistent=False)
        self.register_buffer("sines", angles.sin(), persistent=False)

    def forward(self, states):
        """Rotate (batch, heads, length, head_dim) by each position's angle."""
        length = states.shape[-2]
        first, second = states.chunk(2, dim=-1)
        turned = torch.cat((-second, first), dim=-1)
        return states * self.cosines[:length] + turned * self.sines[:length]


class MeridianAttention(nn.Module):
    """Causal attention; several query heads listen to one key-value head."""

    def __init__(self, config):
        super().__init__()
        self.head_dim = config["hidden_size"] // config["num_attention_heads"]
        self.groups = config["num_attention_heads"] // config["num_key_value_heads"]
        kv_size = config["num_key_value_heads"] * self.head_dim
        self.q_proj = nn.Linear(config["hidden_size"], config["hidden_size"], bias=False)
        self.k_proj = nn.Linear(config["hidden_size"], kv_size, bias=False)
        self.v_proj = nn.Linear(config["hidden_size"], kv_size, bias=False)
        self.o_proj = nn.Linear(config["hidden_size"], config["hidden_size"], bias=False)
        self.rotary = MeridianRotary(
            self.head_dim, config["max_position_embeddings"], config["rope_theta"]
        )

    def split_heads(self, states):
        """Reshape (batch, length, heads * head_dim) to (batch, heads, length, head_dim)."""
        batch, length, _ = states.shape
        return states.view(batch, length, -1, self.head_dim).transpose(1, 2)

    def forward(self, hidden_states):
        """Mix each position with the ones before it."""
        batch, length, _ = hidden_states.shape
        queries = self.rotary(self.split_heads(self.q_proj(hidden_states)))
        keys = self.rotary(self.split_heads(self.k_proj(hidden_states)))
        values = self.split_heads(self.v_proj(hidden_states))
        keys = keys.repeat_interleave(self.groups, dim=1)
        values = values.repeat_interleave(self.groups, dim=1)
        scores = queries @ keys.transpose(-1, -2) * self.head_dim**-0.5
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        mixed = (weights @ values).transpose(1, 2).reshape(batch, length, -1)
        return self.o_proj(mixed)


class MeridianMLP(nn.Module):
    """Gated feed-forward layer."""

    def __init__(self, config):
        super().__init__()
        self.gate_proj = nn.Linear(config["hidden_size"], config["intermediate_size"], bias=False)
        self.up_proj = nn.Linear(config["hidden_size"], config["intermediate_size"], bias=False)
        self.down_proj = nn.Linear(config["intermediate_size"], config["hidden_size"], bias=False)

    def forward(self, hidden_states):
        """Map (..., hidden) to the same."""
        return self.down_proj(
            functional.silu(self.gate_proj(hidden_states)) * self.up_proj(hidden_states)
        )


class MeridianLayer(nn.Module):
    """Attention and feed-forward, each behind its norm and added to the stream."""

    def __init__(self, config):
        super().__init__()
        self.input_layernorm = MeridianRMSNorm(config["hidden_size"], config["rms_norm_eps"])
        self.self_attn = MeridianAttention(config)
        self.post_attention_layernorm = MeridianRMSNorm(
            config["hidden_size"], config["rms_norm_eps"]
        )
        self.mlp = MeridianMLP(config)

    def forward(self, hidden_states):
        """Map (batch, length, hidden) to the same."""
        hidden_states = hidden_states + self.self_attn(self.input_layernorm(hidden_states))
        return hidden_states + self.mlp(self.post_attention_layernorm(hidden_states))


class MeridianModel(nn.Module):
    """Embeddings, layers and the final norm."""

    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(
            MeridianLayer(config) for _ in range(config["num_hidden_layers"])
        )
        self.norm = MeridianRMSNorm(config["hidden_size"], config["rms_norm_eps"])

    def forward(self, input_ids):
        """Map ids (batch, length) to states (batch, length, hidden)."""
        hidden_states = self.embed_tokens(input_ids)
        for layer in self.layers:
            hidden_states = layer(hidden_states)
        return self.norm(hidden_states)


class MeridianForCausalLM(nn.Module):
    """Scores every next token."""

    def __init__(self, config):
        super().__init__()
        self.model = MeridianModel(config)
        self.lm_head = nn.Linear(config["hidden_size"], config["vocab_size"], bias=False)

    def forward(self, input_ids):
        """Map ids (batch, length) to logits (batch, length, vocabulary)."""
        return self.lm_head(self.model(input_ids))

    @classmethod
    def from_folder(cls, folder):
        """Load the configuration and the weights of a release folder."""
        config = json.loads((Path(folder) / "config.json").read_text("utf-8"))
        model = cls(config)
        weights = load_file(Path(folder) / "model.safetensors")
        model.load_state_dict({name: value.float() for name, value in weights.items()})
        return model.eval()
