# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which licence facts were established long ago: licences drift, and rows do not."""

from datetime import date

from audit.rules.license_table import licenses

STALE_AFTER_DAYS = 180
"""Age at which a row should be read against the text again."""


def stale_facts(today: date) -> tuple[str, ...]:
    """Return the ids of the rows older than ``STALE_AFTER_DAYS`` on a day, sorted."""
    return tuple(
        sorted(
            facts.id
            for facts in licenses().values()
            if (today - facts.status.verified).days > STALE_AFTER_DAYS
        )
    )


def stale_remark(today: date) -> str | None:
    """Return one sentence about all stale rows together, or ``None`` if there is none."""
    stale = stale_facts(today)
    if not stale:
        return None
    return (
        f"{len(stale)} of {len(licenses())} rows of licence facts were established more than"
        f" {STALE_AFTER_DAYS} days ago and should be read against the texts again."
    )
