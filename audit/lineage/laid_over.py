# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""An adapter laid over its base: whether another model is the base with that change merged.

For each module the difference of the other model and the base is held against ``B A``, rows at a
time; neither ``W + B A`` nor its scale has to be known. Two adapters of one base that were trained
apart point apart; rounding of the merged weights alone keeps the cosine below one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from audit.inventory import Inventory
from audit.record.derivation import Derivation, DerivationKind
from audit.record.said import Said
from audit.record.weights import Comparison, Relation
from audit.weights.adapters import Module, counterpart, factors, modules
from audit.weights.model.checkpoint import Checkpoint

_MODULES, _ROWS = 24, 512
"""How many modules are read, spread evenly, and how many rows of each."""
_SAME = 0.9
"""Cosine of both changes, in every module, from which on they are one."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What the modules showed: the cosine of each, in order of name."""

    cosines: tuple[float, ...]

    @property
    def is_merged(self) -> bool:
        """Whether the other model's change is the adapter's throughout."""
        return bool(self.cosines) and min(self.cosines) >= _SAME


def laid_over(
    suspect: Inventory, references: Sequence[Inventory], found: Sequence[Comparison]
) -> list[Comparison]:
    """Say of each reference that an adapter fits whether it is another one with it merged."""
    fits = [_fits(comparison) for comparison in found]
    told = list(found)
    for i, other in enumerate(references):
        for j, base in enumerate(references):
            if i == j or not (fits[i] and fits[j]) or told[i].relation.is_lineage:
                continue
            over = overlay(suspect, base, other)
            if over.is_merged:
                told[i] = _merged(told[i], base.name, other.name, over)
    return told


def overlay(adapter: Inventory, base: Inventory, other: Inventory) -> Overlay:
    """Hold ``other - base`` against the adapter's change."""
    own = modules(adapter)
    own = own[:: max(1, -(-len(own) // _MODULES))]
    with Checkpoint(adapter) as a, Checkpoint(base) as w, Checkpoint(other) as r:
        found = [_cosine(module, (base, other), (a, w, r)) for module in own]
    return Overlay(tuple(c for c in found if c is not None))


def _cosine(
    module: Module,
    models: tuple[Inventory, Inventory],
    opened: tuple[Checkpoint, Checkpoint, Checkpoint],
) -> float | None:
    """Return the cosine of both changes of one module; ``None`` where a model lacks it."""
    here, there = (counterpart(module, model) for model in models)
    if here is None or there is None or here.shape != there.shape:
        return None
    adapter, base, other = opened
    rows = min(_ROWS, here.shape[0])
    a, b = factors(module, adapter)
    change = (b[:, :rows].T @ a) if here.shape == module.shape else (a[:, :rows].T @ b)
    moved = other.slab(there, 0, rows).double() - base.slab(here, 0, rows).double()
    size = float(change.norm() * moved.norm())
    return float((change * moved).sum()) / size if size > 0 else 0.0


def _fits(comparison: Comparison) -> bool:
    kind = comparison.kind
    return kind is not None and kind.kind is DerivationKind.ADAPTER and kind.fraction == 1.0


def _merged(found: Comparison, base: str, name: str, over: Overlay) -> Comparison:
    return replace(
        found,
        relation=Relation.DERIVED,
        summary=Said(
            "What {name} changes in {base} is this adapter: in all {n:count} modules read the"
            " difference of the two points along B A (cosine {least:fixed} at least, {middle:fixed}"
            " in the middle one).",
            name=name,
            base=base,
            n=len(over.cosines),
            least=min(over.cosines),
            middle=median(over.cosines),
        ),
        kind=Derivation(
            kind=DerivationKind.ADAPTER_MERGED,
            sentence=Said("{name} is {base} with this adapter merged.", name=name, base=base),
        ),
    )
