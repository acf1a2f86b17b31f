# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The tests of this version, and the one pass over the tensors that feeds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

from audit.progress import Advance
from audit.weights.context.spread import SpreadPoint, spread
from audit.weights.model.checkpoint import Checkpoint
from audit.weights.pairing.across_widths import AcrossWidths, measure_across
from audit.weights.pairing.pairs import Block, Pair, Pairing, read, sampled
from audit.weights.pairing.planting import ControlSample
from audit.weights.pairing.rotation import Unrotated
from audit.weights.pairing.undoing import Undone
from audit.weights.rule.calibrated import CalibratedResult
from audit.weights.statistics import (
    aligned_weights,
    circuit_matching,
    embedding_agreement,
    gram_matching,
    monotone_matching,
    neuron_order,
    norm_vectors,
    reserved_rows,
    shared_start,
    split_matching,
    tensor_identity,
    undone_experts,
    undone_heads,
    undone_permutation,
    undone_rotation,
)
from audit.weights.statistics.aligned_weights import Alignment, Scores, column_scores
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement
from audit.weights.statistics.norm_vectors import VectorAgreement
from audit.weights.statistics.reserved_rows import ReservedAgreement
from audit.weights.statistics.split_matching import SplitAgreement
from audit.weights.statistics.tensor_identity import Identity

BATTERY: dict[str, int] = {
    "tensor-identity": tensor_identity.VERSION,
    "norm-vectors": norm_vectors.VERSION,
    "aligned-weights": aligned_weights.VERSION,
    "column-agreement": aligned_weights.VERSION,
    "embedding-agreement": embedding_agreement.VERSION,
    "undone-permutation": undone_permutation.VERSION,
    "undone-rotation": undone_rotation.VERSION,
    "undone-heads": undone_heads.VERSION,
    "undone-experts": undone_experts.VERSION,
    "neuron-order": neuron_order.VERSION,
    "column-order": monotone_matching.VERSION,
    "split-matching": split_matching.VERSION,
    "split-agreement": split_matching.VERSION,
    "reserved-rows": reserved_rows.VERSION,
    "gram-matching": gram_matching.VERSION,
    "circuit-matching": circuit_matching.VERSION,
}
"""Every test and its version; a change of formula changes the version."""


