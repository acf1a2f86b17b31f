# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One suspect against one reference, from two inventories to one conclusion."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from audit.inventory import Inventory
from audit.progress import SILENT, Progress
from audit.weights import battery
from audit.weights.alignment import MAX_TOKENS, Pair, layer_maps, pair_up, sampled
from audit.weights.battery import Measured
from audit.weights.checkpoint import Checkpoint, units
from audit.weights.conclusion import Conclusion, conclude, undecided
from audit.weights.constructible import constructible
from audit.weights.equality import equal_share
from audit.weights.feed_forward import measure_gram, measure_split
from audit.weights.fixed_positions import with_fixed_positions
from audit.weights.kind import neurons_stay
from audit.weights.layout import Layout, Slot, describe
from audit.weights.result import Comparison, Relation
from audit.weights.spread import spread_context
from audit.weights.statistics.embedding_agreement import EmbeddingAgreement, embedding_agreement
from audit.weights.vocabulary import token_ids

if TYPE_CHECKING:
    from torch import Tensor


def compare(
    suspect: Inventory,
    reference: Inventory,
    *,
    references: int = 1,
    seed: int = 0,
    progress: Progress = SILENT,
) -> Comparison:
    """Test whether the suspect's weights are independent of the reference's.

    Parameters
    ----------
    suspect, reference : Inventory
        Two folders; only their safetensors files are opened.
    references : int
        How many references the suspect is compared with in this audit; every p-value is
        corrected for it.
    seed : int
        Draws the split of dimensions into a half to search and a half to test.

    Returns
    -------
    Comparison
        What could not be tested is in ``evidence`` and ``limits`` with its reason.
    """
    layouts = _layouts(suspect, reference)
    problem = _problem(*layouts)
    if problem is not None:
        return _result(suspect, reference, layouts, undecided(problem))
    maps = layer_maps(*layouts)
    with Checkpoint(suspect) as s, Checkpoint(reference) as r:
        layouts = with_fixed_positions(layouts[0], s), with_fixed_positions(layouts[1], r)
        tried = [pairs for pairs in (pair_up(*layouts, m) for m in maps) if pairs]
        if not tried:
            problem = "no tensors of the same role and width could be paired"
            return _result(suspect, reference, layouts, undecided(problem))
        total = sum(len(sampled(pairs)) for pairs in tried)
        with progress.task(f"Comparing with {reference.name}", total) as advance:
            runs = [
                (battery.measure(_testable(pairs, layouts), s, r, advance=advance), pairs)
                for pairs in tried
            ]
        measured, pairs = max(runs, key=lambda run: _strength(run[0]))
        _complete(measured, pairs, (suspect, reference), layouts, (s, r))
        labelled = layouts[0].labelled_axis or layouts[1].labelled_axis
        if labelled:
            measured.split = f"residual dimensions are distinguishable: {labelled}"
        elif neurons_stay(measured) and layouts[0].blocks == layouts[1].blocks:
            measured.split = "not needed: the neurons agree where they stand"
        else:
            with progress.task(f"Matching neurons with {reference.name}", None):
                measured.split = measure_split(layouts, (s, r), seed=seed)
        settle = partial(
            conclude,
            measured,
            layouts,
            pairs,
            multiplicity=references * len(runs),
            references=references,
        )
        conclusion = settle()
        if conclusion.needs_equality:
            share = equal_share(pairs, (suspect.tensors, reference.tensors), s, r)
            conclusion = settle(equal_share=share)
        elif conclusion.relation in (Relation.NO_SHARED_WEIGHTS, Relation.INCONCLUSIVE):
            with progress.task(f"Looking for {reference.name} in another basis", None):
                measured.gram = measure_gram(layouts, (s, r))
            conclusion = settle()
        read = s.bytes_read + r.bytes_read
    return _result(
        suspect, reference, layouts, conclusion, measured=measured, pairs=pairs, bytes_read=read
    )


def _layouts(suspect: Inventory, reference: Inventory) -> tuple[Layout, Layout]:
    """Describe both by family file; by shape when one of them has none."""
    first, second = describe(suspect), describe(reference)
    if first.inferred != second.inferred and first.slots and second.slots:
        return describe(suspect, infer=True), describe(reference, infer=True)
    return first, second


def _problem(suspect: Layout, reference: Layout) -> str | None:
    for layout, who in ((suspect, "the audited model"), (reference, "the reference")):
        if layout.problem is not None:
            return f"{who}: {layout.problem}"
    if suspect.width != reference.width:
        return (
            f"the residual streams are {suspect.width} and {reference.width} wide; "
            "tests across widths come with a later version"
        )
    return None


