# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Describes neurons by inner products alone, which no change of basis, order or scale alters.

A neuron of a feed-forward block is two or three vectors on the residual axis. The vector that
the nonlinearity acts on (the gate, else the only reader) keeps its sign and length in every
disguise; of a gated neuron, up and down can be rescaled and flipped together for free, so
only products in which that sign cancels are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls.columns import unit_rows

if TYPE_CHECKING:
    from torch import Tensor

Place = tuple[int, int | None]
"""Layer and expert of one feed-forward block."""
Neurons = dict[str, "Tensor"]
"""Role -> neurons of one block, shape (neurons, width)."""
ROLES = ("mlp.gate", "mlp.up", "mlp.down")
MIN_NEURONS = 32
SEARCH_WIDTH = 512
"""Dimensions that the search uses: the block's leading ones, where it is wider."""
COLUMNS = 512
"""Neurons of its own block that a neuron is described against, a seeded sample."""
_LEVELS = (0.002, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 0.998)
_GATE, _UP, _DOWN = ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """The neurons of one block, ready to be matched.

    ``first`` holds the unit vectors whose sign is fixed, ``rest`` those of the other roles,
    each of shape (neurons, width); ``lengths`` are those of the first. ``free_sign`` says
    that the rest may be flipped together, neuron by neuron. ``features`` are ranks inside
    the block, shape (neurons, features).
    """

    first: Tensor
    rest: tuple[Tensor, ...]
    lengths: Tensor
    free_sign: bool
    features: Tensor

    @property
    def kind(self) -> tuple[bool, int]:
        """Blocks of one kind can be compared."""
        return self.free_sign, len(self.rest)

    def take(self, chosen: Tensor) -> Shapes:
        """Return these neurons only."""
        return Shapes(
            first=self.first[chosen],
            rest=tuple(v[chosen] for v in self.rest),
            lengths=self.lengths[chosen],
            free_sign=self.free_sign,
            features=self.features[chosen],
        )

    def narrowed(self) -> Shapes:
        """Return the block in its leading ``SEARCH_WIDTH`` dimensions."""
        import torch

        if self.first.shape[1] <= SEARCH_WIDTH:
            return self
        stacked = torch.cat([self.first, *self.rest])
        basis = torch.linalg.eigh(stacked.T @ stacked).eigenvectors[:, -SEARCH_WIDTH:]
        return Shapes(
            first=self.first @ basis,
            rest=tuple(v @ basis for v in self.rest),
            lengths=self.lengths,
            free_sign=self.free_sign,
            features=self.features,
        )


def shapes(neurons: Neurons, *, seed: int) -> Shapes | None:
    """Prepare a block; ``None`` when it has too few neurons or only one known role."""
    import torch

    ordered = [neurons[role] for role in (_GATE, _UP, _DOWN) if role in neurons]
    if len(ordered) < 2 or ordered[0].shape[0] < MIN_NEURONS:
        return None
    unit = [unit_rows(v) for v in ordered]
    draw = torch.Generator().manual_seed(seed)
    sample = torch.randperm(unit[0].shape[0], generator=draw)[:COLUMNS]
    gated = _GATE in neurons
    channels, own = _channels(unit, [v[sample] for v in unit], gated)
    return Shapes(
        first=unit[0],
        rest=tuple(unit[1:]),
        lengths=ordered[0].norm(dim=1),
        free_sign=gated,
        features=_ranks(torch.cat([own, *map(_order_statistics, channels)], 1)),
    )


def signature(neurons: Neurons) -> Tensor | None:
    """Summarise a block in a few numbers, by which the blocks of a model differ.

    Scale and spread of the neurons' lengths, and of each kind of inner product: root mean
    square, tail weight and extremes. ``None`` as in :func:`shapes`.
    """
    import torch

    ordered = [neurons[role] for role in (_GATE, _UP, _DOWN) if role in neurons]
    if len(ordered) < 2 or ordered[0].shape[0] < MIN_NEURONS:
        return None
    unit = [unit_rows(v) for v in ordered]
    channels, own = _channels(unit, unit, _GATE in neurons)
    logs = [v.norm(dim=1).clamp_min(1e-12).log() for v in ordered]
    lengths = [logs[0], sum(logs[1:], torch.zeros_like(logs[0]))]
    numbers = [x for v in lengths for x in (v.mean(), v.std())]
    numbers += [x for v in own.T for x in (v.mean(), v.std())]
    for channel in channels:
        off = channel - torch.diag(channel.diagonal())
        square = off.pow(2).mean().clamp_min(1e-24)
        tail = off.pow(4).mean() / square.pow(2)
        far = _high(off[: min(256, len(off))].abs()) / square.sqrt()
        numbers += [square.log(), tail.clamp_min(1e-12).log(), far, off.mean() / square.sqrt()]
    return torch.stack(numbers)


def _channels(
    rows: list[Tensor], columns: list[Tensor], gated: bool
) -> tuple[list[Tensor], Tensor]:
    """Inner products of each neuron with a sample, and of its own vectors with each other."""
    import torch

    products = {(a, b): x @ y.T for a, x in enumerate(rows) for b, y in enumerate(columns)}
    inner = [(rows[a] * rows[b]).sum(1) for a in range(len(rows)) for b in range(a + 1, len(rows))]
    if not gated:
        return list(products.values()), torch.stack(inner, 1)
    if len(rows) == 2:
        free = [products[0, 1].abs(), products[1, 0].abs(), products[1, 1].abs()]
        return [products[0, 0], *free], inner[0].abs()[:, None]
    signless = [
        products[1, 1] * products[2, 2],
        products[0, 1] * products[0, 2],
        products[1, 0] * products[2, 0],
        products[1, 2] * products[2, 1],
    ]
    free = [p.abs() for place, p in products.items() if place != (0, 0)]
    own = [inner[0] * inner[1], inner[0].abs(), inner[1].abs(), inner[2]]
    return [products[0, 0], *signless, *free], torch.stack(own, 1)


def _high(values: Tensor) -> float:
    """The 99th of a hundred quantiles; numpy selects where torch sorts."""
    import numpy as np

    return float(np.quantile(values.cpu().numpy(), 0.99))


def _order_statistics(channel: Tensor) -> Tensor:
    """Quantiles and moments of each neuron's row; shape (neurons, 15)."""
    import numpy as np
    import torch

    ordered = torch.from_numpy(np.sort(channel.cpu().numpy(), 1)).to(channel.device)
    last = channel.shape[1] - 1
    picked = ordered[:, [round(level * last) for level in _LEVELS]]
    moments = [channel.pow(k).mean(1, keepdim=True) for k in (1, 2, 3, 4)]
    return torch.cat([picked, *moments], 1)


def _ranks(features: Tensor) -> Tensor:
    """Replace each feature by its rank inside the block, in -0.5..0.5."""
    count = features.shape[0]
    ranked: Tensor = (features.argsort(0).argsort(0).float() + 0.5) / count - 0.5
    return ranked
