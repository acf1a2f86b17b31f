# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Tells of dependence that is established as stored: descent, a common start, or not told."""

from __future__ import annotations

from audit.record.said import Said
from audit.record.weights import Relation
from audit.weights.nulls.learned import Told
from audit.weights.rule import words
from audit.weights.rule.judge import SHARED, Case
from audit.weights.statistics.seen import Rewritten, outside
from audit.weights.statistics.tensor_identity import Identities


def less_than_descent(case: Case, *, inside: bool) -> tuple[Relation, Said] | None:
    """Say what is shared where that is not shown to be trained weights; ``inside`` the layers."""
    speaking = case.named(SHARED)
    parts = case.pairing.layered if inside else frozenset(speaking)
    if not inside and not case.pairing.loose:
        if not _is_more_than_a_table(case, speaking):
            return Relation.INCONCLUSIVE, words.ONE_TABLE
        parts = frozenset(map(outside, speaking))
    rewritten = case.seen.of(Rewritten)
    if rewritten is not None and rewritten.share >= case.judge.thresholds.min_tested:
        return None
    answers = {
        Told.START: (Relation.SHARED_INITIALISATION, words.START),
        Told.NEITHER: (Relation.INCONCLUSIVE, words.START_OR_DESCENT),
    }
    return answers.get(case.told(parts))


def _is_more_than_a_table(case: Case, parts: list[str]) -> bool:
    """Whether tables of tokens agree, or two kinds of tensor, outside the layers.

    One position table, filter bank or random projection may be computed in ways that nobody
    recognises.
    """
    rows = [r for r in case.judge.established(case.seen.rows) if r.where.component in parts]
    roles = {role for row in rows for role in row.roles if len(row.roles) == 1}
    counted = case.seen.of(Identities)
    equal = {row.where.component for row in rows if case.judge.test(row).counts_equal}
    roles |= {r for part in equal for r in (counted.found[part].roles if counted else ())}
    return bool(roles & {"embed", "unembed"}) or len(roles) >= case.judge.thresholds.min_roles