def _testable(pairs: tuple[Pair, ...], layouts: tuple[Layout, Layout]) -> tuple[Pair, ...]:
    """Leave out what is not exchangeable when positions label the residual dimensions."""
    if not any(layout.labelled_axis for layout in layouts):
        return pairs
    return tuple(p for p in pairs if not p.is_vector and p.suspect.layer is not None)


def _strength(measured: Measured) -> float:
    found = [a.permutation.z for a in measured.components.values() if not isinstance(a, str)]
    return max(found, default=0.0)


def _complete(
    measured: Measured,
    pairs: tuple[Pair, ...],
    inventories: tuple[Inventory, Inventory],
    layouts: tuple[Layout, Layout],
    checkpoints: tuple[Checkpoint, Checkpoint],
) -> None:
    """Run the tests that need more than one pass over the pairs."""
    labelled = next((x.labelled_axis for x in layouts if x.labelled_axis), None)
    if labelled:
        measured.embedding = f"residual dimensions are distinguishable: {labelled}"
        measured.vectors = measured.embedding
        return
    measured.embedding = _embedding(pairs, inventories, checkpoints)
    if layouts[0].has_experts != layouts[1].has_experts:
        measured.experts = battery.measure_experts(pairs, *checkpoints)
    if isinstance(measured.embedding, EmbeddingAgreement):
        found = measured.embedding.column_map
        if found.moved * 2 > found.mutual:
            measured.undone = battery.measure_undone(pairs, *checkpoints, measured.embedding)


def _embedding(
    pairs: tuple[Pair, ...],
    inventories: tuple[Inventory, Inventory],
    checkpoints: tuple[Checkpoint, Checkpoint],
) -> EmbeddingAgreement | str:
    pair = next((p for p in pairs if p.role == "embed" and not p.is_vector), None)
    if pair is None:
        return "no embedding tables could be paired"
    rows_s, rows_r = _shared_rows(pair, inventories)
    table_s = _table(checkpoints[0], pair.suspect, rows_s)
    table_r = _table(checkpoints[1], pair.reference, rows_r)
    if table_s.equal(table_r) and constructible(table_r) is not None:
        return "the embedding tables are equal and could be constructed"
    finite = table_s.isfinite().all(1) & table_r.isfinite().all(1)
    return embedding_agreement(table_s[finite], table_r[finite])


def _shared_rows(
    pair: Pair, inventories: tuple[Inventory, Inventory]
) -> tuple[list[int], list[int]]:
    """Rows of the same token string; by number when a tokenizer is missing.

    A wrong pairing of rows costs power, never validity.
    """
    limits = [min(MAX_TOKENS, units(slot)) for slot in (pair.suspect, pair.reference)]
    vocabularies = [
        token_ids(inventory, PurePosixPath(slot.header.file).parent.as_posix())
        for inventory, slot in zip(inventories, (pair.suspect, pair.reference), strict=True)
    ]
    if vocabularies[0] is None or vocabularies[1] is None:
        both = list(range(min(limits)))
        return both, both
    shared = sorted(
        (i, vocabularies[1][token])
        for token, i in vocabularies[0].items()
        if i < limits[0] and vocabularies[1].get(token, limits[1]) < limits[1]
    )
    return [i for i, _ in shared], [j for _, j in shared]


def _table(checkpoint: Checkpoint, slot: Slot, rows: list[int]) -> Tensor:
    import torch

    stop = max(rows, default=-1) + 1
    return checkpoint.rows(slot, 0, stop).float()[torch.tensor(rows, dtype=torch.long)]


def _result(
    suspect: Inventory,
    reference: Inventory,
    layouts: tuple[Layout, Layout],
    conclusion: Conclusion,
    *,
    measured: Measured | None = None,
    pairs: tuple[Pair, ...] = (),
    bytes_read: int = 0,
) -> Comparison:
    paired = sum(p.suspect.parameters for p in pairs)
    total = layouts[0].parameters
    return Comparison(
        suspect=suspect.name,
        reference=reference.name,
        relation=conclusion.relation,
        summary=conclusion.summary,
        log10_p=conclusion.log10_p,
        effect=conclusion.effect,
        p_kind=conclusion.p_kind,
        components=conclusion.components,
        evidence=conclusion.evidence,
        kind=conclusion.kind,
        direction=conclusion.direction,
        family_suspect=layouts[0].family,
        family_reference=layouts[1].family,
        coverage=float(f"{paired / total:.4f}") if total else 0.0,
        bytes_read=bytes_read,
        limits=conclusion.limits,
        spread=spread_context(measured.spread if measured else ()),
    )
