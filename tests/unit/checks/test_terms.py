# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a derivative may be offered under; the truth is the table of licence facts."""

import pytest

from audit.obligations.terms import Outcome, ruling

LLAMA = "LicenseRef-scancode-llama-3.1-license-2024"
GEMMA = "LicenseRef-scancode-gemma-tou-2024-04-01"
OK, OPEN, NO = Outcome.ALLOWED, Outcome.UNKNOWN, Outcome.VIOLATED


@pytest.mark.parametrize(
    ("parent", "child", "outcome"),
    [
        ("Apache-2.0", "MIT", OK),
        ("MIT", "LicenseRef-Secret", OK),
        ("CC-BY-4.0", "Apache-2.0", OK),
        ("BSD-3-Clause", "GPL-3.0-only", OK),
        (LLAMA, "MIT", NO),
        (LLAMA, "Apache-2.0", NO),
        (LLAMA, LLAMA, OK),
        (LLAMA, "LicenseRef-Acme", OPEN),
        (GEMMA, "Apache-2.0", NO),
        (GEMMA, "LicenseRef-scancode-gemma-tou-2025-03-24", OK),
        ("CC-BY-NC-4.0", "Apache-2.0", NO),
        ("CC-BY-NC-4.0", LLAMA, NO),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0", OK),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", OPEN),
        ("CC-BY-SA-4.0", "CC-BY-4.0", NO),
        ("GPL-3.0-or-later", "MIT", NO),
        ("GPL-3.0-only", "GPL-3.0-or-later", OK),
        ("GPL-3.0-or-later", "AGPL-3.0-or-later", OPEN),
        ("LicenseRef-Acme", "MIT", OPEN),
        ("MIT OR GPL-3.0-only", "Apache-2.0", OK),
        (f"Apache-2.0 AND {LLAMA}", "Apache-2.0", NO),
        (f"Apache-2.0 AND {LLAMA}", f"Apache-2.0 AND {LLAMA}", OK),
        (LLAMA, f"MIT OR {LLAMA}", NO),
        (LLAMA, f"MIT AND {LLAMA}", OK),
    ],
)
def test_rulings(parent: str, child: str, outcome: Outcome) -> None:
    assert ruling(parent, child).outcome is outcome


def test_a_violation_cites_its_clause() -> None:
    assert "clause 1.b.i" in ruling(LLAMA, "MIT").reason
    assert "clause 1(i), 2(a)(1)" in ruling("CC-BY-NC-4.0", "MIT").reason
    assert "clause 5(c)" in ruling("GPL-3.0-or-later", "MIT").reason
