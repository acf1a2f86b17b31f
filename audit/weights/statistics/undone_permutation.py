# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, undone permutation: whether rows agree once a map of the residual dimensions is applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from audit.record.absent import Absent
from audit.record.weights import WHOLE, Evidence, Scope
from audit.weights.nulls.containment import MIN_ROWS, Levels
from audit.weights.nulls.matching import MonotoneMatch, match_columns
from audit.weights.nulls.permutation import Agreement
from audit.weights.nulls.units import corresponding, rows_agree
from audit.weights.pairing.pairs import Block, Pairing
from audit.weights.pairing.planting import NOTHING_KEPT, Child
from audit.weights.statistics.interface import Basis, Statistic
from audit.weights.statistics.seen import ResidualMap, Seen, Undone


class UndonePermutation(Statistic):
    r"""Test rows of feed-forward and value matrices after relabelling the residual axis.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the neurons of one feed-forward
    layer, and the value dimensions inside one head, are exchangeable. The map comes from
    the embeddings (or the output head, or the router) alone, so any map leaves this null
    intact; the two widths may differ.
    **Statistic.** Sum of inner products of corresponding rows, columns relabelled and
    signs flipped as the map says; rows permuted within a layer (or head), those of gate and
    up together.
    **p-value.** Exact permutation mean and variance, layers and heads independent,
    normal tail.
    **Detects.** Hidden dimensions permuted, sign-flipped or pruned.
    **Blind to.** Rotations, and matrices whose rows were also reordered.
    """

    id = "undone-permutation"
    version = 2
    basis = Basis.MAPPED

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """One row per component, and how much the layers contain once the map is applied."""
        found = seen.of(ResidualMap)
        if found is None:
            return Seen()
        levels, out = Levels(), Seen()
        correlations: dict[str, float] = {}
        chosen = [p for p in pairing.sampled if p.has_rows]
        for component, group in groupby(chosen, key=lambda p: p.component):
            blocks = (pairing.block(p) for p in group)
            result = rows_agree(_noted(blocks, found.columns.match, levels), found.columns.match)
            if isinstance(result, Agreement):
                correlations[component] = result.correlation
            out += self.permuted(Scope(component), result)
        undone = Undone(found=found, correlations=correlations, levels=levels.told())
        return out + Seen(values=(undone,))

    def control_scopes(self, rows: Iterable[Evidence]) -> list[str]:  # noqa: ARG002
        """One child of the whole sample: the map is one."""
        return [str(WHOLE)]

    def sees(self, child: Child) -> bool | Absent:
        """Whether it establishes a child whose residual dimensions were permuted and flipped."""
        import torch

        if not child.sample.tables or not child.sample.matrices:
            return NOTHING_KEPT
        table = child.planted(child.sample.tables[0])
        width = table.suspect.shape[1]
        order = torch.randperm(width, generator=child.rng)
        sign = torch.where(torch.rand(width, generator=child.rng) < 0.5, -1.0, 1.0)
        found = match_columns(table.suspect[:, order] * sign, table.reference)
        if isinstance(found, Absent):
            return False
        blocks = map(child.planted, child.sample.matrices)
        moved = [replace(b, suspect=b.suspect[:, order] * sign) for b in blocks]
        return self.establishes(rows_agree(moved, found.match), child)


def _noted(blocks: Iterator[Block], found: MonotoneMatch, levels: Levels) -> Iterator[Block]:
    """Pass blocks on, noting how much of one model each contains of the other."""
    for block in blocks:
        if block.suspect.shape[0] >= MIN_ROWS:
            levels.note_all(block.pair.component, *corresponding(block, found))
        yield block
