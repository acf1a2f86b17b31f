# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, undone rotation: whether rows agree once a rotation of the residual stream is undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.model.folding import leading_directions
from audit.weights.nulls.registration import damped_polar

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1
MAX_WIDTH = 512
"""Leading dimensions of the tables between which the rotation is fitted."""
TOKENS_PER_DIMENSION = 2
MIN_EXPLAINED = 0.1
"""Held-out correlation of the tables below which there is no rotation to undo."""
_SHRINKAGE = 0.05


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


def undone_rotation(suspect: Tensor, reference: Tensor) -> Rotation | str:
    r"""Fit a rotation of the residual stream to two tables, rows paired by token.

    Returns a sentence instead of a result where there are too few tokens, or no rotation
    carries over to rows that it was not fitted to.

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
    count, widths = suspect.shape[0], (suspect.shape[1], reference.shape[1])
    common = min(MAX_WIDTH, *widths)
    if count < TOKENS_PER_DIMENSION * common:
        return (
            f"only {count} token rows could be paired, a rotation of {common} dimensions takes "
            f"{TOKENS_PER_DIMENSION * common}"
        )
    x, y = suspect - suspect.mean(0), reference - reference.mean(0)
    mine, theirs = _basis(x, common), _basis(y, common)
    x, y = x @ mine, y @ theirs
    explained = _cosine(x[1::2] @ damped_polar(x[::2].T @ y[::2], _SHRINKAGE), y[1::2])
    if not explained >= MIN_EXPLAINED:
        return "no rotation of the embeddings carries over to rows that it was not fitted to"
    fitted = damped_polar(x.T @ y, _SHRINKAGE)
    return Rotation(own=mine @ fitted, other=theirs, explained=explained)


def _basis(rows: Tensor, common: int) -> Tensor:
    import torch

    if rows.shape[1] <= common:
        return torch.eye(rows.shape[1], device=rows.device)
    return leading_directions(rows, common)


def _cosine(x: Tensor, y: Tensor) -> float:
    return float((x * y).sum() / (x.norm() * y.norm()).clamp_min(1e-30))
