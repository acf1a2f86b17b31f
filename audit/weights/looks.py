# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Looks at a pair: what costs little to read first, and all of it where that leaves a part open.

A window of a matrix whose units are columns of the file costs as much as the matrix: of the first
tests of a model of 7B on a hub, nineteen bytes in twenty. Both looks are corrected for.
"""

from __future__ import annotations

from dataclasses import replace

from audit.record.weights import Relation
from audit.weights.pairing.pairs import Pairing
from audit.weights.rule.control import laid_out
from audit.weights.rule.judge import Case, Decision, Tried
from audit.weights.rule.relation import decide
from audit.weights.statistics.battery import STATISTICS, first_pass, run
from audit.weights.statistics.interface import Effect, Phase

_LEAST = 0.5
"""Correlation of corresponding weights from which on more of them would not change the answer."""


def looked(maps: tuple[Pairing, ...], tried: Tried) -> tuple[Case, Decision]:
    """Read the pairs under every layer map, run what always runs, and decide."""
    costly = any(pair.is_costly for one in maps if not one.loose for pair in one.pairs)
    if costly:
        tried = replace(tried, maps=2 * tried.maps)
        case, decision = _look(tuple(replace(one, lean=True) for one in maps), tried)
        if decision.relation is Relation.DERIVED and _settled(case):
            return case, decision
    return _look(maps, tried)


def _look(maps: tuple[Pairing, ...], tried: Tried) -> tuple[Case, Decision]:
    pairing, seen = first_pass(maps)
    case = laid_out(STATISTICS, pairing, run(Phase.ALWAYS, pairing, seen), tried)
    return case, decide(case)


def _settled(case: Case) -> bool:
    """Whether each part that something was left out of is derived, and most of what it holds.

    Equal windows settle nothing: what was left out may be what differs.
    """
    derived = {c.name for c in case.components if c.relation is Relation.DERIVED}
    much = {
        row.where.component
        for row in case.judge.established(case.seen.rows)
        if row.where.role is None
        and case.judge.test(row).effect is Effect.CORRELATION
        and (row.effect or 0.0) >= _LEAST
    }
    left = {pair.component for pair in case.pairing.pairs if pair.is_costly}
    return left <= derived & much
