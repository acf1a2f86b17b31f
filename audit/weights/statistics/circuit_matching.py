# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B8 on attention, circuit matching: the same heads in another basis, order and scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import Scope
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.model.slots import Layout
from audit.weights.nulls.registration import damped_polar
from audit.weights.pairing.heads import read_circuits
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.planting import NOTHING_KEPT, Child, Circuits, Sample
from audit.weights.statistics.interface import CalibratedStatistic
from audit.weights.statistics.seen import Likeness, Seen, UnitMatch

if TYPE_CHECKING:
    from torch import Tensor

MIN_LAYERS = 2
PLANTED = 6
"""Layers that a child is planted in."""
STARTS = (8, 16, 32, 64, 128)
"""How many leading directions of each model are paired for a first basis change."""
_SEARCH = 24, 3.0, 0.1
"""Rounds from every start, and how strongly weak directions are damped, first and last."""
_SETTLE = 16, 0.3, 0.05
_HEAD_ROUNDS = 6


class CircuitMatching(CalibratedStatistic):
    r"""Recover the change of basis from the heads of some layers, and test it on the others.

    Notes
    -----
    **Invariants.** With the norm's gain folded in, :math:`W_q^\top W_k` and :math:`W_o W_v` of a
    head do not change when queries and keys are turned or rescaled against each other, nor when
    values and outputs are mixed; a change of the residual basis :math:`Q` makes
    :math:`Q^\top M Q` of either. Reordered heads reorder them.
    **Search.** Sums over the heads of a layer of :math:`M M^\top` and :math:`M^\top M` need no
    order of heads. Their leading directions are paired by how much of every layer's sums lies
    along them, signs follow from the entries off the diagonal, and the basis change is
    refined by orthogonal Procrustes steps, then on the heads that choose each other.
    **Statistic.** Held out twice: the basis change is fitted to every second pair of layers; in
    the others heads are paired by one product, and the score is the correlation of the
    product left out, times the share of heads paired; mean over both. Expected value 0 where
    function does not tie the two products together.
    **Null.** Not exact: unrelated networks may share kinds of heads. The score is read against
    independently trained controls and against the reference's other layers.
    **Detects.** Attention that was kept in another basis, whatever became of the
    feed-forward layers, embeddings and tokenizer; noise of one standard deviation of the weights.
    **Blind to.** Attention that was trained anew; two trainings from one random start; models of
    one layer; layers that were left out or repeated, unless what is left corresponds from the
    first, from the last or by relative depth.
    """

    id = "circuit-matching"
    version = 1
    scope = Scope("attention")

    def matches(
        self,
        layouts: tuple[Layout, Layout],
        checkpoints: tuple[Checkpoint, Checkpoint],
        seed: int,
    ) -> tuple[UnitMatch, ...] | Absent:
        """Look for the suspect's heads in the reference whatever the basis, order and scale.

        Where the depths differ every layer map is tried, and the strongest counts.
        """
        read = read_circuits(layouts, checkpoints, seed)
        if isinstance(read, Absent):
            return read
        models, tries = read
        found = [circuit_matching(models[0], models[1], pairs) for pairs in tries]
        matched = [matches for matches in found if not isinstance(matches, Absent)]
        if not matched:
            return Absent(Said("fewer than two attention layers of the two models correspond"))
        return max(matched, key=lambda matches: median(match.score for match in matches))

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """Score the heads; those of the reference are kept to plant a child in."""
        out = super().measure(pairing, seen)
        sample = seen.of(Sample)
        if sample is None or not out.all(Likeness):
            return out
        layouts, checkpoints = pairing.layouts[::-1], pairing.checkpoints[::-1]
        read = read_circuits(
            (layouts[0], layouts[0]), (checkpoints[0], checkpoints[0]), pairing.draw
        )
        kept = {} if isinstance(read, Absent) else read[0][0]
        some = dict(list(kept.items())[:PLANTED])
        return out + Seen(values=(replace(sample, circuits=some),))

    def sought(self, pairing: Pairing) -> int:  # noqa: ARG002
        """No more than were drawn: heads that are not known are parameters not tested."""
        return 0

    def sees(self, child: Child) -> bool | Absent:
        """Whether a child in another basis, its heads turned and reordered, stands out."""
        layers = child.sample.circuits
        if len(layers) < MIN_LAYERS:
            return NOTHING_KEPT
        found = circuit_matching(child.turned(layers), layers, [(i, i) for i in sorted(layers)])
        return not isinstance(found, Absent) and self.likeness(found).stands_out


