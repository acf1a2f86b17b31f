# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Licence by obligation: every duty once, with all the ancestors that it is owed for."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.record.obligations import Duty, DutyState, ObligationEvidence
from audit.rules import license_facts

_ORDER = (DutyState.NOT_MET, DutyState.UNKNOWN, DutyState.MET)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One obligation of one licence in one state; ``duty`` is the first of its kind."""

    license_name: str
    duty: Duty
    ancestors: tuple[str, ...]


def matrix(evidence: ObligationEvidence, names: Mapping[str, str]) -> tuple[MatrixRow, ...]:
    """Return the rows, licences in order of name, what is not met first in each.

    ``names`` are those of licences by id; one without a name is called by its id.
    """
    grouped: dict[tuple[str, str, str, DutyState, str], list[Duty]] = {}
    for duty in evidence.duties:
        key = (duty.license, duty.obligation, duty.clause, duty.state, duty.reason)
        grouped.setdefault(key, []).append(duty)
    rows = (
        MatrixRow(
            license_name=names.get(duties[0].license, duties[0].license),
            duty=duties[0],
            ancestors=tuple(dict.fromkeys(duty.ancestor for duty in duties)),
        )
        for duties in grouped.values()
    )
    return tuple(sorted(rows, key=_rank))


def _rank(row: MatrixRow) -> tuple[str, int, str, str]:
    duty = row.duty
    return row.license_name.casefold(), _ORDER.index(duty.state), duty.clause, duty.reason


def name_of(license_id: str) -> str:
    """Return a licence's name, or its id where the table does not list it."""
    facts = license_facts(license_id)
    return license_id if facts is None else facts.name
