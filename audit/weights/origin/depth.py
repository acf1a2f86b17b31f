# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Depth: layers left out, repeated or inserted, read off a map of the layers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from audit.record.derivation import Derivation, DerivationKind, Direction, Origin
from audit.record.said import Said
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.slots import Layout, Slot
from audit.weights.nulls.columns import unit_columns
from audit.weights.origin.bars import bars
from audit.weights.pairing.pairs import Pairing

if TYPE_CHECKING:
    from torch import Tensor

ROWS = 64
WRITERS = ("attn.o", "mlp.down")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerMap:
    """``likeness[i, j]``: mean correlation of layer ``i`` of the suspect with layer ``j``.

    ``mapped`` gives each layer of the suspect its best partner, ``None`` below the bar;
    ``born_empty`` lists layers of the suspect, and of the reference, whose writers are
    nearly zero.
    """

    likeness: Tensor
    mapped: tuple[int | None, ...]
    born_empty: tuple[frozenset[int], frozenset[int]]


def layer_map(pairing: Pairing) -> LayerMap | None:
    r"""Compare every layer of one model with every layer of the other.

    Notes
    -----
    **Statistic.** Windows of 64 rows of every role in a layer, columns centred and of unit
    length, as one vector per role; the mean over the roles of the cosines.
    **Blind to.** A changed basis; reordered neurons cost the feed-forward roles only.
    """
    import torch

    sides = [
        _signatures(layout, checkpoint)
        for layout, checkpoint in zip(pairing.layouts, pairing.checkpoints, strict=True)
    ]
    roles = sorted(
        role
        for role in set(sides[0]) & set(sides[1])
        if _shape(sides[0][role]) == _shape(sides[1][role])
    )
    if not roles:
        return None
    depth = pairing.layouts[0].layers, pairing.layouts[1].layers
    likeness = torch.stack(
        [_stack(sides[0][r], depth[0]) @ _stack(sides[1][r], depth[1]).T for r in roles]
    ).mean(0)
    best = likeness.max(1)
    return LayerMap(
        likeness=likeness,
        mapped=tuple(
            int(j) if float(value) >= bars().same_layer else None
            for value, j in zip(best.values, best.indices, strict=True)
        ),
        born_empty=(_empty(pairing, 0), _empty(pairing, 1)),
    )


def depth_changed(found: LayerMap, layouts: tuple[Layout, Layout]) -> Origin | None:
    r"""Name what happened to the layers, and what that says about who came first.

    Notes
    -----
    **Signature.** Fewer layers, each with its own partner and in order: layers were left
    out. More layers and partners that repeat: depth up-scaling; where the added layers write
    nothing into the residual stream, block expansion. The same seen from the other side.
    **Direction.** Layers that repeat one layer come after it. A cut is taken for one only
    where the layers that are missing resemble none of the others and write into the
    residual stream: what is inserted later is a copy or empty. Inserted layers of random
    weights are not told from layers that were cut from the other model; nothing is then said.
    **Source.** SOLAR, arXiv 2312.15166; LLaMA Pro,
    arXiv 2401.02415.
    """
    mine, theirs = layouts[0].layers, layouts[1].layers
    known = [j for j in found.mapped if j is not None]
    if mine == theirs or not known:
        return None
    repeated = len(set(known)) < len(known)
    empty = found.born_empty[0]
    if mine > theirs and (empty or None in found.mapped or repeated):
        return _grown(found, repeated=repeated, empty=bool(empty))
    rising = all(a < b for a, b in pairwise(known)) and None not in found.mapped
    return _cut(found, theirs) if mine < theirs and rising else None


