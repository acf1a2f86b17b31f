# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What can be done to a trained model without training it: small functions, one each.

A recipe takes a :class:`Model` and returns another. Changes that leave the function of a
model as it is are in ``symmetries.py``, merges in ``merging.py``. Every random draw comes
from the name of the model that is being made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from bench.zoo import text
from examples.tinylm import surgery
from examples.tinylm.shape import Shape
from examples.tinylm.training import Weights, fresh, generator, weights_of
from tests.evasions import disguise

EMBED, HEAD, FINAL = "model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"
MATRICES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
EXPERT = ("w1", "w2", "w3")


@dataclass(frozen=True, kw_only=True)
class Model:
    """Weights with their shape, and how they are to be written.

    ``tokens`` are the tokenizer's strings row by row where they are not as trained;
    ``extra`` are further fields of ``config.json``; ``shards`` is the number of files.
    """

    name: str
    weights: Weights
    shape: Shape
    words: str = "main"
    tokens: tuple[str, ...] | None = None
    dtype: str = "float32"
    shards: int = 1
    extra: dict[str, Any] = field(default_factory=dict)

    def random(self, purpose: str) -> torch.Generator:
        """Random numbers that belong to this model and purpose."""
        return generator(f"{purpose} {self.name}")


def with_weights(model: Model, weights: Weights, shape: Shape | None = None) -> Model:
    """Return the model with other weights (and shape)."""
    return replace(model, weights=weights, shape=shape or model.shape)


def part(key: str) -> str:
    """The last name of a tensor before ``weight``: ``q_proj``, ``w1``, ``gate``."""
    return key.removesuffix(".weight").rpartition(".")[2]


def _matrices(model: Model) -> list[str]:
    return [k for k in model.weights if part(k) in (*MATRICES, *EXPERT)]


# Copies, formats and small changes.


def cast(model: Model, dtype: str = "bfloat16") -> Model:
    """Write in another number format."""
    return replace(model, dtype=dtype)


def reshard(model: Model, shards: int = 3) -> Model:
    """Write in several files."""
    return replace(model, shards=shards)


def noise(model: Model, level: float) -> Model:
    """Add normal noise of ``level`` standard deviations of each matrix."""
    random = model.random("noise")
    out = dict(model.weights)
    for key in sorted(k for k, v in out.items() if v.ndim == 2):
        extra = torch.randn(out[key].shape, generator=random)
        out[key] = out[key] + extra * out[key].std() * level
    return with_weights(model, out)


def adapter(model: Model, rank: int, parts: tuple[str, ...], size: float = 0.1) -> Model:
    """Merge a drawn low-rank update whose norm is ``size`` of the matrix's."""
    random = model.random(f"adapter {rank}")
    out = dict(model.weights)
    for key in sorted(k for k in out if part(k) in parts):
        rows, columns = out[key].shape
        left = torch.randn(rows, rank, generator=random)
        update = left @ torch.randn(rank, columns, generator=random)
        out[key] = out[key] + update * (size * out[key].norm() / update.norm())
    return with_weights(model, out)


def quantise(model: Model, bits: int, group: int = 16) -> Model:
    """Round every layer's matrices to ``2**bits`` levels per group of inputs, symmetric."""
    out = dict(model.weights)
    top = 2 ** (bits - 1) - 1
    for key in _matrices(model):
        grouped = out[key].unflatten(1, (-1, group))
        step = grouped.abs().amax(-1, keepdim=True).clamp(min=1e-12) / top
        out[key] = ((grouped / step).round().clamp(-top, top) * step).flatten(1)
    return with_weights(model, out)


def scale_channels(model: Model, strength: float = 0.5) -> Model:
    """Move a factor per input channel from the norms into the readers (AWQ, SmoothQuant; G5)."""
    out = dict(model.weights)
    random = model.random("channels")
    for layer in range(model.shape.layers):
        for norm, readers in _readers(model, layer).items():
            factor = torch.exp(torch.randn(model.shape.hidden, generator=random) * strength)
            out[norm] = out[norm] / factor
            for key in readers:
                out[key] = out[key] * factor
    return with_weights(model, out)


def _readers(model: Model, layer: int) -> dict[str, list[str]]:
    """Norm gain -> the matrices that read what it scales, in one layer."""
    stem = f"model.layers.{layer}."
    inside = [k for k in model.weights if k.startswith(stem) and k.endswith(".weight")]
    readers = disguise.READERS
    attention = [k for k in inside if ".self_attn." in k and part(k) in readers]
    feed = [k for k in inside if ".self_attn." not in k and part(k) in readers]
    return {
        f"{stem}input_layernorm.weight": attention,
        f"{stem}post_attention_layernorm.weight": feed,
    }


def zero_smallest(model: Model, share: float) -> Model:
    """Set the smallest weights of each layer's matrices to zero (unstructured pruning)."""
    out = dict(model.weights)
    for key in _matrices(model):
        bar = out[key].abs().flatten().kthvalue(int(share * out[key].numel())).values
        out[key] = torch.where(out[key].abs() > bar, out[key], torch.zeros(()))
    return with_weights(model, out)


# Other sizes.


def narrow(model: Model, share: float) -> Model:
    """Leave out feed-forward neurons, the same share in every layer; the order stays."""
    count = int(model.shape.inter * (1 - share))
    order = torch.randperm(model.shape.inter, generator=model.random("neurons"))[:count]
    return with_weights(model, *surgery.keep_neurons(model.weights, model.shape, order.sort()[0]))


