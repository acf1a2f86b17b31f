# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What one comparison established, in the sentences that page, section and terminal share.

The tests are symmetric. A direction, where there is one, comes from containment; whatever
says a direction therefore also says what it rests on.
"""

import re
from dataclasses import dataclass

from audit.record.document import AuditRecord
from audit.record.weights import Comparison, PKind, Relation
from audit.report.view_review import error_sentence, grade_sentence
from audit.report.wording import (
    DirectionWords,
    clip,
    quoted,
    relation_words,
    strength_sentence,
    words,
)
from audit.rules import ErrorRate

_GRADED = (PKind.EXACT, PKind.ASYMPTOTIC)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """One reference in the evidence box.

    ``label`` is the relation; ``heading`` is the relation with the reference's name, for
    lists of several; ``sentence`` says the relation, ``strength`` how strongly it is
    established or bounded, ``grade`` its words on the scale, ``error`` how often the
    method is wrong, ``details`` the kind of change and the direction, where known.
    """

    label: str
    heading: str
    sentence: str
    strength: str
    grade: str
    error: str
    details: str


def strongest_first(record: AuditRecord) -> tuple[Comparison, ...]:
    """Order comparisons by what they found, then by the strength of the evidence."""
    order = list(Relation)
    return tuple(
        sorted(
            record.comparisons,
            key=lambda c: (order.index(c.relation), 0.0 if c.log10_p is None else c.log10_p),
        )
    )


def evidence_line(comparison: Comparison, rates: tuple[ErrorRate, ...] = ()) -> EvidenceLine:
    """Say in a few sentences what one comparison established, and how often that is wrong."""
    relation = relation_words(comparison)
    names = _names(comparison)
    return EvidenceLine(
        label=relation.label,
        heading=f"{relation.label}: {names['reference']}",
        sentence=relation.verdict.format(**names),
        strength=_strength(comparison),
        grade=grade_sentence(comparison) if comparison.p_kind in _GRADED else "",
        error=error_sentence(comparison, rates),
        details=_details(comparison),
    )


def _names(comparison: Comparison) -> dict[str, str]:
    return {
        "suspect": quoted(comparison.suspect, 44),
        "reference": quoted(comparison.reference, 44),
    }


def _strength(comparison: Comparison) -> str:
    """Return the strongest true sentence: a probability, a bound, or why there is neither."""
    summary = clip(comparison.summary, 260)
    if comparison.relation is Relation.INCONCLUSIVE:
        return summary
    if comparison.relation is Relation.NO_SHARED_WEIGHTS:
        bounds = [s for s in _SENTENCE.split(comparison.summary) if "99 %" in s]
        return clip(bounds[0], 260) if bounds else summary
    if comparison.log10_p is None or comparison.p_kind is PKind.NONE:
        return summary
    if comparison.p_kind is PKind.CALIBRATED:
        return "It is not an exact probability: it was read against control models."
    chance = strength_sentence(comparison.log10_p, comparison.p_kind)
    return f"{summary} {chance}" if comparison.relation is Relation.COPY else chance


def _details(comparison: Comparison) -> str:
    made = comparison.kind
    kind = f"Kind of change: {made.kind}. {clip(made.sentence, 200)}" if made else ""
    way = f"Direction: {direction(comparison)}." if comparison.direction else ""
    return " ".join(filter(None, (kind, way)))


def direction(comparison: Comparison) -> str:
    """Return the direction as a clause, ``from “a” to “b”``, or ``""`` if there is none."""
    return _direction_words(comparison).clause.format(**_names(comparison))


def direction_basis(comparison: Comparison) -> str:
    """Return the clause that says what the direction rests on."""
    if comparison.direction_reasons:
        reason = clip(comparison.direction_reasons[0], 260).rstrip(".")
        return reason.partition(": ")[2] or reason
    known = words().containment
    return known.get(comparison.relation.value, known["other"])


def _direction_words(comparison: Comparison) -> DirectionWords:
    stated = comparison.direction or ""
    foreign = clip(stated, 120).replace("{", "{{").replace("}", "}}")
    return words().directions.get(
        stated, DirectionWords(clause=foreign, source="the model named there")
    )


def main_limit(comparison: Comparison) -> str:
    """Return what a reader must know before using the conclusion."""
    if not comparison.direction:
        return relation_words(comparison).limit
    return words().directed.format(
        basis=direction_basis(comparison), source=_direction_words(comparison).source
    )


def limits(comparison: Comparison) -> tuple[str, ...]:
    """Return the comparison's limits; one on the direction comes first, if there is one."""
    return ((main_limit(comparison),) if comparison.direction else ()) + comparison.limits


def record_limits(record: AuditRecord) -> tuple[str, ...]:
    """Return the limits of the whole audit, with those on any direction first."""
    directed = dict.fromkeys(main_limit(c) for c in strongest_first(record) if c.direction)
    return (*directed, *record.limits)
