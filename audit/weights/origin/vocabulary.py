# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Vocabulary: rows of the embedding table added, taken away or given to other tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.record.derivation import Derivation, DerivationKind, Origin
from audit.record.said import Said
from audit.weights.model.checkpoint import units
from audit.weights.origin.bars import bars
from audit.weights.origin.units import WIDTH, unit_map
from audit.weights.pairing.pairs import MAX_TOKENS, Pair, Pairing
from audit.weights.pairing.tables import shared_rows, table_rows, vocabularies

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Two embedding tables beside each other, rows of equal token strings paired.

    ``lost``: share of the smaller vocabulary's strings that the larger lacks. ``agree``:
    share of the paired rows whose values agree, the mean row taken away. ``moved``: share of
    pairs that stand at different numbers. ``found``: share of the rows of the smaller table
    that are found again by their values alone, ``None`` where that was not looked at.
    """

    lost: float
    agree: float
    moved: float
    found: float | None


def vocabulary_changed(pairing: Pairing) -> Origin | None:
    r"""Say that the table was extended, trimmed, reordered or given to other tokens.

    Notes
    -----
    **Signature.** Rows are compared by token string, by number where a tokenizer is missing;
    they agree from a correlation of 0.5, the mean row taken away. Almost all strings of the
    smaller table in the larger, with their rows: extended or trimmed. In tables of one size a
    tenth of the strings or rows and more not the reference's: swapped. Rows at other numbers,
    with their strings or found again by their values alone: reordered.
    **No direction.** New rows start at the mean of the old ones, but unused rows lie there as
    well, and are free to take away from either model; rows like all others say nothing either.
    **Blind to.** Strings that were renamed in tables of more than 8,192 rows.
    **Source.** Hewitt, "Initializing new word embeddings for
    pretrained language models", 2021, for rows at the mean.
    """
    pair = next((p for p in pairing.pairs if p.role == "embed" and not p.is_vector), None)
    if pair is None or pair.suspect.layer is not None:
        return None
    tables = _tables(pair, pairing)
    if tables is None:
        return None
    few, kept = bars().few_rows, (1 - tables.lost) * tables.agree
    mine, theirs = units(pair.suspect), units(pair.reference)
    if tables.lost < few and mine != theirs:
        return _with_rows(pair, pairing) if tables.agree >= 1 - few else None
    if tables.found is not None and tables.found >= 1 - few:
        found = Said(
            "{share:share} of the embedding rows were found again under other token strings.",
            share=tables.found,
        )
        return _reordered(tables.found, found)
    if tables.lost < few and kept >= 1 - few:
        moved = Said(
            "{share:share} of the embedding rows stand at other numbers, with their token strings.",
            share=tables.moved,
        )
        return _reordered(tables.moved, moved) if tables.moved >= few else None
    return _swapped(tables, kept) if tables.lost >= few or kept >= few else None


def _tables(pair: Pair, pairing: Pairing) -> Tables | None:
    """Pair the rows, and where strings are missing look for the values too."""
    words = vocabularies(pair, pairing)
    sides = shared_rows(pair, pairing)
    slots = pair.suspect, pair.reference
    lost = 0.0
    if words is not None:
        small, large = sorted(words, key=len)
        lost = sum(word not in large for word in small) / max(1, len(small))
    s, r = (
        table_rows(checkpoint, slot, rows)
        for checkpoint, slot, rows in zip(pairing.checkpoints, slots, sides, strict=True)
    )
    if not bool(s.isfinite().all() and r.isfinite().all()):
        return None
    moved = sum(i != j for i, j in zip(*sides, strict=True)) / max(1, len(sides[0]))
    agree = float(_agreeing(s, r).double().mean()) if len(sides[0]) else 0.0
    apart = lost >= bars().few_rows and max(map(units, slots)) <= MAX_TOKENS
    return Tables(
        lost=lost, agree=agree, moved=moved, found=_by_value(pair, pairing) if apart else None
    )


def _by_value(pair: Pair, pairing: Pairing) -> float:
    """Share of the smaller table's rows that are found in the larger, whatever their strings."""
    whole = [
        c.rows(slot, 0, units(slot)).float().cpu()
        for c, slot in zip(pairing.checkpoints, (pair.suspect, pair.reference), strict=True)
    ]
    small, large = sorted(whole, key=len)
    step = max(1, small.shape[1] // WIDTH)
    a, b = ((x - x.mean(0))[:, None, ::step] for x in (small, large))
    return unit_map(a, b).found


def _with_rows(pair: Pair, pairing: Pairing) -> Origin:
    """Judge the rows that only one table has by how far they are from the mean row."""
    mine, theirs = units(pair.suspect), units(pair.reference)
    larger = 0 if mine > theirs else 1
    slot, checkpoint = (pair.suspect, pair.reference)[larger], pairing.checkpoints[larger]
    start = min(mine, theirs)
    others = checkpoint.rows(slot, 0, min(start, MAX_TOKENS)).float()
    extra = checkpoint.rows(slot, start, min(start + MAX_TOKENS, units(slot))).float()
    return _resized(mine, theirs, new=_is_near_mean(extra, others))


def _resized(mine: int, theirs: int, *, new: bool) -> Origin:
    more = abs(mine - theirs)
    if mine > theirs:
        derivation = Derivation(
            kind=DerivationKind.VOCABULARY_EXTENDED,
            sentence=Said(
                "{more} rows were added to the embedding table's {theirs}.",
                more=more,
                theirs=theirs,
            ),
            fraction=round(more / mine, 4),
        )
    else:
        derivation = Derivation(
            kind=DerivationKind.VOCABULARY_TRIMMED,
            sentence=Said(
                "{more} of the embedding table's {theirs} rows are missing.",
                more=more,
                theirs=theirs,
            ),
            fraction=round(more / theirs, 4),
        )
    reason = Said(
        "No direction: the rows that only one table has are trained like the others: they may have"
        " been added there or taken away from the other."
    )
    if new:
        reason = Said(
            "No direction: the rows that only one table has lie near the mean row: they may be new"
            " there, or unused rows that were taken away from the other."
        )
    return Origin(derivation=derivation, reasons=(reason,))


def _reordered(share: float, sentence: Said) -> Origin:
    return Origin(
        derivation=Derivation(
            kind=DerivationKind.VOCABULARY_REORDERED,
            sentence=sentence,
            fraction=round(share, 4),
        )
    )


def _swapped(tables: Tables, kept: float) -> Origin:
    sentence = Said(
        "{share:share} of the embedding rows belong to other tokens or start anew.", share=1 - kept
    )
    if tables.lost >= bars().few_rows:
        sentence = Said(
            "{lost:share} of the token strings are not the reference's; of the others"
            " {agree:share} keep their rows.",
            lost=tables.lost,
            agree=tables.agree,
        )
    return Origin(
        derivation=Derivation(
            kind=DerivationKind.VOCABULARY_SWAPPED,
            sentence=sentence,
            fraction=round(1 - kept, 4),
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