def thin(model: Model, share: float) -> Model:
    """Leave out residual dimensions; the order stays, heads keep their size."""
    width = model.shape.hidden
    chosen = torch.randperm(width, generator=model.random("dimensions"))
    kept = chosen[: int(width * (1 - share))].sort()[0]
    out = {}
    for key, value in model.weights.items():
        axis = 0 if value.ndim == 1 or part(key) in disguise.WRITERS else 1
        out[key] = value.index_select(axis, kept).contiguous()
    size = width // model.shape.heads
    slim = replace(model, extra=model.extra | {"head_dim": size})
    return with_weights(slim, out, replace(model.shape, hidden=len(kept)))


def drop_layers(model: Model, layers: list[int]) -> Model:
    """G10: leave out layers."""
    return with_weights(model, *surgery.drop_layers(model.weights, model.shape, set(layers)))


def stack_layers(model: Model, order: list[int]) -> Model:
    """Repeat or reorder layers (depth up-scaling, Kim et al. 2024)."""
    return with_weights(model, *surgery.take_layers(model.weights, model.shape, order))


def insert_blocks(model: Model, after: list[int]) -> Model:
    """G10: insert copies of layers that add nothing yet (block expansion, Wu et al. 2024)."""
    order = sorted([*range(model.shape.layers), *after])
    weights, shape = surgery.take_layers(model.weights, model.shape, order)
    for new, old in enumerate(order):
        if new and order[new - 1] == old:
            for key in [k for k in weights if k.startswith(f"model.layers.{new}.")]:
                if part(key) in disguise.WRITERS:
                    weights[key] = torch.zeros_like(weights[key])
    return with_weights(model, weights, shape)


# Mixtures of experts.


def upcycle(model: Model, experts: int, level: float = 0.0, redrawn: float = 0.0) -> Model:
    """Copy the dense layer into experts, with noise, a share of the neurons drawn again."""
    weights, shape = surgery.upcycle(
        model.weights, model.shape, experts=experts, noise=level, name=model.name
    )
    weights = surgery.redraw(weights, shape, share=redrawn, name=model.name)
    return with_weights(model, weights, shape)


def split_experts(model: Model, experts: int) -> Model:
    """Give each expert its own slice of the dense layer's neurons."""
    grown = upcycle(model, experts)
    width = model.shape.inter // experts
    out = dict(grown.weights)
    for key in [k for k in out if part(k) in EXPERT]:
        first = int(key.split(".experts.")[1].split(".")[0]) * width
        out[key] = out[key].narrow(1 if part(key) == "w2" else 0, first, width).contiguous()
    return with_weights(grown, out, replace(grown.shape, inter=width))


def keep_experts(model: Model, kept: list[int]) -> Model:
    """Leave out experts and their router rows."""
    out = {}
    for key, value in model.weights.items():
        if ".experts." in key:
            stem, _, rest = key.partition(".experts.")
            number, _, name = rest.partition(".")
            if int(number) in kept:
                out[f"{stem}.experts.{kept.index(int(number))}.{name}"] = value
        else:
            out[key] = value[kept].contiguous() if part(key) == "gate" else value
    return with_weights(model, out, replace(model.shape, experts=len(kept)))


# Vocabularies.


def extend_vocabulary(model: Model, added: int = 64) -> Model:
    """Append rows for new tokens, drawn about the mean row."""
    random = model.random("rows")
    out = dict(model.weights)
    for key in [k for k in (EMBED, HEAD) if k in out]:
        table = out[key]
        new = torch.randn(added, table.shape[1], generator=random) * table.std() * 0.1
        out[key] = torch.cat([table, table.mean(0) + new])
    names = token_names(model) + tuple(f"<new_{i}>" for i in range(added))
    grown = replace(model.shape, vocab=model.shape.vocab + added)
    return with_weights(replace(model, tokens=names), out, grown)


def swap_vocabulary(model: Model, kept: float = 0.4) -> Model:
    """Another tokenizer: a share of the strings keep their rows elsewhere; the rest is new."""
    random = model.random("swap")
    count = model.shape.vocab
    order = torch.randperm(count, generator=random)
    stays = torch.rand(count, generator=random) < kept
    out = dict(model.weights)
    for key in [k for k in (EMBED, HEAD) if k in out]:
        table = out[key][order]
        new = torch.randn(table.shape, generator=random) * table.std()
        out[key] = torch.where(stays[:, None], table, new)
    old = token_names(model)
    names = tuple(
        old[i] if stay else f"<other_{place}>"
        for place, (i, stay) in enumerate(zip(order.tolist(), stays.tolist(), strict=True))
    )
    return with_weights(replace(model, tokens=names), out)


def token_names(model: Model) -> tuple[str, ...]:
    """The string of every row."""
    if model.tokens is not None:
        return model.tokens
    ids = text.vocabulary(model.words).ids
    return tuple(sorted(ids, key=ids.__getitem__))


def fresh_model(model: Model) -> Model:
    """The architecture before any training."""
    return with_weights(model, weights_of(fresh(model.shape, f"fresh {model.name}")))


RECIPES: dict[str, Callable[..., Model]] = {
    f.__name__: f
    for f in (
        cast,
        reshard,
        noise,
        adapter,
        quantise,
        scale_channels,
        zero_smallest,
        narrow,
        thin,
        drop_layers,
        stack_layers,
        insert_blocks,
        upcycle,
        split_experts,
        keep_experts,
        extend_vocabulary,
        swap_vocabulary,
        fresh_model,
    )
}
"""Every recipe by its name."""
