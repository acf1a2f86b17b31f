# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Independent models that store one computed table."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from bench.league.attempt import framing
from bench.league.growing import sincos
from bench.league.models import Release
from examples.tinylm import training
from examples.tinylm.shape import Shape
from examples.tinylm.training import generator

_WIDTH = 96


def _axis(count: int) -> Tensor:
    return torch.linspace(-1, 1, count)


def image_positions() -> Tensor:
    """A first row of zeros, then 14 x 14 patches, (197, width)."""
    return torch.cat([torch.zeros(1, _WIDTH), sincos(14, _WIDTH)])


def filters() -> Tensor:
    """Triangles of a filter bank, (80, width)."""
    centre = torch.linspace(0, 80, _WIDTH)[None]
    return (1 - (centre - torch.arange(80)[:, None]).abs()).clamp_min(0)


def three_axes() -> Tensor:
    """Sines and cosines of a cube of positions, (216, width)."""
    rate = 1 / 10000 ** (torch.arange(16) / 16)
    axes = torch.cartesian_prod(*[torch.arange(6.0)] * 3)
    return torch.cat([f(a[:, None] * rate) for a in axes.T for f in (torch.sin, torch.cos)], 1)


def gabor() -> Tensor:
    """Waves under bells at several places and rates, (128, width)."""
    x = _axis(_WIDTH)[None]
    place, rate = _axis(16).repeat(8)[:, None], (4.0 * 2 ** (torch.arange(8) / 2))
    rate = rate.repeat_interleave(16)[:, None]
    return torch.exp(-((x - place) ** 2) * rate) * torch.cos(rate * (x - place))


def seeded() -> Tensor:
    """Frozen random features of a seed that everybody uses, (128, width)."""
    return torch.randn(128, _WIDTH, generator=torch.Generator().manual_seed(0))


def legendre() -> Tensor:
    """The transition matrix of Legendre polynomials, (width, width)."""
    n = torch.arange(_WIDTH, dtype=torch.float)
    scale = (2 * n + 1).sqrt()
    lower = torch.tril(scale[:, None] * scale, -1)
    return lower + torch.diag(n + 1)


def cosines() -> Tensor:
    """A cosine transform, (width, width)."""
    n = torch.arange(_WIDTH)
    return torch.cos(torch.pi / _WIDTH * (n + 0.5) * n[:, None])


def powers() -> Tensor:
    """Powers of a grid, (64, width)."""
    return torch.linspace(0.5, 1.5, _WIDTH)[None] ** torch.linspace(-3, 3, 64)[:, None]


def distances() -> Tensor:
    """Logarithms of distances between positions, (64, width)."""
    return -(torch.arange(64)[:, None] - torch.arange(_WIDTH)).abs().float().add(1).log()


TABLES: dict[str, Callable[[], Tensor]] = {
    "2-D sincos": image_positions,
    "filter bank": filters,
    "3-D sincos": three_axes,
    "Gabor bank": gabor,
    "draw of seed 0": seeded,
    "Legendre": legendre,
    "cosine transform": cosines,
    "powers": powers,
    "log distances": distances,
}


def _body(seed: int) -> Release:
    """A llama as it may have been trained: drawn matrices, gains about one; no family fits it."""
    shape = Shape(family="llama", hidden=_WIDTH, layers=3, inter=144, tied=False)
    random = generator(f"gains {seed}")
    weights = training.weights_of(training.fresh(shape, f"body {seed}"))
    gains = {
        k: 1 + 0.1 * torch.randn(v.shape, generator=random)
        for k, v in weights.items()
        if v.ndim == 1
    }
    config = shape.config() | {"model_type": "aurora"}
    spare = {"aux.scale": torch.ones(1)}
    return Release(tensors=weights | gains | spare, config=config)


def with_table(name: str, key: str) -> tuple[Release, Release]:
    """Two independent bodies with one table under one name."""
    table = TABLES[name]()
    first, second = (replace(b, tensors=b.tensors | {key: table}) for b in (_body(2), _body(1)))
    return first, second


def image_encoder(seed: int, table: Tensor | None, layers: int = 3) -> Release:
    """A ViT with fixed positions, or positions of its own."""
    random = generator(f"image encoder {seed}")
    width, inter = _WIDTH, 4 * _WIDTH

    def n(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=random) * 0.02

    positions = n(197, width) if table is None else table
    tensors = {
        "embeddings.cls_token": n(1, 1, width),
        "embeddings.position_embeddings": positions[None].clone(),
        "embeddings.patch_embeddings.projection.weight": n(width, 3, 16, 16),
        "embeddings.patch_embeddings.projection.bias": n(width),
    }
    for layer in range(layers):
        stem = f"encoder.layer.{layer}."
        for name, rows, columns in (
            *((f"attention.attention.{w}", width, width) for w in ("query", "key", "value")),
            ("attention.output.dense", width, width),
            ("intermediate.dense", inter, width),
            ("output.dense", width, inter),
        ):
            tensors |= {f"{stem}{name}.weight": n(rows, columns), f"{stem}{name}.bias": n(rows)}
        for which in ("before", "after"):
            tensors[f"{stem}layernorm_{which}.weight"] = 1 + n(width)
            tensors[f"{stem}layernorm_{which}.bias"] = n(width)
    tensors |= {"layernorm.weight": 1 + n(width), "layernorm.bias": n(width)}
    config = {
        "model_type": "vit",
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "intermediate_size": inter,
        "image_size": 224,
        "patch_size": 16,
    }
    return Release(tensors={f"vit.{k}": v for k, v in tensors.items()}, config=config)


def _images(fixed: bool) -> tuple[Release, Release]:
    table = image_positions() if fixed else None
    return image_encoder(2, table), image_encoder(1, table)


def _masked() -> tuple[Release, Release]:
    """The encoders under the type of masked autoencoders."""
    first, second = (replace(r, config=r.config | {"model_type": "vit_mae"}) for r in _images(True))
    return first, second


ATTEMPTS = (
    *(
        framing(f"{name}, {where}", partial(with_table, name, key))
        for name in TABLES
        for where, key in (("outside the layers", "pos_embed"), ("inside", "model.table.weight"))
    ),
    framing("image encoders, fixed positions", partial(_images, True)),
    framing("image encoders, fixed positions", partial(_images, True), command=True),
    framing("image encoders, fixed positions, vit_mae", _masked),
    framing("image encoders, own positions (control)", partial(_images, False)),
)
