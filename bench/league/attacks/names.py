# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The same weights, or a rotation of them, under other names, shapes and configurations."""

from dataclasses import replace
from functools import partial
from typing import Any

import torch

from bench.league.attempt import evasion
from bench.league.models import FOLDERS, Release, Spelling, apply, drawn, turned
from bench.zoo.recipes import Model, part
from examples.tinylm.training import generator

_FEED = ("gate_proj", "up_proj", "down_proj", "w1", "w2", "w3")
_WRITES = ("down_proj", "w2")


def claims(of: Release, **config: Any) -> Release:
    """Another configuration; ``None`` leaves a field out."""
    kept = {k: v for k, v in (of.config | config).items() if v is not None}
    return replace(of, config=kept)


def unknown(of: Release) -> Release:
    """A made-up type, and one tensor that no family explains."""
    spare = {"model.layers.0.self_attn.inv_scale": torch.ones(1)}
    return replace(claims(of, model_type="aurora"), tensors=of.tensors | spare)


def _styled(name: str) -> str:
    return (
        "net." + name.replace("model.", "").replace("layers.", "blk").replace(".weight", ".w")
    ).replace("_proj", "")


def decoys(of: Release, *, only: tuple[str, ...] = ("",), other: str = "net") -> Release:
    """Decoys under the family's names where they hold one of ``only``; the weights elsewhere."""
    false = drawn(of.tensors, generator("decoys"))
    seen = {k: v for k, v in false.items() if any(word in k for word in only)}
    spelled = {
        "net": _styled,
        "core": lambda k: k.replace("model.", "core.").replace("lm_head", "core_head"),
    }[other]
    return replace(of, tensors=seen | {spelled(k): v for k, v in of.tensors.items()})


def numbered(of: Release) -> Release:
    """Every tensor under a number: no name says anything."""
    tensors = {f"t{i:04}": v for i, (_, v) in enumerate(sorted(of.tensors.items()))}
    return replace(claims(of, model_type="aurora", architectures=None), tensors=tensors)


def shuffled(of: Release) -> Release:
    """Every tensor under a number that was drawn."""
    places = torch.randperm(len(of.tensors), generator=generator("numbers")).tolist()
    tensors = {f"t{i:04}": v for i, v in zip(places, of.tensors.values(), strict=True)}
    return replace(claims(of, model_type="aurora", architectures=None), tensors=tensors)


def prefixed(of: Release, word: str) -> Release:
    """Every name begins with a word."""
    return replace(of, tensors={word + k: v for k, v in of.tensors.items()})


def fused(of: Release) -> Release:
    """Gate with up, queries with keys, under names that the family does not know."""
    out, t = {}, of.tensors
    for key, value in t.items():
        match part(key):
            case "gate_proj" | "w1":
                up = key.replace("gate_proj", "up_proj").replace(".w1.", ".w3.")
                new = key.replace("gate_proj", "gate_up").replace(".w1.", ".w13.")
                out[new] = torch.cat([value, t[up]])
            case "down_proj" | "w2":
                out[key.replace("down_proj", "out").replace(".w2.", ".out.")] = value
            case "q_proj":
                out[key.replace("q_proj", "qk")] = torch.cat([value, t[key.replace("q_", "k_")]])
            case "up_proj" | "w3" | "k_proj":
                pass
            case _:
                out[key] = value
    return replace(of, tensors=out)


def transposed(of: Release) -> Release:
    """The matrices of the layers stored the other way round."""
    out = {k: v.T if v.ndim == 2 and ".layers." in k else v for k, v in of.tensors.items()}
    return replace(of, tensors=out)


def spare_column(of: Release, **config: Any) -> Release:
    """An output matrix has a column that its loader leaves out; head counts as told."""
    out = {
        k: torch.cat([v, torch.zeros(len(v), 1)], 1) if part(k) in _WRITES else v
        for k, v in of.tensors.items()
    }
    return claims(replace(of, tensors=out), **config)


