# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Neurons, heads, layers, dimensions and experts that add nothing, and then another basis."""

from collections.abc import Sequence
from functools import partial

from bench.league import surgery
from bench.league.attempt import evasion
from bench.league.models import FOLDERS, Change, Model, turned

PLACES: dict[str, dict[int, tuple[int, ...]]] = {
    "llama": {3: (0, 5, 10), 4: (0, 1, 6, 11), 5: (0, 1, 6, 11, 12)},
    "mixtral": {3: (0, 2, 4), 4: (0, 1, 3, 5), 5: (0, 1, 3, 5, 6)},
}
"""Where inserted layers stand at the first, middle and last places."""


def then(*changes: Change) -> Change:
    """One change after another."""

    def all_of(of: Model) -> Model:
        for change in changes:
            of = change(of)
        return of

    return all_of


def _layers(places: Sequence[int]) -> Change:
    return partial(surgery.cancelling_layers, places=places)


def _neurons(pairs: int) -> Change:
    return partial(surgery.cancelling_neurons, pairs=pairs)


_HEADS = partial(surgery.cancelling_heads, groups=2)
CHANGES: dict[str, Change] = {
    "36 cancelling pairs of neurons a layer": _neurons(36),
    "72 cancelling pairs of neurons a layer": _neurons(72),
    "36 cancelling pairs and 2 groups of heads": then(_neurons(36), _HEADS),
    "neurons split in 2": partial(surgery.split_neurons, copies=2),
    "neurons split in 3, 2 groups of heads": then(partial(surgery.split_neurons, copies=3), _HEADS),
    "widened by 16": partial(surgery.widened, more=16),
    "widened by 32, 18 pairs": then(_neurons(18), partial(surgery.widened, more=32)),
}
_EXPERTS = {"first and last": (0, 7), "second and third": (1, 2), "middle": (3, 4)}

ATTEMPTS = (
    *(
        evasion(f"{name}, turned", of, seed=seed, change=then(change, turned))
        for name, change in CHANGES.items()
        for of in FOLDERS
        for seed in ((0, 1) if "widened" in name else (0,))
    ),
    *(
        evasion(f"{n} cancelling layers, turned", of, change=then(_layers(places), turned))
        for of, counts in PLACES.items()
        for n, places in counts.items()
    ),
    evasion(
        "4 cancelling layers, turned",
        "llama",
        change=then(_layers(PLACES["llama"][4]), turned),
        command=True,
    ),
    *(
        evasion(
            f"two real experts of 8, {where}, turned",
            "llama",
            change=then(partial(surgery.decoy_experts, count=8, real=real), turned),
        )
        for where, real in _EXPERTS.items()
    ),
)
