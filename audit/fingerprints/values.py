# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What two fingerprints have in common that has no p-value: equal values, lengths of neurons."""

from __future__ import annotations

from dataclasses import dataclass

from audit import rules
from audit.fingerprints.document import DIGESTS, ORDERED, Fingerprint
from audit.fingerprints.opened import Opened, paired

_LOW, _HIGH = 2, 13
"""Quantiles that lie about two standard deviations apart."""
ALIKE = 1.0
"""Lengths that lie nearer to each other are undecided: of 168 pairs of independent models the
nearest was 1.35, a cast, an int8 export and light fine-tunes reach 0.8 at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Values that one model has of the other: their share, and how many matrices hold them."""

    share: float = 0.0
    matrices: int = 0

    @property
    def counts(self) -> bool:
        """Whether there are enough: one table can have been drawn from one seed, or computed."""
        bars = rules.weight_thresholds()
        return self.share >= bars.min_equal and self.matrices >= bars.min_equal_matrices


def equal_values(own: Fingerprint, other: Fingerprint) -> tuple[Shared, Shared]:
    """Return what the first one has of the second's digested values, in order and in another."""
    if own.is_empty or other.is_empty:
        return Shared(), Shared()
    there = [frozenset(map(bytes, other.arrays["digests"][:, kind])) for kind in range(DIGESTS)]
    sizes, same, moved = own.arrays["sizes"].tolist(), [], []
    for size, one in zip(sizes, own.arrays["digests"], strict=True):
        known = [bytes(digest) in there[kind] for kind, digest in enumerate(one)]
        if any(known[:ORDERED]):
            same.append(size)
        elif known[ORDERED]:
            moved.append(size)
    equal, elsewhere = (
        Shared(share=sum(held) / sum(sizes), matrices=len(held)) for held in (same, moved)
    )
    return equal, elsewhere


def lengths_apart(a: Opened, b: Opened) -> float | None:
    """Compare how long neurons are, whatever their order and basis; of the role that is nearest.

    No test: a maker can rescale most rows, and lengths of independent models are alike too.
    """
    import numpy as np

    apart: dict[str, list[float]] = {}
    for pair in (pair for pairs in paired(a, b) for pair in pairs):
        own, other = a.part(pair.suspect), b.part(pair.reference)
        counts = [
            part.units * max(1, one.found.header.experts) for part, one in ((own, a), (other, b))
        ]
        if own.lengths is not None and other.lengths is not None and counts[0] == counts[1]:
            x, y = a.found.arrays["lengths"][own.lengths], b.found.arrays["lengths"][other.lengths]
            spread = max(1e-9, float(y[_HIGH] - y[_LOW]) / 2)
            distance = float(np.abs(x - y).mean()) / spread * counts[0] ** 0.5
            apart.setdefault(pair.role, []).append(distance)
    return min((sum(v) / len(v) for v in apart.values()), default=None)
