# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Llama-like decoders, dense or with Mixtral's experts, under Hugging Face's names.

Attribute names spell the published tensor names, so ``state_dict()`` of a
:class:`Decoder` is what a checkpoint of the family holds.
"""

import torch
from torch import nn
from torch.nn import functional

from examples.tinylm.shape import Shape


class RMSNorm(nn.Module):
    """Scale to unit root mean square, then by a trained gain per dimension."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise the last axis."""
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


def rotate(x: torch.Tensor) -> torch.Tensor:
    """Apply rotary positions to ``x`` of shape (batch, heads, time, head_dim)."""
    half = x.shape[-1] // 2
    frequency = 10000.0 ** (-torch.arange(half, dtype=torch.float32) / half)
    angle = torch.arange(x.shape[-2], dtype=torch.float32)[:, None] * frequency
    cos, sin = angle.cos(), angle.sin()
    low, high = x[..., :half], x[..., half:]
    return torch.cat([low * cos - high * sin, high * cos + low * sin], dim=-1)


class Attention(nn.Module):
    """Causal attention with rotary positions and grouped key-value heads."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        size = shape.hidden // shape.heads
        self.size = size
        self.q_proj = nn.Linear(shape.hidden, shape.heads * size, bias=False)
        self.k_proj = nn.Linear(shape.hidden, shape.kv_heads * size, bias=False)
        self.v_proj = nn.Linear(shape.hidden, shape.kv_heads * size, bias=False)
        self.o_proj = nn.Linear(shape.heads * size, shape.hidden, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Mix over time; ``x`` is (batch, time, hidden)."""
        q, k, v = (
            projection(x).unflatten(-1, (-1, self.size)).transpose(1, 2)
            for projection in (self.q_proj, self.k_proj, self.v_proj)
        )
        groups = q.shape[1] // k.shape[1]
        k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
        mixed = functional.scaled_dot_product_attention(rotate(q), rotate(k), v, is_causal=True)
        out: torch.Tensor = self.o_proj(mixed.transpose(1, 2).flatten(2))
        return out


class FeedForward(nn.Module):
    """SwiGLU under Llama's names."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden, shape.inter, bias=False)
        self.up_proj = nn.Linear(shape.hidden, shape.inter, bias=False)
        self.down_proj = nn.Linear(shape.inter, shape.hidden, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (..., hidden) to (..., hidden)."""
        out: torch.Tensor = self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))
        return out


class Expert(nn.Module):
    """The matrices of one SwiGLU under Mixtral's names: w1 gate, w2 down, w3 up."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.w1 = nn.Linear(shape.hidden, shape.inter, bias=False)
        self.w2 = nn.Linear(shape.inter, shape.hidden, bias=False)
        self.w3 = nn.Linear(shape.hidden, shape.inter, bias=False)


class Experts(nn.Module):
    """A router that sends each token to its two best experts.

    Every expert is computed for every token, in one product, and weighted by zero
    where it was not chosen: wasteful, and deterministic.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate = nn.Linear(shape.hidden, shape.experts, bias=False)
        self.experts = nn.ModuleList(Expert(shape) for _ in range(shape.experts))
        self.imbalance = torch.zeros(())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (..., hidden) to the same; leaves the load-balancing loss behind."""
        weights = self._route(self.gate(x))
        gate = functional.silu(functional.linear(x, self._stack("w1", 0)))
        inner = gate * functional.linear(x, self._stack("w3", 0))
        chosen = inner.unflatten(-1, (len(self.experts), -1)) * weights.unsqueeze(-1)  # type: ignore[no-untyped-call]
        return functional.linear(chosen.flatten(-2), self._stack("w2", 1))

    def _route(self, scores: torch.Tensor) -> torch.Tensor:
        """Return the weight of each expert, (..., experts): two positive, the rest zero."""
        best, chosen = scores.topk(2, dim=-1)
        weights = torch.zeros_like(scores).scatter(-1, chosen, best.softmax(-1))
        load = (weights > 0).float().flatten(0, -2).mean(0)
        self.imbalance = (load * scores.softmax(-1).flatten(0, -2).mean(0)).sum() * len(load)
        return weights

    def _stack(self, part: str, axis: int) -> torch.Tensor:
        """Return one matrix of every expert, joined along its neuron axis."""
        return torch.cat([e.get_parameter(f"{part}.weight") for e in self.experts], dim=axis)


class Layer(nn.Module):
    """One pre-norm decoder layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(shape.hidden)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = RMSNorm(shape.hidden)
        if shape.experts:
            self.block_sparse_moe = Experts(shape)
        else:
            self.mlp = FeedForward(shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (batch, time, hidden) to the same."""
        x = x + self.self_attn(self.input_layernorm(x))
        inner = self.block_sparse_moe if hasattr(self, "block_sparse_moe") else self.mlp
        out: torch.Tensor = x + inner(self.post_attention_layernorm(x))
        return out


class Body(nn.Module):
    """Embeddings, layers and the final norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocab, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = RMSNorm(shape.hidden)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Map ids (batch, time) to states (batch, time, hidden)."""
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x)
        out: torch.Tensor = self.norm(x)
        return out


class Decoder(nn.Module):
    """A Llama (``shape.experts == 0``) or a Mixtral, with tied or own output rows."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.model = Body(shape)
        if not shape.tied:
            self.lm_head = nn.Linear(shape.hidden, shape.vocab, bias=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Map ids (batch, time) to logits (batch, time, vocab)."""
        states = self.model(ids)
        own = self.lm_head.weight if hasattr(self, "lm_head") else self.model.embed_tokens.weight
        return functional.linear(states, own)

    def imbalance(self) -> torch.Tensor:
        """Return the load-balancing loss of the last forward pass (zero when dense)."""
        parts = [m.imbalance for m in self.modules() if isinstance(m, Experts)]
        return torch.stack(parts).mean() if parts else torch.zeros(())
