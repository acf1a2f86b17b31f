# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""HuRef's invariant terms (ICS).

Source: Zeng et al. 2024, arXiv 2312.04828, equations of the three terms::

    M_a = X Wq' Wk X',  M_b = X Wv' Wo' X',  M_c = X (Wgate * Wup)' Wdown' X'

with X the embeddings of common tokens, in the last two layers; the score is the mean
cosine. Key and value heads are repeated for grouped attention. Norm gains are not folded,
as published.
"""

import torch

from bench.baselines.view import View, shared_rows


def score(a: View, b: View) -> float | None:
    """Mean cosine of the terms, -1..1; ``None`` without common tokens."""
    rows = shared_rows(a, b, most=512)
    if rows is None:
        return None
    values = [
        float(torch.nn.functional.cosine_similarity(x.flatten(), y.flatten(), dim=0))
        for i in (-1, -2)
        for x, y in zip(_terms(a, rows[0], i), _terms(b, rows[1], i), strict=True)
    ]
    return sum(values) / len(values)


def _terms(view: View, x: torch.Tensor, index: int) -> list[torch.Tensor]:
    layer = view.layers[index]
    groups = view.heads // view.kv_heads
    k, v = (_repeat(layer[role], view.kv_heads, groups) for role in "kv")
    pairs = [
        (x @ layer["q"].T, x @ k.T),
        (x @ v.T, x @ layer["o"]),
        (x @ (layer["gate"] * layer["up"]).T, x @ layer["down"]),
    ]
    return [_standardised(left @ right.T) for left, right in pairs]


def _repeat(rows: torch.Tensor, heads: int, groups: int) -> torch.Tensor:
    return rows.unflatten(0, (heads, -1)).repeat_interleave(groups, 0).flatten(0, 1)


def _standardised(term: torch.Tensor) -> torch.Tensor:
    centred = term - term.mean(1, keepdim=True)
    return centred / centred.std(1, keepdim=True).clamp(min=1e-12)
