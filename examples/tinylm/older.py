# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""GPT-2 and BERT, tiny, under Hugging Face's names (Conv1D weights are [in, out])."""

import torch
from torch import nn
from torch.nn import functional

from examples.tinylm.shape import Shape


def attend(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, *, heads: int, causal: bool
) -> torch.Tensor:
    """Multi-head attention over (batch, time, hidden) projections."""
    q, k, v = (_split(x, heads) for x in (q, k, v))
    mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
    return mixed.transpose(1, 2).flatten(2)


def _split(x: torch.Tensor, heads: int) -> torch.Tensor:
    return x.view(*x.shape[:-1], heads, -1).transpose(1, 2)


class Conv1D(nn.Module):
    """GPT-2's linear layer, whose weight is stored transposed."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(rows, columns))
        self.bias = nn.Parameter(torch.zeros(columns))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (..., rows) to (..., columns)."""
        return x @ self.weight + self.bias


class GPT2Attention(nn.Module):
    """Causal attention with q, k and v fused along the output."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.c_attn = Conv1D(shape.hidden, 3 * shape.hidden)
        self.c_proj = Conv1D(shape.hidden, shape.hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Mix over time."""
        q, k, v = self.c_attn(x).chunk(3, dim=-1)
        out: torch.Tensor = self.c_proj(attend(q, k, v, heads=self.heads, causal=True))
        return out


class GPT2FeedForward(nn.Module):
    """Two layers with GELU between."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.c_fc = Conv1D(shape.hidden, shape.inter)
        self.c_proj = Conv1D(shape.inter, shape.hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (..., hidden) to (..., hidden)."""
        out: torch.Tensor = self.c_proj(functional.gelu(self.c_fc(x), approximate="tanh"))
        return out


class GPT2Block(nn.Module):
    """One pre-norm layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(shape.hidden)
        self.attn = GPT2Attention(shape)
        self.ln_2 = nn.LayerNorm(shape.hidden)
        self.mlp = GPT2FeedForward(shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (batch, time, hidden) to the same."""
        x = x + self.attn(self.ln_1(x))
        out: torch.Tensor = x + self.mlp(self.ln_2(x))
        return out


class GPT2(nn.Module):
    """The causal model; output rows are tied to ``wte``."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(shape.vocab, shape.hidden),
                "wpe": nn.Embedding(shape.positions, shape.hidden),
                "h": nn.ModuleList(GPT2Block(shape) for _ in range(shape.layers)),
                "ln_f": nn.LayerNorm(shape.hidden),
            }
        )

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Map ids (batch, time) to logits (batch, time, vocab)."""
        table = self.transformer["wte"]
        x = table(ids) + self.transformer["wpe"](torch.arange(ids.shape[1]))
        for block in self.transformer["h"].children():
            x = block(x)
        return functional.linear(self.transformer["ln_f"](x), table.get_parameter("weight"))


def _norm(shape: Shape) -> nn.LayerNorm:
    return nn.LayerNorm(shape.hidden, eps=1e-12)


def _bert_layer(shape: Shape) -> nn.ModuleDict:
    """Return the modules of one layer under BERT's names."""
    linear = {name: nn.Linear(shape.hidden, shape.hidden) for name in ("query", "key", "value")}
    out = {"dense": nn.Linear(shape.hidden, shape.hidden), "LayerNorm": _norm(shape)}
    down = {"dense": nn.Linear(shape.inter, shape.hidden), "LayerNorm": _norm(shape)}
    attention = {"self": nn.ModuleDict(linear), "output": nn.ModuleDict(out)}
    up = nn.ModuleDict({"dense": nn.Linear(shape.hidden, shape.inter)})
    return nn.ModuleDict(
        {
            "attention": nn.ModuleDict(attention),
            "intermediate": up,
            "output": nn.ModuleDict(down),
        }
    )


class Bert(nn.Module):
    """The masked model; the decoder's rows are tied to the word embeddings."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        embeddings = {
            "word_embeddings": nn.Embedding(shape.vocab, shape.hidden),
            "position_embeddings": nn.Embedding(shape.positions, shape.hidden),
            "token_type_embeddings": nn.Embedding(2, shape.hidden),
            "LayerNorm": _norm(shape),
        }
        layers = nn.ModuleList(_bert_layer(shape) for _ in range(shape.layers))
        encoder = nn.ModuleDict({"layer": layers})
        self.bert = nn.ModuleDict({"embeddings": nn.ModuleDict(embeddings), "encoder": encoder})
        transform = {"dense": nn.Linear(shape.hidden, shape.hidden), "LayerNorm": _norm(shape)}
        self.cls = nn.ModuleDict({"predictions": _Predictions(shape, transform)})

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Map ids (batch, time) to logits (batch, time, vocab)."""
        tables = self.bert.get_submodule("embeddings")
        words = tables.get_submodule("word_embeddings")
        places = tables.get_submodule("position_embeddings")(torch.arange(ids.shape[1]))
        kinds = tables.get_submodule("token_type_embeddings")(torch.zeros_like(ids))
        x = tables.get_submodule("LayerNorm")(words(ids) + places + kinds)
        for layer in self.bert.get_submodule("encoder.layer").children():
            x = self._layer(layer, x)
        table = words.get_parameter("weight")
        scores: torch.Tensor = self.cls["predictions"](x, table)
        return scores

    def _layer(self, layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
        """Run one post-norm layer."""
        get = layer.get_submodule
        q, k, v = (get(f"attention.self.{name}")(x) for name in ("query", "key", "value"))
        mixed = get("attention.output.dense")(attend(q, k, v, heads=self.heads, causal=False))
        x = get("attention.output.LayerNorm")(x + mixed)
        inner = functional.gelu(get("intermediate.dense")(x))
        out: torch.Tensor = get("output.LayerNorm")(x + get("output.dense")(inner))
        return out


class _Predictions(nn.Module):
    """BERT's masked-token head."""

    def __init__(self, shape: Shape, transform: dict[str, nn.Module]) -> None:
        super().__init__()
        self.transform = nn.ModuleDict(transform)
        self.bias = nn.Parameter(torch.zeros(shape.vocab))

    def forward(self, x: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
        """Score every token; ``table`` is (vocab, hidden)."""
        states = self.transform["LayerNorm"](functional.gelu(self.transform["dense"](x)))
        return functional.linear(states, table, self.bias)
