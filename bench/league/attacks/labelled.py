# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Independent trained models whose architecture, start or objective labels the dimensions."""

from dataclasses import replace
from functools import partial

import torch

from bench.league.attempt import Truth, framing
from bench.league.growing import KINDS, Plan, released, two
from bench.league.models import Release, model, release


def hidden(kind: str) -> tuple[Release, Release]:
    """The same pair, and no family fits."""
    first, second = (
        replace(
            r,
            config=r.config | {"model_type": "aurora"},
            tensors=r.tensors | {"aux.scale": torch.ones(1)},
        )
        for r in two(kind)
    )
    return first, second


def members(suspect: str, reference: str) -> tuple[Release, Release]:
    """Two members of the small zoo."""
    first, second = (release(model(n), model(n)) for n in (suspect, reference))
    return first, second


def one_start(steps: int) -> tuple[Release, Release]:
    """One random start, two texts, two orders."""
    plans = (
        Plan(kind="plain", seed=s, start=1337, data=d, steps=steps, lr=1e-3)
        for s, d in ((2, "b"), (1, "a"))
    )
    first, second = map(released, plans)
    return first, second


_STRANGERS = (
    ("base", "stranger"),
    ("stranger", "continued"),
    ("deep", "base"),
    ("gpt2", "gpt2-stranger"),
    ("bert", "bert-stranger"),
    ("upcycled", "stranger"),
)
ATTEMPTS = (
    *(framing(f"{kind}, trained apart", partial(two, kind)) for kind in KINDS),
    *(framing(f"{kind}, trained apart, family unknown", partial(hidden, kind)) for kind in KINDS),
    *(framing(f"{a} and {b} (control)", partial(members, a, b)) for a, b in _STRANGERS),
    framing("plain, trained apart", partial(two, "plain"), command=True),
    framing("sinusoids, trained apart", partial(two, "sinusoids"), command=True),
    *(
        framing(f"one start, {n} steps on two texts", partial(one_start, n), truth=Truth.SAME_START)
        for n in (50, 100, 200, 400)
    ),
    framing(
        "twin and base of the small zoo", partial(members, "twin", "base"), truth=Truth.SAME_START
    ),
)
