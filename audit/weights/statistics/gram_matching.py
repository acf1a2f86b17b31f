# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B8, neuron Gram matching: the same neurons in another basis, order and scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import Scope
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.slots import Layout
from audit.weights.nulls.columns import unit_rows
from audit.weights.nulls.neuron_shapes import (
    MIN_NEURONS,
    ROLES,
    Place,
    Shapes,
    shapes,
    signature,
)
from audit.weights.nulls.registration import Matched, fit_basis, mutual, register
from audit.weights.pairing.neurons import (
    GRAM_CANDIDATES,
    FoldedBlocks,
    blocks_of,
    folded_blocks,
)
from audit.weights.pairing.pairs import Pairing, drawn
from audit.weights.pairing.planting import NOTHING_KEPT, Child
from audit.weights.statistics.interface import CalibratedStatistic
from audit.weights.statistics.seen import UnitMatch

if TYPE_CHECKING:
    from torch import Tensor

SOUGHT = 3
"""Blocks of the largest models that are searched for, as they are drawn."""
MAX_SEARCHED = 1 << 32
"""Searched neurons times values of the reference's blocks, up to which more are searched for."""
SEARCHED = 768
"""Neurons of the suspect that are searched for, a seeded sample."""
MAX_CELLS = 12_000_000
"""Searched neurons times neurons of the reference: bounds the memory to about 500 MB."""
NEAREST = 2
"""Blocks of the reference that are searched for each block of the suspect."""
SCREENED = 384
"""Neurons by which blocks are screened."""
MIN_STANDARDISED = 4
"""Blocks that a model must have for its own spread to be known."""
_MIN_PAIRS = 8
_HELD_SHRINKAGE = 0.3


class GramMatching(CalibratedStatistic):
    r"""Match neurons by their inner products, recover the basis change, test it elsewhere.

    Notes
    -----
    **Invariants.** With the norm's gain folded into the readers and every vector at unit
    length, inner products between neurons' gate, up and down vectors do not change under
    any orthogonal change of the residual basis, rewritten gains, or neurons rescaled; flips
    of up and down together cancel in the products used. Reordered neurons reorder them.
    **Search.** Blocks are screened by the spread of their inner products. Neurons are
    described by the order statistics of their Gram rows, ranked, and softly assigned; a
    basis change is fitted to the assignment (orthogonal Procrustes, weak directions
    damped), the assignment renewed under it, in up to 24 rounds of falling temperature.
    **Statistic.** Held out twice: the basis change is fitted to one half of the pairs; in
    the other half neurons are paired anew by all roles but one, and the score is the
    correlation of the role left out, times the share of neurons paired; mean over roles and
    halves. Expected value 0 where function does not tie the roles together.
    **Null.** Not exact: unrelated networks share some features. The score is read against
    independently trained controls and against the reference's other layers.
    **Detects.** Rotation, permutation, rescaling and sign flips together, without
    embeddings or tokenizer, under noise of one standard deviation of the weights.
    **Blind to.** Re-initialised feed-forwards, noise much beyond that, most pairs of
    trainings from one random start, and synthetic blocks of more than 1,024 dimensions whose
    spectrum is nearly flat (decision 15); real wide models were not at hand.
    """

    id = "gram-matching"
    version = 2
    scope = Scope("feed-forward")

    def matches(
        self, layouts: tuple[Layout, Layout], checkpoints: tuple[Checkpoint, Checkpoint], seed: int
    ) -> tuple[UnitMatch, ...] | Absent:
        """Look for the suspect's blocks in the reference whatever the basis, order and scale."""
        suspect, reference = (
            folded_blocks(layout, checkpoint, seed)
            for layout, checkpoint in zip(layouts, checkpoints, strict=True)
        )
        if not suspect.places or not reference.places:
            return Absent(Said("no feed-forward blocks are known by role in both models"))
        common = suspect.roles & reference.roles
        if suspect.roles != reference.roles and ROLES[0] in common:
            suspect, reference = suspect.only(common), reference.only(common)
        return gram_matching(suspect, reference, seed=seed)

    def sought(self, pairing: Pairing) -> int:
        """All blocks of the suspect, or as many as are drawn of a large one."""
        layout = pairing.layouts[0]
        places = {(s.layer, s.expert) for s in layout.slots if s.component == self.scope.component}
        theirs = [
            s.parameters for block in blocks_of(pairing.layouts[1]).values() for s in block.values()
        ]
        return min(len(places), GRAM_CANDIDATES, _most(max(theirs, default=0)))

    def sees(self, child: Child) -> bool | Absent:
        """Whether a child in another basis, order and scale stands out."""
        blocks = child.sample.neurons()
        if not blocks:
            return NOTHING_KEPT
        children = {place: child.rotated(n) for place, n in blocks.items()}
        found = gram_matching(FoldedBlocks.of(children), FoldedBlocks.of(blocks))
        return not isinstance(found, Absent) and self.likeness(found).stands_out


