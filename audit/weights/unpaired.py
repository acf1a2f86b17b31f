# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Two models of which no tensors could be paired: equal values are all that can tell."""

from __future__ import annotations

from dataclasses import replace

from audit.record.absent import Absent
from audit.record.weights import Comparison, PKind, Relation
from audit.weights.adapters import of_adapter
from audit.weights.pairing.pairs import Pairing
from audit.weights.result import uncompared
from audit.weights.rule.by_values import equal_anywhere, few_equal
from audit.weights.rule.judge import Case, Judge, Tried
from audit.weights.rule.limits import unread
from audit.weights.statistics.interface import Statistic
from audit.weights.statistics.seen import EqualParts, Seen
from audit.weights.statistics.tensor_identity import EqualAnywhere


def by_values(
    battery: tuple[Statistic, ...], pairing: Pairing, why: Absent, references: int
) -> Comparison:
    """Say what equal values say; without any, that nothing could be compared, and why."""
    base = uncompared(*pairing.inventories, pairing.layouts, why)
    if any(not inventory.tensors for inventory in pairing.inventories):
        return base
    seen = EqualAnywhere().measure(pairing, Seen())
    tried = Tried(references=references, maps=1, unread=unread(*pairing.inventories))
    judge = Judge.of(battery, seen, tried)
    case = Case(judge=judge, seen=seen, pairing=pairing, tried=tried)
    base = replace(base, bytes_read=pairing.bytes_read, evidence=seen.rows)
    answer, found = equal_anywhere(case) or few_equal(case), seen.of(EqualParts)
    if answer is None or found is None or answer[0] is Relation.INCONCLUSIVE:
        adapter = of_adapter(base, pairing)
        if adapter is not None:
            return adapter
    if answer is None or found is None:
        return base
    row = seen.rows[0]
    told = bool(row.log10_p)
    return replace(
        base,
        relation=answer[0],
        summary=answer[1],
        log10_p=judge.adjusted(row) if told else None,
        effect=row.effect if told else None,
        p_kind=row.p_kind if told else PKind.NONE,
        coverage=float(f"{found.share:.4f}"),
        tensors_paired=found.matrices,
    )
