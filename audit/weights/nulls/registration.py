# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Recovers an unknown change of the residual basis together with the order of the neurons.

Soft assignment and orthogonal Procrustes in turns, as in Wasserstein-Procrustes (Grave, Joulin
and Berthet 2019, arXiv 1805.11222): every neuron is spread over its likely partners, the
basis change is fitted to all of them, and both sharpen each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls.neuron_shapes import Shapes

if TYPE_CHECKING:
    from torch import Tensor

ROUNDS = 24
SETTLED = 0.95
"""Mean of each neuron's largest share at which the search has settled."""
_SEED_WEIGHT = 6.0
_SHARPNESS = 0.1, 0.75
"""Inverse temperature per square root of the width, first and last round."""
_SHRINKAGE = 3.0, 0.5
"""Singular values below this multiple of their root mean square are damped, first and last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Pairs of neurons that choose each other: indices, and the relative sign of the rest."""

    own: Tensor
    other: Tensor
    sign: Tensor

    def take(self, chosen: Tensor) -> Matched:
        """Return these pairs only."""
        return Matched(own=self.own[chosen], other=self.other[chosen], sign=self.sign[chosen])


def register(own: Shapes, other: Shapes) -> Matched:
    """Search for the basis change under which most neurons of ``own`` stand in ``other``."""
    import torch

    share = _seed(own.features, other.features)
    signed = torch.zeros_like(share) if own.free_sign else share
    width = min(own.first.shape[1], other.first.shape[1])
    for step in range(ROUNDS):
        progress = min(1.0, step / (0.8 * ROUNDS))
        shrinkage = _SHRINKAGE[0] * (_SHRINKAGE[1] / _SHRINKAGE[0]) ** progress
        sharpness = _SHARPNESS[0] + (_SHARPNESS[1] - _SHARPNESS[0]) * progress
        basis = damped_polar(_cross(own, other, share, signed), shrinkage)
        fixed, free = agreement(own, other, basis)
        share, signed = _assign(fixed, free, sharpness * width**0.5, own.free_sign)
        if float(share.amax(1).mean()) > SETTLED:
            break
    return mutual(fixed, free, free_sign=own.free_sign)


def fit_basis(own: Shapes, other: Shapes, pairs: Matched, shrinkage: float) -> Tensor:
    """Fit the basis change, shape (width, other width), to pairs of neurons."""
    total = own.first[pairs.own].T @ other.first[pairs.other]
    for x, y in zip(own.rest, other.rest, strict=True):
        total = total + (x[pairs.own] * pairs.sign[:, None]).T @ y[pairs.other]
    return damped_polar(total, shrinkage)


def agreement(own: Shapes, other: Shapes, basis: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines under the basis change: of the first role, and summed over the rest."""
    import torch

    moved, rest = torch.cat([x @ basis for x in own.rest], 1), torch.cat(other.rest, 1)
    return (own.first @ basis) @ other.first.T, moved @ rest.T


def mutual(fixed: Tensor, free: Tensor, *, free_sign: bool) -> Matched:
    """Pairs of neurons that choose each other."""
    import torch

    closeness = fixed + (free.abs() if free_sign else free)
    partner = closeness.argmax(1)
    rows = torch.arange(partner.shape[0], device=closeness.device)
    chosen = closeness.argmax(0)[partner] == rows
    own, other = rows[chosen], partner[chosen]
    sign = torch.where(free[own, other] < 0, -1.0, 1.0)
    return Matched(own=own, other=other, sign=sign if free_sign else torch.ones_like(sign))


def damped_polar(total: Tensor, shrinkage: float) -> Tensor:
    r"""Orthogonal factor of a cross-covariance, its weak directions damped.

    :math:`U\,\mathrm{diag}(s / (s + \lambda \bar s))\,V^\top`, scaled to the Frobenius norm
    of an orthogonal matrix; with ``shrinkage`` 0 the solution of orthogonal Procrustes
    (Schönemann 1966).
    """
    import torch

    if total.shape[0] < total.shape[1]:
        return damped_polar(total.T, shrinkage).T
    squares, vectors = torch.linalg.eigh(total.T @ total)
    squares = squares.clamp_min(0)
    typical = squares.mean().sqrt()
    damped = 1 / (squares.sqrt() + (shrinkage + 1e-6) * typical + 1e-30)
    basis = (total @ vectors * damped) @ vectors.T
    size: float = min(total.shape) ** 0.5
    scaled: Tensor = basis * (size / torch.linalg.matrix_norm(basis).clamp_min(1e-30))
    return scaled


def _cross(own: Shapes, other: Shapes, share: Tensor, signed: Tensor) -> Tensor:
    import torch

    total = own.first.T @ (share @ other.first)
    width = other.first.shape[1]
    rest = torch.split(signed @ torch.cat(other.rest, 1), width, 1)
    for x, y in zip(own.rest, rest, strict=True):
        total += x.T @ y
    return total


def _seed(own: Tensor, other: Tensor) -> Tensor:
    """First shares: near where the ranked descriptions are near."""
    import torch

    distance = torch.cdist(own, other).pow(2)
    nearest = distance.min(1).values.median().clamp_min(1e-12)
    logits = distance * (-_SEED_WEIGHT / (2 * nearest))
    for _ in range(5):  # as logarithms: many neurons may be far nearer to one than to any other
        logits = logits - logits.logsumexp(1, keepdim=True)
        logits = logits - logits.logsumexp(0, keepdim=True).clamp_min(0)
    return logits.exp()


def _assign(fixed: Tensor, free: Tensor, weight: float, free_sign: bool) -> tuple[Tensor, Tensor]:
    """Shares of the partners, and the same times the expected relative sign of each pair."""
    if not free_sign:
        logits = weight * (fixed + free)
        share = _balanced((logits - logits.amax(1, keepdim=True)).exp_(), 3)
        return share, share
    closest = (fixed + free.abs()).amax(1, keepdim=True)
    same = ((fixed + free - closest) * weight).exp_()
    flipped = ((fixed - free - closest) * weight).exp_()
    difference = same - flipped
    either = same.add_(flipped)
    expected = difference.div_(either.clamp_min(1e-37))
    share = _balanced(either, 3)
    return share, expected.mul_(share)


def _balanced(shares: Tensor, rounds: int) -> Tensor:
    """Sinkhorn's scaling: each row sums to one, no column to more than one (before the last)."""
    for _ in range(rounds):
        shares /= shares.sum(1, keepdim=True)
        shares /= shares.sum(0, keepdim=True).clamp_min(1)
    return shares
