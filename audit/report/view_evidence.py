# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A row of weight evidence: its place in the order, its numbers, and how it reads.

A reader wants the strongest evidence first and must not mix up warrants; single roles, which
are details of a part, come last.
"""

from dataclasses import dataclass
from math import log10

from audit import rules
from audit.record.weights import Comparison, Evidence, Outcome, PKind
from audit.report.wording import band, clip, method
from audit.text.numbers import count, decimal, logarithm, share, upper_share

NO_VALUE = "–"
OUTCOMES = {Outcome.NOT_APPLICABLE: "not applicable", Outcome.FAILED: "failed"}
"""Words of the outcomes that are no result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One computed test on one scope."""

    test: str
    scope: str
    n: str
    statistic: str
    log10_p: str
    effect: str
    upper: str
    reading: str


def table_order(evidence: Evidence) -> tuple[bool, int, float, float, str, str]:
    """Parts before single roles, exact before approximate, then the strongest first."""
    return (
        is_single_role(evidence),
        list(PKind).index(evidence.p_kind),
        0.0 if evidence.log10_p is None else evidence.log10_p,
        0.0 if evidence.effect is None else -evidence.effect,
        evidence.test,
        evidence.scope,
    )


def row(evidence: Evidence, split: set[str], comparison: Comparison) -> EvidenceRow:
    """Return one row; a part in ``split`` has its roles listed elsewhere and not here."""
    upper, log10_p = evidence.effect_upper, capped(evidence)
    return EvidenceRow(
        test=method(evidence.test).name,
        scope=part(evidence) if evidence.scope in split else scope(evidence),
        n=NO_VALUE if evidence.n is None else count(evidence.n),
        statistic=NO_VALUE if evidence.statistic is None else decimal(evidence.statistic),
        log10_p=NO_VALUE if log10_p is None else logarithm(log10_p),
        effect=NO_VALUE if evidence.effect is None else share(evidence.effect),
        upper=NO_VALUE if upper is None else upper_share(upper),
        reading=reading(evidence, comparison),
    )


def capped(evidence: Evidence) -> float | None:
    """Return log10 of the p-value, of a calibrated test never below what its controls allow.

    With k controls that did not reach a score, no p-value below 1/(k + 1) can be stated
    (Phipson and Smyth 2010), whatever a record says.
    """
    if evidence.log10_p is None or evidence.p_kind is not PKind.CALIBRATED:
        return evidence.log10_p
    return max(evidence.log10_p, -log10((evidence.controls or 0) + 1))


def is_graded(evidence: Evidence) -> bool:
    """Tell a row that has a place on the scale of Annex A."""
    return evidence.log10_p is not None and evidence.p_kind is not PKind.CALIBRATED


def part(evidence: Evidence) -> str:
    """Name the part or role that a test looked at."""
    return "whole model" if evidence.scope == "model" else clip(evidence.scope, 60)


def scope(evidence: Evidence) -> str:
    """Name the part or role that a test looked at, and the roles if several are inside it."""
    if is_single_role(evidence) or len(evidence.roles) < 2:
        return part(evidence)
    return f"{part(evidence)} ({clip(', '.join(evidence.roles), 80)})"


def is_single_role(evidence: Evidence) -> bool:
    """Tell a row about one role (``attention/attn.q``) from one about a whole part."""
    return "/" in evidence.scope


def reading(evidence: Evidence, comparison: Comparison) -> str:
    """Return the grade of one row in one or two words; calibrated rows are not on the scale."""
    if evidence.log10_p is None or evidence.p_kind is PKind.NONE:
        return "no probability"
    if evidence.p_kind is PKind.CALIBRATED:
        return "calibrated" if is_calibrated(evidence, comparison) else "not calibrated"
    return band(evidence.log10_p).short


def is_calibrated(evidence: Evidence, comparison: Comparison) -> bool:
    """Whether controls of the audited model's architecture stand behind a calibrated row.

    Controls of this audit are of its kind by the user's word; shipped ones state theirs.
    """
    shipped = [p for p in rules.calibration().populations if p.test == evidence.test]
    own = (evidence.controls or 0) - sum(p.controls for p in shipped)
    fitting = any(comparison.family_suspect in p.families for p in shipped)
    return bool(evidence.controls) and (fitting or own > 0)
