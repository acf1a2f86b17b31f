# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether the residual dimensions of one model look exchangeable, asked of that model alone.

Positions that are computed, nested losses and ramps give dimensions a place; widening by
repetition and block-wise optimisers give them relatives. A permutation null holds as long as one
of two models is free of that, so a test is called off only where both show the same.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from audit.weights.nulls.columns import unit_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

_Z_ORDER = 3.0
_Z_NEIGHBOURS = 5.0
_LIKE = 0.4
_OVER_USUAL = 5.0
_LAGS = 4
_LEAST = 16


class Structure(StrEnum):
    """What makes labels of residual dimensions mean something."""

    ORDER = "order"
    """Gains or sizes of columns follow the number of the dimension."""
    GROUPS = "groups"
    """Columns resemble their neighbours, or come in groups that resemble each other."""


def structures(vectors: Sequence[Tensor], matrices: Sequence[Tensor]) -> frozenset[Structure]:
    """Ask whether the number of a dimension predicts anything in one model.

    Parameters
    ----------
    vectors : sequence of Tensor, shape (width,)
        Gains and biases.
    matrices : sequence of Tensor, shape (rows, width)
        Windows of matrices inside the layers.
    """
    import torch

    found = set()
    profiles = [torch.stack([_ranks(v) for v in vectors]).mean(0)] if vectors else []
    if matrices:
        profiles.append(torch.stack([_ranks(m.norm(dim=0)) for m in matrices]).mean(0))
    if any(follows_number(profile) for profile in profiles if len(profile) >= _LEAST):
        found.add(Structure.ORDER)
    if matrices and matrices[0].shape[1] >= _LEAST and has_relatives(matrices):
        found.add(Structure.GROUPS)
    return frozenset(found)


def follows_number(profile: Tensor) -> bool:
    """Whether a profile over the dimensions has a trend, is smooth, or repeats by halves."""
    import torch

    x = profile.double() - profile.double().mean()
    size, count = float(x @ x), len(x)
    if size == 0:
        return False
    place = torch.arange(count, dtype=torch.float64) - (count - 1) / 2
    scores = [float((x @ place).abs() / (size * float(place @ place)) ** 0.5) * count**0.5]
    lags = sum(float(x[k:] @ x[:-k]) for k in range(1, _LAGS + 1))
    scores.append(lags / size * (count / _LAGS) ** 0.5)
    for parts in (2, 4):
        folded = x[: count // parts * parts].reshape(parts, -1)
        folded = folded - folded.mean(1, keepdim=True)
        unit = folded / folded.norm(dim=1, keepdim=True).clamp_min(1e-12)
        pairs = (unit @ unit.T).triu(1).sum()
        scores.append(float(pairs) / (parts * (parts - 1) / 2 / unit.shape[1]) ** 0.5)
    return bool(max(scores) >= _Z_ORDER)


def has_relatives(matrices: Sequence[Tensor]) -> bool:
    """Whether neighbouring columns are alike, or most columns have one that is."""
    import torch

    rows = sum(m.shape[0] for m in matrices)
    alike = torch.zeros(1, device=matrices[0].device)
    for unit in map(unit_columns, matrices):  # one after the other: each sum has width squared
        alike = torch.addmm(alike, unit.T, unit)
    alike = (alike / len(matrices)).abs().fill_diagonal_(0)
    count = alike.shape[0]
    mean = alike.sum() / (count * (count - 1))
    spread = ((alike**2).sum() / (count * (count - 1)) - mean**2).clamp_min(1e-12).sqrt()
    near = (alike.diagonal(1).mean() - mean) / spread * (count - 1) ** 0.5
    best, usual = alike.max(1).values.median(), float(alike.median())
    apart = max(_LIKE, 6 / rows**0.5, _OVER_USUAL * usual)  # in few dimensions all are alike
    return bool(near >= _Z_NEIGHBOURS) or bool(best >= apart)


def _ranks(values: Tensor) -> Tensor:
    return values.argsort().argsort().double() / max(1, len(values) - 1) - 0.5
