# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Adapter merged: the difference of a matrix has a small rank, the rest is untouched."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from audit.record.derivation import Derivation, DerivationKind
from audit.record.said import Said
from audit.weights.origin.bars import bars

if TYPE_CHECKING:
    from torch import Tensor

    from audit.weights.origin.trace import Trace

_EPSILON = {"F64": 2.0**-52, "F32": 2.0**-23, "F16": 2.0**-10, "BF16": 2.0**-7}


def residual_rank(suspect: Tensor, reference: Tensor, dtype: str) -> int:
    r"""Rank of the difference above what rounding to the stored type explains.

    Notes
    -----
    **Statistic.** Singular values of :math:`S - R` above the edge
    :math:`\sigma_\text{round}(\sqrt m + \sqrt n)`, the largest singular value of a matrix
    of independent rounding errors; :math:`\sigma_\text{round}` is the root mean square of
    half-ulp uniform errors at the suspect's values.
    **Source.** The edge is that of Geman, Annals of Probability 8
    (1980).
    """
    import torch

    s, r = suspect.double(), reference.double()
    exponent = torch.floor(torch.log2(s.abs().clamp_min(1e-38)))
    ulp = _EPSILON.get(dtype, 2.0**-7) * torch.exp2(exponent)
    rounding = float(((ulp**2) / 12).mean().sqrt())
    edge = bars().edge * rounding * (s.shape[0] ** 0.5 + s.shape[1] ** 0.5)
    return int((torch.linalg.svdvals(s - r) > edge).sum())


def adapter_merged(traces: tuple[Trace, ...]) -> Derivation | None:
    r"""Say that a low-rank adapter was merged, and its rank.

    Notes
    -----
    **Signature.** Every tensor is either the reference's, value for value, or differs by a
    matrix of one small rank ``r`` (see :func:`residual_rank`), the same in the changed
    matrices.
    **Blind to.** Adapters trained together with norms or embeddings, and adapters whose
    change is below the rounding of the stored type; those are called fine-tuned.
    **Source.** LoRA, arXiv 2106.09685.
    """
    changed = [t for t in traces if not t.equal]
    ranks = Counter(t.rank for t in changed if t.rank is not None)
    if not ranks or any(t.pair.is_vector for t in changed):
        return None
    rank, count = ranks.most_common(1)[0]
    low = all(t.rank is not None and t.rank <= bars().max_rank_share * t.full for t in changed)
    if not rank or not low or count < bars().same_rank_share * len(changed):
        return None
    return Derivation(
        kind=DerivationKind.ADAPTER_MERGED,
        sentence=Said(
            "An adapter of rank {rank} was merged: {n} of {all} tensors looked "
            "at differ from the reference's, by a matrix of that rank; the others are equal.",
            rank=rank,
            n=len(changed),
            all=len(traces),
        ),
        rank=rank,
    )
