# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, neuron order: whether matched neurons of pruned layers stand in the same order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls.permutation import log10_fisher
from audit.weights.statistics.monotone_matching import MonotoneMatch, monotone_matching
from audit.weights.statistics.undone_permutation import unit

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerNeurons:
    """Neurons of one feed-forward block of both models, columns already in one order.

    Role -> (neurons, dims); the numbers of neurons may differ.
    """

    layer: int
    suspect: dict[str, Tensor]
    reference: dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuronOrder:
    """``rising`` of ``mutual`` matched neurons keep their order, over all blocks.

    ``share`` relates that to the neurons that could have.
    """

    log10_p: float
    rising: int
    mutual: int
    share: float
    roles: tuple[str, ...]


def neuron_order(layers: Iterable[LayerNeurons]) -> NeuronOrder | str:
    r"""Match the neurons of corresponding layers, and test the order of the partners.

    Returns a sentence instead of a result when no layer has neurons in both models.

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
        return "no layer has neurons that could be matched in both models"
    rising = sum(match.rising for match in found)
    return NeuronOrder(
        log10_p=log10_fisher([match.log10_p for match in found]),
        rising=rising,
        mutual=sum(match.mutual for match in found),
        share=rising / sum(match.width for match in found),
        roles=tuple(sorted(roles)),
    )
