# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, undone experts: whether expert e of one model is expert e of the other, router included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import Scope
from audit.weights.nulls.matching import MonotoneMatch
from audit.weights.nulls.permutation import Agreement, permutation_moments
from audit.weights.nulls.units import MIN_LOG10_RELABELLINGS, joint, undo, unit
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.whole import MOST_SUSPECT_ROWS, NEURONS, both, deep_layers
from audit.weights.statistics.interface import Basis, Statistic
from audit.weights.statistics.seen import ResidualMap, Seen

if TYPE_CHECKING:
    from torch import Tensor

MAX_GRAM_WIDTH = 128
_SCOPE = Scope("router")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertUnits:
    """One mixture layer of both models, columns already brought into one order.

    ``suspect`` and ``reference`` map a role to one vector per expert, shape (experts,
    features): the router's rows, and :func:`neuron_gram` of each expert's matrices.
    """

    suspect: dict[str, Tensor]
    reference: dict[str, Tensor]


class UndoneExperts(Statistic):
    r"""Test whole experts with their router rows, after relabelling the residual axis.

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

    id = "undone-experts"
    version = 1
    basis = Basis.MAPPED

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """One row, between two mixtures whose tables match beyond chance."""
        found = seen.of(ResidualMap)
        mixtures = all(layout.has_experts for layout in pairing.layouts)
        if found is None or not mixtures or not found.columns.is_beyond_noise:
            return Seen()
        routers = found.source != _SCOPE.component
        result = undone_experts(_experts(pairing, found.columns.match, with_router=routers))
        return self.permuted(_SCOPE, result)


def undone_experts(layers: Iterable[ExpertUnits]) -> Agreement | Absent:
    """Test whole experts with their router rows, after relabelling the residual axis."""
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
        return Absent(
            Said("there are too few experts whose relabelling would give a null distribution")
        )
    return joint(parts, most, roles)


def neuron_gram(rows: Tensor) -> Tensor:
    """Gram matrix of the columns of one expert's matrix (rows, dims), as one vector."""
    scaled = unit(rows)
    return (scaled.T @ scaled).reshape(-1)


def _experts(pairing: Pairing, found: MonotoneMatch, *, with_router: bool) -> Iterator[ExpertUnits]:
    """Describe every expert of a few mixture layers, in both models."""
    kept = _fewer(found, pairing.seed)
    for layer in sorted(deep_layers(pairing)):
        here = [p for p in pairing.pairs if p.suspect.layer == layer]
        sides: tuple[dict[str, list[Tensor]], ...] = defaultdict(list), defaultdict(list)
        for pair in sorted(here, key=lambda p: (p.role, p.suspect.expert or 0)):
            if pair.role not in NEURONS or None in (pair.suspect.expert, pair.reference.expert):
                continue
            x, y = both(pair, pairing, MOST_SUSPECT_ROWS)
            for side, values in zip(sides, undo(x, y, kept), strict=True):
                side[pair.role].append(neuron_gram(values))
        described = _stacked(sides[0]), _stacked(sides[1])
        router = next((p for p in here if p.role == "router" and not p.is_vector), None)
        if router is not None and with_router:
            x, y = undo(*both(router, pairing), found)
            described[0]["router"], described[1]["router"] = x, y
        yield ExpertUnits(suspect=described[0], reference=described[1])


def _stacked(side: dict[str, list[Tensor]]) -> dict[str, Tensor]:
    import torch

    return {role: torch.stack(vectors) for role, vectors in side.items()}


def _fewer(found: MonotoneMatch, seed: int) -> MonotoneMatch:
    """Keep a random part of a large map, so that Gram matrices stay small."""
    import torch

    rng = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(found.mutual, generator=rng)[:MAX_GRAM_WIDTH].to(found.own.device)
    return replace(
        found, own=found.own[chosen], partner=found.partner[chosen], sign=found.sign[chosen]
    )
