# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""AWM: assignment of embedding columns, then unbiased linear CKA of queries and keys.

Source: arXiv 2510.06738 and the authors' code. The absolute cosine of embedding columns
over shared tokens is assigned (rectangular where widths differ), the sign taken from the
matched cosine; columns of Wq and Wk are relabelled; unbiased CKA (HSIC as a U-statistic)
of their transposes with the hidden dimensions as samples; layers one to one where the
counts agree, otherwise by a second assignment. The score is the mean over q and k.
"""

import torch
from scipy.optimize import linear_sum_assignment

from bench.baselines.view import View, shared_rows, unit


def score(a: View, b: View) -> float | None:
    """Mean unbiased CKA; without common tokens the columns are compared in place."""
    rows = shared_rows(a, b)
    left, right, sign = _columns(a, b, rows)
    values = torch.tensor(
        [
            [
                sum(unbiased_cka((x[r][:, left]).T, (y[r][:, right] * sign).T) for r in "qk") / 2
                for y in b.layers
            ]
            for x in a.layers
        ]
    )
    if len(a.layers) == len(b.layers):
        return float(values.diagonal().mean())
    chosen = linear_sum_assignment(values.numpy(), maximize=True)
    return float(values[chosen].mean())


def _columns(
    a: View, b: View, rows: tuple[torch.Tensor, torch.Tensor] | None
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    if rows is None:
        place = torch.arange(min(a.embeddings.shape[1], b.embeddings.shape[1]))
        return place, place, torch.ones(len(place))
    cosine = unit(rows[0].T) @ unit(rows[1].T).T
    left, right = map(torch.from_numpy, linear_sum_assignment(cosine.abs().numpy(), maximize=True))
    return left, right, cosine[left, right].sign()


def unbiased_cka(x: torch.Tensor, y: torch.Tensor) -> float:
    """Unbiased linear CKA of two sample-by-feature matrices (Song et al. 2012, eq. 5)."""
    k, m = (v.double() @ v.double().T for v in (x, y))
    denominator = (max(_hsic(k, k), 0.0) * max(_hsic(m, m), 0.0)) ** 0.5
    return _hsic(k, m) / denominator if denominator > 0 else 0.0


def _hsic(k: torch.Tensor, m: torch.Tensor) -> float:
    n = len(k)
    k, m = k - k.diag().diag(), m - m.diag().diag()
    cross = float(k.sum() * m.sum()) / ((n - 1) * (n - 2))
    inner = float(k.sum(0) @ m.sum(1)) * 2 / (n - 2)
    return (float((k * m.T).sum()) + cross - inner) / (n * (n - 3))
