# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The gate: findings and a policy in, PASS, FAIL or INDETERMINATE out."""

from audit.record.findings import Finding, FindingStatus, Severity
from audit.record.said import Said, term
from audit.record.verdict import Status, Verdict


def gate(
    findings: tuple[Finding, ...], policy: str, fail_on: Severity, *, papers_only: bool
) -> Verdict:
    """Decide whether the release may go out.

    1. A *violated* finding at or over ``fail_on`` fails the gate.
    2. Otherwise an *undetermined* finding at or over ``fail_on`` leaves it undecided:
       missing evidence never passes.
    3. Otherwise the gate passes.

    A waived finding takes no part, and is named. ``papers_only`` is kept beside the answer: a
    release whose weights were compared with nothing may pass, and never looks like one whose
    weights were.
    """
    counted = [f for f in findings if f.severity.rank >= fail_on.rank]
    heavy = [f for f in counted if not f.waived]
    failing = tuple(f.fingerprint for f in heavy if f.status is FindingStatus.VIOLATED)
    unknown = tuple(f.fingerprint for f in heavy if f.status is FindingStatus.UNDETERMINED)
    if failing:
        status = Status.FAIL
    elif unknown:
        status = Status.INDETERMINATE
    else:
        status = Status.PASS
    deciding = set(failing or unknown)
    waived = tuple(f.fingerprint for f in counted if f.waived)
    return Verdict(
        status=status,
        policy=policy,
        fail_on=fail_on,
        failing=failing,
        undetermined=unknown,
        reasons=tuple(f.title for f in heavy if f.fingerprint in deciding)
        or (_nothing(fail_on, waived),),
        waived=waived,
        papers_only=papers_only,
    )


def _nothing(fail_on: Severity, waived: tuple[str, ...]) -> Said:
    if waived:
        return Said(
            "no finding at or over severity {severity} but {n:count} that are waived",
            severity=term(fail_on),
            n=len(waived),
        )
    return Said("no finding at or over severity {severity}", severity=term(fail_on))
