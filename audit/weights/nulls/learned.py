# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Start or descent: whether what training wrote is shared, or only the noise that it began from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import inf, pi, sqrt
from typing import TYPE_CHECKING

from audit import rules

if TYPE_CHECKING:
    from torch import Tensor

OVER_EDGE = 1.05
"""A singular value this far above the edge of noise is learned: it moves by less by chance."""
MIN_SIDE = 32
_NOISE_FITS = 0.1
_HELD = 0.5
"""Slope of the trained model on its start; less of it is left in what noise has drowned."""


class Told(StrEnum):
    """What learned directions say about an established dependence."""

    DESCENT = "descent"
    START = "start"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    r"""What one matrix ``A`` learned, and how much of that is in its counterpart ``B``.

    Sums over singular triplets ``s, u, v`` of ``A``, with ``c = u' B v``: those above the edge
    of noise (``spike``) and the others (``bulk``). ``residual`` is the squared size of ``B`` less
    the bulk's slope times ``A`` inside the learned directions, ``scaled`` that of the second term.
    ``noise`` is what the bulk is where it is spread as noise is.
    """

    spike_cross: float
    spike: float
    bulk_cross: float
    bulk: float
    residual: float
    scaled: float
    noise: float
    others: float
    """Share of ``B``'s energy in learned directions of its own."""


def learned(a: Tensor, b: Tensor) -> Learned | None:
    """Split ``a`` (rows, width) at the edge of noise; ``None`` where it is too small.

    The noise level is that at which the Marchenko-Pastur law has the median that is observed.
    """
    import torch

    a, b = (a, b) if a.shape[0] <= a.shape[1] else (a.T, b.T)
    short, long = a.shape
    if short < MIN_SIDE:
        return None
    a, b = a.double(), b.double()
    square, u = torch.linalg.eigh(a @ a.T)
    s, sigma = _singular(square, long)
    above = s > OVER_EDGE * sigma * (sqrt(short) + sqrt(long))
    count, size = int(above.sum()), s * s
    u = u.flip(1)[:, :count]
    c = (u.T @ b @ a.T @ u) / s[:count].clamp_min(1e-12)
    spike_cross = float((c.diagonal() * s[:count]).sum())
    bulk_cross, bulk = float((a * b).sum()) - spike_cross, float(size[count:].sum())
    slope = bulk_cross / bulk if bulk > 0 else 0.0
    other, noise = _singular(torch.linalg.eigvalsh(b @ b.T), long)
    theirs = other > OVER_EDGE * noise * (sqrt(short) + sqrt(long))
    return Learned(
        spike_cross=spike_cross,
        spike=float(size[:count].sum()),
        bulk_cross=bulk_cross,
        bulk=bulk,
        residual=float(((c - slope * torch.diag(s[:count])) ** 2).sum()),
        scaled=slope**2 * float(size[:count].sum()),
        noise=sigma**2 * short * long,
        others=float((other[theirs] ** 2).sum() / (other**2).sum().clamp_min(1e-300)),
    )


def _singular(square: Tensor, long: int) -> tuple[Tensor, float]:
    """Singular values from the squares, largest first, and the noise level of their median."""
    s = square.clamp_min(0).sqrt().flip(0)
    return s, float(s.median()) / sqrt(long * _median(round(len(s) / long, 3)))


