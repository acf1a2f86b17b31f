# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Less of the model: fewer dimensions, lower ranks, factors in place of matrices."""

from dataclasses import replace
from functools import partial

import torch

from bench.league import surgery
from bench.league.attacks.added import then
from bench.league.attempt import evasion
from bench.league.models import FOLDERS, Model, Release, turned
from bench.zoo.recipes import part


def factored(of: Release) -> Release:
    """Every matrix of the layers as two factors of full rank, as low-rank methods store them."""
    out: dict[str, torch.Tensor] = {}
    for key, value in of.tensors.items():
        if value.ndim == 2 and ".layers." in key and part(key) != "gate":
            ones = torch.ones(value.shape[1])
            a, b = surgery.factors(value, ones, min(value.shape))
            stem = key.removesuffix("weight")
            out[f"{stem}ALinear.weight"], out[f"{stem}BLinear.weight"] = a, b
        else:
            out[key] = value
    return replace(of, tensors=out)


def _sliced(of: str, dimensions: int) -> partial[Model]:
    return partial(surgery.sliced, of=of, dimensions=dimensions)


ATTEMPTS = (
    *(
        evasion(f"{n} dimensions sliced away, turned", of, change=then(_sliced(of, n), turned))
        for of in FOLDERS
        for n in (2, 4, 8)
    ),
    *(
        evasion(
            f"ranks cut to {share:.0%}{', turned' if last else ''}",
            of,
            change=then(partial(surgery.low_rank, of=of, share=share), *last),
        )
        for of in FOLDERS
        for share in (0.9, 0.75, 0.5)
        for last in ((), (turned,))
    ),
    *(
        evasion(
            f"matrices as two factors{', turned' if change else ''}",
            of,
            change=change,
            spell=factored,
        )
        for of in FOLDERS
        for change in (None, turned)
    ),
)
