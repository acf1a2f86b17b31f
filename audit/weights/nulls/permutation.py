# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Null distributions that one pair of models supplies by itself.

Under independent initialisation the residual dimensions of one model are exchangeable
with respect to the other's, so relabelling them gives the null distribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from audit.record.absent import Absent

if TYPE_CHECKING:
    from torch import Tensor

LOG10_E = math.log10(math.e)


def log10_factorial(n: int) -> float:
    """log10(n!)."""
    return math.lgamma(n + 1) * LOG10_E


def log10_normal_tail(z: float) -> float:
    """log10 P(Z >= z) for a standard normal, without underflow.

    >>> round(log10_normal_tail(0.0), 4)
    -0.301
    >>> round(log10_normal_tail(40.0))
    -349
    """
    import torch

    value = torch.special.log_ndtr(torch.tensor(-z, dtype=torch.float64))
    return float(value) * LOG10_E


@dataclass(frozen=True, slots=True, kw_only=True)
class Permutation:
    """Moments of ``T = sum_i S[i, pi(i)]`` over all permutations ``pi``, and the observed ``T``.

    ``log10_floor`` is ``-log10`` of the number of permutations: no permutation p-value
    can be smaller.
    """

    observed: float
    mean: float
    variance: float
    log10_floor: float

    @property
    def z(self) -> float:
        """Standardised excess over the null mean; 0 when the null has no spread."""
        return (self.observed - self.mean) / math.sqrt(self.variance) if self.variance > 0 else 0.0

    def agreement(self, most: float) -> float:
        """Chance-corrected agreement: 0 at the null mean, 1 at ``most``, the value for equals."""
        return (self.observed - self.mean) / (most - self.mean)

    def deviation(self, most: float) -> float:
        """Standard deviation of :meth:`agreement` under the null."""
        return math.sqrt(self.variance) / (most - self.mean)

    @property
    def log10_p(self) -> float:
        """One-sided p by the normal limit (combinatorial CLT), not below the floor."""
        return max(log10_normal_tail(self.z), self.log10_floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What every test with a permutation null returns.

    ``correlation`` is corrected for chance, ``deviation`` its standard deviation under the
    null; ``n`` units were permuted, in tensors of these ``roles``.
    """

    permutation: Permutation
    correlation: float
    deviation: float
    n: int
    roles: tuple[str, ...] = ()

    @classmethod
    def of(cls, moments: Permutation, most: float, **more: Any) -> Self:
        """Relate the sum to ``most``, that of equal models."""
        correlation, deviation = moments.agreement(most), moments.deviation(most)
        return cls(permutation=moments, correlation=correlation, deviation=deviation, **more)


def permutation_moments(scores: Tensor) -> Permutation:
    r"""Exact null moments of the trace under a uniform relabelling.

    Parameters
    ----------
    scores : Tensor, shape (d, d)
        ``scores[i, j]``: agreement of unit ``i`` of one side with unit ``j`` of the other.

    Notes
    -----
    .. math:: E[T] = \frac{1}{d}\sum_{ij} S_{ij}, \qquad
              \mathrm{Var}[T] = \frac{1}{d-1}\sum_{ij} C_{ij}^2

    where ``C`` is ``S`` centred by rows and columns (Hoeffding 1951, Theorem 2).
    """
    s = scores.double()
    d = s.shape[0]
    centred = s - s.mean(0, keepdim=True)
    centred -= s.mean(1, keepdim=True)  # in place: of wide models a copy is 100 MB and more
    centred += s.mean()
    return Permutation(
        observed=float(s.diagonal().sum()),
        mean=float(s.sum()) / d,
        variance=float(centred.square_().sum()) / (d - 1) if d > 1 else 0.0,
        log10_floor=-log10_factorial(d),
    )


def together(parts: list[Permutation]) -> Permutation:
    """Add statistics whose relabellings are independent of each other."""
    return Permutation(
        observed=sum(p.observed for p in parts),
        mean=sum(p.mean for p in parts),
        variance=sum(p.variance for p in parts),
        log10_floor=sum(p.log10_floor for p in parts),
    )


def agreement(scores: Tensor) -> int:
    """Count units whose strictly best partner has the same index.

    A tie for the best partner counts as a miss, which can only weaken the evidence.
    """
    import torch

    best = scores.max(1).values
    unique = (scores == best[:, None]).sum(1) == 1
    return int((unique & (torch.diagonal(scores) == best)).sum())


def log10_agreement_bound(k: int) -> float:
    """log10 of ``P(K >= k) <= 1/k!``, exact for every number of units and every search.

    Proof: ``E[C(K, k)] <= C(d, k) (d-k)!/d! = 1/k!`` and Markov's inequality.
    """
    return -log10_factorial(k)


def log10_rising_bound(n: int, k: int) -> float:
    """log10 of ``P(LIS >= k) <= C(n, k) / k!`` for a random permutation of ``n``, at most 0.

    Proof: a given set of ``k`` positions is increasing with probability ``1 / k!``; Markov.

    >>> log10_rising_bound(100, 20)
    0.0
    >>> round(log10_rising_bound(2048, 200))
    -93
    """
    chosen = log10_factorial(n) - log10_factorial(k) - log10_factorial(n - k)
    return min(0.0, chosen - log10_factorial(k))


def log10_fisher(log10_ps: list[float]) -> float:
    r"""log10 of Fisher's combined p-value of independent tests, without underflow.

    For ``n`` p-values :math:`P = e^{-s} \sum_{i<n} s^i / i!` with :math:`s = -\sum \ln p`.
    P-values that are bounds only make it larger.

    >>> round(log10_fisher([-3.0]), 6)
    -3.0
    """
    import torch

    s = -sum(log10_ps) / LOG10_E
    if s <= 0:
        return 0.0
    i = torch.arange(len(log10_ps), dtype=torch.float64)
    terms = i * math.log(s) - torch.lgamma(i + 1) - s
    return min(0.0, float(torch.logsumexp(terms, 0)) * LOG10_E)


def needed_z(log10_p: float) -> float:
    """Smallest z whose one-sided normal tail is at most ``10 ** log10_p``.

    >>> round(needed_z(-9), 2)
    6.0
    """
    low, high = 0.0, 1e3
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if log10_normal_tail(middle) <= log10_p else (middle, high)
    return high


def smallest_found(found: Agreement | Absent, least: float, log10_p: float) -> float | None:
    """Smallest agreement that a test linear in it finds: its z is ``agreement / deviation``.

    ``None`` where no p-value can be small enough; ``least`` is the smallest that counts.
    """
    if isinstance(found, Absent) or found.permutation.log10_floor > log10_p:
        return None
    return float(f"{max(least, needed_z(log10_p) * found.deviation):.4g}")
