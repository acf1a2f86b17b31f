# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B8, neuron Gram matching: the same neurons in another basis, order and scale."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from audit.weights.statistics.split_matching import Neurons, Place

VERSION = 1
MIN_NEURONS = 32
MAX_NEURONS = 4096
MAX_SEARCHED = 512
ROUNDS = 5
_MIN_ANCHORS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class GramMatch:
    """The reference's block that one block of the suspect resembles most.

    ``score`` is the likeness of matched neurons times the share that was matched, 0..1;
    ``runner_up`` the best score in any other layer, 0 if there is none.
    """

    suspect: Place
    reference: Place
    score: float
    runner_up: float


def gram_matching(
    suspect: Sequence[tuple[Place, Neurons]],
    candidates: Sequence[Place],
    read: Callable[[Place], Neurons],
) -> tuple[GramMatch, ...] | str:
    r"""Match neurons by their inner products with each other, which no basis change alters.

    Parameters
    ----------
    suspect : sequence of (place, neurons)
        Gains folded; role -> (neurons, width), the widths of the two models may differ.
    candidates, read
        Places of the reference's blocks, and how to read one.

    Returns a sentence instead of a result when no block has a usable number of neurons.

    Notes
    -----
    **Invariants.** With the norm's gain folded into the readers and every vector at unit
    length, the Gram matrices :math:`GG^\top, UU^\top, DD^\top, GD^\top, UD^\top` of a
    feed-forward block do not change under any orthogonal change of the residual basis,
    rewritten gains or rescaled neurons; reordered neurons reorder rows and columns alike.
    **Search.** Neurons are described inside their block by inner products and by order
    statistics of their Gram rows, ranked, and paired as mutual nearest neighbours; then,
    five times, Gram rows against the pairs found so far are correlated and paired anew.
    **Statistic.** Mean correlation of paired Gram rows over the channels, times the share
    of neurons paired.
    **Null.** Not exact: unrelated networks share some features. The score is read against
    independently trained controls and against the reference's other layers.
    **Detects.** Rotation, permutation and rescaling together, without embeddings or
    tokenizer.
    **Blind to.** Re-initialised feed-forwards, noise beyond one and a half
    standard deviations of the weights, two trainings from one random start.
    """
    prepared = [
        (place, described)
        for place, neurons in suspect
        if (described := _prepare(neurons, searched=True)) is not None
    ]
    scores: dict[Place, list[tuple[float, Place]]] = {place: [] for place, _ in prepared}
    for other in candidates:
        reference = _prepare(read(other), searched=False)
        for place, own in prepared:
            if reference is not None and own.channels.shape[0] == reference.channels.shape[0]:
                scores[place].append((_likeness(own, reference), other))
    found = tuple(_best(place, scored) for place, scored in scores.items() if scored)
    return found or f"no block has between {MIN_NEURONS} and {MAX_NEURONS} neurons of known role"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """Gram channels (channel, neuron, neuron) and ranked descriptions (neuron, feature)."""

    channels: Tensor
    features: Tensor


def _best(place: Place, scored: list[tuple[float, Place]]) -> GramMatch:
    score, other = max(scored)
    return GramMatch(
        suspect=place,
        reference=other,
        score=score,
        runner_up=max((s for s, o in scored if o[0] != other[0]), default=0.0),
    )


def _prepare(neurons: Neurons, *, searched: bool) -> _Prepared | None:
    """Describe a block; of the suspect's only the first neurons are searched for."""
    import torch

    count = next((v.shape[0] for v in neurons.values()), 0)
    if not MIN_NEURONS <= count <= MAX_NEURONS or len(neurons) < 2:
        return None
    roles = sorted(neurons)  # down, gate, up or down, up: writers first
    vectors = [neurons[role] for role in roles]
    unit = [v / v.norm(dim=1, keepdim=True).clamp_min(1e-12) for v in vectors]
    pairs = [(u, u) for u in unit] + [(reader, unit[0]) for reader in unit[1:]]
    kept = min(count, MAX_SEARCHED) if searched else count
    channels = torch.stack([a[:kept] @ b.T for a, b in pairs])
    backwards = torch.stack([b[:kept] @ a.T for a, b in pairs[len(unit) :]])
    norms = [v.norm(dim=1).log() for v in vectors]
    own = [(a * b).sum(1) for a, b in combinations(unit, 2)]
    own.append(norms[0] + norms[-1])  # a scale moved from reader to writer cancels
    own.extend(norms[1:-1])  # a gate cannot be rescaled
    described = [torch.stack(own, 1)[:kept], _order_statistics(torch.cat([channels, backwards]))]
    return _Prepared(
        channels=channels[:, :, :kept].contiguous(), features=_ranks(torch.cat(described, 1))
    )


def _order_statistics(rows: Tensor) -> Tensor:
    """Extremes, deciles and moments of each Gram row; shape (neurons, 7 x channels)."""
    import torch

    ordered = rows.sort(2).values
    last = rows.shape[2] - 1
    picked = [ordered[:, :, i] for i in (0, last // 10, last - last // 10, last - 1)]
    moments = [rows.pow(k).mean(2) for k in (2, 3, 4)]
    return torch.cat([*picked, *moments]).T


def _ranks(features: Tensor) -> Tensor:
    """Replace each feature by its rank inside the block, in -0.5..0.5."""
    count = features.shape[0]
    ranked: Tensor = (features.argsort(0).argsort(0).float() + 0.5) / count - 0.5
    return ranked


def _likeness(own: _Prepared, other: _Prepared) -> float:
    """Seeded graph matching, and the score of the pairs it ends with."""
    import torch

    closeness = -torch.cdist(own.features, other.features)
    mine, theirs = _mutual(closeness)
    for _ in range(ROUNDS):
        if mine.numel() < _MIN_ANCHORS:
            return 0.0
        closeness = torch.zeros_like(closeness)
        for x, y in zip(own.channels, other.channels, strict=True):
            closeness += _centred(x[:, mine]) @ _centred(y[:, theirs]).T
            closeness += _centred(x.T[:, mine]) @ _centred(y.T[:, theirs]).T
        mine, theirs = _mutual(closeness)
    if mine.numel() < _MIN_ANCHORS:
        return 0.0
    agreement = [
        (_centred(x[mine][:, mine]) * _centred(y[theirs][:, theirs])).sum(1).mean()
        for x, y in zip(own.channels, other.channels, strict=True)
    ]
    share = mine.numel() / min(closeness.shape)
    return max(0.0, float(torch.stack(agreement).mean())) * share


def _mutual(closeness: Tensor) -> tuple[Tensor, Tensor]:
    """Pairs that choose each other."""
    import torch

    partner = closeness.argmax(1)
    rows = torch.arange(partner.shape[0], device=partner.device)
    chosen = closeness.argmax(0)[partner] == rows
    return rows[chosen], partner[chosen]


def _centred(rows: Tensor) -> Tensor:
    centred = rows - rows.mean(1, keepdim=True)
    unit: Tensor = centred / centred.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return unit
