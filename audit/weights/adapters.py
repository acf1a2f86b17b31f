# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""An adapter as what is audited: whether it fits a model, and what it shares with another adapter.

A low-rank adapter holds ``A`` (rank, inputs) and ``B`` (outputs, rank) of each module that it
changes by ``B A``; DoRA adds the length of each row. Its values do not say whose weights they were
trained on, its shapes say whose they can be. Two adapters are compared by ``B A``, which is the
same whatever basis the ranks are in, and by the order of their ranks, which is arbitrary in each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from audit.record.derivation import Derivation, DerivationKind
from audit.record.said import Said
from audit.record.weights import Comparison, Relation
from audit.text.file_names import shortened
from audit.weights.model.layout import is_adapter
from audit.weights.nulls.permutation import permutation_moments, together

if TYPE_CHECKING:
    from torch import Tensor

    from audit.formats.tensors import TensorHeader
    from audit.inventory import Inventory
    from audit.weights.model.checkpoint import Checkpoint
    from audit.weights.pairing.pairs import Pairing

_PART = re.compile(
    r"(?:base_model\.model\.)?(?P<module>.+)\.lora_(?:embedding_)?(?P<part>A|B)(?:\.\w+)?(?:\.weight)?"
)
_SAME = 0.9999
"""Cosine of two changes from which on they are one change: half-precision rounding stays above."""
_UNMERGED = Said("A change to a model, not merged into it.")
_DEPENDENT = -6.0
"""log10 p from which on the common order of the ranks is no chance."""


@dataclass(frozen=True, slots=True)
class Module:
    """One module that is changed: both factors of its change."""

    name: str
    a: TensorHeader
    b: TensorHeader

    @property
    def shape(self) -> tuple[int, int]:
        """Outputs and inputs that the module has to have; kernels are flat."""
        return self.b.shape[0], prod(self.a.shape[1:])

    @property
    def rank(self) -> int:
        """How many ranks the change has."""
        return self.a.shape[0]


def modules(inventory: Inventory) -> tuple[Module, ...]:
    """Return the modules that a low-rank adapter changes, in order of name."""
    parts: dict[str, dict[str, TensorHeader]] = {}
    for tensor in inventory.tensors:
        found = _PART.fullmatch(tensor.name)
        if found and len(tensor.shape) >= 2:
            parts.setdefault(found["module"], {})[found["part"]] = tensor
    return tuple(
        Module(name, both["A"], both["B"])
        for name, both in sorted(parts.items())
        if len(both) == 2 and both["A"].shape[0] == both["B"].shape[1]
    )


def of_adapter(base: Comparison, pairing: Pairing) -> Comparison | None:
    """Say what an adapter is to the reference; ``None`` if it is none of low rank.

    ``base`` is the comparison of what could not be compared, which is filled in.
    """
    suspect, reference = pairing.inventories
    own = modules(suspect) if is_adapter(suspect.tensors) else ()
    if not own:
        return None
    if is_adapter(reference.tensors):
        other = {m.name: m for m in modules(reference)}
        pairs = [(m, other[m.name]) for m in own if m.name in other]
        alike = [(m, o) for m, o in pairs if (m.shape, m.rank) == (o.shape, o.rank)]
        return None if not alike else _of_two(base, pairing, alike, len(own))
    return _of_model(base, own, reference)


def _of_model(base: Comparison, own: tuple[Module, ...], reference: Inventory) -> Comparison:
    """Hold the shapes of an adapter against those of a model."""
    lacking = [said for module in own if (said := _lack(module, reference)) is not None]
    fits = 1 - len(lacking) / len(own)
    ranks = sorted({m.rank for m in own})
    targets = sorted({m.name.rpartition(".")[2] for m in own})
    sentence = Said(
        "The adapter fits the reference: all {n:count} modules that it changes ({targets}; rank"
        " {ranks}) are there, of the shapes that it needs. It holds changes alone: on whose weights"
        " it was trained its values do not say, and any model of these shapes would fit.",
        n=len(own),
        targets=targets,
        ranks=[str(rank) for rank in ranks],
    )
    if lacking:
        sentence = Said(
            "The adapter does not fit the reference: of {all:count} modules that it changes"
            " {n:count} are not there or have other shapes. {first}",
            all=len(own),
            n=len(lacking),
            first=lacking[0],
        )
    kind = Derivation(
        kind=DerivationKind.ADAPTER,
        sentence=_UNMERGED,
        rank=ranks[0] if len(ranks) == 1 else None,
        fraction=round(fits, 4),
    )
    return replace(base, summary=sentence, kind=kind, limits=base.limits[-1:])


