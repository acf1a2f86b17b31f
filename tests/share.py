# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Which share of the tests a run takes: pytest loads this with ``-p tests.share``.

``make test`` takes a share of the modules that repeat one assertion over many models, files or
draws (``pytest.mark.sampled(N)``: one case in N, by its name, so that it is the same in every
run), ``make thorough`` takes the cases that ``make test`` leaves out. pytest by itself takes all.
"""

import os
import zlib

import pytest

WANTED = os.environ.get("AUDIT_TESTS", "sample")


def is_sampled(item: pytest.Item) -> bool:
    """Whether ``make test`` takes a case: always, unless its module says one in so many."""
    mark = item.get_closest_marker("sampled")
    return mark is None or zlib.crc32(item.nodeid.encode()) % mark.args[0] == 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the wanted cases; pytest counts the others as deselected."""
    wanted = WANTED == "sample"
    left = [item for item in items if is_sampled(item) is not wanted]
    items[:] = [item for item in items if is_sampled(item) is wanted]
    config.hook.pytest_deselected(items=left)


def pytest_report_header() -> str:
    """Say which share this is."""
    return f"share of the tests: {WANTED}"
