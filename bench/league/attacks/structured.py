# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Independent models widened by repeating dimensions, and rows that follow their names."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from bench.league.attempt import framing
from bench.league.models import Release
from bench.zoo.recipes import EMBED, HEAD, part
from examples.tinylm import training
from examples.tinylm.shape import Shape
from examples.tinylm.training import Weights, generator
from tests.evasions.disguise import WRITERS


def _narrow(seed: int, shape: Shape) -> Weights:
    random = generator(f"narrow {seed}")
    weights = training.weights_of(training.fresh(shape, f"narrow {seed}"))
    return {
        k: 1 + 0.1 * torch.randn(v.shape, generator=random) if v.ndim == 1 else v
        for k, v in weights.items()
    }


def repeated(seed: int, width: int, times: int, noise: float) -> Release:
    """A model widened by repeating its residual dimensions, with noise on every matrix."""
    shape = Shape(family="llama", hidden=width, layers=3, inter=3 * width, tied=False)
    random, out = generator(f"noise {seed}"), {}
    for key, value in _narrow(seed, shape).items():
        if value.ndim == 1:
            wide = value.repeat(times)
        elif part(key) in WRITERS:
            wide = value.repeat(times, 1)
        else:
            wide = value.repeat(1, times) / (1 if key == EMBED else times)
        spread = 0.1 if value.ndim == 1 else float(wide.std())
        out[key] = wide + noise * spread * torch.randn(wide.shape, generator=random)
    config = replace(shape, hidden=width * times).config() | {"head_dim": width // 4}
    return Release(tensors=out, config=config)


def _pair(width: int, times: int, noise: float) -> tuple[Release, Release]:
    return repeated(2, width, times, noise), repeated(1, width, times, noise)


Rows = Callable[[torch.Generator, int, int], Tensor]


def of_pieces(random: torch.Generator, count: int, width: int) -> Tensor:
    """Each row is the mean of rows of the pieces of its name."""
    known: dict[str, Tensor] = {}
    rows = []
    for number in range(count):
        pieces = re.findall(r"<|[a-z]+|_|\d|>", f"<reserved_{number}>")
        for piece in pieces:
            known.setdefault(piece, torch.randn(width, generator=random))
        rows.append(torch.stack([known[p] for p in pieces]).mean(0))
    return torch.stack(rows) + 0.05 * torch.randn(count, width, generator=random)


def smooth(random: torch.Generator, count: int, width: int) -> Tensor:
    """Rows that change slowly with their number."""
    x = torch.randn(count + 20, width, generator=random)
    bell = torch.exp(-(torch.arange(-10.0, 11) ** 2) / 18)
    return torch.stack([(x[i : i + 21] * bell[:, None]).sum(0) for i in range(count)])


def waves(random: torch.Generator, count: int, width: int) -> Tensor:
    """Sines and cosines of the number in a random basis."""
    rates = torch.arange(count)[:, None] / 100 ** (torch.arange(16) / 16)
    return torch.cat([rates.sin(), rates.cos()], 1) @ torch.randn(32, width, generator=random) / 6


def drifting(random: torch.Generator, count: int, width: int) -> Tensor:
    """Noise, moved along one direction, more for low numbers."""
    size = 4 * 0.95 ** torch.arange(count)[:, None]
    line = torch.randn(1, width, generator=random) / 11
    return 0.3 * torch.randn(count, width, generator=random) + size * line


def own(random: torch.Generator, count: int, width: int) -> Tensor:
    """Independent rows."""
    return torch.randn(count, width, generator=random)


def reserved(rows: Rows) -> tuple[Release, Release]:
    """Two models, each with a hundred reserved rows of a rule in a basis of its own."""
    sides = []
    for seed in (2, 1):
        shape = Shape(family="llama", hidden=96, layers=3, inter=144, tied=False, vocab=400)
        weights = _narrow(seed, shape)
        for key in (EMBED, HEAD):
            made = rows(generator(f"rows {seed} {key}"), 100, 96)
            table = weights[key].clone()
            table[300:] = made * table.std() / made.std()
            weights[key] = table
        tokens = (*(f"word{i}" for i in range(300)), *(f"<reserved_{i}>" for i in range(100)))
        sides.append(Release(tensors=weights, config=shape.config(), tokens=tokens))
    return sides[0], sides[1]


_WIDENED = ((32, 2, 0.1), (32, 2, 0.5), (64, 2, 0.1), (64, 2, 1.0), (32, 4, 0.1), (32, 4, 0.5))
ATTEMPTS = (
    *(
        framing(f"{w} dimensions {n} times, noise {noise}", partial(_pair, w, n, noise))
        for w, n, noise in _WIDENED
    ),
    *(
        framing(f"reserved rows: {rows.__name__}", partial(reserved, rows))
        for rows in (of_pieces, smooth, waves, drifting, own)
    ),
)
