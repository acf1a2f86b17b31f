# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Python pickles: digested, never loaded, and outside of every conclusion."""

from audit.checks.case import Case
from audit.checks.draft import draft, listed, severity_for
from audit.record.files import Kind
from audit.record.findings import Finding, FindingStatus, Location
from audit.rules import CheckRule

ID = "PKL001"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report the pickles of the folder in one finding."""
    pickles = case.subject.of_kind(Kind.PICKLE)
    if not pickles:
        return ()
    alone = not case.subject.of_kind(Kind.WEIGHTS, Kind.OTHER_WEIGHTS)
    names = listed(artifact.path for artifact in pickles)
    addition = " The folder holds no other weights, so none were compared." if alone else ""
    return (
        draft(
            rule,
            status=FindingStatus.UNDETERMINED if alone else FindingStatus.VIOLATED,
            severity=severity_for(rule, "severity_if_there_is_nothing_else") if alone else None,
            title="The only weights are pickles" if alone else "Pickle files in the folder",
            message=(
                f"{names} {'are' if len(pickles) > 1 else 'is'} in Python's pickle format, which"
                f" can run code when opened; never loaded here.{addition}"
            ),
            locations=(Location(path=artifact.path) for artifact in pickles),
            evidence=(f"{a.path}: sha256 {a.sha256}" for a in pickles),
        ),
    )
