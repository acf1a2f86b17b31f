# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Writes the fixtures of this folder from the real implementations.

Each fixture holds the tensor names and shapes that ``save_pretrained`` of a tiny, randomly
initialised model writes, the few fields of ``config.json`` that describe shapes, and how
the normalisations of the running model act (see ``norms.py``). It
needs `transformers`, which is no dependency of this project, so run it in an environment
made for it, first with the old release and then with the new one::

    python tests/unit/weights/families/generate.py   # with transformers 4.45.2
    python tests/unit/weights/families/generate.py   # with transformers 5.23.0

A release that writes the same names and shapes is added to ``releases`` of the fixture; one
that writes others gets a fixture of its own. Cases marked ``packed`` keep the layout that
release 5 uses in memory (all experts of a layer in one tensor).

Two fixtures are written down instead, because `transformers` does not write such files:
Pangu Pro MoE (the names that vllm-ascend's loader reads, and no others) and DeepSeek-V3 as
released (8-bit matrices with their scales, and one layer that predicts a further token, as
the public loaders of that layer describe it).
"""

import inspect
import json
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import safe_open

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from norms import measure  # noqa: E402  (beside this script, not in the package)

RELEASE = transformers.__version__
KEPT = re.compile(
    r"model_type|tie_word_embeddings|(num_|n_|encoder_|decoder_)?\w*(head|heads|layer|layers)"
    r"|d_model|d_kv|hidden_size|n_embd|dim|head_dim|vocab_size|\w*experts|\w*sinusoidal\w*"
    r"|num_nextn_predict_layers|first_k_dense_replace"
)

# Sizes differ from each other so that a swapped axis cannot go unnoticed.
LLAMA = {
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 99,
    "max_position_embeddings": 40,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
WIDE = {**LLAMA, "head_dim": 16}
MOE = {"num_experts_per_tok": 2, "moe_intermediate_size": 20}
QWEN_MOE = {**MOE, "num_experts": 3, "shared_expert_intermediate_size": 28}
DEEPSEEK = {
    **LLAMA,
    **MOE,
    "num_key_value_heads": 4,
    "n_routed_experts": 8,
    "n_shared_experts": 1,
    "n_group": 2,
    "topk_group": 1,
    "first_k_dense_replace": 1,
    "kv_lora_rank": 24,
    "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 10,
    "v_head_dim": 14,
}
BERT = {
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "vocab_size": 99,
    "max_position_embeddings": 40,
    "type_vocab_size": 2,
}
DISTILBERT = {"dim": 48, "hidden_dim": 80, "n_layers": 2, "n_heads": 4, "vocab_size": 99}
DISTILBERT |= {"max_position_embeddings": 40}
T5 = {"d_model": 48, "d_kv": 10, "d_ff": 80, "num_layers": 3, "num_decoder_layers": 2}
T5 |= {"num_heads": 4, "vocab_size": 99, "decoder_start_token_id": 0}
WHISPER = {
    "d_model": 48,
    "encoder_layers": 3,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 6,
    "encoder_ffn_dim": 80,
    "decoder_ffn_dim": 64,
    "vocab_size": 99,
    "num_mel_bins": 12,
    "max_source_positions": 30,
    "max_target_positions": 40,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 1,
}
VISION = {
    "hidden_size": 56,
    "intermediate_size": 88,
    "num_hidden_layers": 2,
    "num_attention_heads": 7,
    "image_size": 16,
    "patch_size": 4,
}
CLIP = {
    "text_config": {**BERT, "hidden_size": 40, "intermediate_size": 72, "projection_dim": 36},
    "vision_config": {**VISION, "projection_dim": 36},
    "projection_dim": 36,
}
GEMMA3 = {"text_config": WIDE, "vision_config": VISION, "mm_tokens_per_image": 4}
QWEN_VL = {
    "text_config": {
        **LLAMA,
        "model_type": "qwen2_5_vl_text",
        "rope_scaling": {"rope_type": "default", "mrope_section": [2, 2, 2]},
    },
    "vision_config": {"depth": 2, "hidden_size": 56, "num_heads": 7, "intermediate_size": 88}
    | {"out_hidden_size": 48},
}

CASES: dict[str, tuple[str, str, Mapping[str, Any]]] = {
    "llama": ("llama", "AutoModelForCausalLM", LLAMA),
    "llama-biased": ("llama", "AutoModelForCausalLM", {**LLAMA, "attention_bias": True}),
    "llama-classifier": ("llama", "AutoModelForSequenceClassification", LLAMA),
    "mistral": ("mistral", "AutoModelForCausalLM", WIDE),
    "mixtral": ("mixtral", "AutoModelForCausalLM", {**LLAMA, "num_local_experts": 3}),
    "mixtral-packed": ("mixtral", "AutoModelForCausalLM", {**LLAMA, "num_local_experts": 3}),
    "qwen2": ("qwen2", "AutoModelForCausalLM", LLAMA),
    "qwen2_moe": ("qwen2_moe", "AutoModelForCausalLM", {**LLAMA, **QWEN_MOE}),
    "qwen2_moe-packed": ("qwen2_moe", "AutoModelForCausalLM", {**LLAMA, **QWEN_MOE}),
    "qwen2_5_vl": ("qwen2_5_vl", "AutoModelForImageTextToText", QWEN_VL),
    "qwen3": ("qwen3", "AutoModelForCausalLM", WIDE),
    "qwen3_moe": ("qwen3_moe", "AutoModelForCausalLM", {**WIDE, **QWEN_MOE}),
    "qwen3_moe-packed": ("qwen3_moe", "AutoModelForCausalLM", {**WIDE, **QWEN_MOE}),
    "deepseek_v2": ("deepseek_v2", "AutoModelForCausalLM", {**DEEPSEEK, "q_lora_rank": 18}),
    "deepseek_v2-lite": ("deepseek_v2", "AutoModelForCausalLM", {**DEEPSEEK, "q_lora_rank": None}),
    "deepseek_v3": (
        "deepseek_v3",
        "AutoModelForCausalLM",
        {**DEEPSEEK, "q_lora_rank": 18, "attention_bias": True},
    ),
    "deepseek_v3-packed": ("deepseek_v3", "AutoModelForCausalLM", {**DEEPSEEK, "q_lora_rank": 18}),
    "gemma": ("gemma", "AutoModelForCausalLM", WIDE),
    "gemma2": ("gemma2", "AutoModelForCausalLM", WIDE),
    "gemma3": ("gemma3_text", "AutoModelForCausalLM", WIDE),
    "gemma3-vision": ("gemma3", "AutoModelForImageTextToText", GEMMA3),
    "phi3": ("phi3", "AutoModelForCausalLM", LLAMA),
    "olmo2": ("olmo2", "AutoModelForCausalLM", LLAMA),
    "gpt2": (
        "gpt2",
        "AutoModelForCausalLM",
        {
            "n_embd": 48,
            "n_layer": 2,
            "n_head": 4,
            "n_positions": 40,
            "vocab_size": 99,
            "n_inner": 80,
        },
    ),
    "gpt_neox": ("gpt_neox", "AutoModelForCausalLM", {**LLAMA, "rotary_pct": 0.5}),
    "bloom": (
        "bloom",
        "AutoModelForCausalLM",
        {"hidden_size": 48, "n_layer": 2, "n_head": 4, "vocab_size": 99},
    ),
    "bert": ("bert", "AutoModelForPreTraining", BERT),
    "bert-classifier": ("bert", "AutoModelForSequenceClassification", BERT),
    "bert-answers": ("bert", "AutoModelForQuestionAnswering", BERT),
    "roberta": ("roberta", "AutoModelForMaskedLM", BERT),
    "roberta-classifier": ("roberta", "AutoModelForSequenceClassification", BERT),
    "distilbert": ("distilbert", "AutoModelForMaskedLM", DISTILBERT),
    "distilbert-classifier": ("distilbert", "AutoModelForSequenceClassification", DISTILBERT),
    "t5": ("t5", "AutoModelForSeq2SeqLM", T5),
    "t5-gated": (
        "t5",
        "AutoModelForSeq2SeqLM",
        {**T5, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False},
    ),
    "t5-encoder": ("t5", "T5EncoderModel", T5),
    "whisper": ("whisper", "WhisperForConditionalGeneration", WHISPER),
    "vit": ("vit", "AutoModelForImageClassification", VISION),
    "vit-pooled": ("vit", "AutoModel", VISION),
    "clip": ("clip", "CLIPModel", CLIP),
    "clip-vision": ("clip_vision_model", "CLIPVisionModelWithProjection", CLIP["vision_config"]),
    "clip-text": ("clip_text_model", "CLIPTextModelWithProjection", CLIP["text_config"]),
}
OUTPUTS = ("logits", "prediction_logits", "seq_relationship_logits", "start_logits", "end_logits")
OUTPUTS += ("image_embeds", "text_embeds", "pooler_output")
BESIDE_A_TOWER = ("gemma3-vision", "qwen2_5_vl")
"""Their language models are those of other cases, whose norms are measured there."""
NEED_RELEASE_5 = re.compile(r".*-packed|qwen3.*|qwen2_5_vl|gemma3.*|olmo2|deepseek_.*")


def main() -> None:
    """Write or complete every fixture that this release can make."""
    for case, (model_type, auto, fields) in CASES.items():
        if RELEASE.startswith("4.") and NEED_RELEASE_5.fullmatch(case):
            continue
        config = transformers.AutoConfig.for_model(model_type, **dict(fields))
        config.architectures = None
        cls = getattr(transformers, auto)
        model = cls.from_config(config) if auto.startswith("Auto") else cls(config)
        with tempfile.TemporaryDirectory() as folder:
            options = {"save_original_format": False} if case.endswith("-packed") else {}
            model.save_pretrained(folder, **options)
            norms = None if case in BESIDE_A_TOWER else _norms(model)
            _write(case, type(model).__name__, Path(folder), norms)

    if not RELEASE.startswith("4."):
        _write_down_pangu()
        _write_down_deepseek()


def _write_down_pangu() -> None:
    tensors = {"model.embed_tokens.weight": [99, 48], "model.norm.weight": [48]}
    tensors["lm_head.weight"] = [99, 48]
    for layer in range(2):
        at = f"model.layers.{layer}."
        for name, rows in (("q", 48), ("k", 24), ("v", 24), ("o", 48)):
            tensors[f"{at}self_attn.{name}_proj.weight"] = [rows, 48]
            tensors[f"{at}self_attn.{name}_proj.bias"] = [rows]
        for name in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{at}{name}.weight"] = [48]
        tensors |= {f"{at}mlp.gate.weight": [3, 48], f"{at}mlp.router_scale": [1, 3]}
        for block, inter in (*((f"experts.{e}", 20) for e in range(3)), ("shared_expert", 28)):
            tensors[f"{at}mlp.{block}.gate_proj.weight"] = [inter, 48]
            tensors[f"{at}mlp.{block}.up_proj.weight"] = [inter, 48]
            tensors[f"{at}mlp.{block}.down_proj.weight"] = [48, inter]
    config = {key: LLAMA[key] for key in LLAMA if KEPT.fullmatch(key)}
    source = "vllm-ascend @ 082c2581ece856a2b133e073124fbc20b3d21db8, written down"
    _save(
        HERE / "pangu_pro_moe.json",
        [source],
        "PanguProMoEForCausalLM",
        {"model_type": "PanguProMoE", "num_experts": 3, **config},
        tensors,
    )


def _write_down_deepseek() -> None:
    known = json.loads((HERE / "deepseek_v3.json").read_text())
    tensors = {n: s for n, s in known["tensors"].items() if not n.endswith("_proj.bias")}
    last = {n.replace("layers.1.", "layers.2."): s for n, s in tensors.items() if "layers.1." in n}
    at = "model.layers.2."
    tensors |= last | {f"{at}{n}.weight": [48] for n in ("enorm", "hnorm", "shared_head.norm")}
    tensors |= {f"{at}{n}.weight": [99, 48] for n in ("embed_tokens", "shared_head.head")}
    tensors[f"{at}eh_proj.weight"] = [48, 96]
    for name in [n for n in tensors if "_proj" in n and n.endswith(".weight")]:
        tensors[f"{name}_scale_inv"] = [1, 1]
    source = "deepseek_v3.json with the layer and scales of the released files, written down"
    target = HERE / "deepseek_v3-released.json"
    _save(target, [source], known["implementation"], known["config"], tensors)


def _norms(model: Any) -> dict[str, Any]:
    """Measure the norms of a copy whose gains vary and whose output table is its own."""
    g = torch.Generator().manual_seed(0)
    config = model.config
    config.tie_word_embeddings = False
    if hasattr(config, "get_text_config"):
        config.get_text_config().tie_word_embeddings = False
    copy = type(model)(config).eval()
    for name, parameter in copy.named_parameters():
        spread = 0.3 if "norm" in name.lower() or "ln_" in name else 0.2
        parameter.data += spread * torch.randn(parameter.shape, generator=g)
    known = {
        "input_ids": torch.randint(3, 90, (1, 7), generator=g),
        "decoder_input_ids": torch.randint(3, 90, (1, 5), generator=g),
        "pixel_values": torch.randn(1, 3, 16, 16, generator=g),
        "input_features": torch.randn(1, 12, 60, generator=g),
    }
    wanted = set(inspect.signature(copy.forward).parameters) & set(known)
    if model.config.model_type == "whisper":
        wanted -= {"input_ids"}
    given = {name: known[name] for name in sorted(wanted)}

    def run() -> torch.Tensor:
        out = copy(**given)
        results = [out[name].flatten() for name in OUTPUTS if name in out]
        return torch.cat(results or [out["last_hidden_state"].flatten()])

    return measure(copy, run)


def _write(case: str, cls: str, folder: Path, norms: dict[str, Any] | None) -> None:
    with safe_open(folder / "model.safetensors", "pt") as file:
        tensors = {name: list(file.get_slice(name).get_shape()) for name in sorted(file.keys())}
    config = _kept(json.loads((folder / "config.json").read_text()))
    target, releases = HERE / f"{case}.json", [f"transformers {RELEASE}"]
    if target.exists():
        known = json.loads(target.read_text())
        if releases[0] in known["releases"]:
            return
        if known["tensors"] == tensors and known["implementation"] == cls:
            releases, config = known["releases"] + releases, known["config"]
            norms = norms and _joined(known["norms"], norms)
        else:
            target = HERE / f"{case}-{RELEASE}.json"
    if norms is not None:
        for side in ("before", "after"):
            norms[side] = {m: g for m, g in norms[side].items() if {m, g} <= set(tensors)}
    _save(target, releases, cls, config, tensors, norms)


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Join what two releases show; they may not contradict each other."""
    joined = dict(one)
    for side in ("before", "after"):
        joined[side] = one[side] | other[side]
        assert all(joined[side][name] == gain for name, gain in one[side].items())
    assert all(one[key] == other[key] for key in ("offset", "centred"))
    return joined


def _kept(config: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in sorted(config.items()):
        if isinstance(value, dict) and key.endswith("_config"):
            kept[key] = _kept(value)
        elif KEPT.fullmatch(key) and value is not None and not isinstance(value, list | dict):
            kept[key] = value
    return kept


def _save(
    target: Path,
    releases: list[str],
    implementation: str,
    config: dict[str, Any],
    tensors: dict[str, list[int]],
    norms: dict[str, Any] | None = None,
) -> None:
    """Write JSON with one tensor on a line."""
    fields = {"releases": releases, "implementation": implementation, "config": config}
    if norms is not None:
        fields["norms"] = norms
    rest = json.dumps(fields, indent=1)
    lines = ",\n".join(f"  {json.dumps(n)}: {tensors[n]}" for n in sorted(tensors))
    target.write_text(f'{rest[:-2]},\n "tensors": {{\n{lines}\n }}\n}}\n')


if __name__ == "__main__":
    main()
