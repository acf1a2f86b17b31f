# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Absence as a value: the only spelling of "not there"."""

from dataclasses import dataclass

from audit.record.said import Said


@dataclass(frozen=True, slots=True)
class Absent:
    """Stands where a value would, and says why there is none."""

    reason: Said
