# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What the inventory could not read, sorted by whether it matters for a conclusion."""

from fnmatch import fnmatch
from pathlib import PurePosixPath

from audit.checks.case import Case
from audit.checks.make import listed, make_finding, reason, reasons, severity_for, strings
from audit.inventory import Inventory
from audit.record.files import Unread
from audit.record.findings import Finding, FindingStatus, Location, Severity
from audit.record.said import Said
from audit.rules import CheckRule

ID = "INV001"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report the gaps of the inventory: one finding for those that matter, one for the rest."""
    gaps = (*case.subject.unread, *_card_problem(case.subject))
    heavy = tuple(gap for gap in gaps if _matters(case.subject, rule, gap))
    light = tuple(gap for gap in gaps if gap not in heavy)
    found = ((heavy, severity_for(rule, "severity_if_it_matters")), (light, rule.severity))
    return tuple(_finding(rule, group, severity) for group, severity in found if group)


def _card_problem(subject: Inventory) -> tuple[Unread, ...]:
    """Return front matter that could not be parsed as a gap: declarations are lost in it."""
    card = subject.card
    if card is None or card.problem is None:
        return ()
    if any(gap.path == card.path for gap in subject.unread):
        return ()
    return (Unread(path=card.path, reason=card.problem),)


def _matters(subject: Inventory, rule: CheckRule, gap: Unread) -> bool:
    """Whether a gap can change a conclusion.

    A folder where a file was expected cannot, because its files were read; nor can an
    encoding that was noticed and replaced, nor what training leaves beside the weights.
    """
    if any(a.path.startswith(f"{gap.path}/") for a in subject.artifacts):
        return False
    card = subject.card
    if card is not None and gap.path == card.path and card.metadata != "{}":
        return False
    name = PurePosixPath(gap.path).name.lower()
    size = next((a.size for a in subject.artifacts if a.path == gap.path), None)
    small = size is not None and size <= float(str(rule.parameters["does_not_up_to"]))
    left = small and any(fnmatch(name, pattern) for pattern in strings(rule, "does_not"))
    return not left and any(fnmatch(name, pattern) for pattern in strings(rule, "matters"))


def _finding(rule: CheckRule, gaps: tuple[Unread, ...], severity: Severity) -> Finding:
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED,
        severity=severity,
        title=Said("Not read: {paths}", paths=listed(gap.path for gap in gaps)),
        message=Said("Could not be read: {gaps}.", gaps=reasons(gaps)),
        locations=(Location(path=gap.path) for gap in gaps),
        evidence=(reason(gap) for gap in gaps),
    )
