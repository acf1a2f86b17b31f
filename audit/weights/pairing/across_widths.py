# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Compares models whose residual streams differ in width: pruning keeps the order of the rest.

Beside the real pair the same tests see planted children of the wider model, cut to the shapes
of the narrower one: a negative counts only where such a child would have been found.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from audit.progress import Advance
from audit.weights.model.checkpoint import units
from audit.weights.model.constructible import constructible
from audit.weights.pairing.pairs import Block, Pair, read, sampled
from audit.weights.statistics.aligned_weights import Scores, column_scores
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement, embedding_agreement
from audit.weights.statistics.monotone_matching import MonotoneMatch, monotone_matching

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Generator, Tensor

    from audit.weights.pairing.pairs import Pairing

PLANTED = (0.5, 0.2)
"""Correlations of the planted children's kept weights with the parent's."""
DRAWS = 3
"""Children per correlation, the same in every run: what decides must not hang on one draw."""


@dataclass(slots=True, kw_only=True)
class AcrossWidths:
    """Monotone matching of the residual dimensions, by role and by component.

    ``roles`` maps a role to its component and result. ``embedding`` pairs rows by token,
    the others by number.
    """

    roles: dict[str, tuple[str, MonotoneMatch]] = field(default_factory=dict)
    components: dict[str, MonotoneMatch] = field(default_factory=dict)
    embedding: EmbeddingAgreement | str = "no embedding tables are paired"


def measure_across(
    pairing: Pairing, pairs: tuple[Pair, ...], *, advance: Advance, note: Callable[[Block], None]
) -> tuple[AcrossWidths, dict[float, list[AcrossWidths]]]:
    """Test the real pair, and for each correlation of ``PLANTED`` some planted children.

    ``note`` is told of every block that takes part; constructible ones do not.
    """
    real = _Run(None)
    planted = {rho: [_Run(Plant.draw(rho, i, pairing)) for i in range(DRAWS)] for rho in PLANTED}
    runs = [real, *(run for group in planted.values() for run in group)]
    for pair in sampled(pairs):
        advance(1)
        if pair.is_vector:
            continue
        block = read(pair, *pairing.checkpoints)
        if constructible(block.suspect) or constructible(block.reference):
            continue
        note(block)
        for run in runs:
            run.add(block)
    return real.finish(), {rho: [run.finish() for run in group] for rho, group in planted.items()}


def embedding_across(
    suspect: Tensor, reference: Tensor, pairing: Pairing
) -> tuple[EmbeddingAgreement | str, dict[float, list[EmbeddingAgreement | str]]]:
    """Match the columns of two embedding tables (rows paired by token), and of planted ones."""
    planted = {
        rho: [
            embedding_agreement(*Plant.draw(rho, i, pairing).child(suspect, reference))
            for i in range(DRAWS)
        ]
        for rho in PLANTED
    }
    return embedding_agreement(suspect, reference), planted


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


class _Run:
    """Accumulates the column scores of one pair of models, real or planted."""

    def __init__(self, plant: Plant | None) -> None:
        self._plant = plant
        self._scores: dict[tuple[str, str], Scores] = {}

    def add(self, block: Block) -> None:
        if self._plant is not None:
            counts = units(block.pair.suspect), units(block.pair.reference)
            x, y = self._plant.child(block.suspect, block.reference, counts)
            block = replace(block, suspect=x, reference=y)
        rows = min(block.suspect.shape[0], block.reference.shape[0])
        block = replace(block, suspect=block.suspect[:rows], reference=block.reference[:rows])
        scores = column_scores(block)
        if scores is not None:
            key = block.pair.component, block.pair.role
            self._scores[key] = self._scores[key] + scores if key in self._scores else scores

    def finish(self) -> AcrossWidths:
        out = AcrossWidths()
        totals: dict[str, Scores] = {}
        for (component, role), scores in self._scores.items():
            out.roles[role] = component, monotone_matching(scores.values)
            totals[component] = totals[component] + scores if component in totals else scores
        out.components = {c: monotone_matching(s.values) for c, s in totals.items()}
        return out
