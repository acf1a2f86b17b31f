# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Nothing was found, and less was compared than the policy asks for."""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding
from audit.record.findings import Finding, FindingStatus
from audit.record.said import Said
from audit.record.weights import Relation
from audit.rules import CheckRule, Policy

ID = "WGT004"


def check(case: Case, rule: CheckRule, policy: Policy) -> tuple[Finding, ...]:
    """Report each comparison that found nothing in too small a part of the audited model.

    What was found in a small part stays found; only silence needs coverage.
    """
    found = []
    for reference in case.references:
        comparison, name = reference.comparison, clip(reference.inventory.name)
        thin = comparison.coverage < policy.min_coverage
        if thin and comparison.relation is Relation.NO_SHARED_WEIGHTS:
            found.append(
                make_finding(
                    rule,
                    status=FindingStatus.UNDETERMINED,
                    title=Said("Too little was compared with {name}", name=name),
                    message=Said(
                        "{coverage:share} of the audited parameters lie in tensors that"
                        " could be paired with {name}; this policy asks for"
                        " {min_coverage:share}. The part that was not compared may share"
                        " weights with it.",
                        coverage=comparison.coverage,
                        name=name,
                        min_coverage=policy.min_coverage,
                    ),
                    evidence=(Said("coverage {coverage:fixed}", coverage=comparison.coverage),),
                    reference=name,
                )
            )
    return tuple(found)
