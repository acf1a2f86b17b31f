# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Whether a named person has reviewed the conclusion, and how often the method was wrong.

Both stand beside every conclusion, whichever way it points: a clearance that nobody looked at is
no better than an accusation that nobody looked at.
"""

from dataclasses import dataclass

from audit.record.custody import Response
from audit.record.document import AuditRecord
from audit.record.weights import Comparison, PKind, Relation
from audit.report.intervals import clopper_pearson
from audit.report.view_evidence import is_calibrated
from audit.report.wording import band, clip, words
from audit.rules import ErrorRate
from audit.text.numbers import counted, share, upper_share

_SHORT = 12
"""Digits of a fingerprint on the first page; section 15 has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """The reviewer's line, and the mark that stands in their place.

    ``mark`` is one word for the running head and ``warning`` the sentence of the first page; both
    are empty once a reviewer has signed, or where nothing was concluded about weights.
    """

    mark: str
    warning: str
    reviewer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """One measured error rate with its exact 95 % interval."""

    what: str
    counted: str
    interval: str
    population: str


def review(record: AuditRecord, responses: tuple[Response, ...]) -> ReviewView:
    """Say who reviewed, or mark the report.

    ``responses`` are those whose signatures hold; see :mod:`audit.signing.attestation.response`.
    """
    reviewers = [r for r in responses if r.role == "reviewer"]
    if reviewers:
        said = (
            f"{clip(r.signer.name, 80)} (key {r.signer.fingerprint[:_SHORT]}…), {r.made_at[:10]}"
            for r in reviewers
        )
        return ReviewView(mark="", warning="", reviewer="; ".join(said))
    if not concludes(record):
        return ReviewView(mark="", warning="", reviewer="Not reviewed.")
    return ReviewView(
        mark=words().unreviewed.label,
        warning=words().unreviewed.meaning,
        reviewer="Not reviewed.",
    )


def concludes(record: AuditRecord) -> bool:
    """Whether something was concluded about weights, in either direction."""
    return any(c.relation is not Relation.INCONCLUSIVE for c in record.comparisons)


def error_sentence(comparison: Comparison, rates: tuple[ErrorRate, ...]) -> str:
    """Say how often the method was wrong about such a conclusion, with the upper bound.

    Of a calibrated conclusion the bound is that of its own controls. ``rates`` are empty where
    the rules that are installed are not those of the record.
    """
    if comparison.relation is Relation.INCONCLUSIVE:
        return ""
    if comparison.p_kind is PKind.CALIBRATED:
        return calibrated_sentence(comparison)
    cleared = comparison.relation is Relation.NO_SHARED_WEIGHTS
    concern = "unrelated" if cleared else "related"
    wrong = "related pairs were missed" if cleared else "independent pairs were called related"
    measured = [rate for rate in rates if rate.concerns == concern]
    if not measured:
        return "How often the method is wrong is not stated: the rules installed are other ones."
    errors, trials = sum(r.errors for r in measured), sum(r.of for r in measured)
    upper = clopper_pearson(errors, trials)[1]
    return (
        f"On models of known history {errors} of {trials} {wrong}; the rate is at most "
        f"{upper_share(upper)} (95 % confidence for independent trials, section 11)."
    )


def grade_sentence(comparison: Comparison) -> str:
    """Return the grade of a conclusion on the scale of Annex A, or why it has none."""
    if comparison.log10_p is not None and comparison.p_kind is PKind.CALIBRATED:
        return _calibrated_grade(comparison)
    if comparison.log10_p is None or comparison.p_kind is PKind.NONE:
        return "Not graded: the scale of Annex A applies to exact and approximated probabilities."
    grade = band(comparison.log10_p).grade
    against = " against independent initialisation" * (not band(comparison.log10_p).silent)
    return f"On the scale of Annex A: {grade}{against}."


def _calibrated_grade(comparison: Comparison) -> str:
    """Say whether controls of this architecture stand behind a calibrated conclusion."""
    rows = [e for e in comparison.evidence if e.p_kind is PKind.CALIBRATED]
    if rows and all(is_calibrated(e, comparison) for e in rows):
        return (
            "Not graded: read against controls, it has no place on the scale of Annex A, and by "
            "itself it leaves the gate undecided at most."
        )
    return (
        "Not calibrated: none of the controls has the architecture of the audited model. By "
        "itself this leaves the gate undecided at most."
    )


def calibrated_sentence(comparison: Comparison) -> str:
    """Say how many controls a calibrated conclusion was read against, and what they bound."""
    rows = [e for e in comparison.evidence if e.p_kind is PKind.CALIBRATED and e.controls]
    if not rows:
        return "Not calibrated: no control comparison stands behind this reading."
    fewest = min(rows, key=lambda e: e.controls or 0)
    bound = 1.0 if fewest.error_bound is None else fewest.error_bound
    return (
        f"None of {counted(fewest.controls or 0, 'comparison')} of control models agreed this "
        f"strongly: if they are independent, the error rate is at most {upper_share(bound)} (95 % "
        "confidence)."
    )


def rate_rows(rates: tuple[ErrorRate, ...]) -> tuple[RateRow, ...]:
    """Return the measured error rates for the methods section."""
    return tuple(_rate(rate) for rate in rates)


def _rate(rate: ErrorRate) -> RateRow:
    lower, upper = clopper_pearson(rate.errors, rate.of)
    return RateRow(
        what=f"{rate.what[:1].upper()}{rate.what[1:]}",
        counted=f"{rate.errors} of {rate.of}",
        interval=f"{share(lower)} to {upper_share(upper)}",
        population=f"{rate.population}.",
    )
