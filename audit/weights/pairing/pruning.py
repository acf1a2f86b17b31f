# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Children that pruning the wider of two models to the narrower one's shapes would give.

Pruning keeps the order of what it leaves. A negative across widths counts only where such a
child would have been found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.pairing.pairs import Pairing

if TYPE_CHECKING:
    from torch import Generator, Tensor

PLANTED = (0.5, 0.2)
"""Correlations of the planted children's kept weights with the parent's."""
DRAWS = 3
"""Children per correlation, the same in every run: what decides must not hang on one draw."""


def pruned(pairing: Pairing) -> dict[float, list[Plant]]:
    """Draw the children, by their correlation with the parent."""
    return {rho: [Plant.draw(rho, i, pairing) for i in range(DRAWS)] for rho in PLANTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """Makes the child that pruning the wider model to the narrower one's shapes would give.

    ``keep`` are the residual dimensions that it keeps, in order; ``forward`` says that the
    suspect is the narrower one.
    """

    correlation: float
    keep: Tensor
    forward: bool
    rng: Generator

    @classmethod
    def draw(cls, correlation: float, number: int, pairing: Pairing) -> Plant:
        """Draw the kept dimensions and start the noise of one child, both by its number."""
        import torch

        rng = torch.Generator().manual_seed(number)
        widths = [layout.width or 0 for layout in pairing.layouts]
        keep = torch.randperm(max(widths), generator=rng)[: min(widths)].sort().values
        return cls(correlation=correlation, keep=keep, forward=widths[0] < widths[1], rng=rng)

    def child(
        self, suspect: Tensor, reference: Tensor, counts: tuple[int, int] = (0, 0)
    ) -> tuple[Tensor, Tensor]:
        """Put a child of the wider side in the narrower side's place.

        ``counts`` are the units of the two whole matrices; where the narrower side has
        fewer, the child lost some units as well, and only those read here are planted.
        """
        import torch

        wide, narrow = (reference, suspect) if self.forward else (suspect, reference)
        kept = wide[:, self.keep.to(wide.device)]
        whole, part = (counts[1], counts[0]) if self.forward else counts
        rows = torch.arange(narrow.shape[0])
        if part < whole:
            rows = torch.randperm(whole, generator=self.rng)[:part].sort().values[: len(rows)]
        fresh = torch.randn(len(rows), kept.shape[1], generator=self.rng).to(wide.device)
        made = fresh * kept.std(0, correction=0)
        known = rows < kept.shape[0]
        rho = self.correlation
        made[known] = rho * kept[rows[known]] + (1 - rho**2) ** 0.5 * made[known]
        return (made, wide) if self.forward else (wide, made)
