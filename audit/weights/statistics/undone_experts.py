# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, undone experts: whether expert e of one model is expert e of the other, router included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls.permutation import permutation_moments
from audit.weights.statistics.undone_heads import MIN_LOG10_RELABELLINGS
from audit.weights.statistics.undone_permutation import UndoneAgreement, joint, unit

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertUnits:
    """One mixture layer of both models, columns already brought into one order.

    ``suspect`` and ``reference`` map a role to one vector per expert, shape (experts,
    features): the router's rows, and :func:`neuron_gram` of each expert's matrices.
    """

    suspect: dict[str, Tensor]
    reference: dict[str, Tensor]


def undone_experts(layers: Iterable[ExpertUnits]) -> UndoneAgreement | str:
    r"""Test whole experts with their router rows, after relabelling the residual axis.

    Returns a sentence instead of a result when the experts have too few relabellings.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the experts of one layer, each with its
    router row, are exchangeable.
    **Statistic.** Sum over the experts of the correlation of their router rows and of their
    matrices' Gram matrices over (at most 128 of) the residual dimensions, which no order of
    the neurons changes.
    **p-value.** Exact permutation mean and variance, router and matrices permuted together,
    layers independent, normal tail.
    **Detects.** Experts kept in their order in a basis that was relabelled or pruned, with
    neurons reordered or pruned.
    **Blind to.** Reordered experts, rotations; experts that are all alike.
    """
    parts = []
    most = 0.0
    roles = set()
    for layer in layers:
        shared = sorted(set(layer.suspect) & set(layer.reference))
        pairs = [(unit(layer.suspect[r]), unit(layer.reference[r])) for r in shared]
        if not pairs or len({x.shape[0] for pair in pairs for x in pair}) != 1:
            continue
        total = sum((x @ y.T for x, y in pairs[1:]), pairs[0][0] @ pairs[0][1].T)
        parts.append(permutation_moments(total))
        most += sum(float((x.norm(dim=1) * y.norm(dim=1)).sum()) for x, y in pairs)
        roles.update(shared)
    if -sum(p.log10_floor for p in parts) < MIN_LOG10_RELABELLINGS:
        return "there are too few experts whose relabelling would give a null distribution"
    return joint(parts, most, roles)


def neuron_gram(rows: Tensor) -> Tensor:
    """Gram matrix of the columns of one expert's matrix (rows, dims), as one vector."""
    scaled = unit(rows)
    return (scaled.T @ scaled).reshape(-1)
