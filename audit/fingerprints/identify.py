# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Asks many fingerprints about one model, and answers for all of them together.

Every p-value is multiplied by the number of fingerprints in the library and by the tests of its
pair, so that the chance that any independent member is named is at most ``10 ** BAR``, whoever
filled the library and however many copies of one model it holds (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

from audit import rules
from audit.errors import UsageError
from audit.fingerprints.likeness import (
    EMBEDDINGS,
    LAYERS,
    NORMS,
    STORED,
    TABLES,
    TURNED,
    Likeness,
    Row,
    likeness,
)
from audit.fingerprints.values import ALIKE
from audit.record.library import Standing
from audit.record.said import Said
from audit.record.weights import PKind

if TYPE_CHECKING:
    from audit.fingerprints.document import Fingerprint, Header

BAR = -6.0
"""log10 of the family-wise error over all members of a library."""
_SECOND = -3.0
"""log10 of the chance of what the second strongest role shows, where the layers are to count."""
TOLD = {
    NORMS: Said("gains and biases"),
    TABLES: Said("tables outside the layers"),
    LAYERS: Said("matrices of one kind in the layers"),
}
IN_FULL = 32
"""Members that are tested in full, the nearest by the index first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One member and what was found of it.

    ``log10_p`` is corrected; ``None`` without a test. ``closeness``, by which relatives are ranked,
    is the share of equal values or the correlation of the layers (of what their rows answer, if
    that is more) where they agree, else of the tables. ``parts`` agree beyond the bar.
    ``smallest`` is the least correlation that would have been found in the stored order, and
    ``turned`` in any other basis.
    """

    sha256: str
    header: Header
    standing: Standing
    log10_p: float | None
    kind: PKind
    closeness: float
    parts: tuple[str, ...]
    equal: float
    moved: float
    smallest: float | None
    turned: float | None
    reasons: tuple[Said, ...]
    rows: tuple[Row, ...]
    is_proven: bool
    """Whether an exact test inside the layers, or equal values, show that it is related."""

    @property
    def name(self) -> str:
        """What the fingerprint says that it is of."""
        return self.header.published or self.header.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a library says of one model.

    ``members`` were in it, ``candidates`` were tested in full, the others by no test; ``damaged``
    could not be read (digest and reason).
    """

    subject: Fingerprint
    members: int
    candidates: tuple[Candidate, ...]
    damaged: tuple[tuple[str, str], ...] = ()

    def of(self, *standings: Standing) -> tuple[Candidate, ...]:
        """Candidates of some standing, the closest first."""
        return tuple(c for c in self.candidates if c.standing in standings)

    @property
    def related(self) -> tuple[Candidate, ...]:
        """Members that are not independent of the model."""
        return self.of(Standing.SAME, Standing.RELATED)

    @property
    def is_decided(self) -> bool:
        """Whether a relative was found, or nothing was seen wherever members could be asked.

        What was not tested is not clean.
        """
        tested = len(self.candidates) == self.members and not self.of(Standing.UNDECIDED)
        return bool(self.related) or (tested and bool(self.of(Standing.UNSEEN)))


def identify(
    subject: Fingerprint,
    members: Sequence[str],
    read: Callable[[str], Fingerprint],
    *,
    among: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Answer:
    """Test a model against ``members``, as ``read`` gives them, of a library of ``among``."""
    found, damaged = [], []
    for member in members:
        try:
            other = read(member)
        except UsageError as error:
            damaged.append((member, error.message))
        else:
            found.append(judged(subject, other, among))
        advance(1)
    order = list(Standing)
    found.sort(key=lambda c: (order.index(c.standing), -c.closeness, c.log10_p or 0.0, c.sha256))
    return Answer(subject=subject, members=among, candidates=tuple(found), damaged=tuple(damaged))


def judged(subject: Fingerprint, other: Fingerprint, among: int, bar: float = BAR) -> Candidate:
    """Test one member, and say what that shows among so many; ``bar`` is a log10 probability."""
    found = likeness(subject, other)
    tried = log10(max(1, among) * max(1, found.tests))
    beyond = [r for r in found.rows if r.counts and r.log10_p + tried <= bar]
    best = min(beyond or found.rows, key=lambda r: r.log10_p, default=None)
    smallest, turned = (_least(found.rows, of, bar - tried) for of in ((LAYERS,), TURNED))
    standing, reasons = _standing(found, beyond, tried, (smallest, turned))
    if standing is Standing.UNSEEN and subject.header.unread + other.header.unread:
        standing = Standing.UNDECIDED
        reasons = (Said("files of weights were not read when a fingerprint was made"),)
    return Candidate(
        sha256=other.sha256,
        header=other.header,
        standing=standing,
        log10_p=None if best is None else min(0.0, best.log10_p + tried),
        kind=PKind.NONE if best is None else best.kind,
        closeness=max(found.equal.share, _closeness(beyond)),
        parts=tuple(dict.fromkeys(row.part for row in beyond)),
        equal=found.equal.share,
        moved=found.moved.share,
        smallest=smallest,
        turned=turned,
        reasons=reasons,
        rows=found.rows,
        is_proven=found.equal.counts or any(_founds(r) and r.part != EMBEDDINGS for r in beyond),
    )


def _standing(
    found: Likeness, beyond: Sequence[Row], tried: float, seen: tuple[float | None, float | None]
) -> tuple[Standing, tuple[Said, ...]]:
    """Decide from values, then from tests, then from what the tests could have seen."""
    bars = rules.weight_thresholds()
    if found.equal.share >= bars.copy_coverage and found.equal.counts:
        return Standing.SAME, ()
    if parts := {row.part for row in beyond if _founds(row)}:
        tables = Said("only tables outside the layers agree: of the layers nothing was seen")
        return Standing.RELATED, (() if parts - {EMBEDDINGS} else (tables,))
    if found.equal.counts:
        return Standing.RELATED, ()
    if found.moved.counts:
        return Standing.RELATED, (
            Said("matrices hold the same values in another order, for which there is no p-value"),
        )
    if reasons := tuple(_doubts(found, beyond, tried)):
        return Standing.UNDECIDED, reasons
    return _power(found, *(one is not None and one <= bars.max_control_correlation for one in seen))


def _power(found: Likeness, stored: bool, turned: bool) -> tuple[Standing, tuple[Said, ...]]:
    """Say what silence is worth, of tests that could see in the stored basis and in any other."""
    if stored and turned:
        return Standing.UNSEEN, ()
    parts = TURNED if stored else STORED if turned else (*STORED, *TURNED)
    few = Said("too little is drawn of the two to have seen a relative")
    why = tuple(dict.fromkeys(text for part, text in found.absent if part in parts)) or (few,)
    if not stored:
        return Standing.NOT_ASKED, why
    only = Said("they were compared in the stored basis only: {why:semicolons}", why=why)
    return Standing.UNDECIDED, (only,)


def _founds(row: Row) -> bool:
    """Whether what agrees beyond the bar can name a relative by itself.

    Norms start from constants; a table, or one kind of matrix, anybody may have drawn from one
    seed, or computed.
    """
    if row.part in (NORMS, TABLES):
        return False
    return row.part != LAYERS or (row.second is not None and row.second <= _SECOND)


def _doubts(found: Likeness, beyond: Sequence[Row], tried: float) -> Iterable[Said]:
    """What is more than chance gives and less than a finding."""
    if found.relabelled:
        yield Said("the columns of the two tables match each other, in another order")
    if beyond:
        yield Said("only {parts} agree", parts=tuple(dict.fromkeys(TOLD[r.part] for r in beyond)))
    elif any(r.log10_p + tried <= rules.weight_thresholds().alpha_none for r in found.rows):
        yield Said("something agrees more than by chance, and less than is asked for")
    if found.lengths is not None and found.lengths <= ALIKE:
        yield Said("neurons are as long as in a child in another order and basis")
    if found.equal.matrices + found.moved.matrices:
        yield Said("a few matrices hold the same values")


def _least(rows: Iterable[Row], parts: tuple[str, ...], bar: float) -> float | None:
    found = [least for r in rows if r.part in parts and (least := r.smallest(bar)) is not None]
    return min(found, default=None)


def _closeness(beyond: Sequence[Row]) -> float:
    """Correlation of the layers where they agree, else of the tables: at most one."""
    told = [r for r in beyond if r.kind is PKind.ASYMPTOTIC and r.part != NORMS]
    inside = [r for r in told if r.part in (LAYERS, *TURNED)]
    return min(1.0, max((r.effect for r in inside or told), default=0.0))
