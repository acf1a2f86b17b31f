# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B0, tensor identity: whether trained tensors are equal, value for value."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

from audit.formats.tensors import TensorHeader
from audit.record.weights import WHOLE, PKind, Scope
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.main_model import main_model
from audit.weights.model.slots import unreadable
from audit.weights.nulls.permutation import log10_factorial
from audit.weights.pairing.block import coarser
from audit.weights.pairing.pairs import Block, Pair, Pairing
from audit.weights.pairing.prints import Found, Match, equal_anywhere
from audit.weights.statistics.interface import Basis, Effect, Fold, Phase, Statistic
from audit.weights.statistics.seen import EqualParts, EqualValues, Seen

_SLAB_ELEMENTS = 1 << 22
_NAMED = 3
_FEWEST_UNITS = 8
"""A shorter axis (the places of a kernel, the planes of an image) has no units to relabel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the comparison of values found.

    ``compared`` and ``identical`` count elements of trained tensors; ``whole`` counts
    elements of blocks that are equal throughout, ``roles`` names those that are matrices.
    ``log10_p`` is the bound of the strongest single block, 0 when none is equal.
    """

    compared: int = 0
    identical: int = 0
    whole: int = 0
    log10_p: float = 0.0
    roles: frozenset[str] = frozenset()

    def __add__(self, other: Identity) -> Identity:
        return Identity(
            compared=self.compared + other.compared,
            identical=self.identical + other.identical,
            whole=self.whole + other.whole,
            log10_p=min(self.log10_p, other.log10_p),
            roles=self.roles | other.roles,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """By component."""

    found: dict[str, Identity]


@dataclass(slots=True)
class _Counting:
    found: dict[str, Identity] = field(default_factory=dict)

    def see(self, block: Block) -> None:
        part = block.pair.component
        self.found[part] = self.found.get(part, Identity()) + identity(block)

    def done(self) -> Seen:
        return Seen(values=(Identities(found=self.found),))


class TensorIdentity(Statistic):
    r"""Count equal values, leaving out what could be constructed.

    Notes
    -----
    **Null hypothesis.** The models come from independent initialisations, so the labels
    of the residual dimensions of one are a uniformly random relabelling.
    **Statistic.** Blocks of which every value is equal, after casting the finer stored
    type to the coarser one.
    **p-value.** Exact. A relabelling leaves a block unchanged only if it exchanges equal
    columns, so :math:`P \le \prod_c m_c! / d!` with :math:`m_c` the multiplicities of
    equal columns among the ``d``. The strongest block counts; blocks are not multiplied,
    because they share one relabelling.
    **Detects.** Copies, re-sharding, renaming, casts, frozen parts, partial reuse.
    **Blind to.** Everything that changes every value.
    **Also fires for.** Parts that were never trained and come from the same random seed.
    """

    id = "tensor-identity"
    version = 1
    warrant = PKind.EXACT
    effect = Effect.SHARE
    counts_equal = True

    def fold(self, pairing: Pairing) -> Fold | None:
        """Count, where equal places mean equal dimensions."""
        return None if pairing.across else _Counting()

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:
        """One row per component; where all of it is equal, every value of both models."""
        counted = seen.of(Identities)
        found = counted.found if counted else {}
        rows = tuple(
            self.row(
                Scope(part),
                statistic=one.identical / one.compared,
                log10_p=one.log10_p,
                effect=one.whole / one.compared,
                n=one.compared,
            )
            for part, one in sorted(found.items())
        )
        if not found or any(one.identical != one.compared for one in found.values()):
            return Seen(rows=rows)
        return Seen(rows=rows, values=(EqualValues(share=equal_share(pairing)),))


def identity(block: Block) -> Identity:
    """Count the equal values of one block."""
    whole = block.is_equal
    return Identity(
        compared=block.elements,
        identical=block.identical,
        whole=block.elements if whole else 0,
        log10_p=_log10_arrangements(block) if whole else 0.0,
        roles=frozenset({block.pair.role}) if whole and not block.pair.is_vector else frozenset(),
    )


def _log10_arrangements(block: Block) -> float:
    """log10 of the share of relabellings that leave the block unchanged."""
    import torch

    columns = block.reference.T.contiguous()
    _, counts = torch.unique(columns, dim=0, return_counts=True)
    repeated = sum(log10_factorial(int(c)) for c in counts if int(c) > 1)
    return repeated - log10_factorial(columns.shape[0])


def equal_share(pairing: Pairing) -> float:
    """Return the share of the suspect's elements that equal the reference's.

    Tensors correspond by role (``pairs``), the rest by name and shape; where one side
    stores several matrices in one tensor and the other does not, matrix by matrix.
    Elements are equal when the finer type, cast to the coarser one, gives the same value.
    """
    pairs, (suspect, reference) = pairing.pairs, pairing.checkpoints
    headers = [inventory.tensors for inventory in pairing.inventories]
    matched = {p.suspect.header.name: (p.suspect.header, p.reference.header) for p in pairs}
    apart = [p for p in pairs if p.suspect.is_whole != p.reference.is_whole]
    counted = {p.suspect.header.name for p in apart}
    by_name = {h.name: h for h in headers[1]}
    total = sum(prod(h.shape) for h in headers[0])
    equal = sum(_equal_rows(pair, suspect, reference) for pair in apart)
    for header in headers[0]:
        if header.name in counted:
            continue
        mine, other = matched.get(header.name) or (header, by_name.get(header.name))
        if other is not None and other.shape == mine.shape and unreadable(mine) is None:
            equal += _equal_elements(mine, other, suspect, reference)
    return equal / total if total else 0.0


def _equal_rows(pair: Pair, suspect: Checkpoint, reference: Checkpoint) -> int:
    """Count the equal elements of two matrices, one of them a part of a tensor."""
    width, rows = pair.suspect.shape[pair.suspect.hidden_axis], units(pair.suspect)
    if rows != units(pair.reference):
        return 0
    step = max(1, _SLAB_ELEMENTS // width)
    equal = 0
    for start in range(0, rows, step):
        stop = min(rows, start + step)
        a, b = coarser(
            suspect.rows(pair.suspect, start, stop), reference.rows(pair.reference, start, stop)
        )
        equal += int((a == b).sum())
    return equal


def _equal_elements(
    header: TensorHeader, other: TensorHeader, suspect: Checkpoint, reference: Checkpoint
) -> int:
    if unreadable(other) is not None or not header.shape:
        return 0
    rows = header.shape[0]
    step = max(1, _SLAB_ELEMENTS // max(1, prod(header.shape[1:])))
    equal = 0
    for start in range(0, rows, step):
        stop = min(rows, start + step)
        a, b = coarser(suspect.slab(header, start, stop), reference.slab(other, start, stop))
        equal += int((a == b).sum())
    return equal


class EqualAnywhere(Statistic):
    r"""Look for the values of the suspect's tensors in the reference, before any layout.

    Notes
    -----
    **Null hypothesis.** Independent initialisation: the numbering of the units of a tensor of
    one model means nothing to the other.
    **Statistic.** Tensors, rows and columns that hold the same values once both are rounded to
    the coarser stored type; renamed, transposed, split, joined and reordered ones are found by
    sums of mixed values, and then compared value by value.
    **p-value.** Exact, of the strongest tensor that stands in the reference's order:
    :math:`\prod_c m_c! / d!` of the shorter of its first and last axis, with the multiplicities
    :math:`m_c` of equal units. Equal sets of values in another order have none: 0 is written.
    **Left out.** Tensors of fewer than 16 distinct values, and those that could be constructed.
    **Detects.** Copies of any architecture, casts, frozen parts.
    **Blind to.** Every change of value.
    """

    id = "equal-anywhere"
    version = 1
    phase = Phase.IF_SILENT
    warrant = PKind.EXACT
    effect = Effect.SHARE
    basis = Basis.ANY

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:  # noqa: ARG002
        """One row, where anything is equal."""
        headers = [main_model(inventory).tensors for inventory in pairing.inventories]
        with pairing.progress.task(f"Looking for equal values in {pairing.name}", None):
            found = equal_anywhere(headers[0], headers[1], pairing.checkpoints)
        if not found.matches:
            return Seen()
        parts = _told(found)
        ordered = [_log10_p(m) for m in found.matrices if m.in_order]
        row = self.row(
            WHOLE,
            statistic=found.share,
            log10_p=min(ordered, default=0.0),
            effect=found.share,
            n=found.suspect,
        )
        return Seen(rows=(row,), values=(parts,))


def _told(found: Found) -> EqualParts:
    matrices = found.matrices
    values = sum(m.values for m in matrices)
    ordered = sum(m.values for m in matrices if m.in_order)
    largest = sorted(matrices, key=lambda m: (-m.values, m.suspect.header.name))
    return EqualParts(
        share=found.share,
        back=found.back,
        matrices=max(
            len({id(m.suspect) for m in matrices}), len({id(m.reference) for m in matrices})
        ),
        values=values,
        in_order=2 * ordered >= values,
        names=tuple(m.suspect.header.name for m in largest[:_NAMED]),
    )


def _log10_p(match: Match) -> float:
    """Bound the chance that relabelling the units of an axis leaves the tensor as it is."""
    import torch

    bounds = []
    for axis in match.axes:
        counts = torch.unique(match.reference.units[axis], return_counts=True)[1]
        repeated = sum(log10_factorial(int(c)) for c in counts if int(c) > 1)
        units = len(match.reference.units[axis])
        bounds += [repeated - log10_factorial(units)] if units >= _FEWEST_UNITS else []
    return max(bounds, default=0.0)
