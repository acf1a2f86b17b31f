# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Several relatives at once: the parents of a merge with their weights, and who lies between.

One pair cannot tell a merge from a fine-tune, nor a parent from a sibling. Where two or more
references share weights with the audited model, they are looked at together.
"""

from __future__ import annotations

from contextlib import ExitStack
from itertools import combinations
from typing import TYPE_CHECKING

from audit.inventory import Inventory
from audit.record.derivation import DerivationKind
from audit.record.said import Said, joined
from audit.record.weights import Between, Relatives, Share
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.layout import describe
from audit.weights.model.slots import Slot
from audit.weights.origin.bars import bars
from audit.weights.pairing.pairs import spread_evenly

if TYPE_CHECKING:
    from torch import Tensor

ROWS = 128
LAYERS = 6
Key = tuple[str, int | None, int | None]


def examine_relatives(suspect: Inventory, references: tuple[Inventory, ...]) -> Relatives:
    r"""Look at the audited model and two or more related references together.

    Notes
    -----
    **Merge.** Least squares of the suspect's weights on the references' with weights that sum
    to one, fitted on every second value of the windows and judged on the others. A mixture is
    named where it takes away 0.3 and more of the residual of the best single reference *and*
    at least two references carry weight; two children of one parent that were trained apart
    reach about 0.25 as siblings. Linear, task-arithmetic and slerp merges are such mixtures;
    TIES and DARE come close, and the word for the method is not told.
    **Between.** The changes of separate trainings are nearly orthogonal, so in a tree the
    angle at the common point is right: at a parent between its children and at a middle
    generation between its neighbours, and at no other of the three. A mixture of the two has
    it as well, so no direction follows. Nothing is said where two angles are nearly right,
    or where the change is small against the others'.
    **Needs.** Equal shapes at equal places; a changed basis or order is not undone here.
    **Source.** Ours.
    """
    names = tuple(r.name for r in references)
    if len(references) < 2:
        return Relatives(references=names, reason=Said("fewer than two references share weights"))
    matrices = _matrices((suspect, *references))
    if matrices is None:
        reason = Said("the models have no matrices of equal shape at equal places")
        return Relatives(references=names, reason=reason)
    fit, check = matrices[:, ::2], matrices[:, 1::2]
    merge, gain = _merge(fit, check, names)
    between = _between(matrices, (suspect.name, *names))
    if merge:  # the angles at a mixture follow from its shares
        between = tuple(b for b in between if suspect.name not in (b.middle, b.one, b.other))
    return Relatives(
        references=names,
        kind=DerivationKind.MERGED if merge else None,
        merge=merge,
        gain=gain,
        between=between,
        sentences=_sentences(suspect.name, merge, gain, between),
    )


def _merge(
    fit: Tensor, check: Tensor, names: tuple[str, ...]
) -> tuple[tuple[Share, ...], float | None]:
    """Fit on one half, judge on the other; no shares where no mixture is needed."""
    import torch

    base, others = fit[1], fit[2:] - fit[1]
    solved = torch.linalg.lstsq(others.T, (fit[0] - base)[:, None]).solution[:, 0]
    weights = torch.cat([1 - solved.sum()[None], solved])
    left = float((check[0] - weights @ check[1:]).norm())
    best = min(float((check[0] - r).norm()) for r in check[1:])
    if best == 0:
        return (), None
    gain = 1 - left / best
    carrying = int((weights.abs() >= bars().merge_weight).sum())
    if gain < bars().merge_gain or carrying < 2:
        return (), round(gain, 4)
    shares = zip(names, weights.tolist(), strict=True)
    return tuple(Share(reference=n, weight=round(w, 3)) for n, w in shares), round(gain, 4)


def _between(matrices: Tensor, names: tuple[str, ...]) -> tuple[Between, ...]:
    out = []
    for triple in combinations(range(len(names)), 3):
        found = [
            (abs(c), m, i, j, c)
            for m in triple
            for i, j in [tuple(x for x in triple if x != m)]
            if (c := _angle(matrices, m, i, j)) is not None
        ]
        right = [f for f in found if f[0] <= bars().right_angle]
        if len(found) == 3 and len(right) == 1:
            _, m, i, j, c = right[0]
            out.append(Between(middle=names[m], one=names[i], other=names[j], cosine=round(c, 4)))
    return tuple(out)


def _angle(matrices: Tensor, m: int, i: int, j: int) -> float | None:
    """Cosine of the changes from ``m``; ``None`` where one of them is nothing."""
    a, b = matrices[i] - matrices[m], matrices[j] - matrices[m]
    size = float(a.norm() * b.norm())
    return float(a @ b) / size if size > 0 else None


def _sentences(
    suspect: str, merge: tuple[Share, ...], gain: float | None, between: tuple[Between, ...]
) -> tuple[Said, ...]:
    said = []
    if merge and gain is not None:
        shares = (
            Said("{weight:fixed} of {name}", weight=s.weight, name=s.reference) for s in merge
        )
        said.append(
            Said(
                "{name} is a mixture: {shares}. On weights that were not used to find these shares,"
                " the mixture leaves {left:upper-share} of what the best single reference leaves.",
                name=suspect,
                shares=joined(", ", shares),
                left=1 - gain,
            )
        )
    said += [
        Said(
            "{middle}, or a close relative of it, lies between {one} and {other} (cosine"
            " {cosine:fixed}), as a common parent, a middle generation or a mixture of the two"
            " does.",
            middle=b.middle,
            one=b.one,
            other=b.other,
            cosine=b.cosine,
        )
        for b in between
    ]
    return tuple(said)


def _matrices(inventories: tuple[Inventory, ...]) -> Tensor | None:
    """Rows of the same places of every model, shape (models, values); ``None`` without any."""
    import torch

    layouts = [describe(inventory) for inventory in inventories]
    if any(layout.problem for layout in layouts):
        return None
    places = [{_key(s): s for s in layout.slots} for layout in layouts]
    chosen = spread_evenly({s.layer for s in layouts[0].slots if s.layer is not None}, LAYERS)
    common = [
        key
        for key, slot in sorted(places[0].items(), key=lambda kv: str(kv[0]))
        if slot.layer in chosen
        and len(slot.shape) == 2
        and all(key in p and p[key].shape == slot.shape for p in places)
    ]
    if not common:
        return None
    with ExitStack() as stack:
        opened = [stack.enter_context(Checkpoint(i)) for i in inventories]
        rows = [
            torch.cat([_window(c, p[key]) for key in common])
            for c, p in zip(opened, places, strict=True)
        ]
    stacked = torch.stack(rows)
    return stacked[:, stacked.isfinite().all(0)]


def _key(slot: Slot) -> Key:
    return slot.role, slot.layer, slot.expert


def _window(checkpoint: Checkpoint, slot: Slot) -> Tensor:
    return checkpoint.rows(slot, 0, min(ROWS, units(slot))).double().flatten()