@dataclass(slots=True, kw_only=True)
class Measured:
    """Everything that one pass over the paired tensors established."""

    identity: dict[str, Identity] = field(default_factory=dict)
    roles: dict[str, tuple[str, Alignment | str]] = field(default_factory=dict)
    """Role -> (component, result)."""
    components: dict[str, Alignment | str] = field(default_factory=dict)
    experts: dict[int, Alignment | str] = field(default_factory=dict)
    """Expert of the suspect -> feed-forward result, when only one side has experts."""
    vectors: VectorAgreement | str = "no gain or bias on the residual axis is paired"
    embedding: EmbeddingAgreement | str = "no embedding tables are paired"
    split: SplitAgreement | str = "no feed-forward blocks are paired"
    reserved: dict[str, tuple[str, ReservedAgreement | str]] = field(default_factory=dict)
    """Role of the table -> (component, result); empty while the others decide."""
    calibrated: tuple[CalibratedResult, ...] = ()
    """Empty while the exact tests decide by themselves; see ``calibrated``."""
    across: AcrossWidths | None = None
    """``None`` where the residual streams have one width."""
    planted: dict[float, list[AcrossWidths]] = field(default_factory=dict)
    planted_embedding: dict[float, list[EmbeddingAgreement | str]] = field(default_factory=dict)
    """Across widths: the same for planted children, by their correlation with the parent."""
    undone: Undone | None = None
    """``None`` when the embeddings gave no reason to look."""
    unrotated: Unrotated | str | None = None
    """``None`` while the others decide, or where the tables show a permutation."""
    containment: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Component -> one value per window of the layers; see ``shared_start``."""
    spread: list[SpreadPoint] = field(default_factory=list)
    sample: ControlSample = field(default_factory=ControlSample)
    """What the positive control plants its children in."""
    dropped_rows: int = 0


def measure(pairs: tuple[Pair, ...], pairing: Pairing, *, advance: Advance) -> Measured:
    """Read each sampled pair once and feed every test that can use it."""
    if pairing.across:
        return _measure_across(pairs, pairing, advance)
    result = Measured()
    vectors: list[Block] = []
    for component, group in groupby(sampled(pairs), key=lambda p: p.component):
        total: Scores | None = None
        for role, members in groupby(group, key=lambda p: p.role):
            scores: Scores | None = None
            for block, identity in _blocks(list(members), *pairing.checkpoints, advance):
                _note(result, component, block, identity)
                if block.pair.is_vector:
                    vectors.append(block)
                else:
                    scores = _add(scores, column_scores(block))
            total = _add(total, scores)
            if scores is not None:
                result.roles[role] = (component, aligned_weights.aligned_weights(scores))
        if total is not None:
            result.components[component] = aligned_weights.aligned_weights(total)
    result.vectors = norm_vectors.norm_vectors(vectors)
    return result


def _measure_across(pairs: tuple[Pair, ...], pairing: Pairing, advance: Advance) -> Measured:
    """Feed what needs no common residual dimensions."""
    result = Measured(vectors="the residual streams differ in width")
    note = partial(_note_spread, result)
    result.across, result.planted = measure_across(pairing, pairs, advance=advance, note=note)
    return result


def _blocks(
    pairs: list[Pair], suspect: Checkpoint, reference: Checkpoint, advance: Advance
) -> Iterator[tuple[Block, Identity]]:
    """Read the pairs; what is equal and constructible is no agreement for any test."""
    for pair in pairs:
        block = read(pair, suspect, reference)
        identity = tensor_identity.tensor_identity(block)
        advance(1)
        if identity.compared:
            yield block, identity


def _add(total: Scores | None, part: Scores | None) -> Scores | None:
    if total is None or part is None:
        return part if total is None else total
    return total + part


def _note(result: Measured, component: str, block: Block, identity: Identity) -> None:
    """Take from a block what needs no accumulation over matrices."""
    result.dropped_rows += block.dropped
    result.sample.keep(block)
    result.identity[component] = result.identity.get(component, Identity()) + identity
    if block.pair.suspect.layer is not None and not block.pair.is_vector and block.suspect.numel():
        _note_spread(result, block)
        _note_containment(result.containment, block)


def containment_of(pairs: tuple[Pair, ...], pairing: Pairing) -> dict[str, list[float]]:
    """Read the guard's statistic again on other pairs, by component."""
    found: dict[str, list[float]] = defaultdict(list)
    for pair in sampled(pairs):
        _note_containment(found, read(pair, *pairing.checkpoints))
    return found


def _note_containment(found: dict[str, list[float]], block: Block) -> None:
    """Few rows say little: the slopes of a handful of experts' router rows are noise."""
    if block.suspect.shape[0] >= shared_start.MIN_ROWS:
        value = shared_start.containment(block.suspect, block.reference)
        found[block.pair.component].append(value)


def _note_spread(result: Measured, block: Block) -> None:
    layer, other = block.pair.suspect.layer, block.pair.reference.layer
    if layer is not None and other is not None and block.suspect.numel():
        result.spread.append(
            SpreadPoint(
                block.pair.role, layer, other, spread(block.suspect), spread(block.reference)
            )
        )


def measure_experts(
    pairs: tuple[Pair, ...], suspect: Checkpoint, reference: Checkpoint
) -> dict[int, Alignment | str]:
    """Test each expert of the suspect on its own against the dense layers."""
    by_expert: dict[int, Scores | None] = defaultdict(lambda: None)
    for pair in sampled(pairs):
        expert = pair.suspect.expert
        if expert is not None and pair.reference.expert is None and not pair.is_vector:
            block = read(pair, suspect, reference)
            by_expert[expert] = _add(by_expert[expert], column_scores(block))
    return {
        expert: aligned_weights.aligned_weights(scores)
        for expert, scores in sorted(by_expert.items())
        if scores is not None
    }
