# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""How one model was made from another, and which of the two came first: the words for it."""

from dataclasses import dataclass
from enum import StrEnum

from audit.record.said import Said


class DerivationKind(StrEnum):
    """The closed list of ways in which one model's weights become another's."""

    COPY = "copy"
    CAST = "cast"
    QUANTISED = "quantised"
    CONVERSION = "conversion"
    """Quantised, and nothing else was done: every value, the tokenizer and the template."""
    ADAPTER = "adapter"
    """Not weights but a change of them: that it fits is all that its shapes say."""
    ADAPTER_MERGED = "adapter-merged"
    FINE_TUNED = "fine-tuned"
    CONTINUED = "continued-pre-training"
    VOCABULARY_EXTENDED = "vocabulary-extended"
    VOCABULARY_TRIMMED = "vocabulary-trimmed"
    VOCABULARY_REORDERED = "vocabulary-reordered"
    VOCABULARY_SWAPPED = "vocabulary-swapped"
    MERGED = "merged"
    DEPTH_UPSCALED = "depth-upscaled"
    BLOCK_EXPANDED = "block-expanded"
    DEPTH_PRUNED = "depth-pruned"
    WIDTH_PRUNED = "width-pruned"
    WIDTH_EXPANDED = "width-expanded"
    WEIGHTS_PRUNED = "weights-pruned"
    UPCYCLED = "upcycled"
    EXPERTS_JOINED = "experts-joined"
    PARTIAL_REUSE = "partial-reuse"
    NEURONS_REORDERED = "neurons-reordered"
    EXPERTS_REORDERED = "experts-reordered"
    BASIS_CHANGED = "basis-changed"


class Direction(StrEnum):
    """Which of the two came first; absent where nothing is contained in the other."""

    FROM_REFERENCE = "reference-to-suspect"
    """From the reference, or a close relative of it, to the audited model."""
    TO_REFERENCE = "suspect-to-reference"
    SIBLINGS = "siblings"
    """Both come from a third model that was compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """One kind of derivation with its parameters and one sentence.

    ``also`` names changes on top of it (``depth-pruned`` and then ``fine-tuned``). ``rank``
    is that of a merged adapter; ``bits`` and ``group`` (values along the input axis that
    share a scale) describe a grid; ``fraction`` is the share that the sentence names, 0..1 (of a
    conversion, the largest error in units of what its format allows; of an adapter, the share
    of its modules that fit);
    ``layers`` maps each layer of the audited model to one of the reference's, ``None`` for
    a layer of its own; ``detail`` is the pattern, axis, basis or part in one word or two.
    """

    kind: DerivationKind
    sentence: Said
    also: tuple[DerivationKind, ...] = ()
    rank: int | None = None
    bits: int | None = None
    group: int | None = None
    fraction: float | None = None
    layers: tuple[int | None, ...] = ()
    detail: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What forensics says after a positive.

    ``reasons`` are sentences: what a direction rests on, or why none is given.
    """

    derivation: Derivation | None = None
    direction: Direction | None = None
    reasons: tuple[Said, ...] = ()


NOT_SAID = Origin()
"""For relations that are no reuse of trained weights."""
