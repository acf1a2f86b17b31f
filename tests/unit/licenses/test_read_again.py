# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A version of a GNU licence that stands behind what the scanner matched is read."""

import pytest

from audit.licenses.detected.again import read_again
from audit.licenses.detected.reply import Match

TERMS = "# This may be used according to the terms of the"


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("GNU General Public License version 3.", "GPL-1.0-or-later", "GPL-3.0-only"),
        ("GNU General Public License, version 2", "GPL-1.0-or-later", "GPL-2.0-only"),
        ("GNU General Public License v3 or later", "GPL-1.0-or-later", "GPL-3.0-or-later"),
        ("GNU General Public License\n# version 3, or (at your option) any later version.",
         "GPL-1.0-or-later", "GPL-3.0-or-later"),
        ("GNU Lesser General Public License version 2.1", "LGPL-2.0-or-later", "LGPL-2.1-only"),
        ("GNU General Public License", "GPL-1.0-or-later", "GPL-1.0-or-later"),
        ("GNU Lesser General Public License version 3", "GPL-1.0-or-later", "GPL-1.0-or-later"),
        ("GNU General Public License version 2 or\n# General Public License version 3",
         "GPL-1.0-or-later", "GPL-1.0-or-later"),
        ("Apache License version 2", "Apache-2.0", "Apache-2.0"),
    ],
)  # fmt: skip
def test_the_version_behind_the_name(text: str, found: str, expected: str) -> None:
    match = Match(expression=found, matcher="2-aho", score=100.0, kind="notice", start=1, end=1)
    (read,) = read_again((match,), f"{TERMS} {text}\n\nx = 1\n".splitlines())
    assert read.expression == expected
