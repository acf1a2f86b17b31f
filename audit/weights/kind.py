# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""After a positive: how the one was made from the other, and which came first.

Both abstain (``None``) unless something is *contained*: a coarser number format, experts
that repeat one dense layer, layers that repeat one layer. Similarity alone orients nothing.
"""

from __future__ import annotations

from itertools import pairwise

from audit import rules
from audit.weights.alignment import Pair
from audit.weights.battery import Measured
from audit.weights.layout import Layout
from audit.weights.nulls import Permutation
from audit.weights.result import Relation
from audit.weights.setting import Setting
from audit.weights.statistics.aligned_weights import Alignment
from audit.weights.statistics.split_matching import BlockMatch, SplitAgreement

Answer = tuple[str | None, str | None]
FROM_REFERENCE = "reference-to-suspect"
"""From the reference, or a close relative of it, to the audited model."""

_MANTISSA_BITS = {"F64": 52, "F32": 23, "F16": 10, "BF16": 7, "F8_E4M3": 3, "F8_E5M2": 2}
_MOST_OF_AN_AVERAGE = 2**-0.5
"""A layer averaged from n unrelated experts correlates 1 / sqrt(n) with each."""
_LIGHT = 0.99


def kind_and_direction(relation: Relation, measured: Measured, setting: Setting) -> Answer:
    """Return the kind of derivation and its direction, ``None`` where nothing says."""
    if relation is Relation.COPY:
        return _copy(setting.pairs)
    if relation is not Relation.DERIVED:
        return None, None
    layouts = setting.layouts
    return _upcycled(measured, layouts) or _depth(measured, layouts) or (_same(measured), None)


def _copy(pairs: tuple[Pair, ...]) -> Answer:
    types = {(p.suspect.header.dtype, p.reference.header.dtype) for p in pairs}
    if len(types) == 1:
        mine, theirs = next(iter(types))
        if _MANTISSA_BITS[mine] < _MANTISSA_BITS[theirs]:
            return f"cast from {theirs} to {mine}", FROM_REFERENCE
        if _MANTISSA_BITS[mine] > _MANTISSA_BITS[theirs]:
            return f"holds the values of {theirs} in {mine}", None
    return "copy", None


def _upcycled(measured: Measured, layouts: tuple[Layout, Layout]) -> Answer | None:
    """Two or more experts repeat the dense layers: the dense side is older."""
    alike = [a for a in measured.experts.values() if not isinstance(a, str) and _is_clear(a)]
    if len(alike) < 2 or not layouts[0].has_experts:
        return None
    repeated = min(a.correlation for a in alike) > _MOST_OF_AN_AVERAGE
    return "upcycled to a mixture of experts", FROM_REFERENCE if repeated else None


def _depth(measured: Measured, layouts: tuple[Layout, Layout]) -> Answer | None:
    """Read the layer map that the matched neurons give, where it covers every block."""
    split = measured.split
    if layouts[0].layers == layouts[1].layers or isinstance(split, str):
        return None
    if not all(_is_certain(block.permutation) for block in split.blocks):
        return None
    mapped = [block.reference[0] for block in _by_layer(split)]
    rising = all(a < b for a, b in pairwise(mapped))
    if layouts[0].layers < layouts[1].layers and rising:
        return "layers of the reference left out", None
    if layouts[0].layers > layouts[1].layers and len(set(mapped)) < len(mapped):
        return "layers of the reference repeated", FROM_REFERENCE
    return None


def _by_layer(split: SplitAgreement) -> list[BlockMatch]:
    """One block per layer of the suspect, in order."""
    first = {block.suspect[0]: block for block in reversed(split.blocks)}
    return [first[layer] for layer in sorted(first)]


def _same(measured: Measured) -> str | None:
    """Tell light changes and reordered neurons from everything else."""
    aligned = measured.components.get("feed-forward")
    split = measured.split
    moved = isinstance(aligned, Alignment) and not _is_clear(aligned)
    if moved and isinstance(split, SplitAgreement) and _is_certain(split.permutation):
        return "feed-forward neurons reordered"
    matrices = [a.correlation for a in measured.components.values() if not isinstance(a, str)]
    if matrices and min(matrices) >= _LIGHT:
        return "fine-tuned or lightly modified"
    return None


def neurons_stay(measured: Measured) -> bool:
    """Whether the feed-forward layers agree row by row, so that no neuron need be sought."""
    aligned = measured.components.get("feed-forward")
    return isinstance(aligned, Alignment) and _is_clear(aligned)


def _is_clear(found: Alignment) -> bool:
    return _is_certain(found.permutation)


def _is_certain(permutation: Permutation) -> bool:
    return permutation.log10_p <= rules.weight_thresholds().alpha_derived