def circuit_matching(
    suspect: Mapping[int, Circuits],
    reference: Mapping[int, Circuits],
    pairs: Sequence[tuple[int, int]],
) -> tuple[UnitMatch, ...] | Absent:
    """Recover the change of basis from the heads of some layers, and test it on the others.

    Parameters
    ----------
    suspect, reference : mapping of layer to Circuits
        All products of both models have one width.
    pairs : sequence of (layer of the suspect, layer of the reference)
        The layers that correspond, in the order of their depth.
    """
    if len(pairs) < MIN_LAYERS:
        return Absent(Said("{least} pairs of attention layers are needed", least=MIN_LAYERS))
    found: list[UnitMatch] = []
    for part in (0, 1):
        basis = _fitted(suspect, reference, pairs[part::2])
        found += [_held_out(suspect, reference, pair, basis) for pair in pairs[1 - part :: 2]]
    return tuple(sorted(found, key=lambda match: match.suspect))


def _fitted(
    suspect: Mapping[int, Circuits],
    reference: Mapping[int, Circuits],
    pairs: Sequence[tuple[int, int]],
) -> Tensor:
    """Search for the basis change on these pairs of layers, shape (width, width)."""
    import torch

    own = torch.cat([_sums(suspect[i]) for i, _ in pairs])
    other = torch.cat([_sums(reference[j]) for _, j in pairs])
    width = own.shape[1]
    starts = sorted({min(count, width) for count in STARTS})
    tried = [_refined(own, other, _start(own, other, count), _SEARCH) for count in starts]
    basis = max(tried, key=lambda b: _agreement(own, other, b))
    basis = _refined(own, other, basis, _SETTLE)
    for _ in range(_HEAD_ROUNDS):
        basis = damped_polar(
            sum(
                (_crossed(suspect[i], reference[j], basis) for i, j in pairs),
                torch.zeros_like(basis),
            ),
            _SEARCH[2],
        )
    return basis


def _sums(layer: Circuits) -> Tensor:
    """Describe a layer by symmetric matrices that know no order of heads; (4, width, width)."""
    import torch

    found = []
    for kind in layer.kinds:
        for total in (
            torch.einsum("hij,hkj->ik", kind, kind),
            torch.einsum("hji,hjk->ik", kind, kind),
        ):
            level = total.diagonal().mean()
            centred = total - level * torch.eye(total.shape[0], device=total.device)
            found.append(centred / torch.linalg.matrix_norm(centred).clamp_min(1e-12))
    return torch.stack(found)


def _start(own: Tensor, other: Tensor, count: int) -> Tensor:
    """Pair the ``count`` leading directions of the two models, and their signs."""
    import torch

    sides = []
    for sums in (own, other):
        vectors = torch.linalg.eigh(sums.sum(0)).eigenvectors.flip(1)[:, :count]
        share = (vectors.T @ sums @ vectors).diagonal(dim1=1, dim2=2)
        share = (share - share.mean(1, keepdim=True)) / share.std(
            1, keepdim=True, correction=0
        ).clamp_min(1e-12)
        sides.append((vectors, share.T))
    place = torch.arange(count, device=own.device)
    apart = (place[:, None] - place[None]).abs() / count
    closeness = -torch.cdist(sides[0][1], sides[1][1]) - 0.1 * apart
    partner = closeness.argmax(1)
    mutual = closeness.argmax(0)[partner] == place
    x, y = sides[0][0][:, mutual], sides[1][0][:, partner[mutual]]
    alike = ((x.T @ own @ x) * (y.T @ other @ y)).sum(0)
    alike = alike - torch.diag(alike.diagonal())
    sign = torch.linalg.eigh(alike).eigenvectors[:, -1].sign()
    basis: Tensor = (x * sign) @ y.T
    return basis


