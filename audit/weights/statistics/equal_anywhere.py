# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B0 without a layout: equal tensors and rows, wherever they lie and whatever they are called."""

from __future__ import annotations

from dataclasses import dataclass

from audit.record.said import Said
from audit.record.weights import WHOLE, PKind
from audit.weights.model.main_model import main_model
from audit.weights.nulls.permutation import log10_factorial
from audit.weights.pairing.pairs import Pairing
from audit.weights.pairing.prints import Found, Match, equal_anywhere
from audit.weights.statistics.interface import Basis, Effect, Phase, Statistic
from audit.weights.statistics.seen import Seen

_NAMED = 3
_FEWEST_UNITS = 8
"""A shorter axis (the places of a kernel, the planes of an image) has no units to relabel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualParts:
    """Equal values, whatever the layout: shares of each side, and where they lie.

    ``matrices`` counts tensors of more than one axis, ``values`` what they hold; ``in_order``
    says that most of them stand in the reference's order.
    """

    share: float
    back: float
    matrices: int
    values: int
    in_order: bool
    names: tuple[str, ...]


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


def summary(found: EqualParts) -> Said:
    """Say which values are equal."""
    how = Said("in the same order") if found.in_order else Said("in another order")
    return Said(
        "{share:share} of the audited model's values are the reference's, {how} and whatever their"
        " tensors are called; {back:share} of the reference's are there. The largest: {names}.",
        share=found.share,
        back=found.back,
        how=how,
        names=found.names,
    )
