# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Vocabulary: rows of the embedding table added, taken away or given to other tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.weights.alignment import MAX_TOKENS
from audit.weights.checkpoint import units
from audit.weights.derivation import Derivation, DerivationKind, Direction, Origin
from audit.weights.forensics.bars import bars
from audit.weights.setting import Setting

if TYPE_CHECKING:
    from torch import Tensor


def vocabulary_changed(setting: Setting) -> Origin | None:
    r"""Say that the table was extended, trimmed or partly given to other tokens.

    Notes
    -----
    **Signature.** Rows at equal numbers agree (correlation of 0.5 and more after the mean row
    is taken away) up to the size of the smaller table: extended or trimmed. In tables of
    one size a tenth of the rows and more do not agree while the others do: swapped.
    **Direction.** New rows start at the mean of the old ones: where the rows that one side
    has beyond the other deviate from the mean row by less than half of what the others do,
    and that side is the audited model, it is the younger. Rows like all others say nothing,
    nor do such rows of the reference: unused rows look the same and are free to take away.
    **Blind to.** A vocabulary whose rows were also reordered.
    **Source.** Hewitt, "Initializing new word embeddings for
    pretrained language models", 2021, for rows at the mean.
    """
    pair = next((p for p in setting.pairs if p.role == "embed" and not p.is_vector), None)
    if pair is None or pair.suspect.layer is not None:
        return None
    mine, theirs = units(pair.suspect), units(pair.reference)
    both = min(mine, theirs, MAX_TOKENS)
    s = setting.checkpoints[0].rows(pair.suspect, 0, both).float()
    r = setting.checkpoints[1].rows(pair.reference, 0, both).float()
    if not bool(s.isfinite().all() and r.isfinite().all()):
        return None
    agree = _agreeing(s, r)
    share = float(agree.double().mean())
    if mine == theirs:
        return _swapped(share)
    if share < 1 - bars().few_rows:
        return None
    larger = 0 if mine > theirs else 1
    slot = (pair.suspect, pair.reference)[larger]
    start = min(mine, theirs)
    extra = setting.checkpoints[larger].rows(slot, start, min(start + MAX_TOKENS, units(slot)))
    new = _is_near_mean(extra.float(), (s, r)[larger])
    return _resized(mine, theirs, new=new)


def _resized(mine: int, theirs: int, *, new: bool) -> Origin:
    more = abs(mine - theirs)
    if mine > theirs:
        derivation = Derivation(
            kind=DerivationKind.VOCABULARY_EXTENDED,
            sentence=f"{more} rows were added to the embedding table's {theirs}.",
            fraction=round(more / mine, 4),
        )
    else:
        derivation = Derivation(
            kind=DerivationKind.VOCABULARY_TRIMMED,
            sentence=f"{more} of the embedding table's {theirs} rows are missing.",
            fraction=round(more / theirs, 4),
        )
    if mine < theirs and new:
        return Origin(
            derivation=derivation,
            reasons=(
                "No direction: the rows that only the reference has lie near the mean row; they "
                "may be new there, or unused rows that were taken away here.",
            ),
        )
    if not new:
        return Origin(
            derivation=derivation,
            reasons=(
                "No direction: the rows that only one table has are trained like the others, so "
                "they may have been added there or taken away here.",
            ),
        )
    return Origin(
        derivation=derivation,
        direction=Direction.FROM_REFERENCE,
        reasons=(
            "Containment: the rows that only one table has lie near the mean row, where new rows "
            "start; the smaller table is the older.",
        ),
    )


def _swapped(share: float) -> Origin | None:
    if not bars().few_rows <= 1 - share <= 1 - bars().few_rows:
        return None
    return Origin(
        derivation=Derivation(
            kind=DerivationKind.VOCABULARY_SWAPPED,
            sentence=f"{1 - share:.0%} of the embedding rows belong to other tokens or start anew.",
            fraction=round(1 - share, 4),
        )
    )


def _agreeing(s: Tensor, r: Tensor) -> Tensor:
    """Which rows agree, the mean row taken away."""
    x, y = s - s.mean(0), r - r.mean(0)
    size = (x.norm(dim=1) * y.norm(dim=1)).clamp_min(1e-30)
    agree: Tensor = (x * y).sum(1) / size >= bars().shared_row
    return agree


def _is_near_mean(extra: Tensor, others: Tensor) -> bool:
    mean = others.mean(0)
    usual = (others - mean).norm(dim=1).median()
    found = (extra - mean).norm(dim=1).median()
    return bool(found < bars().near_mean * usual)
