# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A checkpoint as the published methods read it: matrices per layer, by their usual letters."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from safetensors.torch import load_file

_PARTS = {
    "q_proj": "q", "k_proj": "k", "v_proj": "v", "o_proj": "o",
    "gate_proj": "gate", "up_proj": "up", "down_proj": "down",
    "w1": "gate", "w3": "up", "w2": "down",
}  # fmt: skip


@dataclass(frozen=True)
class View:
    """Everything that the baselines use of one folder."""

    tensors: dict[str, torch.Tensor]
    tokens: dict[str, int]
    heads: int
    kv_heads: int

    @classmethod
    def of(cls, folder: Path) -> "View":
        """Read a folder with safetensors, ``config.json`` and ``vocab.json``."""
        tensors: dict[str, torch.Tensor] = {}
        for file in sorted(folder.glob("*.safetensors")):
            tensors |= {k: v.float() for k, v in load_file(file).items()}
        config = json.loads((folder / "config.json").read_text("utf-8"))
        tokens = json.loads((folder / "vocab.json").read_text("utf-8"))
        heads = config["num_attention_heads"]
        return cls(tensors, tokens, heads, config.get("num_key_value_heads", heads))

    @cached_property
    def layers(self) -> list[dict[str, torch.Tensor]]:
        """One dictionary of matrices and gains per layer; experts are joined to one wide layer."""
        found: dict[int, dict[str, list[torch.Tensor]]] = {}
        for name in sorted(self.tensors):
            place = re.match(r"model\.layers\.(\d+)\.", name)
            part = name.removesuffix(".weight").rpartition(".")[2]
            if place is None:
                continue
            role = _PARTS.get(part) or {
                "input_layernorm": "norm.attn",
                "post_attention_layernorm": "norm.mlp",
            }.get(part)
            if role is not None:
                roles = found.setdefault(int(place[1]), {})
                roles.setdefault(role, []).append(self.tensors[name])
        return [
            {role: _joined(role, parts) for role, parts in found[layer].items()}
            for layer in sorted(found)
        ]

    @property
    def embeddings(self) -> torch.Tensor:
        """Embedding table, shape (vocabulary, width)."""
        return self.tensors["model.embed_tokens.weight"]


def _joined(role: str, parts: list[torch.Tensor]) -> torch.Tensor:
    return torch.cat(parts, dim=1 if role == "down" else 0)


def shared_rows(a: View, b: View, most: int = 1024) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Embedding rows of strings in both vocabularies; ``None`` where fewer than 16 are."""
    both = sorted(set(a.tokens) & set(b.tokens), key=lambda t: (a.tokens[t], t))[:most]
    if len(both) < 16:
        return None
    return (
        a.embeddings[torch.tensor([a.tokens[t] for t in both])],
        b.embeddings[torch.tensor([b.tokens[t] for t in both])],
    )


def pearson(x: torch.Tensor, y: torch.Tensor) -> float:
    """Correlation of two vectors; 0 when one does not vary."""
    x, y = x.double() - x.double().mean(), y.double() - y.double().mean()
    scale = float(x.norm() * y.norm())
    return float(x @ y) / scale if scale > 0 else 0.0


def unit(rows: torch.Tensor) -> torch.Tensor:
    """Rows of length one (zero rows stay zero)."""
    return rows / rows.norm(dim=1, keepdim=True).clamp(min=1e-12)
