# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Changes that add, split, widen or leave out, so that what a model computes stays as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from bench.league.models import held_out, running
from bench.zoo.recipes import EMBED, HEAD, Model, part, with_weights
from bench.zoo.symmetries import SYMMETRIES
from examples.tinylm.surgery import take_layers
from tests.evasions.disguise import WRITERS

_GATES = {"gate_proj": ("up_proj", "down_proj"), "w1": ("w3", "w2")}


def feed_forwards(model: Model) -> Iterator[tuple[str, str, str]]:
    """Names of gate, up and down of every feed-forward block or expert."""
    for gate in sorted(k for k in model.weights if part(k) in _GATES):
        stem = gate.removesuffix(f"{part(gate)}.weight")
        up, down = _GATES[part(gate)]
        yield gate, f"{stem}{up}.weight", f"{stem}{down}.weight"


def _fresh(like: Tensor, rows: int, random: torch.Generator) -> Tensor:
    return torch.randn(rows, like.shape[1], generator=random) * like.std()


def cancelling_neurons(model: Model, pairs: int) -> Model:
    """Add pairs of neurons with one gate, one up to a factor, and opposite outputs."""
    random, out = model.random("neurons"), dict(model.weights)
    for gate, up, down in feed_forwards(model):
        g, u, d = (_fresh(out[k], pairs, random) for k in (gate, up, gate))
        factor = torch.exp(0.3 * torch.randn(pairs, 1, generator=random))
        factor *= torch.randn(pairs, 1, generator=random).sign()
        order = torch.randperm(2 * pairs + out[gate].shape[0], generator=random)
        out[gate] = torch.cat([out[gate], g, g])[order]
        out[up] = torch.cat([out[up], u, u * factor])[order]
        out[down] = torch.cat([out[down], d.T, -(d / factor).T], 1)[:, order]
    grown = replace(model.shape, inter=model.shape.inter + 2 * pairs)
    return with_weights(model, out, grown)


def split_neurons(model: Model, copies: int) -> Model:
    """Net2Wider: every neuron several times, its output divided among them with noise."""
    random, out = model.random("split"), dict(model.weights)
    for gate, up, down in feed_forwards(model):
        count = out[gate].shape[0] * copies
        order = torch.randperm(count, generator=random)
        noise = torch.randn(copies, *out[down].shape, generator=random) * out[down].std()
        shares = out[down] / copies + noise - noise.mean(0)
        out[gate], out[up] = (out[k].repeat(copies, 1)[order] for k in (gate, up))
        out[down] = torch.cat(list(shares), 1)[:, order]
    return with_weights(model, out, replace(model.shape, inter=model.shape.inter * copies))


