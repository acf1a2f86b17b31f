# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What silence lacks to be a negative: parameters, changes of basis, blocks that were searched.

Names, head counts and shapes are claims of the suspect. A test that they switch off does not
clear it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from audit.record.said import Said
from audit.weights.model.inferred import after_layers
from audit.weights.model.order import NUMBER
from audit.weights.pairing.neurons import blocks_of
from audit.weights.pairing.pairs import layer_maps, pair_up
from audit.weights.statistics.interface import CalibratedStatistic
from audit.weights.statistics.seen import Likeness

if TYPE_CHECKING:
    from audit.weights.rule.judge import Case


def missing(case: Case) -> tuple[Said, ...]:
    """Say what was not tested well enough; empty where a negative is earned."""
    return (*_uncovered(case), *_other_bases(case), *_other_names(case), *_other_blocks(case))


def tested_share(case: Case) -> float:
    """Share of the model's parameters in tensors that some test read.

    A tensor that one layer map leaves without a counterpart was read under another. Other models
    of the folder are compared by themselves (:mod:`audit.lineage.folders`).
    """
    suspect, reference = case.pairing.layouts
    if case.pairing.loose:
        return case.parameters / max(suspect.parameters, 1)
    speaking = {row.where.component for row in case.seen.computed}
    pairs = (
        p for which in layer_maps(suspect, reference) for p in pair_up(suspect, reference, which)
    )
    slots = {p.suspect for p in pairs if p.component in speaking}
    return sum(slot.parameters for slot in slots) / max(suspect.parameters, 1)


def _uncovered(case: Case) -> Iterator[Said]:
    share, needed = tested_share(case), case.judge.thresholds.min_tested
    if share < needed:
        yield Said(
            "{share:share} of the parameters in the weight files were under a test, {needed:share}"
            " are needed",
            share=share,
            needed=needed,
        )


def _other_bases(case: Case) -> Iterator[Said]:
    """Ask of every part of the layers for a test that no change of basis, order or scale blinds.

    Of hidden units the singular values are asked (``units_open`` of the rule).
    """
    if case.pairing.loose:
        return
    free = [s for s in case.judge.battery.values() if isinstance(s, CalibratedStatistic)]
    parts = {s.component for s in case.pairing.layouts[0].slots if s.layer is not None}
    seeing = [statistic for statistic in free if statistic.scope.component in parts]
    if not seeing:
        yield Said(
            "no test that a change of basis does not blind applies: neither feed-forward nor"
            " attention layers are known"
        )
        return
    found = {likeness.test for likeness in case.seen.all(Likeness)}
    controlled = {control.test for control in case.power or () if control.planted is not None}
    for statistic in seeing:
        name = Said.plain(statistic.text.name)
        if statistic.id not in found:
            if not (_other_kind(case, statistic) and found & controlled):
                yield Said(
                    "{test}: not applicable ({why})", test=name, why=_why(case, statistic.id)
                )
        elif statistic.id not in controlled and not case.pairing.across:
            yield Said("{test}: a planted child was not found", test=name)
    yield from _other_parts(case, {statistic.scope.component for statistic in free})


def _other_parts(case: Case, sought: set[str]) -> Iterator[Said]:
    """Ask for little in matrices of the layers for which no test looks in other bases.

    They were tested as they stand: units in another order, after some training, are not seen.
    """
    suspect, needed = case.pairing.layouts[0], case.judge.thresholds.min_tested
    beside = sum(
        slot.parameters
        for slot in suspect.slots
        if slot.layer is not None and len(slot.shape) == 2 and slot.component not in sought
    )
    share = beside / max(suspect.parameters, 1)
    if share > 1 - needed:
        yield Said(
            "{share:share} of the parameters are in matrices of the layers that are known neither"
            " as feed-forward nor as attention, and were tested in the stored order alone",
            share=share,
        )


def _other_names(case: Case) -> Iterator[Said]:
    """Ask of layers without a family file for the names, shapes and roles of the reference's.

    Roles are then told by names, and names are binding only for a loader that others have: a
    release with a loader of its own may name a query matrix as an output. What stands before the
    list of layers is a wrapper's.
    """
    suspect, reference = case.pairing.layouts
    if case.pairing.loose or not (suspect.inferred or reference.inferred):
        return
    mine, theirs = (
        {
            (after_layers(NUMBER.sub("*", s.header.name)), s.shape, s.role)
            for s in layout.slots
            if s.layer is not None
        }
        for layout in (suspect, reference)
    )
    if mine != theirs:
        yield Said(
            "no family file fits, and the tensors of its layers have not the names and shapes of"
            " the reference's, so that a loader of its own may read them otherwise"
        )


def _other_kind(case: Case, statistic: CalibratedStatistic) -> bool:
    """Whether all feed-forward layers are known on both sides, and of another kind.

    One with a gate computes what one without cannot, in whatever basis.
    """
    sides = []
    for layout in case.pairing.layouts:
        blocks = blocks_of(layout)
        if {layer for layer, _ in blocks} != set(range(layout.layers)):
            return False
        sides.append({"mlp.gate" in roles for roles in blocks.values()})
    return statistic.scope.component == "feed-forward" and not sides[0] & sides[1]


def _why(case: Case, test: str) -> Said:
    reasons = (row.reason for row in case.seen.rows if row.test == test and row.reason)
    return next(reasons, Said("it did not run"))


def _other_blocks(case: Case) -> Iterator[Said]:
    """Ask for as many silent blocks as were sought."""
    for found in case.seen.all(Likeness):
        if found.n < found.sought:
            yield Said(
                "{part}: {n:count} of {sought:count} layers could be searched for",
                part=Said.plain(found.scope),
                n=found.n,
                sought=found.sought,
            )