def gram_matching(
    suspect: FoldedBlocks, reference: FoldedBlocks, *, seed: int = 0
) -> tuple[UnitMatch, ...] | Absent:
    """Match neurons by their inner products, recover the basis change, test it elsewhere.

    Parameters
    ----------
    suspect, reference : FoldedBlocks
        The widths of the two models may differ.
    seed : int
        Draws the neurons that are searched for, and the halves.
    """
    nearest = _screen(suspect, reference)
    sought = drawn(set(range(len(suspect.places))), _most(reference.size), seed)
    ready = {
        place: found
        for i, place in enumerate(suspect.places)
        if i in sought and (found := shapes(suspect.read(place, None), seed=seed)) is not None
    }
    if not ready:
        return Absent(
            Said("no block has at least {least} neurons of known role", least=MIN_NEURONS)
        )
    scored: dict[Place, list[UnitMatch]] = {place: [] for place in ready}
    for other in reference.places:
        wanting = {place: own for place, own in ready.items() if other in nearest[place]}
        found = shapes(reference.read(other, None), seed=seed) if wanting else None
        for place, own in wanting.items():
            if found is not None and own.kind == found.kind:
                scored[place].append(_compared(place, own, other, found, seed))
    best = tuple(_best(matches) for matches in scored.values() if matches)
    return best or Absent(Said("no blocks of the two models have the same roles"))


