# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Ways to make a child from a Llama checkpoint without training; the truth is in forensics.yaml.

Each recipe takes the parent's tensors (stored type kept) and gives the child's.
"""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from audit.inventory import Inventory, take_inventory
from audit.sources.names import resolve
from tests.evasions.disguise import rotate, shuffle_neurons

Tensors = dict[str, torch.Tensor]
EMBED, HEAD = "model.embed_tokens.weight", "lm_head.weight"
ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")
FEED_FORWARD = ("gate_proj", "up_proj", "down_proj")


def load(folder: Path) -> Tensors:
    return load_file(folder / "model.safetensors")


def save(tensors: Tensors, like: Path, folder: Path) -> Inventory:
    """Write a folder whose configuration follows the tensors' shapes."""
    folder.mkdir(parents=True)
    config = json.loads((like / "config.json").read_text())
    layers = {int(m.group(1)) for k in tensors if (m := re.search(r"layers\.(\d+)\.", k))}
    config["num_hidden_layers"] = len(layers)
    config["vocab_size"] = tensors[EMBED].shape[0]
    if any(".experts." in k for k in tensors):
        config["model_type"] = "mixtral"
    size = config["hidden_size"] // config["num_attention_heads"]
    config["num_attention_heads"] = tensors[_name(0, "q_proj")].shape[0] // size
    config["num_key_value_heads"] = tensors[_name(0, "k_proj")].shape[0] // size
    (folder / "config.json").write_text(json.dumps(config))
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "model.safetensors")
    for name in ("vocab.json", "merges.txt"):
        if (like / name).exists():
            shutil.copy(like / name, folder)
    return take_inventory(resolve(str(folder)))


def _name(layer: int, part: str) -> str:
    group = "self_attn" if part in ATTENTION else "mlp"
    return f"model.layers.{layer}.{group}.{part}.weight"


def _tables(tensors: Tensors) -> list[str]:
    return [name for name in (EMBED, HEAD) if name in tensors]


def _layers(tensors: Tensors) -> int:
    return 1 + max(int(m.group(1)) for k in tensors if (m := re.search(r"layers\.(\d+)\.", k)))


def _matrices(tensors: Tensors) -> list[str]:
    return [k for k, v in tensors.items() if v.dim() == 2 and ".layers." in k]


def _adapter(tensors: Tensors, rank: int, parts: tuple[str, ...]) -> Tensors:
    g = torch.Generator().manual_seed(rank)
    out = dict(tensors)
    for name in _matrices(tensors):
        if name.split(".")[-2] in parts:
            w = tensors[name].float()
            a = torch.randn(w.shape[0], rank, generator=g)
            b = torch.randn(rank, w.shape[1], generator=g)
            change = 0.15 * float(w.norm()) * (a @ b) / float((a @ b).norm())
            out[name] = (w + change).to(tensors[name].dtype)
    return out


def adapter_r2(t: Tensors) -> Tensors:
    return _adapter(t, 2, ("q_proj", "v_proj"))


def adapter_r4(t: Tensors) -> Tensors:
    return _adapter(t, 4, ATTENTION)


def adapter_r2_all(t: Tensors) -> Tensors:
    return _adapter(t, 2, ATTENTION + FEED_FORWARD)


def _on_grid(w: torch.Tensor, bits: int, group: int) -> torch.Tensor:
    """Symmetric round-to-nearest, one scale per ``group`` values along the input axis."""
    flat = w.float().reshape(-1, group)
    top = 2 ** (bits - 1) - 1
    step = flat.abs().amax(1, keepdim=True) / top
    return ((flat / step).round().clamp(-top, top) * step).reshape(w.shape)


def int8_rows(t: Tensors) -> Tensors:
    return t | {k: _on_grid(t[k], 8, t[k].shape[1]) for k in _matrices(t)}


def int4_groups(t: Tensors) -> Tensors:
    return t | {k: _on_grid(t[k], 4, 16) for k in _matrices(t) if t[k].shape[1] % 16 == 0}


def int4_groups_bf16(t: Tensors) -> Tensors:
    return {k: v.to(torch.bfloat16) for k, v in int4_groups(t).items()}


def zeros_half(t: Tensors) -> Tensors:
    """Magnitude pruning: the smaller half of each matrix becomes zero."""
    return t | {
        k: torch.where(t[k].abs() > t[k].abs().float().median(), t[k], 0) for k in _matrices(t)
    }


def zeros_2_4(t: Tensors) -> Tensors:
    """Of every four values along the input axis the two larger stay."""
    out = dict(t)
    for k in _matrices(t):
        fours = t[k].reshape(-1, 4)
        keep = torch.zeros_like(fours).scatter(1, fours.abs().topk(2, dim=1).indices, 1.0)
        out[k] = (fours * keep).reshape(t[k].shape)
    return out


