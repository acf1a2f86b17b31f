# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Sources of published packages whose licences were written down before the tool ran.

Truth, from each project's own page: the licence, and whether its papers are known to be in
order. For those in order nothing above *low* may be found. Missing findings about weights are
expected: there are none.
"""

import pytest

from audit.checks import evaluate
from audit.licenses.expressions import readings
from audit.record.findings import Severity
from tests.unit.checks.cases import POLICY, case
from tests.validation import packages

pytestmark = [pytest.mark.real_weights, pytest.mark.sampled(3)]

TRUTH = {
    "attrs==25.3.0": ("MIT", "in order"),
    "certifi==2025.4.26": ("MPL-2.0", "LICENSE is a description with an MPL notice inside"),
    "idna==3.10": ("BSD-3-Clause", "in order"),
    "packaging==25.0": ("Apache-2.0 OR BSD-2-Clause", "in order"),
    "paramiko==3.5.1": (
        "LGPL-2.1-or-later",
        "holders of single files in headers only; Sphinx's files without the BSD text",
    ),
}
"""Requirement -> licence, and what is known of the papers. That of certifi says in its package
metadata MPL-2.0; what its LICENSE holds was looked at after the first run, and paramiko's
generated pages too. All else stood here before."""
assert tuple(TRUTH) == packages.SOURCES
EXPECTED = {"paramiko==3.5.1": {"COP003", "LIC008"}}
"""Findings above *low* that those papers deserve; the others deserve none."""


@pytest.mark.parametrize("requirement", TRUTH)
def test_licence_and_papers_are_as_known(requirement: str) -> None:
    license_id, _papers = TRUTH[requirement]
    try:
        subject = case(packages.source(requirement))
    except packages.UnavailableError as error:
        pytest.skip(str(error))
    concluded = subject.licenses.concluded
    assert concluded is not None
    assert readings(concluded.expression) == readings(license_id)
    found = [f for f in evaluate(subject, POLICY) if f.check.startswith(("LIC", "COP"))]
    heavy = {f.check: f.title for f in found if f.severity.rank > Severity.LOW.rank}
    assert set(heavy) == EXPECTED.get(requirement, set()), heavy
