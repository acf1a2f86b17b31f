# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Stage 4: every check, and the one function that runs them.

A check is a pure predicate over the evidence; its words and numbers are data in
``rules/checks/``. The tuple below is the whole list: nothing registers itself.
"""

from collections.abc import Callable
from dataclasses import replace

from audit.checks import (
    changed_license,
    contradicted_base_model,
    copyleft_code,
    foreign_header,
    from_scratch,
    half_notice,
    incomparable_weights,
    incomplete_license_scan,
    license_conflict,
    license_elsewhere,
    missing_license_text,
    missing_part_text,
    no_reference,
    pickle_files,
    prose_license,
    shared_initialisation,
    unacknowledged_holder,
    unattributed_code,
    unclear_license,
    uncompared_parent,
    undeclared_parent,
    unmapped_licenses,
    unread_files,
    upstream_terms,
)
from audit.checks.case import Case
from audit.findings import Finding
from audit.rules import CheckRule, Policy, checks

Check = Callable[[Case, CheckRule], tuple[Finding, ...]]

CHECKS: tuple[tuple[str, Check], ...] = (
    (missing_license_text.ID, missing_license_text.check),
    (license_conflict.ID, license_conflict.check),
    (unclear_license.ID, unclear_license.check),
    (prose_license.ID, prose_license.check),
    (unmapped_licenses.ID, unmapped_licenses.check),
    (license_elsewhere.ID, license_elsewhere.check),
    (missing_part_text.ID, missing_part_text.check),
    (changed_license.ID, changed_license.check),
    (upstream_terms.ID, upstream_terms.check),
    (incomplete_license_scan.ID, incomplete_license_scan.check),
    (unattributed_code.ID, unattributed_code.check),
    (foreign_header.ID, foreign_header.check),
    (unacknowledged_holder.ID, unacknowledged_holder.check),
    (half_notice.ID, half_notice.check),
    (copyleft_code.ID, copyleft_code.check),
    (undeclared_parent.ID, undeclared_parent.check),
    (contradicted_base_model.ID, contradicted_base_model.check),
    (from_scratch.ID, from_scratch.check),
    (uncompared_parent.ID, uncompared_parent.check),
    (incomparable_weights.ID, incomparable_weights.check),
    (shared_initialisation.ID, shared_initialisation.check),
    (no_reference.ID, no_reference.check),
    (pickle_files.ID, pickle_files.check),
    (unread_files.ID, unread_files.check),
)
"""Each check with its id, in the order they run."""


def evaluate(case: Case, policy: Policy) -> tuple[Finding, ...]:
    """Run every check on the evidence.

    Parameters
    ----------
    case : Case
        All the evidence.
    policy : Policy
        May override the severity of a check; never what was found.

    Returns
    -------
    tuple of Finding
        In the order of ``CHECKS``; the same evidence gives the same findings.
    """
    rules = checks()
    return tuple(
        replace(finding, severity=policy.severity.get(name, finding.severity))
        for name, check in CHECKS
        for finding in check(case, rules[name])
    )
