# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One folder against another: what a loader loads first, then every other model that lies there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from audit.inventory import Inventory
from audit.record.said import Said, joined
from audit.record.weights import Comparison, Relation
from audit.weights.model.parts import Part, missing, parts
from audit.weights.rule.judge import Case, Keep


class Compare(Protocol):
    """Compares one model with another."""

    def __call__(
        self, suspect: Inventory, reference: Inventory, *, references: int, keep: Keep
    ) -> Comparison:
        """Return what was concluded; the evidence goes to ``keep``."""


_STRENGTH = (
    Relation.COPY,
    Relation.DERIVED,
    Relation.DISGUISED,
    Relation.COMPONENT_REUSE,
    Relation.SHARED_INITIALISATION,
    Relation.INCONCLUSIVE,
    Relation.NO_SHARED_WEIGHTS,
)
_SETTLED = _STRENGTH[:3]
_QUIET = -2.0
"""Of two models that were undecided together: what says more is not cleared by their parts."""
_ALIKE = 0.3
"""Share of values in tensors of common shapes from which on two parts are compared."""


def of_folders(
    one: Compare, suspect: Inventory, reference: Inventory, *, references: int, keep: Keep
) -> Comparison:
    """Compare what a loader loads with ``one``, :func:`audit.weights.comparison.compare`.

    Where that settles nothing, every other model of either folder is compared as well: further
    sets of weights, other formats, parts of the main model that its family file does not
    explain. The strongest relation counts, and what could not be decided leaves a negative
    undecided. p-values are corrected for the pairs.
    """
    first = one(suspect, reference, references=references, keep=keep)
    if first.relation in _SETTLED:
        return first
    mine, theirs = parts(suspect), parts(reference)
    pairs = _pairs(mine, theirs) if len(mine) > 1 or len(theirs) > 1 else []
    if not pairs:
        return first
    found: list[tuple[Comparison, Part, Part]] = []
    cases: dict[int, tuple[Case, int]] = {}
    for a, b in pairs:
        kept: list[tuple[Case, int]] = []
        among = references * (len(pairs) + 1)
        compared = one(a.view, b.view, references=among, keep=_into(kept))
        found.append((compared, a, b))
        cases |= {id(compared): case for case in kept}
    whole = not missing(suspect)
    together, chosen = _together(first, mine, _telling(found), whole=whole)
    if id(chosen) in cases:
        keep(*cases[id(chosen)])
    return together


def _telling(
    found: list[tuple[Comparison, Part, Part]],
) -> list[tuple[Comparison, Part]]:
    """Put a part's like by name first; others that say nothing go where it is cleared of that."""
    cleared = {
        a.place
        for compared, a, b in found
        if compared.relation is Relation.NO_SHARED_WEIGHTS and a.names == b.names
    }
    return [
        (compared, a)
        for compared, a, b in sorted(found, key=lambda one: one[1].names != one[2].names)
        if a.place not in cleared or a.names == b.names or not _is_silent(compared)
    ]


def _into(kept: list[tuple[Case, int]]) -> Keep:
    return lambda case, read: kept.append((case, read))


def _pairs(mine: Sequence[Part], theirs: Sequence[Part]) -> list[tuple[Part, Part]]:
    """Parts of like shapes; the first one for a part that has no like."""
    return [(a, b) for a in mine for b in [b for b in theirs if _alike(a, b)] or theirs[:1]]


def _alike(a: Part, b: Part) -> bool:
    """Whether a good part of either lies in tensors of shapes that the other has."""
    first, second = a.shapes, b.shapes
    common = sum(min(n, second.get(shape, 0)) for shape, n in first.items())
    return common >= _ALIKE * min(a.parameters, b.parameters)


def _together(
    first: Comparison,
    mine: Sequence[Part],
    found: list[tuple[Comparison, Part]],
    *,
    whole: bool,
) -> tuple[Comparison, Comparison]:
    """Let the strongest relation count, and say what each part gave; with the one that counts.

    Parts clear a model only if it is ``whole``.
    """
    best: dict[str, tuple[Comparison, Part]] = {}
    for compared, part in found:
        before = best.get(part.place)
        if before is None or _rank(compared) < _rank(before[0]):
            best[part.place] = (compared, part)
    said = tuple(
        Said(
            "Audited model, {place}, compared by itself: {summary}",
            place=part.place,
            summary=compared.summary,
        )
        for compared, part in best.values()
    )
    strongest, _ = min(best.values(), key=lambda one: _rank(one[0]))
    total = sum(p.parameters for p in mine)
    paired = sum(c.coverage * p.parameters for c, p in best.values())
    coverage = float(f"{max(first.coverage, paired / max(1, total)):.4f}")
    if whole and _is_silent(first) and strongest.relation is Relation.NO_SHARED_WEIGHTS:
        largest, _ = max(best.values(), key=lambda one: one[1].parameters)
        summary = Said(
            "No shared weights were found in any of {parts}, each compared by itself.",
            parts=joined(", ", [Said.plain(part.place) for _, part in best.values()]),
        )
        none = replace(largest, summary=summary, limits=(*said, *largest.limits), coverage=coverage)
        return none, largest
    if _rank(strongest) >= _rank(first):
        return replace(first, limits=(*said, *first.limits), coverage=coverage), first
    if strongest.relation is Relation.INCONCLUSIVE:
        open_ = [c.summary for c, _ in best.values() if c.relation is Relation.INCONCLUSIVE]
        summary = Said(
            "Nothing was found in the weights that a loader loads, but the folder holds more of the"
            " size of a model, and of that is not known what it shares. {why}",
            why=joined(" ", open_),
        )
        undecided = replace(
            first,
            relation=Relation.INCONCLUSIVE,
            summary=summary,
            certificate=None,
            limits=(*said, *first.limits),
            coverage=coverage,
        )
        return undecided, first
    return replace(strongest, limits=(*said, *strongest.limits), coverage=coverage), strongest


def _is_silent(compared: Comparison) -> bool:
    """Whether a comparison is undecided only because too little was tested."""
    quiet = compared.log10_p is None or compared.log10_p > _QUIET
    return compared.relation is Relation.INCONCLUSIVE and quiet


def _rank(compared: Comparison) -> int:
    return _STRENGTH.index(compared.relation)
