# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What one comparison established, in the sentences that page, section and terminal share.

The tests are symmetric. A direction, where there is one, comes from containment; whatever
says a direction therefore also says what it rests on. How often the method was wrong stands
beside every conclusion, whichever way it points.
"""

import re

from audit.record.said import Argument, Said
from audit.record.texts import ErrorRate, RuleTexts
from audit.record.weights import Comparison, Component, PKind, Relation
from audit.report.outline import refer
from audit.report.words.evidence import is_calibrated
from audit.report.words.intervals import clopper_pearson
from audit.report.words.texts import NO_VALUE, amount, clip, prose, quoted, told
from audit.report.words.wording import DirectionWords, RelationWords, band, wording
from audit.text.warrant import STOP, warrant

_GRADED = (PKind.EXACT, PKind.ASYMPTOTIC)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_UNREMARKABLE = Said(
    "The strongest agreement that was seen is no more than independent models show by chance."
)
_NO_NUMBER = Said(
    "Values were compared directly or no test gave a number; no probability is stated."
)


def strongest_first(comparisons: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
    """Order comparisons by what they found, then by the strength of the evidence."""
    order = list(Relation)

    def rank(comparison: Comparison) -> tuple[int, float]:
        p = comparison.log10_p
        return order.index(comparison.relation), 0.0 if p is None else p

    return tuple(sorted(comparisons, key=rank))


def relation_words(found: Comparison | Component) -> RelationWords:
    """Return the words of a relation; those of a disguise depend on the warrant."""
    if found.relation is Relation.DISGUISED and found.p_kind is PKind.CALIBRATED:
        return wording().calibrated_disguise
    return wording().relations[found.relation.value]


def label(found: Comparison | Component) -> Said:
    """Name a relation."""
    return prose(relation_words(found).label)


def verdict(comparison: Comparison) -> Said:
    """Say the relation in one sentence with both names."""
    return Said(relation_words(comparison).verdict, **_names(comparison))


def _names(comparison: Comparison, limit: int = 60) -> dict[str, str]:
    return {
        "suspect": quoted(comparison.suspect, limit),
        "reference": quoted(comparison.reference, limit),
    }


def probability(log10_p: float | None, p_kind: PKind) -> tuple[Said, ...]:
    """Say what a p-value means, with its warrant, for a reader without statistics."""
    if log10_p is None or p_kind is PKind.NONE:
        return (_NO_NUMBER,)
    if p_kind is PKind.CALIBRATED:
        return (warrant(log10_p, p_kind),)
    tail = Said(", after correction for every test, component and reference tried")
    return (
        warrant(log10_p, p_kind, tail),
        Said("This is not the probability that the models are unrelated."),
    )


def chance(comparison: Comparison) -> tuple[Said, ...]:
    """Say what the p-value of a comparison means; without one say nothing."""
    p = comparison.log10_p
    if p is None or comparison.p_kind is PKind.NONE:
        return (_NO_NUMBER,)
    if comparison.relation is Relation.NO_SHARED_WEIGHTS and band(p).silent:
        return (_UNREMARKABLE,)
    return probability(p, comparison.p_kind)


def strength(comparison: Comparison) -> tuple[str, ...]:
    """Return the strongest true sentence: a probability, a bound, or why there is neither."""
    summary = told(comparison.summary, 260)
    if comparison.relation is Relation.NO_SHARED_WEIGHTS:
        return (_bound(comparison.summary) or summary,)
    p = comparison.log10_p
    if comparison.relation is Relation.INCONCLUSIVE or p is None or comparison.p_kind is PKind.NONE:
        return (summary,)
    if comparison.p_kind is PKind.CALIBRATED:
        return (Said("It is not an exact probability: it was read against control models."),)
    chance = warrant(p, comparison.p_kind)
    return (summary, chance) if comparison.relation is Relation.COPY else (chance,)


def briefly(comparison: Comparison) -> str:
    """Say in few words how sure a conclusion is, for a row among several."""
    p, kind = comparison.log10_p, comparison.p_kind
    if comparison.relation is Relation.NO_SHARED_WEIGHTS:
        return _bound(comparison.summary) or Said("no agreement beyond chance")
    if comparison.relation is Relation.INCONCLUSIVE:
        return clip(comparison.summary, 120)
    if p is None or kind is PKind.NONE:
        return Said("values compared directly")
    if kind is PKind.CALIBRATED:
        return Said("read against control models; not an exact probability")
    return Said("by chance: {odds}", odds=odds(comparison))


def odds(found: Comparison | Component) -> str:
    """Write a probability by chance, down to where the audit stops; exponents are annexes'."""
    p = found.log10_p
    if p is None or found.p_kind is PKind.NONE:
        return NO_VALUE
    if p < STOP and found.p_kind is not PKind.CALIBRATED:
        return Said("below {p:chance}", p=STOP)
    if band(p).silent:
        return Said("within chance")
    return Said("{p:chance}", p=p)


def _bound(summary: str) -> str:
    """Return the part of a summary that states a bound, if one does."""
    if isinstance(summary, Said):
        held = (v if isinstance(v, tuple) else (v,) for v in summary.arguments.values())
        parts = [a for args in held for a in args if isinstance(a, Said) and "99 %" in a]
        if parts:
            return clip(parts[0], 260)
        if summary.arguments and "99 %" in summary.message:
            return told(summary, 400)  # whole: a language knows no part of a message
    found = [part for part in _SENTENCE.split(summary) if "99 %" in part]
    return told(found[0], 260) if found else ""


