# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a report quotes from the rules by which its record was made.

It is part of the record, so that a page is a function of the record: rules that are installed
where it is rendered, later and elsewhere, say nothing about it.
"""

from dataclasses import dataclass, field

from audit.record.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckText:
    """Why a check that made a finding matters, who can act, and what keeps it from returning."""

    id: str
    why: Said
    long_term: Said
    owner: Said
    effort: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One number of the decision rule."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    """``errors`` of ``of`` trials went wrong; ``concerns`` says which statement that is about.

    ``counted`` says when, and by which version of the decision rule; records of versions that
    did not keep it have none.
    """

    what: Said
    population: Said
    concerns: str
    errors: int
    of: int
    counted: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The shipped controls of one calibrated test, and the architectures they have."""

    test: str
    families: tuple[str, ...]
    controls: int
    models: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class NullRate:
    """The least uncorrected p-value of one exact test among pairs of independent models."""

    test: str
    scope: str
    least_log10_p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Pairs whose history is known: the correlation of the most alike part of each, ascending."""

    what: Said
    sizes: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRead:
    """How many rows of licence facts were read against the texts on one day, ISO 8601."""

    on: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTexts:
    """Words and numbers of the rules; all empty in records of versions that did not keep them.

    ``checks`` are those that made a finding, ``licenses`` the names of those that ask something.
    """

    checks: tuple[CheckText, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    rates: tuple[ErrorRate, ...] = ()
    populations: tuple[Population, ...] = ()
    nulls: tuple[NullRate, ...] = ()
    likeness: tuple[Likeness, ...] = ()
    facts: tuple[FactsRead, ...] = ()
    stale_after_days: int = 0
    licenses: dict[str, str] = field(default_factory=dict)
