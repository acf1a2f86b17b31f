# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What was measured where the truth was known (``rules/calibration.yaml``)."""

from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, model_validator

from audit import resources
from audit.rules.loading import Strict, Words, load_one

Concern = Literal["related", "unrelated", "start", "kind", "direction", "code"]


class ErrorRate(Strict):
    """``errors`` of ``of`` trials of one kind went wrong.

    ``concerns`` says which statement of a report the count speaks about: that models are
    ``related``, that they are ``unrelated``, and so on. ``section`` and ``target`` name the row
    of the benchmark page.
    """

    section: Words
    target: Words
    population: Words
    what: Words
    concerns: Concern
    errors: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _no_more_errors_than_trials(self) -> "ErrorRate":
        if self.errors > self.of:
            raise ValueError("more errors than trials")
        return self


class Measured(Strict):
    """When and by which code sections of the benchmark were counted.

    ``digest`` is that of ``audit`` and ``rules`` on the benchmark page; ``current`` whether the
    decision rule is still the one that was measured.
    """

    sections: tuple[Words, ...]
    day: date
    digest: Annotated[str, Field(pattern="^[0-9a-f]{12}$")]
    current: bool


class Population(Strict):
    """The controls of one calibrated test, and the architectures they have."""

    test: Words
    families: tuple[Words, ...]
    controls: Annotated[int, Field(ge=1)]
    models: Words


class CheckRate(Strict):
    """How many of the findings of one check were right, in cases rebuilt from public repositories.

    ``read`` are the cases that rules were written by, ``unread`` those of which nobody who wrote
    rules has read a text: how many findings were right, and how many were made.
    """

    check: Words
    read: tuple[int, int]
    unread: tuple[int, int]


class InTheField(Strict):
    """How many cases there are of both, and what each check said of them."""

    read: int
    unread: int
    checks: tuple[CheckRate, ...]


class Calibration(Strict):
    """The content of ``rules/calibration.yaml``."""

    schema_version: Literal[1]
    measured: tuple[Measured, ...]
    rates: tuple[ErrorRate, ...]
    populations: tuple[Population, ...]
    field: InTheField


@cache
def calibration() -> Calibration:
    """Return the measured error rates and the populations of the calibrated tests."""
    return load_one(resources.tree("rules") / "calibration.yaml", Calibration)
