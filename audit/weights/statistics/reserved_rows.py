# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B6c, reserved rows: whether rows of tokens that were never trained lie alike in both tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.weights.model.constructible import constructible
from audit.weights.nulls.permutation import agreement, log10_agreement_bound

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1
MIN_ROWS = 16
_OUTLYING = 5.0
"""Robust standard deviations of the length beyond which a row was put to use after all."""
_MAD = 1.4826
_LEEWAY = 0.05
"""Lengths may differ by this share of the median however alike the others are."""
_MIN_SPREAD = 1e-2
"""Rows nearer to their mean than this share of its length are one row and its rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedAgreement:
    """``agreeing`` of ``tested`` rows are recognised, with the exact bound on that.

    ``rows`` is how many were used in all: the rest are what the tested ones are described by.
    """

    agreeing: int
    tested: int
    rows: int

    @property
    def log10_p(self) -> float:
        """Exact bound on the probability of so many agreeing rows."""
        return log10_agreement_bound(self.agreeing)


def reserved_rows(suspect: Tensor, reference: Tensor) -> ReservedAgreement | str:
    r"""Recognise never-trained rows by their inner products with each other.

    Parameters
    ----------
    suspect, reference : Tensor, shape (rows, width)
        Rows of reserved tokens, paired by token; the widths may differ.

    Returns a sentence instead of a result when fewer than 16 usable rows are left.

    Notes
    -----
    **Null hypothesis.** Independent initialisation. Rows of tokens that training never met
    differ by their random start alone, so their labels are exchangeable.
    **Statistic.** Rows are centred and brought to unit length; one half describes the other:
    the profile of a row is its inner products with the describing rows of its own model.
    ``K`` counts the rows whose most similar profile in the other model is that of the same
    token.
    **p-value.** Exact: the describing rows held fixed, the tested ones are still
    exchangeable, so :math:`P(K \ge k) \le 1/k!`.
    **Detects.** A common random start or copied table, whatever was done to the basis: inner
    products survive every rotation, permutation and sign of the residual dimensions, and
    a common scale.
    **Blind to.** Reserved rows written anew, which costs nothing: silence means nothing.
    **Does not show.** That trained weights were reused: a common random start keeps such rows
    as well.
    **Left out.** Duplicates, rows that are zero or not finite, and rows of unusual length,
    which were trained after all; dropping rows by looking at each model alone keeps the
    labels of the rest exchangeable.
    """
    for table in (suspect, reference):
        if constructible(table) is not None:
            return "the reserved rows could be constructed"
    kept = _usable(suspect) & _usable(reference)
    count = int(kept.sum())
    if count < MIN_ROWS:
        return f"only {count} distinct reserved rows could be paired, {MIN_ROWS} are needed"
    profiles = []
    for table in (suspect, reference):
        unit = _centred_units(table.double()[kept])
        if unit is None:
            return "the reserved rows are nearly identical"
        profiles.append(_units(unit[0::2] @ unit[1::2].T))
    scores = profiles[0] @ profiles[1].T
    return ReservedAgreement(agreeing=agreement(scores), tested=scores.shape[0], rows=count)


def _usable(table: Tensor) -> Tensor:
    """Mark rows that are finite, not zero, not repeated, and as long as most others."""
    import torch

    finite = table.isfinite().all(1)
    values = torch.where(finite[:, None], table, 0.0).double()
    _, group, counts = torch.unique(values, dim=0, return_inverse=True, return_counts=True)
    length = values.norm(dim=1)
    single: Tensor = finite & (length > 0) & (counts[group] == 1)
    if not bool(single.any()):
        return single
    centred = (values - values[single].mean(0)).norm(dim=1)
    middle = centred[single].median()
    spread = _MAD * (centred[single] - middle).abs().median()
    usual: Tensor = (centred - middle).abs() <= _OUTLYING * spread + _LEEWAY * middle
    return single & usual


def _centred_units(rows: Tensor) -> Tensor | None:
    """Centre and bring to unit length; ``None`` where only rounding tells the rows apart."""
    centred = rows - rows.mean(0)
    if float(centred.norm(dim=1).median()) < _MIN_SPREAD * float(rows.mean(0).norm()):
        return None
    return _units(centred)


def _units(rows: Tensor) -> Tensor:
    unit: Tensor = rows / rows.norm(dim=1, keepdim=True).clamp_min(1e-300)
    return unit
