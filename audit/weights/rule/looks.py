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
from audit.weights.rule.judge import Case, Decision
from audit.weights.statistics.interface import Effect

_LEAST = 0.5
"""Correlation of corresponding weights from which on more of them would not change the answer."""


def looks(maps: tuple[Pairing, ...]) -> tuple[tuple[Pairing, ...], ...]:
    """Return the pairs of the first look and of the second; of one look where nothing is costly."""
    if not any(pair.is_costly for one in maps if not one.loose for pair in one.pairs):
        return (maps,)
    return tuple(replace(one, lean=True) for one in maps), maps


def settled(case: Case, decision: Decision) -> bool:
    """Whether nothing was left out, or all parts that it belongs to are derived, and most of each.

    Equal windows settle nothing: what was left out may be what differs.
    """
    if not case.pairing.lean:
        return True
    derived = {c.name for c in case.components if c.relation is Relation.DERIVED}
    much = {
        row.where.component
        for row in case.judge.established(case.seen.rows)
        if row.where.role is None
        and case.judge.test(row).effect is Effect.CORRELATION
        and (row.effect or 0.0) >= _LEAST
    }
    left = {pair.component for pair in case.pairing.pairs if pair.is_costly}
    return decision.relation is Relation.DERIVED and left <= derived & much
