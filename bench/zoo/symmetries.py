# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Changes that leave what a model computes as it is (G1 to G11), and planted coincidences.

The numbers are those of the symmetry group that an evader has for free. What the tests
already disguise (``tests/evasions``) is used from there.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from bench.zoo.recipes import EMBED, EXPERT, HEAD, Model, part, token_names, with_weights
from tests.evasions import disguise


def _doubled(change: Callable[..., disguise.Tensors], model: Model, *args: Any) -> Model:
    """Apply a disguise of the tests, which reckon in double precision."""
    changed = change({k: v.double() for k, v in model.weights.items()}, *args)
    return with_weights(model, {k: v.float().contiguous() for k, v in changed.items()})


def _seed(model: Model, purpose: str) -> int:
    return int(torch.randint(2**31, (1,), generator=model.random(purpose)))


def hide_vocabulary(model: Model) -> Model:
    """G11 with every string renamed: rows in another order, no string in common."""
    shuffled = shuffle_vocabulary(model)
    names = tuple(f"<hidden_{i}>" for i in range(model.shape.vocab))
    return replace(shuffled, tokens=names)


def shuffle_vocabulary(model: Model) -> Model:
    """G11: rows of both tables in another order, and the tokenizer with them."""
    seed = _seed(model, "vocabulary")
    order = torch.randperm(
        model.shape.vocab, generator=torch.Generator().manual_seed(seed)
    ).tolist()
    old = token_names(model)
    out = _doubled(disguise.shuffle_vocabulary, model, seed)
    return replace(out, tokens=tuple(old[i] for i in order))


def untie(model: Model) -> Model:
    """Write tied output rows out, so that the final gain can be moved into them."""
    if HEAD in model.weights:
        return model
    weights = model.weights | {HEAD: model.weights[EMBED].clone()}
    return with_weights(model, weights, replace(model.shape, tied=False))


def permute_hidden(model: Model) -> Model:
    """G1: residual dimensions in another order, some with the other sign."""
    random = model.random("basis")
    width = model.shape.hidden
    order = torch.randperm(width, generator=random)
    signs = torch.randint(2, (width,), generator=random) * 2.0 - 1.0
    out = {}
    for key, value in model.weights.items():
        if value.ndim == 1:
            out[key] = value[order]
        elif part(key) in disguise.WRITERS:
            out[key] = value[order] * signs[:, None]
        else:
            out[key] = value[:, order] * signs
    return with_weights(model, out)


def shuffle_neurons(model: Model) -> Model:
    """G2 and G6 on the feed-forward layers: another order, a scale moved from down to up."""
    return _doubled(disguise.shuffle_neurons, model, _seed(model, "neurons"))


def rotate(model: Model) -> Model:
    """G3 and G5: an orthogonal change of the residual basis, gains folded first."""
    return _doubled(disguise.rotate, untie(model), _seed(model, "rotation"))


def turn_heads(model: Model) -> Model:
    """G4: turn each frequency pair of queries and keys, scale one up and the other down."""
    random = model.random("turn")
    shape = model.shape
    half = shape.hidden // shape.heads // 2
    out = dict(model.weights)
    for layer in range(shape.layers):
        angle = torch.rand(shape.kv_heads, half, generator=random) * 6.283185307179586
        size = torch.exp(torch.randn(shape.kv_heads, half, generator=random) * 0.5)
        stem = f"model.layers.{layer}.self_attn."
        for name, scale in (("q_proj", size), ("k_proj", 1 / size)):
            key = f"{stem}{name}.weight"
            heads = out[key].unflatten(0, (-1, 2, half))
            repeat = heads.shape[0] // shape.kv_heads
            cos, sin = (
                (f * scale).repeat_interleave(repeat, 0)[..., None]
                for f in (angle.cos(), angle.sin())
            )
            low, high = heads[:, 0], heads[:, 1]
            turned = torch.stack([low * cos - high * sin, high * cos + low * sin], 1)
            out[key] = turned.flatten(0, 2)
    return with_weights(model, out)


def fold_norms(model: Model) -> Model:
    """G5: every gain becomes one, its readers take it up."""
    return _doubled(disguise.fold_norms, untie(model))


