# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a comparison cannot say, in sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from audit.inventory import Inventory
from audit.record.said import Said, by_number
from audit.record.weights import Component, Relation
from audit.weights.model.parts import missing
from audit.weights.model.slots import Layout
from audit.weights.nulls.permutation import log10_factorial
from audit.weights.pairing.pairs import Pairing

STANDING_LIMITS = (
    Said("The tests are symmetric: they show dependence, not which model came first."),
    Said(
        "Distillation, training on the other model's outputs and complete re-initialisation "
        "leave no trace in weights and cannot be seen here."
    ),
    Said(
        "Where the basis was changed, reuse can stay hidden from this version's tests if both the "
        "feed-forward and the attention layers were re-initialised, or are wider than is searched."
    ),
)
SUSPECT, REFERENCE = Said("Audited model"), Said("Reference")
_SHARDS = (".safetensors", ".safetensors.index.json")


def limits(pairing: Pairing, dropped: int, components: Iterable[Component]) -> tuple[Said, ...]:
    """Say what was left out, and what the models do not allow; ``dropped`` rows are not finite."""
    found: list[Said] = []
    mine, theirs = pairing.layouts
    for layout, who in ((mine, SUSPECT), (theirs, REFERENCE)):
        if layout.inferred:
            found.append(
                Said(
                    "{who}: no family file fits; the residual axis was inferred from shapes.",
                    who=who,
                )
            )
        found += [
            Said("{who}: {what}.", who=who, what=sentence) for sentence in unused_summary(layout)
        ]
    if mine.width != theirs.width:
        found.append(
            Said(
                "The residual streams are {mine} and {theirs} wide: only what keeps the order of "
                "the dimensions, or matches on the tables outside the layers, was looked for.",
                mine=mine.width or 0,
                theirs=theirs.width or 0,
            )
        )
    if pairing.lean:
        found.append(
            Said(
                "Large matrices whose units are columns of the file were not read: the others had"
                " settled every part that they belong to."
            )
        )
    if dropped:
        found.append(
            Said("{rows} rows with values that are not finite were left out.", rows=dropped)
        )
    if mine.layers != theirs.layers:
        found.append(
            Said(
                "The depths differ ({mine} and {theirs} layers); three fixed layer maps were tried "
                "and corrected for.",
                mine=mine.layers,
                theirs=theirs.layers,
            )
        )
    found += [
        Said("{part}: inconclusive by itself.", part=Said.plain(c.name))
        for c in components
        if c.relation is Relation.INCONCLUSIVE
    ]
    if mine.width is not None and log10_factorial(mine.width) < 40:
        found.append(
            Said("With {width} residual dimensions the tests have little room.", width=mine.width)
        )
    return (*found, *STANDING_LIMITS)


def unread(suspect: Inventory, reference: Inventory) -> tuple[Said, ...]:
    """Say which shards are missing, damaged or not those of the index, and what else is."""
    found: list[Said] = []
    for inventory, who in ((suspect, SUSPECT), (reference, REFERENCE)):
        for note in inventory.unread:
            if not note.path.lower().endswith(_SHARDS):
                continue
            listed = note.path.lower().endswith(_SHARDS[1])
            found.append(
                Said(
                    "{who}: {file} was not read as its index says ({why})."
                    if listed
                    else "{who}: {file} was not read ({why}).",
                    who=who,
                    file=note.path,
                    why=note.reason,
                )
            )
    found += [Said("{who}: {what}.", who=SUSPECT, what=what) for what in missing(suspect)]
    return tuple(found)


def unused_summary(layout: Layout) -> tuple[Said, ...]:
    """Say which tensors took no part, grouped by reason, most frequent first."""
    by_reason: dict[Said, list[str]] = defaultdict(list)
    for name, reason in layout.unused.items():
        by_reason[reason].append(name)
    ordered = sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        by_number(
            "{n:count} tensor not tested ({reason}), for example {name}",
            "{n:count} tensors not tested ({reason}), for example {name}",
            n=len(names),
            reason=reason,
            name=min(names),
        )
        for reason, names in ordered
    )
