# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, undone rotation: whether rows agree once a rotation of the residual stream is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import Scope
from audit.weights.model.folding import Folding, leading_directions
from audit.weights.nulls.containment import MIN_ROWS, Levels, Window
from audit.weights.nulls.registration import damped_polar
from audit.weights.nulls.units import corresponding, rows_agree, unit
from audit.weights.pairing.pairs import Block, Pair, Pairing
from audit.weights.pairing.tables import token_tables
from audit.weights.statistics.interface import Basis, Phase, Statistic
from audit.weights.statistics.seen import Seen, Undone, Unrotated

if TYPE_CHECKING:
    from torch import Tensor

MAX_WIDTH = 512
"""Leading dimensions of the tables between which the rotation is fitted."""
TOKENS_PER_DIMENSION = 2
MIN_EXPLAINED = 0.1
"""Held-out correlation of the tables below which there is no rotation to undo."""
_SHRINKAGE = 0.05
_SCOPE = Scope("feed-forward")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Maps of both residual streams to common dimensions: (width, common) each.

    ``explained`` is the correlation of rows of the tables that took no part in the fit.
    """

    own: Tensor
    other: Tensor
    explained: float

    def undo(self, suspect: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
        """Bring rows of both models into the common dimensions."""
        return suspect @ self.own, reference @ self.other


class UndoneRotation(Statistic):
    r"""Fit a rotation of the residual stream to two tables, and test the layers.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the neurons of one feed-forward layer, and
    the value dimensions inside one head, are exchangeable. The rotation comes from the tables
    alone, so any rotation leaves this null intact, and that it fits the tables is no evidence.
    **Statistic.** Orthogonal Procrustes (Schönemann 1966) between the centred tables, in
    their leading 512 dimensions where they are wider. Gains are multiplied into the
    matrices that read through them, the rotation is undone, and the rows of the layers are
    tested where they stand, as for an undone permutation.
    **p-value.** Exact permutation mean and variance, layers and heads independent, normal tail.
    **Detects.** A rotated stream whose tokens kept their strings and some of whose rows kept
    their order. Rows matched in the common dimensions tell descent from a shared start.
    **Blind to.** Tokens whose strings were replaced, and layers all of whose rows were
    reordered or mixed; neuron Gram matching and circuit matching need neither.
    """

    id = "undone-rotation"
    version = 1
    phase = Phase.IF_SILENT
    basis = Basis.TURNED

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """One row per component, unless a permutation explains the tables."""
        undone = seen.of(Undone)
        permuted = undone is not None and undone.found.columns.is_confident
        if pairing.labelled is not None or pairing.across or permuted:
            return Seen()
        tables = token_tables(pairing, "embed")
        rotation = tables if isinstance(tables, Absent) else fit_rotation(*tables)
        if isinstance(rotation, Absent):
            return self.absent(_SCOPE, rotation)
        foldings = [Folding(*m) for m in zip(pairing.layouts, pairing.checkpoints, strict=True)]
        out, matched = Seen(), _Matched()
        chosen = [p for p in pairing.sampled if p.has_rows]
        for component, group in groupby(chosen, key=lambda p: p.component):
            blocks = (_folded(pairing.block(p), foldings) for p in group)
            found = rows_agree(matched.noting(blocks, rotation), rotation)
            out += self.permuted(Scope(component), found)
        return out + Seen(values=(Unrotated(levels=matched.levels()),))


def fit_rotation(suspect: Tensor, reference: Tensor) -> Rotation | Absent:
    """Fit a rotation of the residual stream to two tables, rows paired by token.

    There is none with too few tokens, or where none carries over to rows it was not fitted to.
    """
    count, widths = suspect.shape[0], (suspect.shape[1], reference.shape[1])
    common = min(MAX_WIDTH, *widths)
    if count < TOKENS_PER_DIMENSION * common:
        return Absent(
            Said(
                "only {rows} token rows could be paired, a rotation of {common} dimensions takes "
                "{needed}",
                rows=count,
                common=common,
                needed=TOKENS_PER_DIMENSION * common,
            )
        )
    x, y = suspect - suspect.mean(0), reference - reference.mean(0)
    mine, theirs = _basis(x, common), _basis(y, common)
    x, y = x @ mine, y @ theirs
    explained = _cosine(x[1::2] @ damped_polar(x[::2].T @ y[::2], _SHRINKAGE), y[1::2])
    if not explained >= MIN_EXPLAINED:
        return Absent(
            Said("no rotation of the embeddings carries over to rows that it was not fitted to")
        )
    fitted = damped_polar(x.T @ y, _SHRINKAGE)
    return Rotation(own=mine @ fitted, other=theirs, explained=explained)


def _basis(rows: Tensor, common: int) -> Tensor:
    import torch

    if rows.shape[1] <= common:
        return torch.eye(rows.shape[1], device=rows.device)
    return leading_directions(rows, common)


def _cosine(x: Tensor, y: Tensor) -> float:
    return float((x * y).sum() / (x.norm() * y.norm()).clamp_min(1e-30))


def _folded(block: Block, foldings: list[Folding]) -> Block:
    """Scale the rows as the forward pass does: a rotation can only follow the gains."""
    suspect, reference = (
        values * gain if (gain := folding.gain(slot)) is not None else values
        for values, folding, slot in (
            (block.suspect, foldings[0], block.pair.suspect),
            (block.reference, foldings[1], block.pair.reference),
        )
    )
    return replace(block, suspect=suspect, reference=reference)


class _Matched(list[tuple[Pair, "Tensor", "Tensor"]]):
    """Rows that correspond once the rotation is undone."""

    def noting(self, blocks: Iterator[Block], rotation: Rotation) -> Iterator[Block]:
        """Pass blocks on, keeping the rows that correspond."""
        for block in blocks:
            if block.suspect.shape[0] >= MIN_ROWS:
                x, y = corresponding(block, rotation)
                if x.shape[0]:
                    self.append((block.pair, x, y))
            yield block

    def levels(self) -> dict[str, tuple[Window, ...]]:
        """Fit the rotation again to the rows of every second layer; read the guard on the others.

        What the tables show is blurred by what training did to them.
        """
        found = Levels()
        layers = sorted({p.suspect.layer for p, _, _ in self if p.suspect.layer is not None})
        for part in (0, 1):
            fitting = [(x, y) for p, x, y in self if p.suspect.layer in layers[part::2]]
            held = [(p, x, y) for p, x, y in self if p.suspect.layer in layers[1 - part :: 2]]
            if not fitting or not held:
                continue
            products = [unit(x).T @ unit(y) for x, y in fitting]
            again = damped_polar(sum(products[1:], products[0]), _SHRINKAGE)
            for pair, x, y in held:
                found.note(pair.component, x @ again, y)
        return found.told()