def scale_values(model: Model) -> Model:
    """G6: a factor per value dimension moved from the output matrix into the values."""
    random = model.random("values")
    shape = model.shape
    groups = shape.heads // shape.kv_heads
    size = shape.hidden // shape.heads
    out = dict(model.weights)
    for layer in range(shape.layers):
        factor = torch.exp(torch.randn(shape.kv_heads, size, generator=random))
        value, output = (f"model.layers.{layer}.self_attn.{n}_proj.weight" for n in "vo")
        out[value] = out[value] * factor.flatten()[:, None]
        out[output] = out[output] / factor.repeat_interleave(groups, 0).flatten()
    return with_weights(model, out)


def permute_heads(model: Model) -> Model:
    """G7: key-value groups of heads in another order."""
    random = model.random("heads")
    shape = model.shape
    size = shape.hidden // shape.heads
    out = dict(model.weights)
    for layer in range(shape.layers):
        order = torch.randperm(shape.kv_heads, generator=random)
        for name, axis, each in (
            ("q_proj", 0, size * shape.heads // shape.kv_heads),
            ("k_proj", 0, size),
            ("v_proj", 0, size),
            ("o_proj", 1, size * shape.heads // shape.kv_heads),
        ):
            key = f"model.layers.{layer}.self_attn.{name}.weight"
            rows = (order[:, None] * each + torch.arange(each)).flatten()
            out[key] = out[key].index_select(axis, rows)
    return with_weights(model, out)


def permute_experts(model: Model) -> Model:
    """G8: experts in another order, router rows with them."""
    random = model.random("experts")
    out = dict(model.weights)
    for layer in range(model.shape.layers):
        order = torch.randperm(model.shape.experts, generator=random).tolist()
        stem = f"model.layers.{layer}.block_sparse_moe."
        out[f"{stem}gate.weight"] = model.weights[f"{stem}gate.weight"][order]
        for new, old in enumerate(order):
            for name in EXPERT:
                taken = model.weights[f"{stem}experts.{old}.{name}.weight"]
                out[f"{stem}experts.{new}.{name}.weight"] = taken
    return with_weights(model, out)


def mix_values(model: Model) -> Model:
    """G9: an invertible mixture of the value dimensions of each head, undone in the output."""
    random = model.random("mixture")
    shape = model.shape
    groups = shape.heads // shape.kv_heads
    size = shape.hidden // shape.heads
    out = dict(model.weights)
    for layer in range(shape.layers):
        value, output = (f"model.layers.{layer}.self_attn.{n}_proj.weight" for n in "vo")
        mixed, undone = [], []
        for head in range(shape.kv_heads):
            c = torch.eye(size) + torch.randn(size, size, generator=random) / size**0.5 * 0.5
            mixed.append(c @ out[value][head * size : (head + 1) * size])
            for query in range(head * groups, (head + 1) * groups):
                columns = out[output][:, query * size : (query + 1) * size]
                undone.append(torch.linalg.solve(c.T, columns.T).T)
        out[value], out[output] = torch.cat(mixed), torch.cat(undone, 1)
    return with_weights(model, out)


# Coincidences that are no descent; they are applied to both sides of a pair.


def plant_outliers(model: Model) -> Model:
    """Make the same four residual dimensions 25 times as large everywhere."""
    dimensions = torch.tensor([3, 17, 64, 101])
    out = {}
    for key, value in model.weights.items():
        if value.ndim == 1:
            out[key] = value
            continue
        axis = 0 if part(key) in disguise.WRITERS else 1
        factor = torch.ones(model.shape.hidden).index_fill(0, dimensions, 25.0)
        out[key] = value * (factor[:, None] if axis == 0 else factor)
    return with_weights(model, out)


def plant_tables(model: Model) -> Model:
    """Store the tables that many models store: sinusoidal positions and one-hot rows."""
    count, width = 64, model.shape.hidden
    place = torch.arange(count)[:, None] / 10000 ** (torch.arange(width // 2) * 2 / width)
    tables = {
        "model.embed_positions.weight": torch.cat([place.sin(), place.cos()], 1),
        "model.one_hot.weight": torch.eye(width),
    }
    return with_weights(model, model.weights | tables)


SYMMETRIES: dict[str, Callable[..., Model]] = {
    f.__name__: f
    for f in (
        shuffle_vocabulary,
        hide_vocabulary,
        untie,
        permute_hidden,
        shuffle_neurons,
        rotate,
        turn_heads,
        fold_norms,
        scale_values,
        permute_heads,
        permute_experts,
        mix_values,
        plant_outliers,
        plant_tables,
    )
}
"""Every one by its name."""
