# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The shape of a tiny model, as its ``config.json`` says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CLASSES = {
    "llama": "LlamaForCausalLM",
    "mixtral": "MixtralForCausalLM",
    "gpt2": "GPT2LMHeadModel",
    "bert": "BertForMaskedLM",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of one model; ``spread`` is the standard deviation of fresh matrices."""

    family: str
    vocab: int = 256
    hidden: int = 48
    layers: int = 2
    heads: int = 4
    kv_heads: int = 2
    inter: int = 72
    experts: int = 0
    positions: int = 64
    tied: bool = True
    spread: float = 0.02

    def config(self) -> dict[str, Any]:
        """Return the fields of a Hugging Face ``config.json`` of this family."""
        names = _GPT2 if self.family == "gpt2" else _MODERN
        config: dict[str, Any] = {name: getattr(self, field) for field, name in names.items()}
        config |= {
            "architectures": [_CLASSES[self.family]],
            "model_type": self.family,
            "torch_dtype": "float32",
        }
        extra = {"llama": _LLAMA, "mixtral": _LLAMA, "gpt2": _GPT2_FIXED, "bert": _BERT_FIXED}
        config |= extra[self.family]
        if self.family in ("llama", "mixtral"):
            config["num_key_value_heads"] = self.kv_heads
        if self.family == "mixtral":
            config |= {"num_local_experts": self.experts, "num_experts_per_tok": 2}
        return config


_MODERN = {
    "vocab": "vocab_size",
    "hidden": "hidden_size",
    "layers": "num_hidden_layers",
    "heads": "num_attention_heads",
    "inter": "intermediate_size",
    "positions": "max_position_embeddings",
    "tied": "tie_word_embeddings",
    "spread": "initializer_range",
}
_GPT2 = {
    "vocab": "vocab_size",
    "hidden": "n_embd",
    "layers": "n_layer",
    "heads": "n_head",
    "inter": "n_inner",
    "positions": "n_positions",
    "tied": "tie_word_embeddings",
    "spread": "initializer_range",
}
_LLAMA = {"hidden_act": "silu", "rms_norm_eps": 1e-05, "rope_theta": 10000.0}
_GPT2_FIXED = {"activation_function": "gelu_new", "layer_norm_epsilon": 1e-05}
_BERT_FIXED = {"hidden_act": "gelu", "layer_norm_eps": 1e-12, "type_vocab_size": 2}


def shape_of(config: Mapping[str, Any]) -> Shape:
    """Read back what :meth:`Shape.config` wrote."""
    family = config["model_type"]
    names = _GPT2 if family == "gpt2" else _MODERN
    sizes = {field: config[name] for field, name in names.items()}
    return Shape(
        family=family,
        kv_heads=config.get("num_key_value_heads", sizes["heads"]),
        experts=config.get("num_local_experts", 0),
        **sizes,
    )
