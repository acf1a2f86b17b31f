# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B4, split-dimension matching: search on one half of the dimensions, test on the other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from audit import rules
from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import PKind, Scope
from audit.weights.nulls.containment import Levels
from audit.weights.nulls.exchangeable import Structure
from audit.weights.nulls.halves import SplitAgreement, split_matching
from audit.weights.nulls.neuron_shapes import ROLES
from audit.weights.nulls.permutation import log10_agreement_bound
from audit.weights.pairing.neurons import MAX_NEURONS, affordable, blocks_of, read_block
from audit.weights.pairing.pairs import Pairing, pair_layers, sampled
from audit.weights.pairing.planting import NOTHING_KEPT, Child
from audit.weights.statistics.interface import Effect, Statistic
from audit.weights.statistics.seen import Contained, InPlace, Seen

_SCOPE = Scope("feed-forward")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    found: SplitAgreement | Absent


class SplitMatching(Statistic):
    r"""Match feed-forward neurons wherever they went, and test the match where it was not made.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: relabelling the held-out residual
    dimensions of one model changes nothing.
    **Statistic.** On a random half of the dimensions (1,024 of it in wide models) every neuron
    of a suspect's block is matched with every block of the reference (mutual nearest neighbours
    over gate, up and down rows); the best block is kept. On the other half the inner products
    of matched neurons are summed over all blocks and compared with their permutation
    distribution.
    **p-value.** Exact permutation mean and variance, normal tail; and, without a limit
    theorem, :math:`P(K \ge k) \le 1/k!` for the held-out dimensions. The search costs no
    multiplicity, because it never sees the half that is tested.
    **Detects.** Reordered neurons, shuffled, dropped, repeated and inserted layers, experts
    copied or cut from dense layers, pruned feed-forward widths.
    **Blind to.** Relabelled or rotated residual dimensions, re-initialised feed-forwards.
    """

    id = "split-matching"
    version = 2
    misled_by = frozenset(Structure)
    effect = Effect.SOUGHT

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """One row, and the guard's values again where the layers turn out to stand elsewhere."""
        found = self._found(pairing, seen)
        out = self.permuted(_SCOPE, found) + Seen(values=(_Split(found=found),))
        return out if isinstance(found, Absent) else out + self._followed(found, pairing)

    def _found(self, pairing: Pairing, seen: Seen) -> SplitAgreement | Absent:
        if pairing.labelled is not None:
            return pairing.labelled
        if pairing.across:
            return Absent(Said("the residual streams differ in width; see neuron-order"))
        stands = seen.of(InPlace)
        log10_p = stands.log10_p.get(_SCOPE.component, 0.0) if stands else 0.0
        stand = log10_p <= rules.weight_thresholds().alpha_derived
        if stand and _one_to_one(pairing):
            return Absent(Said("not needed: the neurons agree where they stand"))
        with pairing.progress.task(f"Matching neurons with {pairing.name}", None):
            return measure_split(pairing)

    def _followed(self, found: SplitAgreement, pairing: Pairing) -> Seen:
        """Read the guard where the neurons stand, if that is not where layers were paired.

        Layers that were shuffled, left out or repeated agree with their own origin only, and a
        layer without one agrees with none.
        """
        bar = rules.weight_thresholds().alpha_derived
        certain = [b for b in found.blocks if b.permutation.log10_p <= bar]
        best: dict[int, float] = defaultdict(float)
        for block in certain:
            best[block.reference[0]] = max(best[block.reference[0]], block.matched)
        share = self.text.thresholds["matched_as_well"]
        moved = {
            b.suspect[0]: b.reference[0]
            for b in certain
            if b.matched >= share * best[b.reference[0]]
        }
        layered = [p for p in pairing.pairs if p.suspect.layer is not None]
        if not moved or set(moved.items()) == {
            (p.suspect.layer, p.reference.layer) for p in layered
        }:
            matched = tuple(block.window for block in certain if block.window)
            return Seen(values=(Contained(levels={_SCOPE.component: matched}),) if matched else ())
        levels = Levels()
        for pair in sampled(pair_layers(*pairing.layouts, moved), pairing.draw):
            window = pairing.block(pair)
            levels.note(pair.component, window.suspect, window.reference)
        return Seen(values=(Contained(levels=levels.told()),))

    def sees(self, child: Child) -> bool | Absent:
        """Whether it establishes a child whose neurons were reordered."""
        blocks = child.sample.neurons()
        if not blocks:
            return NOTHING_KEPT
        children = [(place, child.shuffled(n)) for place, n in blocks.items()]
        found = split_matching(
            children, list(blocks), lambda p: blocks[p], rng=child.rng, described=False
        )
        return self.establishes(found, child)


class SplitAgreementBound(Statistic):
    """The second, rigorous reading of the same half: dimensions that find their own number."""

    id = "split-agreement"
    version = 2
    misled_by = frozenset(Structure)
    warrant = PKind.EXACT
    effect = Effect.SOUGHT

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:  # noqa: ARG002
        """One row."""
        split = seen.of(_Split)
        found = split.found if split else Absent(Said("no feed-forward blocks are paired"))
        if isinstance(found, Absent):
            return self.absent(_SCOPE, found)
        row = self.row(
            _SCOPE,
            statistic=found.agreeing,
            log10_p=log10_agreement_bound(found.agreeing),
            effect=found.correlation,
            n=found.n,
            roles=ROLES,
        )
        return Seen(rows=(row,))


def _one_to_one(pairing: Pairing) -> bool:
    """Whether layers that agree correspond; of small mixtures the search says it better."""
    mine, theirs = pairing.layouts
    if mine.layers != theirs.layers or mine.has_experts == theirs.has_experts:
        return mine.layers == theirs.layers
    blocks = blocks_of(mine), blocks_of(theirs)
    return affordable(blocks[0], blocks[1], pairing.draw)[1] < MAX_NEURONS


def measure_split(pairing: Pairing) -> SplitAgreement | Absent:
    """Test whether the suspect's neurons stand anywhere in the reference's blocks."""
    import torch

    mine, theirs = (blocks_of(layout) for layout in pairing.layouts)
    if not mine or not theirs:
        return Absent(Said("no feed-forward blocks are known by role in both models"))
    places, most = affordable(mine, theirs, pairing.draw)
    own, other = pairing.checkpoints
    suspect = [
        (place, neurons) for place in places if (neurons := read_block(mine[place], own, most))
    ]
    return split_matching(
        suspect,
        list(theirs),
        lambda place: read_block(theirs[place], other, None),
        rng=torch.Generator().manual_seed(pairing.seed),
    )
