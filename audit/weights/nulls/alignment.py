# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What equal columns of two models would agree by if labels meant nothing."""

from __future__ import annotations

from dataclasses import dataclass

from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.nulls.columns import Scores
from audit.weights.nulls.permutation import Agreement, agreement, permutation_moments


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment(Agreement):
    """``agreeing`` of ``n`` residual dimensions have their best partner at their own index."""

    agreeing: int


def aligned(scores: Scores, roles: tuple[str, ...] = ()) -> Alignment | Absent:
    """Compare the sum over equal columns with its distribution under relabelling.

    Examples
    --------
    >>> import torch
    >>> from audit.weights.nulls.columns import unit_columns
    >>> g = torch.Generator().manual_seed(0)
    >>> x = unit_columns(torch.randn(64, 16, generator=g))
    >>> same = aligned(Scores(values=x.T @ x))
    >>> same.agreeing, round(same.correlation, 1)
    (16, 1.0)
    """
    import torch

    values = scores.values
    active = (values != 0).any(0) & (values != 0).any(1)
    width = int(active.sum())
    if width < 8:
        return Absent(Said("fewer than eight residual dimensions vary in both models"))
    kept = values[active][:, active] if width < values.shape[0] else values
    if not bool(torch.isfinite(kept).all()):
        return Absent(Said("the correlations are not finite"))
    moments = permutation_moments(kept)
    most = scores.blocks * width
    return Alignment.of(moments, most, n=width, roles=roles, agreeing=agreement(kept))
