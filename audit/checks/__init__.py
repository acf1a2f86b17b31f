# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Every check, and the one function that runs them.

A check is a pure predicate over the evidence; its words and numbers are data in
``rules/checks/``. The tuple below is the whole list: nothing registers itself.
"""

from collections.abc import Callable
from dataclasses import replace

from audit.checks.case import Case
from audit.checks.code import foreign_header, unattributed_code
from audit.checks.files import beside_weights, hidden_weights, pickle_files, unread_files
from audit.checks.licenses import (
    altered_license,
    changed_license,
    copyleft_code,
    half_notice,
    incomplete_license_scan,
    license_conflict,
    license_elsewhere,
    missing_license_text,
    missing_part_text,
    prose_license,
    unacknowledged_holder,
    unclear_license,
    unmapped_licenses,
)
from audit.checks.lineage import (
    contradicted_base_model,
    cyclic_bases,
    from_scratch,
    incomparable_weights,
    no_reference,
    shared_initialisation,
    thin_coverage,
    uncompared_parent,
    undeclared_parent,
    undeclared_relative,
)
from audit.checks.obligations import (
    dataset_terms,
    outputs_training,
    policy_terms,
    unknown_ancestor,
    unmet_obligations,
    upstream_limits,
    upstream_terms,
)
from audit.record.findings import Finding, FindingStatus, Severity
from audit.rules import CheckRule, Policy, checks
from audit.waivers import PAPERS

Check = Callable[[Case, CheckRule], tuple[Finding, ...]]

CHECKS: tuple[tuple[str, Check], ...] = (
    (missing_license_text.ID, missing_license_text.check),
    (license_conflict.ID, license_conflict.check),
    (unclear_license.ID, unclear_license.check),
    (altered_license.ID, altered_license.check),
    (prose_license.ID, prose_license.check),
    (unmapped_licenses.ID, unmapped_licenses.check),
    (license_elsewhere.ID, license_elsewhere.check),
    (missing_part_text.ID, missing_part_text.check),
    (changed_license.ID, changed_license.check),
    (upstream_terms.ID, upstream_terms.check),
    *((name, unmet_obligations.check) for name in unmet_obligations.IDS),
    *((name, upstream_limits.check) for name in upstream_limits.IDS),
    (outputs_training.ID, outputs_training.check),
    (unknown_ancestor.ID, unknown_ancestor.check),
    (dataset_terms.ID, dataset_terms.check),
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
    (cyclic_bases.ID, cyclic_bases.check),
    (undeclared_relative.ID, undeclared_relative.check),
    (incomparable_weights.ID, incomparable_weights.check),
    (shared_initialisation.ID, shared_initialisation.check),
    (no_reference.ID, no_reference.check),
    (pickle_files.ID, pickle_files.check),
    (unread_files.ID, unread_files.check),
    (hidden_weights.ID, hidden_weights.check),
    (beside_weights.ID, beside_weights.check),
)
"""Each check with its id, in the order they run."""
OF_POLICY = ((thin_coverage.ID, thin_coverage.check), (policy_terms.ID, policy_terms.check))
"""Checks that also look at what the policy asks for; they run last."""


def evaluate(case: Case, policy: Policy) -> tuple[Finding, ...]:
    """Run every check on the evidence.

    Parameters
    ----------
    case : Case
        All the evidence.
    policy : Policy
        May override the severity of a check, name the licences it accepts, and say how
        papers that cannot tell count; never what was found.

    Returns
    -------
    tuple of Finding
        In the order of ``CHECKS``, then the policy's own; the same evidence gives the
        same findings.
    """
    rules = checks()
    found = [(name, check(case, rules[name])) for name, check in CHECKS]
    found += [(name, check(case, rules[name], policy)) for name, check in OF_POLICY]
    return tuple(_weighed(f, name, policy) for name, findings in found for f in findings)


def _weighed(finding: Finding, check: str, policy: Policy) -> Finding:
    """Give a finding the severity that the policy says, and no more than information if so.

    What a check only informs about, because nobody read the facts, no policy makes weigh. What
    the policy requires to be looked at and was not stops it, whatever else it says.
    """
    rule = checks()[check]
    severity = policy.severity.get(check, finding.severity)
    if finding.status is FindingStatus.UNDETERMINED and rule.required_by in policy.require:
        return replace(finding, severity=max(severity, policy.fail_on, key=lambda s: s.rank))
    if finding.severity is Severity.INFO and rule.severity is not Severity.INFO:
        severity = Severity.INFO
    papers = check.startswith(PAPERS) and finding.status is FindingStatus.UNDETERMINED
    if papers and policy.undetermined == "info":
        severity = Severity.INFO
    return replace(finding, severity=severity)
