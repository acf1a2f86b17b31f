# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One row of weight evidence in words: its place in the order, its numbers, how it reads.

A reader wants the strongest evidence first and must not mix up warrants; single roles, which
are details of a part, come last.
"""

from collections.abc import Callable
from math import log10

from audit.record.said import Said
from audit.record.texts import Population
from audit.record.weights import Comparison, Evidence, Outcome, PKind
from audit.report.words.texts import NO_VALUE, clip, prose
from audit.report.words.wording import band, method

OUTCOMES = {Outcome.NOT_APPLICABLE: Said("not applicable"), Outcome.FAILED: Said("failed")}
"""Words of the outcomes that are no result."""


def computed(comparison: Comparison) -> list[Evidence]:
    """Return the rows with a result: parts before single roles, the strongest first."""
    found = (e for e in comparison.evidence if e.outcome is Outcome.COMPUTED)
    return sorted(found, key=_table_order)


def _table_order(evidence: Evidence) -> tuple[bool, int, float, float, str, str]:
    return (
        is_single_role(evidence),
        list(PKind).index(evidence.p_kind),
        0.0 if evidence.log10_p is None else evidence.log10_p,
        0.0 if evidence.effect is None else -evidence.effect,
        evidence.test,
        evidence.scope,
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
    """Tell a row that has a place on the scale of the glossary."""
    return evidence.log10_p is not None and evidence.p_kind is not PKind.CALIBRATED


def is_single_role(evidence: Evidence) -> bool:
    """Tell a row about one role (``attention/attn.q``) from one about a whole part."""
    return "/" in evidence.scope


def correlation(comparison: Comparison, scope: str) -> float | None:
    """Return how closely the values of a part correspond, by the tests whose size is that."""
    sizes = (
        e.effect
        for e in computed(comparison)
        if e.scope == scope and str(method(e.test).effect).startswith("correlation")
    )
    return max((size for size in sizes if size is not None), default=None)


def test_name(evidence: Evidence) -> Said:
    """Name a test in words."""
    return prose(method(evidence.test).name)


def part(evidence: Evidence) -> str:
    """Name the part or role that a test looked at."""
    return Said("whole model") if evidence.scope == "model" else part_name(evidence.scope)


def part_name(scope: str) -> str:
    """Name a part of a model, or a role of one."""
    return clip(scope if "/" in scope else prose(scope), 60)


def scope(evidence: Evidence) -> str:
    """Name the part or role that a test looked at, and the roles if several are inside it."""
    if is_single_role(evidence) or len(evidence.roles) < 2:
        return part(evidence)
    roles = clip(", ".join(evidence.roles), 80)
    return Said("{part} ({roles})", part=part(evidence), roles=roles)


def reading(
    evidence: Evidence, comparison: Comparison, populations: tuple[Population, ...]
) -> Said:
    """Return the grade of one row in one or two words; calibrated rows are not on the scale."""
    if evidence.log10_p is None or evidence.p_kind is PKind.NONE:
        return Said("no probability")
    if evidence.p_kind is PKind.CALIBRATED:
        fitting = is_calibrated(evidence, comparison, populations)
        return Said("calibrated" if fitting else "not calibrated")
    return prose(band(evidence.log10_p).short)


def is_calibrated(
    evidence: Evidence, comparison: Comparison, populations: tuple[Population, ...]
) -> bool:
    """Whether controls of the audited model's architecture stand behind a calibrated row.

    Controls of this audit are of its kind by the user's word; shipped ones state theirs.
    """
    shipped = [p for p in populations if p.test == evidence.test]
    own = (evidence.controls or 0) - sum(p.controls for p in shipped)
    fitting = any(comparison.family_suspect in p.families for p in shipped)
    return bool(evidence.controls) and (fitting or own > 0)


def number(value: float | None, write: Callable[[float], str]) -> str:
    """Write a number, or a dash where there is none."""
    return NO_VALUE if value is None else write(value)
