# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Units that are sought on one half of the residual dimensions and tested on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.weights.nulls.columns import unit_columns
from audit.weights.nulls.containment import Window, window
from audit.weights.nulls.neuron_shapes import ROLES, Neurons, Place
from audit.weights.nulls.permutation import Agreement, Permutation, agreement, permutation_moments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Generator, Tensor

MIN_WIDTH = 16
MAX_SEARCHED_WIDTH = 1024
"""Dimensions of the search half that are used: two roles of them find a correlation of 0.15."""
_ALIKE = 0.1
MAX_SPREAD_ROWS = 1024
"""Neurons, evenly spread, that give the mean and the spread of a block's dimensions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockMatch:
    """One feed-forward block of the suspect and the reference's block that it fits best.

    ``matched`` is the share of its neurons that found a mutual partner, ``permutation``
    the held-out test of those partners alone. It describes; only the joint result is a test.
    ``window`` says what the partners contain of each other, on the held-out dimensions.
    """

    suspect: Place
    reference: Place
    matched: float
    permutation: Permutation
    window: Window | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitAgreement(Agreement):
    """Joint held-out result over all blocks.

    ``correlation`` of matched neurons on the held-out dimensions; ``agreeing`` of these ``n``
    have their best partner at their own index.
    """

    agreeing: int
    blocks: tuple[BlockMatch, ...]


def halves(width: int, rng: Generator) -> tuple[Tensor, Tensor]:
    """Split the residual dimensions at random: one half to search on, one to test on.

    Whatever is chosen on the first half (neurons, layers, experts, the weights of a merge) costs
    no multiplicity on the second.
    """
    import torch

    order = torch.randperm(width, generator=rng)
    return order[: width // 2], order[width // 2 :]


def split_matching(
    suspect: Sequence[tuple[Place, Neurons]],
    candidates: Sequence[Place],
    read: Callable[[Place], Neurons],
    *,
    rng: Generator,
    described: bool = True,
) -> SplitAgreement | Absent:
    """Match feed-forward neurons wherever they went, and test the match where it was not made.

    Parameters
    ----------
    suspect : sequence of (place, neurons)
        The blocks to explain.
    candidates, read
        Places of the reference's blocks, and how to read one; each is read once.
    rng : Generator
        Draws the split; the seed is in the record.
    described : bool
        Whether to say what partners contain of each other; of a planted child nobody asks it.
    """
    width = next(iter(suspect[0][1].values())).shape[1] if suspect else 0
    if width < MIN_WIDTH or not candidates:
        return Absent(Said("no feed-forward blocks with enough residual dimensions in both models"))
    search, held_out = halves(width, rng)
    search = search[:MAX_SEARCHED_WIDTH]
    prepared = {place: _Block.of(neurons, search) for place, neurons in suspect}
    best: dict[Place, _Candidate] = {}
    for place in candidates:
        other = _Block.of(read(place), search)
        for own, block in prepared.items():
            found = _match(block, other)
            if found and (own not in best or found.score > best[own].score):
                best[own] = _tested(block, other, place, found, held_out, described=described)
    return _joint({place: len(block) for place, block in prepared.items()}, best, len(held_out))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """The best block so far: ``held_out[i, j]`` scores of the held-out dimensions."""

    place: Place
    score: float
    matched: int
    held_out: Tensor
    most: float
    window: Window | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """The neurons of one block: as stored, and ready to be searched on the search half."""

    stored: Neurons
    searched: Neurons

    @classmethod
    def of(cls, neurons: Neurons, search: Tensor) -> _Block:
        searched = {role: _standard(values, search) for role, values in neurons.items()}
        return cls(stored=neurons, searched=searched)

    def __len__(self) -> int:
        return int(next(iter(self.stored.values())).shape[0])


def _standard(values: Tensor, columns: Tensor, rows: Tensor | None = None) -> Tensor:
    """Give dimensions unit spread, so that none dominates; then neurons unit length.

    All neurons, or the given ``rows``; mean and spread are those of neurons all along the block.
    """
    step = -(-values.shape[0] // MAX_SPREAD_ROWS)
    spread = values[::step][:, columns].float()
    if rows is None and step == 1:
        unit = unit_columns(spread)
    else:
        chosen = values if rows is None else values[rows]
        unit = unit_columns(chosen[:, columns].float(), like=spread)
    standard: Tensor = unit / unit.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return standard


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Neurons of two blocks that choose each other on the search half."""

    score: float
    mine: Tensor
    theirs: Tensor


def _match(own: _Block, other: _Block) -> _Found | None:
    import torch

    roles = sorted(set(own.searched) & set(other.searched))
    if not roles:
        return None
    likeness = own.searched[roles[0]] @ other.searched[roles[0]].T
    for role in roles[1:]:
        likeness += own.searched[role] @ other.searched[role].T
    closest, partner = likeness.max(1)
    rows = torch.arange(partner.shape[0], device=partner.device)
    mutual = (likeness.argmax(0)[partner] == rows) & (closest > 0)
    mine, theirs = rows[mutual], partner[mutual]
    if not mine.numel():
        return None
    return _Found(score=float(likeness[mine, theirs].sum()), mine=mine, theirs=theirs)


def _tested(
    own: _Block, other: _Block, place: Place, found: _Found, held_out: Tensor, *, described: bool
) -> _Candidate:
    """Compare the matched neurons on the dimensions that took no part in the search."""
    import torch

    roles = sorted(set(own.stored) & set(other.stored))
    x = torch.cat([_standard(own.stored[r], held_out, found.mine) for r in roles])
    y = torch.cat([_standard(other.stored[r], held_out, found.theirs) for r in roles])
    most = float((x.norm(dim=1) * y.norm(dim=1)).sum())
    described = described and float((x * y).sum()) >= _ALIKE * most
    return _Candidate(
        place=place,
        score=found.score,
        matched=int(found.mine.numel()),
        held_out=x.T @ y,
        most=most,
        window=_described(own, other, found) if described else None,
    )


def _described(own: _Block, other: _Block, found: _Found) -> Window:
    """What matched neurons contain of each other; it describes, so all dimensions serve."""
    import torch

    roles = sorted(set(own.stored) & set(other.stored))
    return window(
        torch.cat([own.stored[r][found.mine].float() for r in roles]),
        torch.cat([other.stored[r][found.theirs].float() for r in roles]),
    )


def _joint(
    sizes: dict[Place, int], best: dict[Place, _Candidate], width: int
) -> SplitAgreement | Absent:
    if not best:
        return Absent(Said("no neuron found a mutual partner"))
    import torch

    total = torch.stack([found.held_out for found in best.values()]).sum(0)
    moments = permutation_moments(total)
    most = sum(found.most for found in best.values())
    return SplitAgreement.of(
        moments,
        most,
        n=width,
        roles=ROLES,
        agreeing=agreement(total),
        blocks=tuple(
            BlockMatch(
                suspect=place,
                reference=found.place,
                matched=found.matched / sizes[place],
                permutation=permutation_moments(found.held_out),
                window=found.window,
            )
            for place, found in sorted(best.items(), key=lambda item: _order(item[0]))
        ),
    )


def _order(place: Place) -> tuple[int, int]:
    return place[0], -1 if place[1] is None else place[1]