def _head_size(model: Model) -> int:
    return int(model.extra.get("head_dim", model.shape.hidden // model.shape.heads))


def cancelling_heads(model: Model, groups: int) -> Model:
    """Add key-value groups whose queries are equal in pairs and whose outputs are opposite."""
    random, out, size = model.random("heads"), dict(model.weights), _head_size(model)
    shape = model.shape
    queries = shape.heads // shape.kv_heads
    order = torch.randperm(shape.kv_heads + groups, generator=random)
    for layer in range(shape.layers):
        q, k, v, o = (f"model.layers.{layer}.self_attn.{n}_proj.weight" for n in "qkvo")
        added: dict[str, list[Tensor]] = {
            key: [out[key].T if key == o else out[key]] for key in (q, k, v, o)
        }
        for _ in range(groups):
            query, write = _fresh(out[q], size, random), _fresh(out[o].T, size, random)
            added[q] += [query] * queries
            added[o] += [write, -write] * (queries // 2)
            added[k].append(_fresh(out[k], size, random))
            added[v].append(_fresh(out[v], size, random))
        for key, each in ((q, queries * size), (k, size), (v, size), (o, queries * size)):
            rows = (order[:, None] * each + torch.arange(each)).flatten()
            moved = torch.cat(added[key])[rows]
            out[key] = moved.T if key == o else moved
    grown = replace(shape, heads=shape.heads + groups * queries, kv_heads=shape.kv_heads + groups)
    return with_weights(replace(model, extra=model.extra | {"head_dim": size}), out, grown)


def cancelling_layers(model: Model, places: Sequence[int]) -> Model:
    """Insert layers in which all neurons and heads come in halves that cancel."""
    random = model.random("layers")
    left = iter(range(model.shape.layers))
    total = model.shape.layers + len(places)
    order = [0 if new in places else next(left) for new in range(total)]
    weights, shape = take_layers(model.weights, model.shape, order)
    for key, value in weights.items():
        if not any(key.startswith(f"model.layers.{new}.") for new in places):
            continue
        if value.ndim == 1:
            weights[key] = value[torch.randperm(len(value), generator=random)]
        elif part(key) == "gate":
            weights[key] = torch.randn(value.shape, generator=random) * value.std()
        else:
            writes = part(key) in WRITERS
            half = value.narrow(int(writes), 0, value.shape[int(writes)] // 2)
            new = torch.randn(half.shape, generator=random) * value.std()
            weights[key] = torch.cat([new, -new if writes else new], int(writes))
    return with_weights(model, weights, shape)


def widened(model: Model, more: int) -> Model:
    """Add residual dimensions that stay zero; readers read noise there, gains make up for it."""
    model = SYMMETRIES["fold_norms"](model)
    random, size, out = model.random("wider"), _head_size(model), {}
    width = model.shape.hidden
    share = (width / (width + more)) ** 0.5
    for key, value in model.weights.items():
        if value.ndim == 1:
            out[key] = torch.cat([value, torch.ones(more)]) * share
        elif part(key) in WRITERS:
            out[key] = torch.cat([value, torch.zeros(more, value.shape[1])])
        elif key == EMBED:
            out[key] = torch.cat([value, torch.zeros(len(value), more)], 1)
        else:
            noise = torch.randn(len(value), more, generator=random) * value.std()
            out[key] = torch.cat([value, noise], 1)
    grown = replace(model.shape, hidden=width + more)
    return with_weights(replace(model, extra=model.extra | {"head_dim": size}), out, grown)


def _states(model: Model, of: str) -> list[Tensor]:
    """What the layers read and write, (tokens, hidden) each, on some of the held-out text."""
    net, found = running(model), []
    hooks = [
        layer.register_forward_hook(lambda _m, _i, y: found.append(y.flatten(0, 1)))
        for layer in net.model.layers
    ]
    ids = held_out(of)[: 48 * 40].unflatten(0, (-1, 48))
    with torch.no_grad():
        net(ids)
        found.append(net.model.embed_tokens(ids).flatten(0, 1))
    for hook in hooks:
        hook.remove()
    return found


def sliced(model: Model, of: str, dimensions: int) -> Model:
    """SliceGPT-like: leave out the principal dimensions of the stream that carry least."""
    model = SYMMETRIES["fold_norms"](model)
    states, size = torch.cat(_states(model, of)), _head_size(model)
    width = model.shape.hidden
    basis = torch.linalg.eigh(states.T.double() @ states.double()).eigenvectors
    kept = basis[:, dimensions:].float()
    gain = (width / (width - dimensions)) ** 0.5
    out = {}
    for key, value in model.weights.items():
        if value.ndim == 1:
            out[key] = torch.full((width - dimensions,), gain)
        else:
            out[key] = kept.T @ value if part(key) in WRITERS else value @ kept
    narrow = replace(model.shape, hidden=width - dimensions)
    return with_weights(replace(model, extra=model.extra | {"head_dim": size}), out, narrow)


def factors(value: Tensor, scale: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """ASVD-like: the best factors of a rank, its inputs (columns) weighted by ``scale``."""
    left, size, right = torch.linalg.svd(value.double() * scale.double(), full_matrices=False)
    root = size[:rank].sqrt()
    return (left[:, :rank] * root).float(), (root[:, None] * right[:rank] / scale).float()


def low_rank(model: Model, of: str, share: float) -> Model:
    """Every matrix of the layers by factors of a share of its rank, multiplied out."""
    scale = torch.cat(_states(model, of)).abs().mean(0).clamp_min(1e-3)
    out = dict(model.weights)
    for key in [k for k, v in out.items() if v.ndim == 2 and k not in (EMBED, HEAD)]:
        rank = max(1, int(share * min(out[key].shape)))
        writes = part(key) in WRITERS
        inputs = torch.ones(out[key].shape[1]) if writes else scale
        a, b = factors(out[key], inputs, rank)
        out[key] = a @ b
    return with_weights(model, out)


def decoy_experts(model: Model, count: int, real: tuple[int, int]) -> Model:
    """A dense model as a mixture of which two experts are it and no other is ever heard.

    The two have opposite router rows, so large that the better one takes all the weight.
    """
    random, out = model.random("experts"), {}
    names = {"gate_proj": "w1", "up_proj": "w3", "down_proj": "w2"}
    for key, value in model.weights.items():
        if part(key) not in names:
            out[key] = value
            continue
        stem = key.split(".mlp.")[0] + ".block_sparse_moe"
        for e in range(count):
            decoy = torch.randn(value.shape, generator=random) * value.std()
            out[f"{stem}.experts.{e}.{names[part(key)]}.weight"] = value if e in real else decoy
        if part(key) == "gate_proj":
            rows = torch.randn(count, value.shape[1], generator=random) * 0.02
            line = torch.randn(value.shape[1], generator=random) * 1000
            rows[real[0]], rows[real[1]] = line, -line
            out[f"{stem}.gate.weight"] = rows
    grown = replace(model.shape, family="mixtral", experts=count)
    return with_weights(model, out, grown)
