# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Free disguises of a Llama or Mixtral checkpoint: what the model computes stays the same.

Numbers such as G3 are those of the symmetry group that an evader has for free.
"""

import json
import re
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from audit.inventory import Inventory, take_inventory
from audit.sources.names import resolve

Tensors = dict[str, torch.Tensor]
READERS = ("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj", "w1", "w3", "gate")
WRITERS = ("o_proj", "down_proj", "w2")


def load(folder: Path) -> Tensors:
    return {k: v.double() for k, v in load_file(folder / "model.safetensors").items()}


def save(tensors: Tensors, like: Path, folder: Path) -> Inventory:
    folder.mkdir(parents=True)
    config = json.loads((like / "config.json").read_text())
    layers = {int(m.group(1)) for k in tensors if (m := re.search(r"layers\.(\d+)\.", k))}
    config["num_hidden_layers"] = len(layers)
    (folder / "config.json").write_text(json.dumps(config))
    stored = {k: v.float().contiguous() for k, v in tensors.items()}
    save_file(stored, folder / "model.safetensors")
    for name in ("vocab.json", "merges.txt"):
        if (like / name).exists():
            shutil.copy(like / name, folder)
    return take_inventory(resolve(str(folder)))


def kind(name: str) -> str:
    return name.split(".")[-2]


def fold_norms(tensors: Tensors) -> Tensors:
    """G5: every gain becomes one, the matrices that read through it take it up."""
    out = {}
    for name, value in tensors.items():
        gain = None
        if name == "lm_head.weight":
            gain = tensors["model.norm.weight"]
        elif kind(name) in READERS and ".layers." in name:
            before = "input_layernorm" if "self_attn" in name else "post_attention_layernorm"
            layer = name.split(".layers.")[1].split(".")[0]
            gain = tensors[f"model.layers.{layer}.{before}.weight"]
        norm = value.dim() == 1 and "norm" in name
        out[name] = torch.ones_like(value) if norm else value if gain is None else value * gain
    return out


def rotate(tensors: Tensors, seed: int) -> Tensors:
    """G3 and G5: an orthogonal change of the residual basis, norms folded first."""
    g = torch.Generator().manual_seed(seed)
    width = tensors["model.embed_tokens.weight"].shape[1]
    q = torch.linalg.qr(torch.randn(width, width, generator=g, dtype=torch.double))[0]
    out = {}
    for name, value in fold_norms(tensors).items():
        if name in ("model.embed_tokens.weight", "lm_head.weight") or kind(name) in READERS:
            out[name] = value @ q
        elif kind(name) in WRITERS:
            out[name] = q.T @ value
        else:
            out[name] = value
    return out


def shuffle_neurons(tensors: Tensors, seed: int) -> Tensors:
    """G2 and G6: neurons in another order, a scale of either sign moved from down to up."""
    g = torch.Generator().manual_seed(seed)
    out = dict(tensors)
    for gate in [k for k in tensors if kind(k) in ("gate_proj", "w1")]:
        up = gate.replace("gate_proj", "up_proj").replace(".w1.", ".w3.")
        down = gate.replace("gate_proj", "down_proj").replace(".w1.", ".w2.")
        count = tensors[gate].shape[0]
        order = torch.randperm(count, generator=g)
        scale = torch.exp(torch.randn(count, generator=g, dtype=torch.double))
        scale *= torch.randn(count, generator=g, dtype=torch.double).sign()
        out[gate] = tensors[gate][order]
        out[up] = tensors[up][order] * scale[:, None]
        out[down] = tensors[down][:, order] / scale
    return out


def shuffle_vocabulary(tensors: Tensors, seed: int) -> Tensors:
    """G11: another tokenizer; rows of both tables in another order."""
    g = torch.Generator().manual_seed(seed)
    order = torch.randperm(tensors["model.embed_tokens.weight"].shape[0], generator=g)
    tables = ("model.embed_tokens.weight", "lm_head.weight")
    return {k: v[order] if k in tables else v for k, v in tensors.items()}


def drop_layers(tensors: Tensors, dropped: set[int]) -> Tensors:
    """G10: some layers left out, the rest renumbered."""
    layers = sorted({int(m.group(1)) for k in tensors if (m := re.search(r"layers\.(\d+)\.", k))})
    kept = {old: new for new, old in enumerate(i for i in layers if i not in dropped)}
    out = {}
    for name, value in tensors.items():
        found = re.search(r"layers\.(\d+)\.", name)
        if found is None:
            out[name] = value
        elif int(found.group(1)) in kept:
            new = f"layers.{kept[int(found.group(1))]}."
            out[name.replace(found.group(0), new)] = value
    return out


def shuffle_experts(tensors: Tensors, seed: int) -> Tensors:
    """G8: the experts of each layer in another order, the router's rows with them."""
    g = torch.Generator().manual_seed(seed)
    out = dict(tensors)
    for router in [k for k in tensors if kind(k) == "gate"]:
        order = torch.randperm(tensors[router].shape[0], generator=g).tolist()
        out[router] = tensors[router][order]
        stem = router.removesuffix("gate.weight")
        for new, old in enumerate(order):
            for part in ("w1", "w2", "w3"):
                value = tensors[f"{stem}experts.{old}.{part}.weight"]
                out[f"{stem}experts.{new}.{part}.weight"] = value
    return out


def fresh_embeddings(tensors: Tensors, seed: int) -> Tensors:
    """N: both tables replaced by noise of their own scale, as before a training on them."""
    g = torch.Generator().manual_seed(seed)
    tables = ("model.embed_tokens.weight", "lm_head.weight")
    noise = {k: torch.randn(tensors[k].shape, generator=g).double() for k in tables if k in tensors}
    return {k: noise[k] * v.std() if k in noise else v for k, v in tensors.items()}


def fresh_feed_forward(tensors: Tensors, seed: int) -> Tensors:
    """N: every feed-forward matrix drawn again at its own scale, the rest kept."""
    g = torch.Generator().manual_seed(seed)
    parts = ("gate_proj", "up_proj", "down_proj", "w1", "w2", "w3")
    return {
        k: torch.randn(v.shape, generator=g).double() * v.std() if kind(k) in parts else v
        for k, v in tensors.items()
    }
