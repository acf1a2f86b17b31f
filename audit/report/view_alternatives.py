# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What else could explain the evidence, and the scale behind the report's adjectives."""

from dataclasses import dataclass

from audit.record.document import AuditRecord
from audit.record.weights import Outcome
from audit.report.wording import AlternativeWords, Band, words


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeView:
    """One alternative explanation and how far it was examined."""

    name: str
    text: str
    status: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleRow:
    """One line of the wording scale."""

    bound: str
    grade: str


def alternatives(record: AuditRecord) -> tuple[AlternativeView, ...]:
    """Say for each alternative explanation whether this audit examined it."""
    return tuple(_alternative(a, record) for a in words().alternatives)


def _alternative(alternative: AlternativeWords, record: AuditRecord) -> AlternativeView:
    wanted = set(alternative.tested_by)
    total = len(record.comparisons)
    done = sum(
        any(e.test in wanted and e.outcome is Outcome.COMPUTED for e in c.evidence)
        for c in record.comparisons
    )
    if not wanted:
        status, note = "Not testable from weights", alternative.untestable
    elif done:
        status = alternative.examined + f" for {done} of {total} references" * (done != total)
        note = alternative.tested
    else:
        status, note = "Not tested", "No test that speaks to this gave a result in this audit."
    return AlternativeView(name=alternative.name, text=alternative.text, status=status, note=note)


def scale() -> tuple[ScaleRow, ...]:
    """Return the wording scale of Annex A."""
    return tuple(ScaleRow(bound=_bound(b), grade=b.grade) for b in words().scale)


def _bound(entry: Band) -> str:
    return f"−{-entry.at_most:.0f} or below" if entry.at_most else "above that"
