# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""B6c, reserved rows: whether rows of tokens that were never trained lie alike in both tables."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from audit import rules
from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import PKind, Scope
from audit.weights.model.checkpoint import Checkpoint, units
from audit.weights.model.constructible import constructible
from audit.weights.model.slots import Layout, Slot, gains_before
from audit.weights.model.vocabulary import all_token_ids
from audit.weights.nulls.learned import learned
from audit.weights.nulls.permutation import agreement, log10_agreement_bound
from audit.weights.pairing.pairs import Pair, Pairing
from audit.weights.statistics.interface import Basis, Effect, Phase, Statistic
from audit.weights.statistics.seen import Seen

if TYPE_CHECKING:
    from torch import Tensor

MAX_ROWS = 1024
TABLES = ("embed", "unembed")
MIN_ROWS = 16
_OUTLYING = 5.0
"""Robust standard deviations of the length beyond which a row was put to use after all."""
_MAD = 1.4826
_LEEWAY = 0.05
"""Lengths may differ by this share of the median however alike the others are."""
_WRITTEN = 0.1
"""Share of their energy beyond the edge of noise, from which on rows were not drawn alike."""
_MIN_SPREAD = 1e-2
"""Rows nearer to their mean than this share of its length are one row and its rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedAgreement:
    """``agreeing`` of ``tested`` rows are recognised, with the exact bound on that.

    ``rows`` is how many were used in all: the rest are what the tested ones are described by.
    """

    agreeing: int
    tested: int
    rows: int

    @property
    def log10_p(self) -> float:
        """Exact bound on the probability of so many agreeing rows."""
        return log10_agreement_bound(self.agreeing)


Rows = list[tuple[int, int]]
"""Row of the suspect's table, row of the reference's."""


class ReservedRows(Statistic):
    r"""Recognise never-trained rows by their inner products with each other.

    Notes
    -----
    **Null hypothesis.** Independent initialisation. Rows of tokens that training never met
    differ by their random start alone, so their labels are exchangeable.
    **Statistic.** Rows are centred and brought to unit length; one half describes the other:
    the profile of a row is its inner products with the describing rows of its own model.
    ``K`` counts the rows whose most similar profile in the other model is that of the same
    token.
    **p-value.** Exact: the describing rows held fixed, the tested ones are still
    exchangeable, so :math:`P(K \ge k) \le 1/k!`.
    **Detects.** A common random start or copied table, whatever was done to the basis: inner
    products survive every rotation, permutation and sign of the residual dimensions, and
    a common scale.
    **Blind to.** Reserved rows written anew, which costs nothing: silence means nothing.
    **Does not show.** That trained weights were reused: a common random start keeps such rows
    as well.
    **Left out.** Duplicates, rows that are zero or not finite, and rows of unusual length,
    which were trained after all; dropping rows by looking at each model alone keeps the
    labels of the rest exchangeable.
    """

    id = "reserved-rows"
    version = 1
    phase = Phase.IF_SILENT
    warrant = PKind.EXACT
    effect = Effect.SHARE
    basis = Basis.ANY
    start_only = True

    def measure(self, pairing: Pairing, seen: Seen) -> Seen:  # noqa: ARG002
        """One row per table of token rows.

        Rows beyond the vocabulary and rows of reserved names were not drawn together in every
        model, so they are not exchangeable with each other: the larger group is tested.
        """
        out = Seen()
        outside = (p for p in pairing.pairs if p.suspect.layer is None and not p.is_vector)
        tables = {p.role: p for p in outside if p.role in TABLES}
        for role, pair in sorted(tables.items()):
            scope, rows = (
                Scope(pair.component, role),
                _rows(pairing, (pair.suspect, pair.reference)),
            )
            found = rows if isinstance(rows, Absent) else _tested(pairing, pair, rows)
            if isinstance(found, Absent):
                out += self.absent(scope, found)
                continue
            row = self.row(
                scope,
                statistic=found.agreeing,
                log10_p=found.log10_p,
                effect=found.agreeing / found.tested,
                n=found.tested,
                roles=(role,),
            )
            out += Seen(rows=(row,))
        return out


def reserved_rows(suspect: Tensor, reference: Tensor) -> ReservedAgreement | Absent:
    """Recognise never-trained rows by their inner products with each other.

    Parameters
    ----------
    suspect, reference : Tensor, shape (rows, width)
        Rows of reserved tokens, paired by token; the widths may differ.
    """
    for table in (suspect, reference):
        if constructible(table) is not None:
            return Absent(Said("the reserved rows could be constructed"))
    kept = _usable(suspect) & _usable(reference)
    count = int(kept.sum())
    if count < MIN_ROWS:
        return Absent(
            Said(
                "only {rows} distinct reserved rows could be paired, {needed} are needed",
                rows=count,
                needed=MIN_ROWS,
            )
        )
    profiles, written = [], []
    for table in (suspect, reference):
        unit = _centred_units(table.double()[kept])
        if unit is None:
            return Absent(Said("the reserved rows are nearly identical"))
        written.append(learned(unit, unit))
        profiles.append(_units(unit[0::2] @ unit[1::2].T))
    if all(w is not None and w.spike > _WRITTEN * (w.spike + w.bulk) for w in written):
        return Absent(
            Said(
                "the reserved rows of both models are no plain random draw: they follow their"
                " numbers, or what their names have in common"
            )
        )
    scores = profiles[0] @ profiles[1].T
    return ReservedAgreement(agreeing=agreement(scores), tested=scores.shape[0], rows=count)


def _usable(table: Tensor) -> Tensor:
    """Mark rows that are finite, not zero, not repeated, and as long as most others."""
    import torch

    finite = table.isfinite().all(1)
    values = torch.where(finite[:, None], table, 0.0).double()
    _, group, counts = torch.unique(values, dim=0, return_inverse=True, return_counts=True)
    length = values.norm(dim=1)
    single: Tensor = finite & (length > 0) & (counts[group] == 1)
    if not bool(single.any()):
        return single
    centred = (values - values[single].mean(0)).norm(dim=1)
    middle = centred[single].median()
    spread = _MAD * (centred[single] - middle).abs().median()
    usual: Tensor = (centred - middle).abs() <= _OUTLYING * spread + _LEEWAY * middle
    return single & usual


def _centred_units(rows: Tensor) -> Tensor | None:
    """Centre and bring to unit length; ``None`` where only rounding tells the rows apart."""
    centred = rows - rows.mean(0)
    if float(centred.norm(dim=1).median()) < _MIN_SPREAD * float(rows.mean(0).norm()):
        return None
    return _units(centred)


def _units(rows: Tensor) -> Tensor:
    unit: Tensor = rows / rows.norm(dim=1, keepdim=True).clamp_min(1e-300)
    return unit


def _tested(pairing: Pairing, pair: Pair, rows: Rows) -> ReservedAgreement | Absent:
    slots, numbers = (pair.suspect, pair.reference), zip(*rows, strict=True)
    tables = [
        _folded(layout, checkpoint, slot, list(wanted))
        for layout, checkpoint, slot, wanted in zip(
            pairing.layouts, pairing.checkpoints, slots, numbers, strict=True
        )
    ]
    return reserved_rows(tables[0], tables[1])


def _folded(layout: Layout, checkpoint: Checkpoint, slot: Slot, rows: list[int]) -> Tensor:
    """Read rows as the forward pass scales them: a head reads through the last norm's gains."""
    values = _read(checkpoint, slot, rows)
    gain = gains_before(layout).get(slot)
    if gain is None:
        return values
    offset = layout.norms.offset if layout.norms else 0.0
    return values * (checkpoint.rows(gain, 0, 1).float() + offset)


