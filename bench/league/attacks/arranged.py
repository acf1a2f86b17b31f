# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A reference made from the suspect by an accuser, who claims to be the parent; and siblings."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from bench.league import surgery
from bench.league.attempt import Attempt, Group, Made, Truth, framing, papers
from bench.league.models import Model, Release, drawn, model, release
from bench.zoo.recipes import MATRICES, RECIPES, part, with_weights
from examples.tinylm.training import Weights, generator


def _parts(of: Model, *parts: str) -> list[str]:
    return [k for k in of.weights if part(k) in parts]


def digits(of: Model) -> tuple[Model, Model]:
    """Random digits below what the suspect's number format keeps."""
    out, random = {}, generator("digits")
    for key, value in of.weights.items():
        step = value.abs().log2().floor().exp2().clamp_min(1e-30) * 2**-7
        new = value + (torch.rand(value.shape, generator=random) - 0.5) * 0.98 * step
        out[key] = torch.where(new.bfloat16() == value.bfloat16(), new, value)
    return replace(of, dtype="bfloat16"), with_weights(of, out)


def filled(of: Model) -> tuple[Model, Model]:
    """The suspect is sparse; its zeros are filled."""
    sparse, random = RECIPES["zero_smallest"](of, share=0.5), generator("zeros")
    out = {}
    for key, value in sparse.weights.items():
        held = value[value != 0].abs()
        noise = torch.randn(value.shape, generator=random) * 0.6 * held.min()
        out[key] = torch.where(value == 0, noise, value)
    return sparse, with_weights(of, out)


def off_the_grid(of: Model) -> tuple[Model, Model]:
    """The suspect stands on a 4-bit grid; noise of less than half a step is added."""
    coarse, random = RECIPES["quantise"](of, bits=4, group=8), generator("grid")
    out = dict(coarse.weights)
    for key in _parts(of, *MATRICES):
        grouped = of.weights[key].unflatten(1, (-1, 8))
        step = (grouped.abs().amax(-1, keepdim=True) / 7).expand_as(grouped).flatten(1)
        noise = torch.rand(step.shape, generator=random) - 0.5
        out[key] = out[key] + noise * 0.98 * step
    return coarse, with_weights(of, out)


def deeper(of: Model) -> tuple[Model, Model]:
    """Two layers that work are inserted."""
    grown = surgery.cancelling_layers(of, (2, 6))
    random, out = generator("deeper"), dict(grown.weights)
    for layer in (2, 6):
        for key in [k for k in out if k.startswith(f"model.layers.{layer}.")]:
            if part(key) in ("down_proj", "o_proj"):
                out[key] = torch.randn(out[key].shape, generator=random) * out[key].std()
    return of, with_weights(grown, out)


def more_neurons(of: Model) -> tuple[Model, Model]:
    """Neurons of the accuser's own stand between the others."""
    out = dict(of.weights)
    for gate, up, down in surgery.feed_forwards(of):
        random = generator(f"more {gate}")
        count = out[gate].shape[0]
        order = torch.cat([torch.arange(count), torch.randint(count, (24,), generator=random)])
        order = order.argsort(stable=True)
        for key, turn in ((gate, False), (up, False), (down, True)):
            value = out[key].T if turn else out[key]
            extra = torch.randn(24, value.shape[1], generator=random) * value.std()
            moved = torch.cat([value, extra])[order]
            out[key] = moved.T if turn else moved
    shape = replace(of.shape, inter=of.shape.inter + 24)
    return of, with_weights(of, out, shape)


def less_an_adapter(of: Model) -> tuple[Model, Model]:
    """A low-rank change is taken away."""
    changed = RECIPES["adapter"](of, rank=4, parts=("q_proj", "v_proj"), size=0.02)
    return of, changed


def _with(key: str) -> Callable[[Model], tuple[Model, Model]]:
    """A model of the accuser's own that holds one tensor of the suspect."""

    def make(of: Model) -> tuple[Model, Model]:
        other: Weights = drawn(of.weights, generator("accuser"))
        return of, with_weights(of, other | {key: of.weights[key]})

    return make


ARRANGED: dict[str, Callable[[Model], tuple[Model, Model]]] = {
    "digits below bfloat16 added": digits,
    "zeros of a sparse model filled": filled,
    "noise below a 4-bit step added": off_the_grid,
    "two working layers inserted": deeper,
    "neurons added": more_neurons,
    "a low-rank adapter taken away": less_an_adapter,
    "one down_proj in an own model": _with("model.layers.3.mlp.down_proj.weight"),
    "the embeddings in an own model": _with("model.embed_tokens.weight"),
    "one gain vector in an own model": _with("model.norm.weight"),
}


def _arranged(name: str) -> Attempt:
    def pair() -> tuple[Release, Release]:
        suspect, reference = ARRANGED[name](model("llama"))
        dtype = getattr(torch, suspect.dtype)
        return replace(release(suspect, suspect), dtype=dtype), release(reference, reference)

    return framing(name, pair, truth=Truth.ARRANGED)


def _siblings(suspect: str, reference: str, *, command: bool = False) -> Attempt:
    """Two children of one public parent, which the card of the suspect declares."""

    def make(place: Path) -> Made:
        sides = {"suspect": suspect, "reference": reference}
        for side, name in sides.items():
            release(model(name), model(name)).write(place / side)
            papers(place / side)
        card = place / "suspect" / "README.md"
        told = card.read_text("utf-8").replace("language:", "base_model: small/base\nlanguage:")
        told = told.replace(
            "trained from scratch (a random start, no other model's weights)", "fine-tuned"
        )
        card.write_text(told, "utf-8")
        return Made(suspect=place / "suspect", reference=place / "reference")

    return Attempt(
        name=f"siblings {suspect} and {reference}" + (", command" if command else ""),
        group=Group.FRAME,
        truth=Truth.SIBLINGS,
        make=make,
        command=command,
    )


ATTEMPTS = (
    *map(_arranged, ARRANGED),
    _siblings("fine-tune", "continued"),
    _siblings("bf16", "fine-tune"),
    _siblings("fine-tune", "continued", command=True),
)
