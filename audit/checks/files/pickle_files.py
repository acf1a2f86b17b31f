# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Python pickles: digested, never loaded; only plain tensors in them are compared."""

from audit.checks.case import Case
from audit.checks.make import listed, make_finding, severity_for
from audit.record.files import Kind
from audit.record.findings import Finding, FindingStatus, Location
from audit.record.said import Said, by_number, joined
from audit.rules import CheckRule

ID = "PKL001"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report the pickles of the folder in one finding."""
    pickles = case.subject.of_kind(Kind.PICKLE)
    if not pickles:
        return ()
    others = case.subject.of_kind(Kind.WEIGHTS, Kind.OTHER_WEIGHTS)
    alone = not others and not case.subject.tensors
    names = listed(artifact.path for artifact in pickles)
    message = by_number(
        "{names} is in Python's pickle format, which can run code when opened; never loaded here.",
        "{names} are in Python's pickle format, which can run code when opened; never loaded here.",
        n=len(pickles),
        names=names,
    )
    if alone:
        nothing_else = Said("The folder holds no other weights, so none were compared.")
        message = joined(" ", (message, nothing_else))
    return (
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED if alone else FindingStatus.VIOLATED,
            severity=severity_for(rule, "severity_if_there_is_nothing_else") if alone else None,
            title=Said("The only weights are pickles")
            if alone
            else Said("Pickle files in the folder"),
            message=message,
            locations=(Location(path=artifact.path) for artifact in pickles),
            evidence=(
                Said("{path}: sha256 {sha256}", path=a.path, sha256=a.sha256) for a in pickles
            ),
        ),
    )