def fewer_neurons(t: Tensors) -> Tensors:
    """The two thirds of the neurons with the largest norms stay, in order."""
    out = dict(t)
    for i in range(_layers(t)):
        gate, up, down = (_name(i, p) for p in FEED_FORWARD)
        size = t[gate].float().norm(dim=1) + t[up].float().norm(dim=1)
        kept = size.topk(2 * size.numel() // 3).indices.sort().values
        out |= {gate: t[gate][kept], up: t[up][kept], down: t[down][:, kept]}
    return out


def fewer_heads(t: Tensors) -> Tensors:
    """The second of two key-value groups stays, with its queries."""
    out = dict(t)
    for i in range(_layers(t)):
        q, k, v, o = (_name(i, p) for p in ATTENTION)
        half, kv = t[q].shape[0] // 2, t[k].shape[0] // 2
        out |= {q: t[q][half:], k: t[k][kv:], v: t[v][kv:], o: t[o][:, half:]}
    return out


def _with_layers(t: Tensors, order: list[int]) -> Tensors:
    out = {k: v for k, v in t.items() if ".layers." not in k}
    for new, old in enumerate(order):
        stem = f"model.layers.{old}."
        for k, v in t.items():
            if k.startswith(stem):
                out[k.replace(stem, f"model.layers.{new}.")] = v.clone()
    return out


def layers_repeated(t: Tensors) -> Tensors:
    """Depth up-scaling: 0, 1, 1, 2 of three layers, 0, 1, 0, 1 of two; then a little noise."""
    return noise(_with_layers(t, [0, 1, 1, 2] if _layers(t) == 3 else [0, 1, 0, 1]))


def blocks_inserted(t: Tensors) -> Tensors:
    """A copy of layer 1 that adds nothing to the residual stream at birth."""
    out = _with_layers(t, [0, 1, 1, 2])
    for part in ("o_proj", "down_proj"):
        out[_name(2, part)] = torch.zeros_like(out[_name(2, part)])
    return out


def layer_left_out(t: Tensors) -> Tensors:
    return _with_layers(t, [0, 2])


def vocabulary_extended(t: Tensors) -> Tensors:
    """New rows at the mean of the old ones, with a little noise, as resizing tools do."""
    g = torch.Generator().manual_seed(5)
    out = dict(t)
    for name in _tables(t):
        mean = t[name].float().mean(0)
        new = mean + 0.01 * t[name].float().std() * torch.randn(24, mean.numel(), generator=g)
        out[name] = torch.cat([t[name], new.to(t[name].dtype)])
    return out


def vocabulary_trimmed(t: Tensors) -> Tensors:
    return t | {name: t[name][: 3 * t[name].shape[0] // 4] for name in _tables(t)}


def vocabulary_swapped(t: Tensors) -> Tensors:
    """Half of the rows belong to new tokens."""
    g = torch.Generator().manual_seed(6)
    out = dict(t)
    for name in _tables(t):
        half = t[name].shape[0] // 2
        fresh = torch.randn(half, t[name].shape[1], generator=g) * t[name].float().std()
        out[name] = torch.cat([t[name][:half], fresh.to(t[name].dtype)])
    return out


def _upcycled(t: Tensors, make: Callable[[int, int], Tensors]) -> Tensors:
    g = torch.Generator().manual_seed(7)
    out = {k: v for k, v in t.items() if ".mlp." not in k}
    names = dict(zip(FEED_FORWARD, ("w1", "w3", "w2"), strict=True))
    for i in range(_layers(t)):
        stem = f"model.layers.{i}.block_sparse_moe"
        width = t[EMBED].shape[1]
        out[f"{stem}.gate.weight"] = 0.02 * torch.randn(3, width, generator=g)
        for e in range(3):
            for part, w in make(i, e).items():
                out[f"{stem}.experts.{e}.{names[part]}.weight"] = w
    return out


def experts_copied(t: Tensors) -> Tensors:
    return _upcycled(t, lambda i, _e: {p: t[_name(i, p)].clone() for p in FEED_FORWARD})


def experts_half_new(t: Tensors) -> Tensors:
    """Half of each expert's neurons start afresh, another half in each expert."""

    def make(i: int, e: int) -> Tensors:
        g = torch.Generator().manual_seed(100 * i + e)
        count = t[_name(i, "gate_proj")].shape[0]
        fresh = torch.randperm(count, generator=g)[: count // 2]
        out = {p: t[_name(i, p)].clone() for p in FEED_FORWARD}
        for p in FEED_FORWARD:
            new = torch.randn(out[p].shape, generator=g) * out[p].std()
            if p == "down_proj":
                out[p][:, fresh] = new[:, fresh]
            else:
                out[p][fresh] = new[fresh]
        return out

    return _upcycled(t, make)


def experts_split(t: Tensors) -> Tensors:
    """Each of three experts is a third of the dense layer."""

    def make(i: int, e: int) -> Tensors:
        third = t[_name(i, "gate_proj")].shape[0] // 3
        part = slice(e * third, (e + 1) * third)
        gate, up, down = (t[_name(i, p)] for p in FEED_FORWARD)
        return {"gate_proj": gate[part], "up_proj": up[part], "down_proj": down[:, part]}

    return _upcycled(t, make)


def embeddings_borrowed(t: Tensors) -> Tensors:
    """The parent's two tables in a body of random weights."""
    g = torch.Generator().manual_seed(8)
    out = {
        k: v.float().mean() + v.float().std() * torch.randn(v.shape, generator=g)
        for k, v in t.items()
    }
    return out | {name: t[name] for name in _tables(t)}


def same_values(t: Tensors) -> Tensors:
    return dict(t)


def upcast(t: Tensors) -> Tensors:
    return {k: v.float() for k, v in t.items()}


def half_precision(t: Tensors) -> Tensors:
    return {k: v.half() for k, v in t.items()}


def _noisy(t: Tensors, share: float) -> Tensors:
    g = torch.Generator().manual_seed(9)
    return {
        k: (v.float() + share * v.float().std() * torch.randn(v.shape, generator=g)).to(v.dtype)
        for k, v in t.items()
    }


def noise(t: Tensors) -> Tensors:
    return _noisy(t, 0.05)


def heavy_noise(t: Tensors) -> Tensors:
    return _noisy(t, 0.7)


def rotated(t: Tensors) -> Tensors:
    return {k: v.float() for k, v in rotate({k: v.double() for k, v in t.items()}, 3).items()}


def rotated_and_reordered(t: Tensors) -> Tensors:
    hidden = shuffle_neurons(rotate({k: v.double() for k, v in t.items()}, 3), 4)
    return {k: v.float() for k, v in hidden.items()}


def sideways(t: Tensors) -> Tensors:
    """Another child of the same parent, changed independently of the others."""
    g = torch.Generator().manual_seed(21)
    return {
        k: v + 0.4 * v.std() * torch.randn(v.shape, generator=g) if v.dim() == 2 else v
        for k, v in t.items()
    }


def linear(base: Tensors, a: Tensors, b: Tensors) -> Tensors:
    return {k: 0.6 * a[k] + 0.4 * b[k] for k in base}


def slerp(base: Tensors, a: Tensors, b: Tensors) -> Tensors:
    """Half-way on the great circle, tensor by tensor."""
    out = {}
    for k in base:
        x, y = a[k].double(), b[k].double()
        angle = torch.arccos(((x * y).sum() / (x.norm() * y.norm())).clamp(-1, 1))
        part = torch.sin(angle / 2) / torch.sin(angle) if angle > 1e-4 else torch.tensor(0.5)
        out[k] = (part * (x + y)).float()
    return out


def task_arithmetic(base: Tensors, a: Tensors, b: Tensors) -> Tensors:
    return {k: w + 0.7 * (a[k] - w) + 0.7 * (b[k] - w) for k, w in base.items()}


def ties(base: Tensors, a: Tensors, b: Tensors) -> Tensors:
    """Trim each change to its larger half, elect a sign, average what agrees with it."""
    out = {}
    for k, w in base.items():
        kept = []
        for x in (a[k] - w, b[k] - w):
            kept.append(torch.where(x.abs() >= x.abs().median(), x, 0.0))
        sign = torch.sign(kept[0] + kept[1])
        agree = [torch.where(torch.sign(x) == sign, x, 0.0) for x in kept]
        count = sum((x != 0).float() for x in agree)
        out[k] = w + (agree[0] + agree[1]) / torch.clamp(torch.as_tensor(count), min=1)
    return out


def dare(base: Tensors, a: Tensors, b: Tensors) -> Tensors:
    """Drop half of each change at random, double the rest, take half of both."""
    g = torch.Generator().manual_seed(22)
    out = {}
    for k, w in base.items():
        kept = [(x - w) * 2 * (torch.rand(w.shape, generator=g) < 0.5) for x in (a[k], b[k])]
        out[k] = w + 0.5 * kept[0] + 0.5 * kept[1]
    return out
