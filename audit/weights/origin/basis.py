# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Basis changed, neurons reordered: the change is recovered, undone, and what is left measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.record.derivation import Derivation, DerivationKind
from audit.record.said import Said
from audit.weights.model.checkpoint import units
from audit.weights.origin.bars import bars
from audit.weights.origin.trace import cosine
from audit.weights.origin.tuned import tuned
from audit.weights.origin.units import UnitMap, in_place, read_experts, read_units, unit_map
from audit.weights.pairing.pairs import MAX_TOKENS, Pairing

if TYPE_CHECKING:
    from torch import Tensor

    from audit.weights.origin.trace import Trace
    from audit.weights.statistics.seen import Undone


def reordered(
    pairing: Pairing, layers: dict[int, int], rest: tuple[Trace, ...]
) -> Derivation | None:
    r"""Say that the experts, or the neurons of the feed-forward layers, stand in another order.

    Notes
    -----
    **Signature.** All experts (G8) or neurons (G2) of a layer are found in the reference's, one
    for one, at other places. What else changed is named by the tensors that did not move.
    **Source.** Ours.
    """
    if not layers:
        return None
    stayed = tuple(t for t in rest if t.pair.component not in ("feed-forward", "router"))
    experts = [read_experts(pairing, side, min(layers.items())[side]) for side in (0, 1)]
    found = _moved(*experts)
    if found is not None:
        return _named(DerivationKind.EXPERTS_REORDERED, Said("experts"), found, stayed)
    for own, other in sorted(layers.items()):
        sides = [
            read_units(pairing, side, "feed-forward", layer, expert)
            for expert in (None, 0)
            for side, layer in enumerate((own, other))
        ]
        sides = sides[2:] if sides[0] is None else sides[:2]
        if sides[0] is None or sides[1] is None or sides[0].shape != sides[1].shape:
            continue
        found = _moved(*sides)
        if found is None:
            return None
        return _named(DerivationKind.NEURONS_REORDERED, Said("feed-forward neurons"), found, stayed)
    return None


def _moved(mine: Tensor | None, theirs: Tensor | None) -> UnitMap | None:
    """Map units one for one; ``None`` unless they are found and stand at other places."""
    if mine is None or theirs is None or mine.shape != theirs.shape or in_place(mine, theirs):
        return None
    found = unit_map(mine, theirs)
    usual = found.stay or found.found < bars().most_units or found.ordered >= bars().most_units
    return None if usual else found


def _named(
    kind: DerivationKind, units_of: Said, found: UnitMap, stayed: tuple[Trace, ...]
) -> Derivation:
    left = None if all(t.equal for t in stayed) else tuned(stayed)
    others = Said("The other tensors are equal.") if left is None else left.sentence
    return Derivation(
        kind=kind,
        sentence=Said(
            "The {units} stand in another order: {share:share} were found again. {others}",
            units=units_of,
            share=found.found,
            others=others,
        ),
        also=() if left is None else (left.kind,),
        fraction=round(found.found, 4),
    )


def basis_changed(undone: Undone | None, pairing: Pairing) -> Derivation:
    r"""Say how the residual basis was changed, and how much agrees once that is undone.

    Notes
    -----
    **Signature.** A confident column map of the embeddings that is not the identity: the
    residual dimensions were permuted, with negative signs also sign-flipped (G1). Otherwise
    the orthogonal Procrustes map, fitted on every second embedding row and judged on the
    others: rotated (G3) when it explains them. Where neither is found, only the Gram
    matrices of the neurons betray the change.
    **Measured after undoing.** The correlation of rows that took no part in finding the map.
    A fit alone is no evidence; the relation was established before.
    **Source.** Schönemann, Psychometrika 31 (1966).
    """
    if undone is not None and not undone.in_order:
        found, best = undone.found.columns, undone.found.columns.match
        rows = list(undone.correlations.values())
        if rows and best.correlation >= bars().shared_row:
            flipped = bool((best.sign < 0).any())
            how = Said("permuted and sign-flipped") if flipped else Said("permuted")
            return Derivation(
                kind=DerivationKind.BASIS_CHANGED,
                sentence=Said(
                    "The residual dimensions were {how} ({moved} of {width} moved); "
                    "undone, rows correlate at {rows:fixed}.",
                    how=how,
                    moved=found.moved,
                    width=found.width,
                    rows=max(rows),
                ),
                fraction=round(max(0.0, *rows), 4),
                detail=how,
            )
    explained = _rotation(pairing)
    if explained is not None and explained >= bars().shared_row:
        return Derivation(
            kind=DerivationKind.BASIS_CHANGED,
            sentence=Said(
                "The residual stream was rotated: one orthogonal map, fitted on half of the "
                "embedding rows, gives the other half back with correlation {explained:fixed}.",
                explained=explained,
            ),
            fraction=round(explained, 4),
            detail=Said("rotated"),
        )
    return Derivation(
        kind=DerivationKind.BASIS_CHANGED,
        sentence=Said(
            "The stored basis differs; the map was not recovered, the neurons agree by their inner "
            "products only."
        ),
        detail=Said("not recovered"),
    )


def _rotation(pairing: Pairing) -> float | None:
    """Held-out correlation of the embeddings after the best orthogonal map."""
    import torch

    pair = next((p for p in pairing.pairs if p.role == "embed" and not p.is_vector), None)
    if pair is None:
        return None
    rows = min(units(pair.suspect), units(pair.reference), MAX_TOKENS)
    x = pairing.checkpoints[0].rows(pair.suspect, 0, rows).double()
    y = pairing.checkpoints[1].rows(pair.reference, 0, rows).double()
    if rows < 2 * x.shape[1] or not bool(x.isfinite().all() and y.isfinite().all()):
        return None
    left, _, right = torch.linalg.svd(y[::2].T @ x[::2], full_matrices=False)
    back = y[1::2] @ (left @ right)
    return cosine(_centred(x[1::2]), _centred(back))


def _centred(rows: Tensor) -> Tensor:
    return rows - rows.mean(0)
