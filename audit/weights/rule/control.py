# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The positive control of each run: the weakest child of this reference that it would have seen.

A child is planted on a part of the reference's weights that were read, and the tests of the
run are applied to it. Nothing is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from audit.record.absent import Absent
from audit.record.assurance import Detectable
from audit.record.said import Said
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.planting import Child, Sample
from audit.weights.rule.judge import Case, Judge, Tried
from audit.weights.statistics.interface import Statistic
from audit.weights.statistics.seen import Seen

LADDER = (0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01)
"""Correlations that are planted, until a test no longer finds one."""


def with_control(case: Case) -> Case:
    """Add the positive control; tests of the run that have none say why."""
    power = positive_control(case) if case.power is None else case.power
    without = without_control(case.judge.battery, case.seen, power)
    return replace(case, power=(*power, *without))


def laid_out(battery: tuple[Statistic, ...], pairing: Pairing, seen: Seen, tried: Tried) -> Case:
    """Lay out what the rule looks at; across widths children were planted on the way."""
    case = Case(judge=Judge.of(battery, seen, tried), seen=seen, pairing=pairing, tried=tried)
    return replace(case, power=tuple(_across(case))) if pairing.across else case


def _across(case: Case) -> Iterator[Detectable]:
    """Say where the widths differ from which correlation on all planted children were found."""
    for statistic in case.judge.battery.values():
        if not statistic.across_widths:
            continue
        for part in case.components:
            found = case.planted.get(part.name)
            yield Detectable(
                test=statistic.id,
                scope=part.name,
                how=Said.plain(statistic.text.planted or ""),
                planted=found,
                reason=Said("not every planted child was found") if found is None else None,
            )


def positive_control(case: Case) -> tuple[Detectable, ...]:
    r"""Say for each test of the run the smallest dependence that it would have established.

    A test that gave no number gets no control.

    Notes
    -----
    **Planted.** :math:`S = \rho R + \sqrt{1-\rho^2}\,\sigma_j N` column by column, rounded to
    bfloat16, with the change of basis that the test is there for. ``rho`` descends until the
    test's own decision rule no longer holds.
    **Closed form.** For statistics that are linear in ``rho`` the expected z is
    :math:`\rho / \sigma_0`, with the deviation under relabelling that was measured on
    everything that was read; the smallest ``rho`` is where it reaches the threshold.
    **Source.** Ours.
    """
    out: list[Detectable] = []
    seen = case.seen
    for statistic in case.judge.battery.values():
        rows = [row for row in seen.computed if row.test == statistic.id]
        if not rows or statistic.text.planted is None:
            continue
        for scope in statistic.control_scopes(rows):
            smallest = statistic.smallest(seen, scope, case.judge.bar)
            out.append(replace(_descend(statistic, scope, case), smallest=smallest))
    return tuple(out)


def without_control(
    battery: Mapping[str, Statistic], seen: Seen, power: tuple[Detectable, ...]
) -> Iterator[Detectable]:
    """One row, with its reason, for each test that gave a number and has no control."""
    controlled = {control.test for control in power}
    scopes = {row.test: row.where.component for row in seen.computed}
    for test, scope in sorted(scopes.items()):
        if test not in controlled:
            why = Said.plain(battery[test].text.uncontrolled)
            yield Detectable(test=test, scope=scope, how=Said("-"), reason=why)


def _descend(statistic: Statistic, scope: str, case: Case) -> Detectable:
    import torch

    sample = case.seen.of(Sample) or Sample()
    lowest, reason = None, None
    for step, rho in enumerate(LADDER):
        rng = torch.Generator().manual_seed(case.pairing.seed * len(LADDER) + step)
        child = Child(sample=sample, component=scope, correlation=rho, bar=case.judge.bar, rng=rng)
        found = statistic.sees(child)
        if isinstance(found, Absent):
            reason = found.reason
        if found is not True:
            break
        lowest = rho
    if lowest is None and reason is None:
        reason = Said("a child at {most:decimal} was not found", most=LADDER[0])
    how = Said.plain(statistic.text.planted or "")
    return Detectable(test=statistic.id, scope=scope, how=how, planted=lowest, reason=reason)
