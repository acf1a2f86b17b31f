# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The words and numbers of the checks (``rules/checks/``)."""

from functools import cache
from typing import Literal

from pydantic import Field

from audit.record.findings import Severity
from audit.rules.loading import Strict, Words, load_all


class CheckRule(Strict):
    """The words and numbers of one check (``rules/checks/<id>.yaml``)."""

    id: str
    version: int
    title: str
    severity: Severity
    what: str
    why: str
    how_to_fix: str
    """What repairs this release."""
    long_term: Words
    """What keeps the next release from the same finding."""
    owner: Literal["publisher", "legal counsel", "weights team"]
    """Who can do it; the publisher's own counsel and weights team are meant."""
    effort: Literal["minutes", "hours", "days", "weeks"]
    """An order of magnitude, estimated and not measured."""
    required_by: Literal["weights", "licenses", "base"] | None = None
    """A policy that requires this to be looked at is stopped by the finding, which says that it
    was not."""
    parameters: dict[str, float | str | list[str]] = Field(default_factory=dict)


@cache
def checks() -> dict[str, CheckRule]:
    """Return every check's rule by id."""
    return {rule.id: rule for rule in load_all("checks", CheckRule)}
