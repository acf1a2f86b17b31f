# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The clock and the host, as the custody block states them."""

import platform
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from audit.custody import custody_now, custody_on, moment_from_environment
from audit.errors import UsageError


def test_now_is_utc_to_the_second() -> None:
    custody = custody_now("audit model-repo x", None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", custody.audited_at)
    stated = datetime.fromisoformat(custody.audited_at)
    assert abs(datetime.now(tz=UTC) - stated) < timedelta(minutes=1)


def test_the_host_is_named_in_general_terms() -> None:
    custody = custody_now("audit model-repo x", None)
    assert custody.platform == f"{platform.system()} {platform.machine()}"
    if len(platform.node()) > 3:
        assert platform.node() not in repr(custody)


def test_source_date_epoch_stands_for_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert custody_now("x", None).audited_at == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize("text", ["", "yesterday", "1.5", "9" * 30])
def test_source_date_epoch_that_is_no_number(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        moment_from_environment()


def test_a_stated_date_states_nothing_else() -> None:
    east = timezone(timedelta(hours=2))
    custody = custody_on(datetime(2026, 1, 1, 1, tzinfo=east))
    assert custody.audited_at == "2025-12-31T23:00:00Z"
    assert {custody.platform, custody.python, custody.command} == {"not recorded"}
    assert custody.signer is None
