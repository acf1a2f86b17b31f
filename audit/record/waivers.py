# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What came of each waiver, correction and attestation."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What came of an entry."""

    APPLIED = "applied"
    EXPIRED = "expired"
    NOT_YET = "not yet valid"
    TOO_LONG = "longer than the policy allows"
    UNUSED = "met nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the file, as the report prints it; dates are ISO 8601."""

    kind: str
    target: str
    reason: str
    note: str
    by: str
    on: str
    expires: str
    state: State