def _grown(found: LayerMap, *, repeated: bool, empty: bool) -> Origin:
    layers = found.mapped
    if empty:
        kind = DerivationKind.BLOCK_EXPANDED
        what = Said("layers that write nothing yet were inserted")
    elif repeated:
        kind = DerivationKind.DEPTH_UPSCALED
        what = Said("layers of the reference stand in it more than once")
    else:
        return Origin(
            derivation=Derivation(
                kind=DerivationKind.BLOCK_EXPANDED,
                sentence=Said(
                    "{count} layers resemble none of the reference's.", count=layers.count(None)
                ),
                layers=layers,
                fraction=round(layers.count(None) / len(layers), 4),
            ),
            reasons=(
                Said(
                    "No direction: layers that resemble none of the other model's may have been "
                    "inserted here or left out there."
                ),
            ),
        )
    return Origin(
        derivation=Derivation(
            kind=kind,
            sentence=Said("The model is deeper than the reference: {what}.", what=what),
            layers=layers,
        ),
        direction=Direction.FROM_REFERENCE,
        reasons=(
            Said("Containment: {what}, so the reference holds the older layers.", what=what),
            Said("Could be arranged: such layers can be left out of a reference published later."),
        ),
    )


def _cut(found: LayerMap, theirs: int) -> Origin:
    kept = {j for j in found.mapped if j is not None}
    gone = [j for j in range(theirs) if j not in kept]
    derivation = Derivation(
        kind=DerivationKind.DEPTH_PRUNED,
        sentence=Said(
            "{n} of the reference's {theirs} layers are missing; the others stand in their order.",
            n=len(gone),
            theirs=theirs,
        ),
        layers=found.mapped,
        fraction=round(len(gone) / theirs, 4),
    )
    alike = any(float(found.likeness[:, j].max()) >= bars().same_layer for j in gone)
    if alike or found.born_empty[1] & set(gone):
        return Origin(
            derivation=derivation,
            reasons=(
                Said(
                    "No direction: the layers that are missing here repeat others or write nothing,"
                    " so they may have been added to the reference later."
                ),
            ),
        )
    return Origin(
        derivation=derivation,
        direction=Direction.FROM_REFERENCE,
        reasons=(
            Said(
                "Containment: the layers are an ordered part of the reference's, and those that are"
                " missing are working layers of their own, not copies."
            ),
            Said("Could be arranged: layers can be made up and inserted into the reference."),
        ),
    )


def _signatures(layout: Layout, checkpoint: Checkpoint) -> dict[str, dict[int, Tensor]]:
    out: dict[str, dict[int, Tensor]] = {}
    for slot in layout.slots:
        if slot.layer is None or len(slot.shape) != 2 or slot.expert not in (None, 0):
            continue
        if slot.hidden_axis == 0 and slot.role not in WRITERS:
            continue
        window = checkpoint.rows(slot, 0, min(ROWS, units(slot))).float().nan_to_num(0.0, 0.0, 0.0)
        flat = unit_columns(window).flatten()
        out.setdefault(slot.role, {})[slot.layer] = flat / flat.norm().clamp_min(1e-12)
    return out


def _shape(layers: dict[int, Tensor]) -> set[int]:
    return {x.numel() for x in layers.values()}


def _stack(layers: dict[int, Tensor], depth: int) -> Tensor:
    import torch

    size = next(iter(layers.values())).numel()
    return torch.stack([layers.get(i, torch.zeros(size)) for i in range(depth)])


def _empty(pairing: Pairing, side: int) -> frozenset[int]:
    """Layers whose writers are all far smaller than those of the usual layer."""
    sizes: dict[int, list[float]] = {}
    for slot in pairing.layouts[side].slots:
        if slot.role in WRITERS and slot.layer is not None and len(slot.shape) == 2:
            sizes.setdefault(slot.layer, []).append(_size(slot, pairing.checkpoints[side]))
    largest = {layer: max(values) for layer, values in sizes.items()}
    usual = median(largest.values()) if largest else 0.0
    return frozenset(i for i, size in largest.items() if size < bars().newborn * usual)


def _size(slot: Slot, checkpoint: Checkpoint) -> float:
    window = checkpoint.rows(slot, 0, min(ROWS, units(slot))).float()
    return float(window.double().pow(2).mean().sqrt())