def _refined(own: Tensor, other: Tensor, basis: Tensor, how: tuple[int, float, float]) -> Tensor:
    """Fit the basis change to the symmetric sums by Procrustes steps, damped less and less."""
    rounds, first, last = how
    for step in range(rounds):
        progress = min(1.0, step / (0.8 * rounds))
        total = (own @ basis @ other).sum(0)
        basis = damped_polar(total, first * (last / first) ** progress)
    return basis


def _agreement(own: Tensor, other: Tensor, basis: Tensor) -> float:
    moved = basis.T @ own @ basis
    cosine = (_unit(moved) * _unit(other)).sum(1)
    return float(cosine.mean())


def _crossed(own: Circuits, other: Circuits, basis: Tensor) -> Tensor:
    """Sum the cross-covariances of the heads that choose each other."""
    import torch

    cosines = _cosines(_moved(own, basis), other)
    mine, theirs = _mutual(sum(cosines, torch.zeros(())))
    total = torch.zeros_like(basis)
    for x, y in zip(own.kinds, other.kinds, strict=True):
        a, b = x[mine], y[theirs]
        total = total + (a @ basis @ b.transpose(1, 2)).sum(0)
        total = total + (a.transpose(1, 2) @ basis @ b).sum(0)
    return total


def _cosines(moved: list[Tensor], other: Circuits) -> list[Tensor]:
    """Cosine of every head with every head, per kind of product."""
    return [x @ _unit(y).T for x, y in zip(moved, other.kinds, strict=True)]


def _moved(own: Circuits, basis: Tensor) -> list[Tensor]:
    """Bring every head through the basis change, flat and of unit size."""
    return [_unit(basis.T @ x @ basis) for x in own.kinds]


def _held_out(
    suspect: Mapping[int, Circuits],
    reference: Mapping[int, Circuits],
    pair: tuple[int, int],
    basis: Tensor,
) -> UnitMatch:
    own = suspect[pair[0]]
    moved = _moved(own, basis)
    cosines = {j: _cosines(moved, other) for j, other in reference.items()}
    scores = {j: _score(found) for j, found in cosines.items()}
    return UnitMatch(
        suspect=(pair[0], None),
        reference=(pair[1], None),
        score=max(0.0, scores[pair[1]]),
        runner_up=max((s for j, s in scores.items() if j != pair[1]), default=0.0),
        contained=_contained(own, reference[pair[1]], cosines[pair[1]]),
    )


def _score(cosines: list[Tensor]) -> float:
    """Pair the heads by all products but one; mean cosine of the one left out."""
    import torch

    total = 0.0
    for left_out, cosine in enumerate(cosines):
        kept = [c for i, c in enumerate(cosines) if i != left_out]
        own, other = _mutual(sum(kept, torch.zeros_like(cosine)))
        total += float(cosine[own, other].sum()) / min(cosine.shape)
    return total / len(cosines)


def _contained(own: Circuits, other: Circuits, cosines: list[Tensor]) -> float:
    r"""Median over heads of :math:`\langle s, r\rangle / \min(|s|^2, |r|^2)`, of either product."""
    import torch

    mine, theirs = _mutual(sum(cosines, torch.zeros(())))
    if not mine.numel():
        return 0.0
    slopes = []
    for cosine, s, r in zip(cosines, own.sizes, other.sizes, strict=True):
        larger, smaller = s[mine].maximum(r[theirs]), s[mine].minimum(r[theirs])
        slopes.append(cosine[mine, theirs] * larger / smaller.clamp_min(1e-12))
    return float(torch.cat(slopes).median())


def _mutual(closeness: Tensor) -> tuple[Tensor, Tensor]:
    """Heads that choose each other: indices of both."""
    import torch

    partner = closeness.argmax(1)
    rows = torch.arange(partner.shape[0], device=closeness.device)
    chosen = closeness.argmax(0)[partner] == rows
    return rows[chosen], partner[chosen]


def _unit(matrices: Tensor) -> Tensor:
    flat = matrices.flatten(1)
    unit: Tensor = flat / flat.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return unit