def _most(size: int) -> int:
    """How many blocks are searched for in blocks of ``size`` values."""
    return max(SOUGHT, MAX_SEARCHED // max(1, SEARCHED * size))


def _screen(suspect: FoldedBlocks, reference: FoldedBlocks) -> dict[Place, set[Place]]:
    """For each block of the suspect, the reference's that resemble it most from outside.

    What sets a block apart inside its own model is compared, and where it stands in the
    depth: no disguise that keeps the function can change the order of the layers.
    """
    import torch

    if len(reference.places) <= NEAREST:
        return {place: set(reference.places) for place in suspect.places}
    tables = [_signatures(side) for side in (suspect, reference)]
    if not all(tables) or len({v.shape for table in tables for v in table.values()}) > 1:
        return {place: set() for place in suspect.places}
    mine, theirs = (torch.stack(list(table.values())) for table in tables)
    spread = theirs.std(0).clamp_min(1e-6)
    if min(len(mine), len(theirs)) >= MIN_STANDARDISED:
        mine = (mine - mine.mean(0)) / mine.std(0).clamp_min(1e-6)
        theirs, spread = (theirs - theirs.mean(0)) / spread, torch.ones_like(spread)
    away = ((mine[:, None] - theirs[None]) / spread).abs().clamp_max(4).mean(2)
    depths = [torch.tensor([float(p[0]) for p in table], device=away.device) for table in tables]
    x, y = (depth / depth.max().clamp_min(1) for depth in depths)
    order = (away + (x[:, None] - y[None]).abs()).argsort(1)[:, :NEAREST].tolist()
    names = list(tables[1])
    found = {place: {names[j] for j in row} for place, row in zip(tables[0], order, strict=True)}
    return {place: found.get(place, set()) for place in suspect.places}


def _signatures(side: FoldedBlocks) -> dict[Place, Tensor]:
    found = {place: signature(side.read(place, SCREENED)) for place in side.places}
    return {place: value for place, value in found.items() if value is not None}


def _compared(place: Place, own: Shapes, other: Place, reference: Shapes, seed: int) -> UnitMatch:
    """Search for the suspect's block in one of the reference's, and score what was found."""
    import torch

    count = own.first.shape[0]
    most = min(count, SEARCHED, max(MIN_NEURONS, MAX_CELLS // reference.first.shape[0]))
    draw = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(count, generator=draw)[:most].sort().values
    sought = own.take(chosen)
    pairs = register(own.narrowed().take(chosen), reference.narrowed())
    order = torch.randperm(pairs.own.numel(), generator=draw)
    halves = [(order[0::2], order[1::2]), (order[1::2], order[0::2])]
    held = [_held_out(sought, reference, pairs.take(fit), pairs.take(rest)) for fit, rest in halves]
    return UnitMatch(
        suspect=place,
        reference=other,
        score=max(0.0, sum(score for score, _ in held) / 2),
        runner_up=0.0,
        contained=sum(share for _, share in held) / 2,
    )


def _held_out(own: Shapes, other: Shapes, fitted: Matched, rest: Matched) -> tuple[float, float]:
    """Score the neurons that did not fit the basis change, and how much of them is contained."""
    if min(fitted.own.numel(), rest.own.numel()) < _MIN_PAIRS:
        return 0.0, 0.0
    basis = fit_basis(own, other, fitted, _HELD_SHRINKAGE)
    mine, theirs = _without(own, fitted.own), _without(other, fitted.other)
    cosines = [_cosines(x, y, basis) for x, y in zip(_roles(mine), _roles(theirs), strict=True)]
    most = min(cosines[0].shape)
    judged = cosines[:1] if own.free_sign and len(cosines) == 2 else cosines  # no sign to go by
    total = 0.0
    for left_out, cosine in enumerate(judged):
        kept = [c for i, c in enumerate(cosines) if i != left_out]
        total += _left_out(cosine, kept, fixed=left_out != 0, free_sign=own.free_sign) / most
    return total / len(judged), _contained(own, other, basis, rest)


def _left_out(cosine: Tensor, kept: list[Tensor], *, fixed: bool, free_sign: bool) -> float:
    """Pair by the kept roles; sum the cosines of the role left out over the pairs."""
    import torch

    first = kept[0] if fixed else torch.zeros_like(cosine)
    free = sum(kept[1:] if fixed else kept, torch.zeros_like(cosine))
    pairs = mutual(first, free, free_sign=free_sign)
    sign = pairs.sign if fixed else torch.ones_like(pairs.sign)
    return float((cosine[pairs.own, pairs.other] * sign).sum())


def _contained(own: Shapes, other: Shapes, basis: Tensor, pairs: Matched) -> float:
    r"""Median over pairs of :math:`\langle s, r\rangle / \min(|s|^2, |r|^2)`, first role."""
    cosine = unit_rows(own.first[pairs.own] @ basis).mul(other.first[pairs.other]).sum(1)
    s, r = own.lengths[pairs.own], other.lengths[pairs.other]
    larger, smaller = s.maximum(r), s.minimum(r).clamp_min(1e-12)
    return float((cosine * larger / smaller).median())


def _roles(block: Shapes) -> tuple[Tensor, ...]:
    return (block.first, *block.rest)


def _cosines(x: Tensor, y: Tensor, basis: Tensor) -> Tensor:
    return unit_rows(x @ basis) @ y.T


def _without(block: Shapes, used: Tensor) -> Shapes:
    """Leave out the neurons that fitted the basis change."""
    import torch

    keep = torch.ones(block.first.shape[0], dtype=torch.bool, device=used.device)
    keep[used] = False
    return block.take(keep.nonzero().flatten())


def _best(matches: list[UnitMatch]) -> UnitMatch:
    """The best of a block's matches, with the best score in any other layer beside it."""
    best = max(matches, key=lambda m: (m.score, _order(m.reference)))
    others = [m.score for m in matches if m.reference[0] != best.reference[0]]
    return replace(best, runner_up=max(others, default=0.0))


def _order(place: Place) -> tuple[int, int]:
    layer, expert = place
    return layer, -1 if expert is None else expert
