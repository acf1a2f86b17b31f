# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Files that the licence scan did not cover."""

from audit.checks.case import Case
from audit.checks.licenses.license_place import has_text
from audit.checks.make import listed, make_finding, reason, reasons, severity_for
from audit.licenses.detected.scanner import DIED, GIVEN_UP, SLOW
from audit.record.findings import Finding, FindingStatus, Location, Severity
from audit.record.licenses import Unscanned
from audit.record.said import Said, by_number
from audit.rules import CheckRule

ID = "LIC900"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report the gaps of the scan: one finding for those that matter, one for the rest."""
    heavy = tuple(entry for entry in case.licenses.unscanned if _matters(case, entry))
    light = tuple(entry for entry in case.licenses.unscanned if entry not in heavy)
    found = ((heavy, severity_for(rule, "severity_if_it_matters")), (light, rule.severity))
    return tuple(_finding(rule, gaps, severity) for gaps, severity in found if gaps)


def _matters(case: Case, entry: Unscanned) -> bool:
    """Whether the gap is a licence file, a failure of the scanner, or the whole stage.

    A PDF beside the text of the release's licence is a licence of a part, and LIC007's.
    """
    failed = entry.path == "." or entry.reason in (DIED, GIVEN_UP, SLOW)
    said = entry.path.lower().endswith(".pdf") and has_text(case)
    return failed or (entry.path in case.legal_files and not said)


def _finding(rule: CheckRule, gaps: tuple[Unscanned, ...], severity: Severity) -> Finding:
    whole = any(gap.path == "." for gap in gaps)
    names = Said("the whole folder") if whole else listed(gap.path for gap in gaps)
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED,
        severity=severity,
        title=Said("Not searched for licences: {names}", names=names),
        message=by_number(
            "{n:count} gap in the licence scan: {gaps}.",
            "{n:count} gaps in the licence scan: {gaps}.",
            n=len(gaps),
            gaps=reasons(gaps),
        ),
        locations=(Location(path=gap.path) for gap in gaps if gap.path != "."),
        evidence=(reason(gap) for gap in gaps),
    )
