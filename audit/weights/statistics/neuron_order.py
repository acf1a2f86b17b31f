# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, neuron order: whether matched neurons of pruned layers stand in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import PKind, Scope
from audit.weights.model.checkpoint import units
from audit.weights.nulls.matching import MonotoneMatch, monotone_matching
from audit.weights.nulls.permutation import log10_fisher
from audit.weights.nulls.units import undo, unit
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.whole import MAX_LAYERS, MOST_SUSPECT_ROWS, NEURONS, deep_layers, whole
from audit.weights.statistics.interface import Basis, Effect, Statistic
from audit.weights.statistics.seen import NeuronOrder, ResidualMap, Seen

if TYPE_CHECKING:
    from torch import Tensor

_SCOPE = Scope("feed-forward")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerNeurons:
    """Neurons of one feed-forward block of both models, columns already in one order.

    Role -> (neurons, dims); the numbers of neurons may differ.
    """

    layer: int
    suspect: dict[str, Tensor]
    reference: dict[str, Tensor]


class NeuronOrderTest(Statistic):
    r"""Match the neurons of corresponding layers, and test the order of the partners.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the neurons of one layer are
    exchangeable. Any search is allowed that does not look at the neurons' numbers.
    **Statistic.** Per layer the longest increasing subsequence (N3) of mutual nearest
    neighbours, after the map of residual dimensions is applied.
    **p-value.** Exact: the bound of N3 per layer, combined over layers by Fisher's method,
    because the neurons of different layers are relabelled independently.
    **Detects.** Pruned feed-forward widths, with the residual dimensions pruned or
    relabelled or neither.
    **Blind to.** Reordered neurons, rotations.
    """

    id = "neuron-order"
    version = 1
    warrant = PKind.EXACT
    effect = Effect.SHARE
    basis = Basis.MAPPED

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """One row, where layers have different numbers of neurons and the tables match."""
        found = seen.of(ResidualMap)
        rows = (p for p in pairing.sampled if p.has_rows and p.suspect.neuron_rows)
        cut = any(units(p.suspect) != units(p.reference) for p in rows)
        if found is None or not cut or not found.columns.is_beyond_noise:
            return Seen()
        result = neuron_order(_neurons(pairing, found.columns.match))
        if isinstance(result, Absent):
            return self.absent(_SCOPE, result)
        row = self.row(
            _SCOPE,
            statistic=result.rising,
            log10_p=result.log10_p,
            effect=result.share,
            n=result.mutual,
            roles=result.roles,
        )
        return Seen(rows=(row,), values=(result,))


def neuron_order(layers: Iterable[LayerNeurons]) -> NeuronOrder | Absent:
    """Match the neurons of corresponding layers, and test the order of the partners."""
    found: list[MonotoneMatch] = []
    roles: set[str] = set()
    for layer in layers:
        shared = sorted(set(layer.suspect) & set(layer.reference))
        if not shared:
            continue
        parts = [unit(layer.suspect[r]) @ unit(layer.reference[r]).T for r in shared]
        found.append(monotone_matching(sum(parts[1:], parts[0])))
        roles.update(shared)
    if not found:
        return Absent(Said("no layer has neurons that could be matched in both models"))
    rising = sum(match.rising for match in found)
    return NeuronOrder(
        log10_p=log10_fisher([match.log10_p for match in found]),
        rising=rising,
        mutual=sum(match.mutual for match in found),
        share=rising / sum(match.width for match in found),
        roles=tuple(sorted(roles)),
    )


def _neurons(pairing: Pairing, found: MonotoneMatch) -> Iterator[LayerNeurons]:
    """Neurons of a few layers; the two models may have different numbers of them."""
    layers = deep_layers(pairing)
    here = [p for p in pairing.pairs if p.role in NEURONS and p.suspect.layer in layers]
    here.sort(key=lambda p: (p.suspect.layer or 0, p.suspect.expert or 0, p.role))
    for (layer, expert), group in groupby(here, key=lambda p: (p.suspect.layer, p.suspect.expert)):
        if layer is None or (expert or 0) >= MAX_LAYERS:
            continue
        sides: tuple[dict[str, Tensor], dict[str, Tensor]] = {}, {}
        for pair in group:
            x = whole(pair.suspect, pairing.checkpoints[0], MOST_SUSPECT_ROWS)
            y = whole(pair.reference, pairing.checkpoints[1])
            sides[0][pair.role], sides[1][pair.role] = undo(x, y, found)
        yield LayerNeurons(layer=layer, suspect=sides[0], reference=sides[1])
