# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The table of weight tests: which rows stand together, in what order, and how they read.

A reader wants the strongest evidence first and must not mix up warrants, so that rows are
grouped by the kind of probability; single roles, which are details of a part, come last.
"""

from dataclasses import dataclass

from audit.report.wording import (
    band,
    clip,
    count,
    decimal,
    logarithm,
    method,
    share,
    upper_share,
    words,
)
from audit.weights.result import Evidence, PKind

_NO_VALUE = "–"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceGroup:
    """Rows of one warrant, strongest first; parts of the model and single roles stay apart."""

    heading: str
    rows: tuple[EvidenceRow, ...]


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


def groups(ordered: list[Evidence]) -> tuple[EvidenceGroup, ...]:
    """Put rows that are already in table order under one heading per group."""
    split = {e.scope.partition("/")[0] for e in ordered if is_single_role(e)}
    rows: dict[str, list[EvidenceRow]] = {}
    for evidence in ordered:
        rows.setdefault(_group(evidence), []).append(_evidence(evidence, split))
    return tuple(EvidenceGroup(heading=name, rows=tuple(found)) for name, found in rows.items())


def _group(evidence: Evidence) -> str:
    what = "Single roles" if is_single_role(evidence) else "Parts of the model"
    if evidence.p_kind is PKind.NONE:
        return f"{what}, compared without a probability"
    return f"{what}, {words().warrants[evidence.p_kind.value].label} probability"


def _evidence(evidence: Evidence, split: set[str]) -> EvidenceRow:
    """Return one row; a part whose roles have rows of their own does not list them again."""
    upper = evidence.effect_upper
    return EvidenceRow(
        test=method(evidence.test).name,
        scope=part(evidence) if evidence.scope in split else scope(evidence),
        n=_NO_VALUE if evidence.n is None else count(evidence.n),
        statistic=_NO_VALUE if evidence.statistic is None else decimal(evidence.statistic),
        log10_p=_NO_VALUE if evidence.log10_p is None else logarithm(evidence.log10_p),
        effect=_NO_VALUE if evidence.effect is None else share(evidence.effect),
        upper=_NO_VALUE if upper is None else upper_share(upper),
        reading=reading(evidence),
    )


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


def reading(evidence: Evidence) -> str:
    """Return the grade of one row in one or two words."""
    if evidence.log10_p is None or evidence.p_kind is PKind.NONE:
        return "no probability"
    if evidence.p_kind is PKind.CALIBRATED:
        return "not graded"
    return band(evidence.log10_p).short