def details(comparison: Comparison) -> tuple[str, ...]:
    """Say the kind of change and the direction, where they are known."""
    made, found = comparison.kind, []
    if made:
        found.append(
            Said(
                "Kind of change: {kind}. {sentence}",
                kind=prose(made.kind),
                sentence=told(made.sentence, 200),
            )
        )
    if comparison.direction:
        found.append(Said("Direction: {way}.", way=direction(comparison)))
    return tuple(found)


def direction(comparison: Comparison) -> str:
    """Return the direction as a clause, ``from “a” to “b”``; empty if there is none."""
    stated = comparison.direction or ""
    known = wording().directions.get(stated)
    return clip(stated, 120) if known is None else Said(known.clause, **_names(comparison, 44))


def direction_basis(comparison: Comparison) -> str:
    """Return the clause that says what the direction rests on."""
    if comparison.direction_reasons:
        first = prose(comparison.direction_reasons[0])
        label, colon, rest = first.message.partition(": ")
        if colon and label.isalpha():
            first = Said(rest, **first.arguments)
        return Said("{basis:clause}", basis=clip(first, 260))
    known = wording().containment
    return prose(known.get(comparison.relation.value, known["other"]))


def main_limit(comparison: Comparison) -> str:
    """Return what a reader must know before using the conclusion."""
    if not comparison.direction:
        return refer(relation_words(comparison).limit)
    unknown = DirectionWords(clause="", source="the model named there")
    source = wording().directions.get(comparison.direction, unknown).source
    return Said(wording().directed, basis=direction_basis(comparison), source=prose(source))


def limits(comparison: Comparison) -> tuple[str, ...]:
    """Return the comparison's limits; one on the direction comes first, if there is one."""
    own = tuple(told(limit, 400) for limit in comparison.limits)
    return ((main_limit(comparison),) if comparison.direction else ()) + own


def error(comparison: Comparison, rates: tuple[ErrorRate, ...]) -> str:
    """Say how often the method was wrong about such a conclusion, with the upper bound.

    Of a calibrated conclusion the bound is that of its own controls. ``rates`` are empty where
    the record does not hold them.
    """
    if comparison.relation is Relation.INCONCLUSIVE:
        return ""
    if comparison.p_kind is PKind.CALIBRATED:
        return _calibrated_error(comparison)
    cleared = comparison.relation is Relation.NO_SHARED_WEIGHTS
    measured = [r for r in rates if r.concerns == ("unrelated" if cleared else "related")]
    if not measured:
        return Said("How often the method is wrong is not stated: the record does not say it.")
    errors, trials = sum(r.errors for r in measured), sum(r.of for r in measured)
    return refer(
        "{wrong}: {counts:semicolons}. Together at most {upper:upper-share} (95 % confidence for "
        "independent trials, annex {methods}).",
        wrong=Said(
            "Related pairs of known history that were missed"
            if cleared
            else "Independent pairs of known history that were called related"
        ),
        counts=tuple(map(_counts, measured)),
        upper=clopper_pearson(errors, trials)[1],
    )


def _counts(rate: ErrorRate) -> Said:
    numbers: dict[str, Argument] = {"errors": rate.errors, "trials": rate.of}
    if rate.counted is None:
        return Said("{errors} of {trials}", **numbers)
    return Said("{errors} of {trials}, counted {how}", **numbers, how=rate.counted)


def _calibrated_error(comparison: Comparison) -> Said:
    """Say how many controls a calibrated conclusion was read against, and what they bound."""
    rows = [e for e in comparison.evidence if e.p_kind is PKind.CALIBRATED and e.controls]
    if not rows:
        return Said("Not calibrated: no control comparison stands behind this reading.")
    fewest = min(rows, key=lambda e: e.controls or 0)
    return Said(
        "None of {controls} of control models agreed this strongly: if they are independent, the "
        "error rate is at most {bound:upper-share} (95 % confidence).",
        controls=amount(fewest.controls or 0, "comparison"),
        bound=1.0 if fewest.error_bound is None else fewest.error_bound,
    )


def grade(comparison: Comparison, texts: RuleTexts) -> Said:
    """Return the grade of a conclusion on the scale of the glossary, or why it has none."""
    p = comparison.log10_p
    if p is not None and comparison.p_kind is PKind.CALIBRATED:
        return _calibrated_grade(comparison, texts)
    if p is None or comparison.p_kind not in _GRADED:
        return refer(
            "Not graded: the scale of annex {glossary} applies to exact and approximated "
            "probabilities."
        )
    words = prose(band(p).grade)
    if band(p).silent:
        return refer("On the scale of annex {glossary}: {grade}.", grade=words)
    return refer(
        "On the scale of annex {glossary}: {grade} against independent initialisation.", grade=words
    )


def is_on_the_scale(comparison: Comparison) -> bool:
    """Whether the conclusion rests on a probability that the scale is made for."""
    return comparison.p_kind in _GRADED


def _calibrated_grade(comparison: Comparison, texts: RuleTexts) -> Said:
    """Say whether controls of this architecture stand behind a calibrated conclusion."""
    rows = [e for e in comparison.evidence if e.p_kind is PKind.CALIBRATED]
    if rows and all(is_calibrated(e, comparison, texts.populations) for e in rows):
        return refer(
            "Not graded: read against controls, it has no place on the scale of annex {glossary}, "
            "and by itself it leaves the gate undecided at most."
        )
    return Said(
        "Not calibrated: none of the controls has the architecture of the audited model. By "
        "itself this leaves the gate undecided at most."
    )
