# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B3, embedding agreement: which residual dimension of one table is which of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.weights import Evidence, PKind, Scope
from audit.weights.nulls.containment import window
from audit.weights.nulls.matching import ColumnMap, match_columns
from audit.weights.nulls.units import undo
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.planting import NOTHING_KEPT, Child
from audit.weights.pairing.pruning import pruned
from audit.weights.pairing.tables import best_map, token_tables
from audit.weights.statistics.interface import Effect, Statistic
from audit.weights.statistics.seen import Children, Contained, Orders, ResidualMap, Seen, outside

if TYPE_CHECKING:
    from torch import Tensor

_SCOPE = Scope("embeddings")


class EmbeddingAgreement(Statistic):
    r"""Match the columns of two embedding tables, rows paired by token.

    Notes
    -----
    **Null hypothesis.** Independent initialisation; residual dimensions exchangeable.
    **Statistic.** Of equal widths ``K``, the number of dimensions whose most correlated
    partner (absolute value, over the shared tokens) has the same index. Of different
    widths the longest increasing subsequence of the partners; see N3.
    **p-value.** Exact: :math:`P(K \ge k) \le 1/k!` for any matching whatsoever, and
    :math:`P(\mathrm{LIS} \ge k) \le \binom{m}{k}/k!` for ``m`` mutual pairs.
    **Detects.** Everything that keeps the order of the residual dimensions, pruning of
    some of them included.
    **Blind to.** Re-initialised embeddings, rotation of the residual stream.
    **Flags.** A confident matching out of order means that the residual dimensions were
    relabelled; the map is then undone and tested elsewhere.
    """

    id = "embedding-agreement"
    version = 2
    warrant = PKind.EXACT
    effect = Effect.SHARE

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:  # noqa: ARG002
        """One row, across widths those of planted children, and the map to undo elsewhere."""
        if pairing.labelled is not None:
            return self.absent(_SCOPE, pairing.labelled)
        tables = token_tables(pairing, "embed")
        if isinstance(tables, Absent):
            found: ColumnMap | Absent = tables
            children = Children()
        else:
            found = match_columns(*tables)
            children = self._children(pairing, tables) if pairing.across else Children()
        values: list[object] = [children]
        if pairing.across and isinstance(found, ColumnMap):
            values.append(Orders(components={_SCOPE.component: found.match}))
            if not isinstance(tables, Absent):
                level = window(*undo(*tables, found.match))
                values.append(Contained(levels={outside(_SCOPE.component): (level,)}))
        best = best_map(pairing, found)
        if best is not None and (pairing.across or not best[0].in_order):
            values.append(ResidualMap(columns=best[0], source=best[1]))
        return self._told(found) + Seen(values=tuple(values))

    def _told(self, found: ColumnMap | Absent) -> Seen:
        if isinstance(found, Absent):
            return self.absent(_SCOPE, found)
        return Seen(rows=(self._row(found),))

    def _row(self, found: ColumnMap) -> Evidence:
        return self.row(
            _SCOPE,
            statistic=found.agreeing,
            log10_p=found.log10_p,
            effect=found.effect,
            n=found.width,
            roles=("embed",),
        )

    def _children(self, pairing: Pairing, tables: tuple[Tensor, Tensor]) -> Children:
        """Match the columns of tables in which the narrower side is a child of the wider."""
        return Children(
            rows={
                rho: tuple(
                    self._told(match_columns(*plant.child(*tables))).rows for plant in plants
                )
                for rho, plants in pruned(pairing).items()
            }
        )

    def sees(self, child: Child) -> bool | Absent:
        """Whether enough columns of the child's table find their own number."""
        if not child.sample.tables:
            return NOTHING_KEPT
        table = child.planted(child.sample.tables[0])
        found = match_columns(table.suspect, table.reference)
        return isinstance(found, ColumnMap) and self.counts(found.agreeing, found.width, child)
