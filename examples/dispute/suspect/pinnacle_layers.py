"""Layers of Pinnacle MoE."""

import torch
from torch import nn


class PinnacleRMSNorm(nn.Module):
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


class PinnacleRotary(nn.Module):
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


class PinnacleAttention(nn.Module):
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
        self.rotary = PinnacleRotary(
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