def codes(of: Release) -> Release:
    """Most matrices as eight-bit codes, their scales under names of nobody."""
    out: dict[str, torch.Tensor] = {}
    for key, value in of.tensors.items():
        if part(key) in (*_FEED, "q_proj", "k_proj"):
            scale = value.abs().amax(1, keepdim=True) / 127
            out[key] = (value / scale).round().to(torch.int8)
            out[key.replace(".weight", ".rowscale")] = scale
        else:
            out[key] = value
    return replace(of, tensors=out)


def eighths(of: Release, suffix: str) -> Release:
    """The matrices of the layers as 8-bit floats, with a scale of the whole tensor."""
    out: dict[str, torch.Tensor] = {}
    for key, value in of.tensors.items():
        if value.ndim == 2 and ".layers." in key:
            scale = value.abs().max() / 448
            out[key] = (value / scale).to(torch.float8_e4m3fn)
            out[key.removesuffix("weight") + suffix] = scale.reshape(1)
        else:
            out[key] = value
    return replace(of, tensors=out)


_NO_HEADS = {"num_attention_heads": None, "num_key_value_heads": None, "head_dim": None}
_WRONG_HEADS = {"num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": None}


def _plain(of: Model) -> Model:
    return of


def _folded(of: Model) -> Model:
    return apply(of, "fold_norms", "shuffle_vocabulary")


def _permuted(of: Model) -> Model:
    return apply(of, "permute_hidden", "shuffle_vocabulary")


SPELLINGS: dict[str, tuple[Any, Spelling]] = {
    "decoys under the family's names, copy under core.*": (_plain, partial(decoys, other="core")),
    "decoys under the family's names, copy under another style": (_plain, decoys),
    "decoys of embed, v and o alone": (
        _plain,
        partial(decoys, only=("embed", "v_proj", "o_proj")),
    ),
    "decoys of embed and one v matrix": (
        _plain,
        partial(decoys, only=("embed", "layers.0.self_attn.v_proj")),
    ),
    "turned, decoys of embed, v and o alone": (
        turned,
        partial(decoys, only=("embed", "v_proj", "o_proj")),
    ),
    "copy under numbers": (_plain, numbered),
    "turned, under numbers": (turned, numbered),
    "turned, under shuffled numbers": (turned, shuffled),
    "turned, family unknown": (turned, unknown),
    "order of dimensions, family unknown": (_permuted, unknown),
    "every name begins with lora_": (_plain, partial(prefixed, word="lora_")),
    "copy, config says bert": (_plain, partial(claims, model_type="bert")),
    "turned, config says gpt_neox": (turned, partial(claims, model_type="gpt_neox")),
    "turned, config counts one layer": (turned, partial(claims, num_hidden_layers=1)),
    "turned, config counts 40 layers": (turned, partial(claims, num_hidden_layers=40)),
    "turned, config without a type": (
        turned,
        partial(claims, model_type=None, architectures=None),
    ),
    "turned, gate/up and q/k fused": (turned, fused),
    "folded, matrices transposed": (_folded, transposed),
    "turned, matrices transposed": (turned, transposed),
    "turned, spare column": (turned, spare_column),
    "turned, no head counts": (turned, partial(claims, **_NO_HEADS)),
    "turned, spare column, no head counts": (turned, partial(spare_column, **_NO_HEADS)),
    "turned, spare column, wrong head counts": (turned, partial(spare_column, **_WRONG_HEADS)),
    "turned, codes with scales of odd names": (turned, codes),
    "turned, 8-bit floats with scales": (turned, partial(eighths, suffix="weight_scale")),
    "turned, 8-bit floats, scales of odd names": (turned, partial(eighths, suffix="rowscale")),
}
_ASKED = frozenset(
    {
        "turned, family unknown",
        "turned, spare column, no head counts",
        "turned, under numbers",
        "turned, under shuffled numbers",
        "decoys of embed and one v matrix",
    }
)
"""Also taken through the command line, with the papers of an honest release."""
ATTEMPTS = tuple(
    evasion(name, of, change=change, spell=spell, command=command)
    for name, (change, spell) in SPELLINGS.items()
    for of in FOLDERS
    for command in (False, True)
    if not command or (of == "llama" and name in _ASKED)
)
