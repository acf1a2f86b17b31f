# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, undone heads: whether heads agree, whatever their inner basis, once a map is applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import Scope
from audit.weights.model.checkpoint import units
from audit.weights.nulls.matching import MonotoneMatch
from audit.weights.nulls.permutation import Agreement, permutation_moments
from audit.weights.nulls.units import MIN_LOG10_RELABELLINGS, joint, undo, unit
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.whole import MOST_ROWS, both, deep_layers
from audit.weights.statistics.interface import Basis, Statistic
from audit.weights.statistics.seen import ResidualMap, Seen

if TYPE_CHECKING:
    from torch import Tensor

_ROLES = ("attn.q", "attn.k", "attn.v", "attn.o")
_SCOPE = Scope("attention")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRows:
    """All rows of one attention matrix of both models, columns already brought into one order.

    ``groups`` is the number of key/value heads of the suspect and of the reference.
    """

    layer: int
    role: str
    suspect: Tensor
    reference: Tensor
    groups: tuple[int, int]


class UndoneHeads(Statistic):
    r"""Test whole attention heads, after relabelling the residual axis.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the heads of one layer (with grouped
    queries: the key/value groups) are exchangeable.
    **Statistic.** :math:`\sum_g \lVert X_g Y_g^\top \rVert_F^2`, the rows ``X_g`` of query,
    key, value and output of group ``g`` against those of the same group, each scaled by
    :math:`\lVert X_g X_g^\top \rVert_F \lVert Y_g Y_g^\top \rVert_F`. No rotation inside a
    head changes it. Where the numbers of key/value heads differ the finer heads are pooled
    into consecutive blocks, in whichever model has more.
    **p-value.** Exact permutation mean and variance, all matrices of a layer permuted
    together, layers independent, normal tail.
    **Detects.** Rotated queries and keys, mixed values and outputs, heads merged into groups
    or repeated, in a basis that was relabelled or pruned.
    **Blind to.** Reordered heads, rotations of the residual stream.
    """

    id = "undone-heads"
    version = 1
    basis = Basis.MAPPED

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """One row; whole layers are read only where the tables match beyond chance."""
        found = seen.of(ResidualMap)
        if found is None:
            return Seen()
        if not found.columns.is_beyond_noise:
            why = Said("the tables outside the layers do not match beyond chance")
            return self.absent(_SCOPE, Absent(why))
        result = undone_heads(_heads(pairing, found.columns.match))
        return self.permuted(_SCOPE, result)


def undone_heads(matrices: Iterable[HeadRows]) -> Agreement | Absent:
    """Test whole attention heads, after relabelling the residual axis."""
    scores: dict[int, Tensor] = {}
    most = 0.0
    roles = set()
    for matrix in matrices:
        part = _energies(matrix)
        if part is None:
            continue
        scores[matrix.layer] = scores[matrix.layer] + part if matrix.layer in scores else part
        most += part.shape[0]
        roles.add(matrix.role)
    parts = [permutation_moments(total) for total in scores.values()]
    if -sum(p.log10_floor for p in parts) < MIN_LOG10_RELABELLINGS:
        return Absent(
            Said("there are too few heads whose relabelling would give a null distribution")
        )
    return joint(parts, most, roles)


def _energies(matrix: HeadRows) -> Tensor | None:
    """Scores of every group with every group, shape (groups, groups); 1 for equals."""
    count = min(matrix.groups)
    sizes = matrix.suspect.shape[0], matrix.reference.shape[0]
    if any(g % count for g in matrix.groups) or any(size % count for size in sizes):
        return None
    x, y = unit(matrix.suspect), unit(matrix.reference)
    cross = _blocks((x @ y.T) ** 2, count)
    own = _blocks((x @ x.T) ** 2, count).diagonal()
    other = _blocks((y @ y.T) ** 2, count).diagonal()
    scale = (own[:, None] * other[None, :]).sqrt()
    scores: Tensor = cross / scale.clamp_min(1e-12)
    return scores


def _blocks(values: Tensor, count: int) -> Tensor:
    rows, columns = values.shape
    return values.reshape(count, rows // count, count, columns // count).sum((1, 3))


def _heads(pairing: Pairing, found: MonotoneMatch) -> Iterator[HeadRows]:
    layers = deep_layers(pairing)
    pairs = [p for p in pairing.pairs if p.role in _ROLES and p.suspect.layer in layers]
    groups = {
        p.suspect.layer: (p.suspect.value_heads, p.reference.value_heads)
        for p in pairs
        if p.role == "attn.v"
    }
    for pair in pairs:
        heads, others = groups.get(pair.suspect.layer, (None, None))
        if heads is None or others is None or pair.suspect.layer is None:
            continue
        if max(units(pair.suspect), units(pair.reference)) > MOST_ROWS:
            continue
        x, y = undo(*both(pair, pairing), found)
        yield HeadRows(
            layer=pair.suspect.layer,
            role=pair.role,
            suspect=x,
            reference=y,
            groups=(heads, others),
        )