def counterpart(module: Module, model: Inventory) -> TensorHeader | None:
    """Return the matrix of a model that a module changes; ``None`` if none of its shape is."""
    rows, columns = module.shape
    shapes = ((rows, columns), (columns, rows))  # some libraries store (inputs, outputs)
    return next((t for t in _named(module, model) if _flat(t) in shapes), None)


def _named(module: Module, model: Inventory) -> list[TensorHeader]:
    stems = ((t, t.name.removesuffix(".weight")) for t in model.tensors if len(t.shape) >= 2)
    return [t for t, stem in stems if stem != t.name and _is_tail(stem, module.name)]


def _flat(tensor: TensorHeader) -> tuple[int, int]:
    return tensor.shape[0], prod(tensor.shape[1:])


def _lack(module: Module, reference: Inventory) -> Said | None:
    """Say what the reference lacks for one module."""
    there = _named(module, reference)
    if not there:
        return Said("There is no {module}.", module=shortened(module.name))
    if counterpart(module, reference) is not None:
        return None
    rows, columns = module.shape
    return Said(
        "{module} needs {rows} x {columns}, and has {shape}.",
        module=shortened(module.name),
        rows=rows,
        columns=columns,
        shape=" x ".join(map(str, there[0].shape)),
    )


def _is_tail(one: str, other: str) -> bool:
    """Whether one dotted name ends in the other: wrappers put words in front."""
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")


def _of_two(
    base: Comparison, pairing: Pairing, pairs: list[tuple[Module, Module]], total: int
) -> Comparison:
    """Compare two adapters module by module."""
    read = [[factors(m, c) for m, c in zip(p, pairing.checkpoints, strict=True)] for p in pairs]
    cosines = [_cosine(*both) for both in read]
    order = [together([permutation_moments(_ranks(x[i], y[i])) for x, y in read]) for i in (0, 1)]
    log10_p = min(o.log10_p for o in order) + 0.30103  # two tests, of A and of B
    kind = Derivation(kind=DerivationKind.ADAPTER, sentence=_UNMERGED)
    low = sorted(cosines)[len(cosines) // 2]
    said = (len(pairs), total, low)
    covered = float(f"{len(pairs) / total:.4f}")
    base = replace(base, bytes_read=pairing.bytes_read, coverage=covered, limits=base.limits[-1:])
    if len(pairs) == total and min(cosines) >= _SAME:
        sentence = Said(
            "Both adapters make one change: in all {n:count} modules B A points the same way"
            " (cosine of the middle one {cosine:fixed}), whatever basis the ranks are in.",
            n=said[0],
            cosine=low,
        )
        relation = Relation.DISGUISED
    elif log10_p <= _DEPENDENT:
        sentence = Said(
            "The ranks of both adapters stand in one order (chance {p:chance}): they share trained"
            " weights, or only a common random start, which adapters trained with one seed have."
            " The middle cosine of the changes of {n:count} of {all:count} modules is"
            " {cosine:fixed}.",
            p=log10_p,
            n=said[0],
            all=said[1],
            cosine=low,
        )
        relation = Relation.INCONCLUSIVE
    else:
        sentence = Said(
            "Nothing ties the two adapters together: their ranks stand in no common order, and the"
            " middle cosine of the changes of {n:count} of {all:count} modules is {cosine:fixed}."
            " The basis of the ranks can be changed freely, so that does not show that they are"
            " apart.",
            n=said[0],
            all=said[1],
            cosine=low,
        )
        relation = Relation.INCONCLUSIVE
    return replace(base, relation=relation, summary=sentence, kind=kind)


def factors(module: Module, checkpoint: Checkpoint) -> tuple[Tensor, Tensor]:
    """Read both factors of a change, ranks first, float64."""
    a, b = (checkpoint.slab(t, 0, t.shape[0]).double() for t in (module.a, module.b))
    return a.reshape(a.shape[0], -1), b.reshape(b.shape[0], -1)[:, : module.rank].T


def _cosine(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> float:
    """Cosine of two changes as vectors, without making either; 0 where one is none."""

    def product(x: tuple[Tensor, Tensor], y: tuple[Tensor, Tensor]) -> float:
        return float(((x[1] @ y[1].T) * (x[0] @ y[0].T)).sum())

    size = (product(one, one) * product(other, other)) ** 0.5
    return product(one, other) / size if size > 0 else 0.0


def _ranks(one: Tensor, other: Tensor) -> Tensor:
    """Cosines of the ranks of one factor with those of another."""
    import torch

    return torch.nn.functional.normalize(one) @ torch.nn.functional.normalize(other).T
