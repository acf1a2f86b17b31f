# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Another basis, order or scale of everything that is free, under the family's own names."""

from dataclasses import replace as _replace
from functools import partial

from bench.league.attempt import evasion
from bench.league.models import FOLDERS, Model, Release, apply, turned

_KEPT = ("fold_norms", "turn_heads", "mix_values", "permute_heads", "shuffle_neurons")
_ALL = ("turn_heads", "mix_values", "scale_values", "permute_heads", "shuffle_neurons", "rotate")


def _of(*names: str) -> partial[Model]:
    return partial(_applied, names=names)


def _applied(of: Model, names: tuple[str, ...]) -> Model:
    experts = ("permute_experts",) if of.shape.experts else ()
    return apply(of, *experts, *names)


def sinusoids(of: Release) -> Release:
    """Claim positions that label the dimensions, which switches tests off."""
    return _replace(of, config=of.config | {"use_sinusoidal_positions": True})


CHANGES = {
    "rotated, neurons and tokens renamed": (turned, None),
    "basis kept, all else moved": (_of(*_KEPT), None),
    "basis kept, all else moved, tokens renamed": (_of(*_KEPT, "shuffle_vocabulary"), None),
    "all that is free": (_of(*_ALL, "shuffle_vocabulary"), None),
    "dimensions in another order": (_of("permute_hidden"), None),
    "dimensions in another order, config claims sinusoids": (_of("permute_hidden"), sinusoids),
    "rotated, config claims sinusoids": (turned, sinusoids),
}
ATTEMPTS = tuple(
    evasion(name, of, seed=seed, change=change, spell=spell)
    for name, (change, spell) in CHANGES.items()
    for of in FOLDERS
    for seed in (0, 1)
)
