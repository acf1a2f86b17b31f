# Copyright 2024 Larchmont Software GmbH
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
"""Pinnacle MoE: a decoder whose feed-forward layers are mixtures of experts."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from .pinnacle_layers import PinnacleAttention, PinnacleRMSNorm


class SwitchboardExpert(nn.Module):
    """One gated feed-forward network."""

    def __init__(self, width, inner):
        super().__init__()
        self.w1 = nn.Linear(width, inner, bias=False)
        self.w2 = nn.Linear(inner, width, bias=False)
        self.w3 = nn.Linear(width, inner, bias=False)

    def forward(self, tokens):
        """Map (tokens, width) to the same."""
        return self.w2(functional.silu(self.w1(tokens)) * self.w3(tokens))


class Switchboard(nn.Module):
    """Send each token to its best experts and add up what they answer."""

    def __init__(self, width, inner, experts, lines):
        super().__init__()
        self.lines = lines
        self.gate = nn.Linear(width, experts, bias=False)
        self.experts = nn.ModuleList(SwitchboardExpert(width, inner) for _ in range(experts))

    def forward(self, x):
        """Map (..., width) to the same."""
        tokens = x.flatten(0, -2)
        best, chosen = self.gate(tokens).topk(self.lines, dim=-1)
        shares = best.softmax(dim=-1)
        answer = torch.zeros_like(tokens)
        for number, expert in enumerate(self.experts):
            rows, slot = (chosen == number).nonzero(as_tuple=True)
            if len(rows):
                answer.index_add_(0, rows, expert(tokens[rows]) * shares[rows, slot, None])
        return answer.view_as(x)


class PinnacleLayer(nn.Module):
    """Attention, then experts."""

    def __init__(self, config):
        super().__init__()
        width, eps = config["hidden_size"], config["rms_norm_eps"]
        self.input_layernorm = PinnacleRMSNorm(width, eps)
        self.self_attn = PinnacleAttention(config)
        self.post_attention_layernorm = PinnacleRMSNorm(width, eps)
        self.block_sparse_moe = Switchboard(
            width,
            config["intermediate_size"],
            config["num_local_experts"],
            config["num_experts_per_tok"],
        )

    def forward(self, x):
        """Map (batch, length, width) to the same."""
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.block_sparse_moe(self.post_attention_layernorm(x))


class PinnacleModel(nn.Module):
    """Embeddings, layers and the final norm."""

    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(
            PinnacleLayer(config) for _ in range(config["num_hidden_layers"])
        )
        self.norm = PinnacleRMSNorm(config["hidden_size"], config["rms_norm_eps"])

    def forward(self, ids):
        """Map ids (batch, length) to states."""
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


class PinnacleForCausalLM(nn.Module):
    """Scores every next token."""

    def __init__(self, config):
        super().__init__()
        self.model = PinnacleModel(config)
        self.lm_head = nn.Linear(config["hidden_size"], config["vocab_size"], bias=False)

    def forward(self, ids):
        """Map ids (batch, length) to logits (batch, length, vocabulary)."""
        return self.lm_head(self.model(ids))

    @classmethod
    def from_folder(cls, folder):
        """Load a release folder."""
        config = json.loads((Path(folder) / "config.json").read_text("utf-8"))
        model = cls(config)
        weights = load_file(Path(folder) / "model.safetensors")
        model.load_state_dict({name: value.float() for name, value in weights.items()})
        return model.eval()
