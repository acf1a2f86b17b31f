# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Versions, thresholds, calibration and error rates; tests that had no part get one line each."""

from dataclasses import dataclass

from audit.record.document import AuditRecord
from audit.record.weights import Outcome
from audit.report.rule_texts import RuleTexts
from audit.report.view_review import RateRow, rate_rows
from audit.report.wording import clip, method, words
from audit.rules import Population
from audit.text.numbers import counted

_UNUSED = "Not called for."


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedTest:
    """A test of the battery without a result in this audit."""

    name: str
    version: str
    blind_to: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodsView:
    """Everything about the methods that section 4 does not say."""

    used: str
    unused: tuple[UnusedTest, ...]
    seed: str
    warrants: tuple[tuple[str, str], ...]
    thresholds: tuple[tuple[str, str], ...]
    rates: tuple[RateRow, ...]
    populations: tuple[tuple[str, str], ...]


def methods(record: AuditRecord, texts: RuleTexts) -> MethodsView:
    """Describe the battery, its parameters, and how often it was wrong."""
    computed = {
        e.test for c in record.comparisons for e in c.evidence if e.outcome is Outcome.COMPUTED
    }
    battery = sorted(record.tool.battery.items())
    return MethodsView(
        used=_used([(t, v) for t, v in battery if t in computed]),
        unused=tuple(_unused(t, v, record) for t, v in battery if t not in computed),
        seed=str(record.options.seed),
        warrants=tuple((w.label, w.meaning) for w in words().warrants.values()),
        thresholds=tuple((n.replace("_", " "), f"{v:g}") for n, v in texts.thresholds),
        rates=rate_rows(texts.rates),
        populations=tuple(_population(p) for p in texts.populations),
    )


def _used(tests: list[tuple[str, int]]) -> str:
    if not tests:
        return "No weight test gave a result in this audit."
    named = ", ".join(f"{test} {version}" for test, version in tests)
    return f"Tests with a result, by name and version, explained in section 4: {named}."


def _unused(test: str, version: int, record: AuditRecord) -> UnusedTest:
    reasons = dict.fromkeys(
        e.reason for c in record.comparisons for e in c.evidence if e.test == test and e.reason
    )
    said = "; ".join(clip(reason, 160) for reason in list(reasons)[:2])
    return UnusedTest(
        name=method(test).name,
        version=f"{test} {version}",
        blind_to=method(test).blind_to,
        reason=f"{said[:1].upper()}{said[1:]}." if said else _UNUSED,
    )


def _population(population: Population) -> tuple[str, str]:
    families = ", ".join(population.families)
    return (
        method(population.test).name,
        f"{counted(population.controls, 'comparison')} of controls: {population.models}. "
        f"Architectures: {families}. A model of another architecture is marked as not calibrated.",
    )
