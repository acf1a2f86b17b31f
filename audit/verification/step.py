# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""One line of a verification: what was asked, how it came out, and why.

Three outcomes, because "was not checked" is neither good nor bad news and must never
be read as either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from audit.record.absent import Absent


class Outcome(StrEnum):
    """How a step came out."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One check of a verification; ``detail`` names the file and says why."""

    name: str
    outcome: Outcome
    detail: str


def passed(name: str, detail: str) -> Step:
    """Return a step that came out well."""
    return Step(name=name, outcome=Outcome.PASS, detail=detail)


def failed(name: str, detail: str) -> Step:
    """Return a step that came out badly."""
    return Step(name=name, outcome=Outcome.FAIL, detail=detail)


def not_checked(name: str, detail: str) -> Step:
    """Return a step that was not done, with the reason."""
    return Step(name=name, outcome=Outcome.NOT_CHECKED, detail=detail)


def judged(name: str, problem: str | None, *, good: str) -> Step:
    """Return a failed step if there is a ``problem``, otherwise a passed one."""
    return passed(name, good) if problem is None else failed(name, problem)


def asked(name: str, question: Callable[..., Step], *about: Any) -> Step:
    """Return the answer of ``question(name, *about)``; not checked if a part of it is absent."""
    missing = next((part for part in about if isinstance(part, Absent)), None)
    return question(name, *about) if missing is None else not_checked(name, missing.reason)


def required(name: str, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps, those called ``name`` failed where they were not checked."""
    return tuple(
        failed(name, f"it is required, and was not checked: {step.detail}")
        if step.name == name and step.outcome is Outcome.NOT_CHECKED
        else step
        for step in steps
    )


def verdict(steps: tuple[Step, ...]) -> Outcome:
    """Return ``fail`` if any step failed, otherwise ``pass``."""
    bad = any(step.outcome is Outcome.FAIL for step in steps)
    return Outcome.FAIL if bad else Outcome.PASS
