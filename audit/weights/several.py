# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One suspect against several references: each alone, then what they show together."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.inventory import Inventory
from audit.progress import SILENT, Progress
from audit.record.weights import Comparison, PKind, Relation, Relatives
from audit.weights.comparison import compare
from audit.weights.origin.relatives import examine_relatives
from audit.weights.origin.siblings import with_siblings

SEED = 0
"""Draws the split of dimensions into a searched and a tested half; stated in the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What all comparisons of one run have in common."""

    suspect: Inventory
    references: Sequence[Inventory]
    device: str
    progress: Progress

    def compare(self, reference: Inventory, controls: Sequence[Inventory] = ()) -> Comparison:
        return compare(
            self.suspect,
            reference,
            references=len(self.references),
            seed=SEED,
            device=self.device,
            controls=tuple(controls),
            progress=self.progress,
        )


def against(
    suspect: Inventory,
    references: Sequence[Inventory],
    controls: Sequence[Inventory] = (),
    declared: Sequence[bool] = (),
    device: str = "cpu",
    *,
    progress: Progress = SILENT,
) -> tuple[tuple[Comparison, ...], Relatives | None]:
    """Compare a model with every reference.

    1. Each reference by itself, every p-value corrected for their number.
    2. Calibrated conclusions are read again against more controls: those given, and the
       references that share no weights and are not declared to be a parent.
    3. Two or more references that share weights are looked at together.
    4. Directions that only a third reference can settle are settled.

    Parameters
    ----------
    controls : sequence of Inventory
        Models known to be independent of all.
    declared : sequence of bool
        For each reference, whether the release declares it as a parent; none by default.

    Returns
    -------
    tuple
        One comparison for each reference, in their order; and what the related ones show
        together, ``None`` unless there are two or more.

    Raises
    ------
    UsageError
        If there is no such device here.
    """
    run = _Run(suspect=suspect, references=references, device=device, progress=progress)
    if len(references) == 1:  # no other reference can join the controls
        return (run.compare(references[0], controls),), None
    found = _against_controls(run, tuple(map(run.compare, references)), declared, controls)
    related = tuple(
        reference
        for reference, one in zip(references, found, strict=True)
        if one.relation in (Relation.COPY, Relation.DERIVED)
    )
    relatives = examine_relatives(suspect, related) if len(related) > 1 else None
    return _with_siblings(run, found, relatives), relatives


def _against_controls(
    run: _Run,
    found: tuple[Comparison, ...],
    declared: Sequence[bool],
    controls: Sequence[Inventory],
) -> tuple[Comparison, ...]:
    flags = declared or (False,) * len(found)
    independent = tuple(
        reference
        for reference, one, is_parent in zip(run.references, found, flags, strict=True)
        if one.relation is Relation.NO_SHARED_WEIGHTS and not is_parent
    )
    known = (*controls, *independent)
    return tuple(
        run.compare(reference, known) if known and one.p_kind is PKind.CALIBRATED else one
        for reference, one in zip(run.references, found, strict=True)
    )


def _with_siblings(
    run: _Run, found: tuple[Comparison, ...], relatives: Relatives | None
) -> tuple[Comparison, ...]:
    opened = {reference.name: reference for reference in run.references}
    if relatives is None or len(opened) < len(found):  # names that do not tell them apart
        return found

    def between(one: str, other: str) -> Comparison:
        return compare(opened[one], opened[other], seed=SEED, progress=run.progress)

    settled = with_siblings(dict(zip(opened, found, strict=True)), relatives, between)
    return tuple(settled[name] for name in opened)
