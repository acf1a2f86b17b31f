# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Takes back rows whose null does not hold for two models, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from audit import rules
from audit.record.said import Said
from audit.record.weights import Evidence, Outcome, PKind
from audit.weights.nulls.exchangeable import Structure, structures
from audit.weights.pairing.pairs import Pairing
from audit.weights.statistics.seen import Seen

if TYPE_CHECKING:
    from torch import Tensor

MATRICES = 12
WHY = {
    Structure.ORDER: Said(
        "in both models gains or sizes follow the number of the residual dimension, so its label"
        " is not exchangeable"
    ),
    Structure.GROUPS: Said(
        "in both models residual dimensions come in groups that are alike, so their labels are not"
        " exchangeable one by one"
    ),
}


def withdrawn(pairing: Pairing, seen: Seen, misled_by: Mapping[str, frozenset[Structure]]) -> Seen:
    """Take back rows that show something, if a structure that misleads their test explains it.

    ``misled_by`` says of each test which structures do. Where nothing was shown nothing is asked.
    """
    bar = rules.weight_thresholds().alpha_none
    shown = [r for r in seen.computed if misled_by.get(r.test) and (r.log10_p or 0.0) <= bar]
    if not shown or pairing.across:
        return seen
    found = _of(pairing)
    if not found:
        return seen
    rows = (_told(row, found & misled_by.get(row.test, frozenset())) for row in seen.rows)
    return replace(seen, rows=tuple(rows))


def _told(row: Evidence, found: frozenset[Structure]) -> Evidence:
    if not row.is_computed or not found:
        return row
    return Evidence(
        test=row.test,
        version=row.version,
        scope=row.scope,
        outcome=Outcome.NOT_APPLICABLE,
        p_kind=PKind.NONE,
        reason=WHY[min(found)],
    )


def _of(pairing: Pairing) -> frozenset[Structure]:
    """Ask both sides of the windows that the tests read."""
    vectors = [pairing.block(p) for p in pairing.tested if p.is_vector]
    inside = [p for p in pairing.tested if not p.is_vector and p.suspect.layer is not None]
    matrices = [pairing.block(p) for p in inside[:: -(-len(inside) // MATRICES) or 1]]
    mine = _structures([b.suspect for b in vectors], [b.suspect for b in matrices])
    return mine & _structures([b.reference for b in vectors], [b.reference for b in matrices])


def _structures(vectors: list[Tensor], matrices: list[Tensor]) -> frozenset[Structure]:
    varying = [v[0] for v in vectors if len(v) and float(v.std()) > 0]
    return structures(varying, [m for m in matrices if m.shape[0] >= 2])
