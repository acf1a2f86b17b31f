# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""When, where and by whom the audit was run: all that must stay out of the record.

The record of one input is the same bytes on every machine and every day. This is the
one module that looks at the clock and at the host.
"""

import os
import platform
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from audit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.record.custody import Custody, Signer

NOT_RECORDED = "not recorded"
"""What a custody field says when the report was rendered again from a record alone."""


def custody_now(
    command: str,
    signer: "Signer | None",
    *,
    stated: "Mapping[str, Any] | None" = None,
    renderer: "Mapping[str, str] | None" = None,
    asked: tuple[str, ...] = (),
) -> "Custody":
    """Return the custody of a run that ends now; see :class:`Custody` for the arguments.

    ``SOURCE_DATE_EPOCH`` (seconds since 1970, the convention of reproducible builds)
    stands for the clock where it is set. ``command`` must name no absolute path. ``stated`` are
    the fields that hold words of the caller, such as ``examiner``.

    Raises
    ------
    UsageError
        If ``SOURCE_DATE_EPOCH`` is set and is not a number of seconds.
    """
    from audit.record.custody import Custody  # here: the clock alone is asked for more often

    return Custody(
        audited_at=_rfc3339(moment_from_environment() or datetime.now(tz=UTC)),
        platform=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        command=command,
        signer=signer,
        renderer=dict(renderer or {}),
        asked=asked,
        **(stated or {}),
    )


def today() -> date:
    """Return the day (UTC) by which dates are judged, as :func:`custody_now` dates a run.

    Raises
    ------
    UsageError
        As :func:`custody_now`.
    """
    return (moment_from_environment() or datetime.now(tz=UTC)).date()


def custody_on(date: datetime) -> "Custody":
    """Return a custody that states a date and nothing else."""
    from audit.record.custody import Custody

    return Custody(
        audited_at=_rfc3339(date),
        platform=NOT_RECORDED,
        python=NOT_RECORDED,
        command=NOT_RECORDED,
        signer=None,
    )


def custody_dated() -> "Custody":
    """Return a custody that states the present and nothing else; raises as :func:`custody_now`."""
    return custody_on(moment_from_environment() or datetime.now(tz=UTC))


def moment_from_environment() -> datetime | None:
    """Return the time that ``SOURCE_DATE_EPOCH`` states, ``None`` where it is not set.

    Raises
    ------
    UsageError
        If it is not a number of seconds since 1970.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        return None
    try:
        return datetime.fromtimestamp(int(text), tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {text!r}, which is not a number of seconds.",
            advice="Unset it, or set it to seconds since 1970 (`date +%s`).",
        ) from error


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
