# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Makes from a family file the disguises that the family declares to be free.

Tensors are found by role and axis alone. Every change but a renumbering of whole experts is
a linear map along one axis of a tensor, and its inverse transpose along another.
"""

from collections.abc import Callable
from dataclasses import replace

from audit.weights.model.symmetries import ExpertPermutation, HiddenRotation, Symmetry
from tests.evasions import blocks, streams
from tests.evasions.pieces import Change, Checkpoint
from tests.evasions.streams import fold, untie


def disguise(
    checkpoint: Checkpoint, symmetry: Symmetry, seed: int, *, undo: bool = False
) -> Checkpoint:
    """Return the checkpoint changed by one declared symmetry.

    A rotation first moves all gains into the matrices (:func:`fold`). ``undo`` applies the
    inverse of the same draw, which gives back what the draw was applied to.

    Raises
    ------
    NotFreeHereError
        If the checkpoint lacks a tensor that the change has to make up for it in.
    """
    start = checkpoint
    if isinstance(symmetry, HiddenRotation) and not undo:
        start = fold(untie(checkpoint))
    copied = replace(start, tensors={k: v.clone() for k, v in start.tensors.items()})
    change = Change(checkpoint=copied, seed=seed, undo=undo)
    if isinstance(symmetry, ExpertPermutation):
        return blocks.permute_experts(change, symmetry)
    _CHANGES[symmetry.kind](change, symmetry)
    return copied


_CHANGES: dict[str, Callable[[Change, Symmetry], None]] = {
    "hidden-permutation": streams.permute_hidden,
    "hidden-rotation": streams.rotate_hidden,
    "neuron-permutation": blocks.permute_neurons,
    "neuron-scaling": blocks.scale_neurons,
    "head-permutation": blocks.permute_heads,
    "rotary-rotation": blocks.turn_frequencies,
    "query-key-mixing": blocks.mix_queries,
    "value-mixing": blocks.mix_values,
    "gain-rewriting": streams.rewrite_gains,
    "vocabulary-permutation": blocks.permute_vocabulary,
}
