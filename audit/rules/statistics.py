# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What stands beside each statistic: its words, its thresholds, the disguises that it answers."""

from functools import cache

from pydantic import Field, RootModel

from audit import resources
from audit.record.said import Said
from audit.rules.loading import Strict, Words, load_one


class StatisticText(Strict):
    """One statistic as ``<file>.yaml`` has it; the formulas stand in the docstrings.

    ``planted`` says what is done to the children of its positive control, ``uncontrolled`` why
    there are none. ``alike`` says what it means where a calibrated score stands out.
    """

    name: Words
    reads: Words
    effect: Words
    null: Words
    statistic: Words
    survives: Words
    blind_to: Words
    planted: Words | None = None
    uncontrolled: Words = Said("no child is planted for this test")
    alike: Words | None = None
    answers: tuple[str, ...] = ()
    thresholds: dict[str, float] = Field(default_factory=dict)


class _Texts(RootModel[dict[str, StatisticText]]):
    """One file: usually one statistic, or two that are readings of one measurement."""


@cache
def texts() -> dict[str, StatisticText]:
    """Return what is said of each statistic, by its id.

    Raises
    ------
    RulesError
        If a file is not valid.
    """
    paths = sorted((resources.weight_data() / "statistics").glob("*.yaml"))
    return {name: text for path in paths for name, text in load_one(path, _Texts).root.items()}
