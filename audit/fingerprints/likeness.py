# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
r"""Tests two fingerprints against the nulls of the weights that they were drawn from.

Null hypothesis, everywhere: the two models come from independent random initialisations.

Notes
-----
**Columns.** Rows were drawn together with public signs ``S``, so :math:`(S X)^\top (S Y)` estimates
:math:`X^\top Y`; a relabelling of the residual dimensions acts on ``S X`` as on ``X``. So
B1, B2 and B3 run on the draws as they run on weights, with the same exact permutation null.
**Answers.** With the gain folded in, :math:`W E^\top T` (rows of a layer against drawn sums ``T``
of token rows, or of queries and keys of the layer) is the same in every basis of the residual
stream, whatever its width. Neurons, and values inside a head, are exchangeable given what asks
them, so their permutation null is exact as in B5.
**Cost.** Power alone: a draw of ``k`` rows of width ``d`` has a standard error of
:math:`1/\sqrt{k d}` for a correlation of the weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from audit import rules
from audit.fingerprints.document import STEP, Fingerprint
from audit.fingerprints.opened import Opened, common, paired
from audit.fingerprints.values import Shared, equal_values, lengths_apart
from audit.record.absent import Absent
from audit.record.said import Said
from audit.record.weights import PKind
from audit.weights.nulls.alignment import Alignment, aligned
from audit.weights.nulls.columns import Scores
from audit.weights.nulls.exchangeable import Structure
from audit.weights.nulls.matching import ColumnMap, match_columns
from audit.weights.nulls.permutation import (
    Agreement,
    log10_agreement_bound,
    smallest_found,
)
from audit.weights.nulls.units import rows_agree
from audit.weights.pairing.block import Block, Pair
from audit.weights.pairing.withdrawal import WHY
from audit.weights.statistics.norm_vectors import norm_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

NORMS, TABLES, LAYERS, EMBEDDINGS = "norms", "tables", "layers", "embeddings"
ROWS, HEADS = "rows-by-tokens", "rows-by-heads"
STORED = (NORMS, TABLES, LAYERS, EMBEDDINGS)
"""What is tested in the order in which residual dimensions are stored."""
MOST_DIMENSIONS = 2048
TURNED = (ROWS, HEADS)
"""What is tested in any basis."""
PARTS = {
    NORMS: Said("gains and biases"),
    TABLES: Said("tables outside the layers"),
    LAYERS: Said("matrices of the layers"),
    EMBEDDINGS: Said("columns of the embedding table"),
    ROWS: Said("rows of the layers, by tokens, in any basis"),
    HEADS: Said("rows of the layers, by queries and keys, in any basis"),
}
"""What each part is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One test of one part; ``log10_p`` is not corrected.

    ``counts`` says that the effect is large enough to count. ``smallest`` is the least correlation
    that it would have found at ``bar``; ``None`` where no formula gives it. ``second`` is the log10
    probability of the second strongest role alone, of a test that sums several.
    """

    part: str
    kind: PKind
    log10_p: float
    effect: float
    units: int
    counts: bool
    second: float | None = None
    found: Agreement | None = field(default=None, repr=False)

    def smallest(self, bar: float) -> float | None:
        """Smallest correlation that this test finds at a log10 probability of ``bar``."""
        if self.found is None:
            return None
        return smallest_found(self.found, rules.weight_thresholds().min_correlation, bar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What two fingerprints have in common.

    ``equal`` is what the first one has of the other's values in one order, up to a cast; ``moved``
    what it has in another order. Neither has a p-value.
    ``absent`` says of a part why there is no test of it.
    """

    rows: tuple[Row, ...]
    absent: tuple[tuple[str, Said], ...]
    equal: Shared
    moved: Shared
    relabelled: bool
    """Whether most columns of the tables match each other, in another order."""
    lengths: float | None
    """How far the lengths of neurons lie apart, in the errors of so many neurons; see ALIKE."""

    @property
    def tests(self) -> int:
        """How many tests were computed."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class _Same:
    """The map that undoes nothing."""

    def undo(self, suspect: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
        return suspect, reference


def likeness(own: Fingerprint, other: Fingerprint) -> Likeness:
    """Run every test that both fingerprints allow, under every layer map."""
    a, b = Opened(own), Opened(other)
    table = _table(a, b)
    found: list[tuple[str, Row | Absent]] = [(EMBEDDINGS, _embeddings(table))]
    for pairs in paired(a, b):
        found += [*_stored(a, b, pairs), *_answered(a, b, pairs)]
    rows = dict.fromkeys(row for _, row in found if isinstance(row, Row))  # each counted once
    known = {row.part for row in rows}
    absent = {part: no.reason for part, no in found if isinstance(no, Absent) and part not in known}
    equal, moved = equal_values(own, other)
    return Likeness(
        rows=tuple(rows),
        absent=tuple(absent.items()),
        equal=equal,
        moved=moved,
        lengths=lengths_apart(a, b),
        relabelled=not isinstance(table, Absent) and table.is_confident and not table.in_order,
    )


def _stored(a: Opened, b: Opened, pairs: Sequence[Pair]) -> Iterator[tuple[str, Row | Absent]]:
    """B1 and B2, and the count of columns that find themselves: in the stored order alone."""
    if (why := _why_not_stored(a, b)) is not None:
        yield from ((part, why) for part in (NORMS, TABLES, LAYERS))
        return
    labelled = _labelled(a, b) is not None
    if not labelled and not common(a, b):
        blocks = [_vectors(pair, a, b) for pair in pairs if pair.is_vector]
        yield NORMS, _permuted(NORMS, norm_vectors(blocks))
    for part, inside in ((TABLES, False), (LAYERS, True)):
        chosen = [p for p in pairs if not p.is_vector and (p.suspect.layer is not None) is inside]
        if inside or not labelled:
            yield from ((part, found) for found in _columns(part, chosen, a, b))


def _why_not_stored(a: Opened, b: Opened) -> Absent | None:
    """Why residual dimensions cannot be compared one by one."""
    own, other = a.found.header.width, b.found.header.width
    if own is None or other is None:
        return Absent(Said("no residual stream is known of one of the two"))
    if own != other:
        return Absent(
            Said("the residual streams differ in width ({own} and {other})", own=own, other=other)
        )
    if Structure.GROUPS in common(a, b):
        return Absent(WHY[Structure.GROUPS])
    return None


def _labelled(a: Opened, b: Opened) -> Absent | None:
    told = a.found.header.labelled or b.found.header.labelled
    if told is None:
        return None
    return Absent(Said("residual dimensions are distinguishable: {told}", told=told))


def _vectors(pair: Pair, a: Opened, b: Opened) -> Block:
    own, other = a.part(pair.suspect).vector, b.part(pair.reference).vector
    return Block(
        pair=pair,
        suspect=a.tensor("vectors", own or 0, (own or 0) + 1)[:, :: _step(a, b)],
        reference=b.tensor("vectors", other or 0, (other or 0) + 1)[:, :: _step(a, b)],
        identical=0,
        dropped=0,
    )


def _step(a: Opened, b: Opened) -> int:
    """Of wide models every so many-th dimension is compared: the cost grows with the square.

    Across widths all are: which is which is asked there.
    """
    own, other = a.found.header.width or 1, b.found.header.width or 1
    return -(-own // MOST_DIMENSIONS) if own == other else 1


def _columns(part: str, pairs: Sequence[Pair], a: Opened, b: Opened) -> Iterator[Row | Absent]:
    """B2 over all matrices, in both readings; beside it, how the second strongest role agrees."""
    roles: dict[str, list[tuple[int, int]]] = {}
    for pair in pairs:
        places = a.part(pair.suspect).matrix, b.part(pair.reference).matrix
        if places[0] is not None and places[1] is not None:
            roles.setdefault(pair.role, []).append((places[0], places[1]))
    scores = [_scores(places, a, b) for places in roles.values()]
    if not scores:
        yield Absent(Said("nothing could be paired"))
        return
    found = aligned(sum(scores[1:], scores[0]))
    if isinstance(found, Absent):
        yield found
        return
    each = sorted(
        one.permutation.log10_p for one in map(aligned, scores) if isinstance(one, Alignment)
    )
    second = each[1] if len(each) > 1 else 0.0
    whole = _permuted(part, found)
    counted = log10_agreement_bound(found.agreeing)
    for row in (whole, _counted(part, found.agreeing / found.n, found.n, counted)):
        yield replace(row, second=second) if isinstance(row, Row) else row


def _scores(places: Sequence[tuple[int, int]], a: Opened, b: Opened) -> Scores:
    """Sum the products of columns over some matrices: one for each pair of dimensions."""
    import torch

    mine, theirs = (one.found.arrays["columns"][..., :: _step(a, b)] for one in (a, b))
    directions = min(mine.shape[1], theirs.shape[1])
    sides = [
        torch.from_numpy(array[[p[side] for p in places], :directions]).float().flatten(0, 1)
        for side, array in enumerate((mine, theirs))
    ]
    scores = sides[0].T @ (sides[1] / (STEP * STEP * directions))
    return Scores(values=scores, blocks=len(places))


def _table(a: Opened, b: Opened) -> ColumnMap | Absent:
    """Match the columns of both tables, rows drawn by token string, else by number."""
    if (why := _labelled(a, b)) is not None:
        return why
    if Structure.GROUPS in common(a, b):
        return Absent(WHY[Structure.GROUPS])
    if (name := _shared("tokens", "numbered", a, b)) is None:
        return Absent(Said("no embedding tables could be paired"))
    directions = min(one.found.arrays[name].shape[0] for one in (a, b))
    step = _step(a, b)
    return match_columns(*(one.tensor(name, 0, directions)[:, ::step] for one in (a, b)))


def _embeddings(found: ColumnMap | Absent) -> Row | Absent:
    """B3: which dimension of one table is which of the other, in its order or in a part of it."""
    if isinstance(found, Absent):
        return found
    return _counted(EMBEDDINGS, found.effect, found.width, found.log10_p)


def _answered(a: Opened, b: Opened, pairs: Sequence[Pair]) -> Iterator[tuple[str, Row | Absent]]:
    """Rows of layers by what they answer to tokens and to heads, in any basis, across widths."""
    tokens = _shared("answers-tokens", "answers-numbered", a, b)
    for part, name in ((ROWS, tokens), (HEADS, _shared("answers-heads", "answers-heads", a, b))):
        if name is None:
            yield part, Absent(Said("the rows of the layers were not asked the same questions"))
        else:
            blocks = [x for pair in pairs if (x := _answers(pair, name, a, b)) is not None]
            yield part, _permuted(part, rows_agree(blocks, _Same()))


def _shared(first: str, second: str, a: Opened, b: Opened) -> str | None:
    """By what both know their tokens: by string, else by number."""
    both = a.found.arrays.keys() & b.found.arrays.keys()
    return next((name for name in (first, second) if name in both), None)


def _answers(pair: Pair, name: str, a: Opened, b: Opened) -> Block | None:
    own, other = a.part(pair.suspect).rows, b.part(pair.reference).rows
    if own is None or other is None:
        return None
    count = min(own[1] - own[0], other[1] - other[0])
    questions = min(one.found.arrays[name].shape[1] for one in (a, b))
    return Block(
        pair=pair,
        suspect=a.tensor(name, own[0], own[0] + count)[:, :questions],
        reference=b.tensor(name, other[0], other[0] + count)[:, :questions],
        identical=0,
        dropped=0,
    )


def _permuted(part: str, found: Agreement | Absent) -> Row | Absent:
    """Return the row of a permutation test: exact moments, normal tail."""
    if isinstance(found, Absent):
        return found
    return Row(
        part=part,
        kind=PKind.ASYMPTOTIC,
        log10_p=found.permutation.log10_p,
        effect=found.correlation,
        units=found.n,
        counts=found.correlation >= rules.weight_thresholds().min_correlation,
        found=found,
    )


def _counted(part: str, share: float, width: int, log10_p: float) -> Row:
    """Return the row of a count that needs no limit theorem."""
    return Row(
        part=part,
        kind=PKind.EXACT,
        log10_p=log10_p,
        effect=share,
        units=width,
        counts=share >= rules.weight_thresholds().min_matched_fraction,
    )