def _rows(pairing: Pairing, slots: tuple[Slot, Slot]) -> Rows | Absent:
    """Pair reserved rows by name, rows beyond the vocabulary by number; keep the larger group."""
    known = [
        all_token_ids(inventory, PurePosixPath(slot.header.file).parent.as_posix())
        for inventory, slot in zip(pairing.inventories, slots, strict=True)
    ]
    if known[0] is None or known[1] is None:
        return Absent(Said("no tokenizer says which rows are reserved"))
    sizes = [units(slot) for slot in slots]
    reserved = rules.reserved_token()
    named = sorted(
        (i, known[1][token])
        for token, i in known[0].items()
        if token in known[1] and reserved.fullmatch(token)
    )
    named = [(i, j) for i, j in named if i < sizes[0] and j < sizes[1]]
    first = max([*known[0].values(), *known[1].values()], default=-1) + 1
    padding = [(i, i) for i in range(first, min(sizes))]
    rows = max(named, padding, key=len)[:MAX_ROWS]
    if len(rows) < MIN_ROWS:
        return Absent(
            Said(
                "only {rows} reserved rows stand in both tables, {needed} are needed",
                rows=len(rows),
                needed=MIN_ROWS,
            )
        )
    return rows


def _read(checkpoint: Checkpoint, slot: Slot, rows: list[int]) -> Tensor:
    """Read rows in the order given; neighbours are read together."""
    import torch

    runs = [list(run) for _, run in groupby(enumerate(rows), key=lambda entry: entry[1] - entry[0])]
    parts = [checkpoint.rows(slot, run[0][1], run[-1][1] + 1) for run in runs]
    return torch.cat([part.float() for part in parts])
