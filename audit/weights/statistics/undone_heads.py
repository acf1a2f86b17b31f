# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B5, undone heads: whether heads agree, whatever their inner basis, once a map is applied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.nulls.permutation import permutation_moments
from audit.weights.statistics.undone_permutation import UndoneAgreement, joint, unit

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1
MIN_LOG10_RELABELLINGS = 3.0


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


def undone_heads(matrices: Iterable[HeadRows]) -> UndoneAgreement | str:
    r"""Test whole attention heads, after relabelling the residual axis.

    Returns a sentence instead of a result when the heads have too few relabellings.

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
        return "there are too few heads whose relabelling would give a null distribution"
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