def told(
    pairs: Sequence[tuple[Learned, Learned]], trained: tuple[bool, bool] = (False, False)
) -> Told:
    r"""Say what the learned directions of corresponding matrices show.

    Parameters
    ----------
    pairs
        For every window the suspect's learned directions looked for in the reference, and the
        reference's in the suspect.
    trained
        Whether the suspect, the reference, is known to be no random start by something else.

    Notes
    -----
    **Reading.** A child holds what its parent learned as fully as the noise that the parent
    began from: of the parent's learned directions the slope is that of the bulk (ratio 1), and
    little else stands in their span. Two trainings from one start lack each other's learning.
    **Descent.** One side's learned directions, at least ``min_learned`` of its energy and
    ``min_learned_share`` of the other's share (a short training looks like a parent of every long
    one from the same start), are in the other with a ratio of ``min_learned_ratio`` (twins that
    trained for short change little, and lack each other's learning): either what differs in their
    span is at most ``max_learned_change`` of them, or it is at most four times that and the spread
    over windows keeps the ratio above ``min_learned_ratio_sure``.
    **Start.** One side is noise throughout that the other still holds, and the other learned: there
    was nothing to reuse. Not where that side was ``trained``: gains that were moved into the
    matrices of the other look like something that it learned.
    **Neither.** Everything else, children that were trained on for very long among them.
    **Source.** Ours; the edge is that of Marchenko and Pastur (1967).
    """
    if not pairs:
        return Told.NEITHER
    sides = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    bar = rules.weight_thresholds()
    for own in sides:
        weights = [one.spike + one.bulk for one in own]
        others = sum(one.others * w for one, w in zip(own, weights, strict=True)) / sum(weights)
        share = _share(own)
        if share >= max(bar.min_learned, bar.min_learned_share * others) and _contained(own):
            return Told.DESCENT
    for known, own, other in ((trained[0], *sides), (trained[1], *sides[::-1])):
        bulk, noise = sum(one.bulk for one in own), sum(one.noise for one in own)
        spread = bulk > 0 and abs(noise / bulk - 1) <= _NOISE_FITS
        held = bulk > 0 and sum(one.bulk_cross for one in own) / bulk >= _HELD
        untrained = spread and held and _share(own) < bar.max_untrained
        if not known and untrained and _share(other) >= bar.min_learned:
            return Told.START
    return Told.NEITHER


def _share(side: Sequence[Learned]) -> float:
    """Share of the energy that lies in learned directions."""
    spike, bulk = sum(one.spike for one in side), sum(one.bulk for one in side)
    return spike / (spike + bulk) if spike + bulk > 0 else 0.0


def _contained(side: Sequence[Learned]) -> bool:
    bar = rules.weight_thresholds()
    scaled = sum(one.scaled for one in side)
    change = sum(one.residual for one in side) / scaled if scaled > 0 else inf
    if (ratio := _ratio(side)) < bar.min_learned_ratio:
        return False
    steady = ratio - 2 * _spread(side) >= bar.min_learned_ratio_sure
    return change <= (4 if steady else 1) * bar.max_learned_change


def _ratio(side: Sequence[Learned]) -> float:
    """Slope of the other on the learned directions, by that on the bulk."""
    spike, bulk = sum(one.spike for one in side), sum(one.bulk_cross for one in side)
    if spike <= 0 or bulk <= 0:
        return 0.0
    learned_slope = sum(one.spike_cross for one in side) / spike
    return learned_slope / (bulk / sum(one.bulk for one in side))


def _spread(side: Sequence[Learned]) -> float:
    """Standard error of the ratio over windows (jackknife); infinite for one."""
    n = len(side)
    if n < 2:
        return inf
    left = [_ratio([*side[:i], *side[i + 1 :]]) for i in range(n)]
    mean = sum(left) / n
    return sqrt((n - 1) / n * sum((x - mean) ** 2 for x in left))


@cache
def _median(beta: float) -> float:
    """Median of the Marchenko-Pastur law of ratio ``beta``, at most 1, with unit variance."""
    import torch

    low, high = (1 - sqrt(beta)) ** 2, (1 + sqrt(beta)) ** 2
    x = torch.linspace(low, high, 4001, dtype=torch.float64)[1:]
    density = ((high - x) * (x - low)).clamp_min(0).sqrt() / (2 * pi * beta * x)
    below = density.cumsum(0)
    return float(x[int((below < below[-1] / 2).sum())])
