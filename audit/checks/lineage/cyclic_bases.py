# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Models that are declared, in a circle, to come from each other."""

from audit.checks.case import Case
from audit.checks.make import clip, listed, make_finding
from audit.checks.obligations.upstream import places
from audit.record.findings import Finding, FindingStatus
from audit.record.said import Said, by_number
from audit.rules import CheckRule

ID = "BASE005"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report each circle once."""
    found = []
    for circle in case.obligations.cycles:
        edges = [e for e in case.obligations.edges if e.source in circle and e.target in circle]
        alone = len(circle) == 1
        named = listed(circle)
        found.append(
            make_finding(
                rule,
                status=FindingStatus.UNDETERMINED,
                title=Said("{named} is declared as its own base", named=named)
                if alone
                else Said("Declared as each other's base: {named}", named=named),
                message=by_number(
                    "{named} names itself as its base model. That cannot be, so one declaration is"
                    " wrong, and terms were followed only as far as where the circle closes.",
                    "Followed from card to card, {named} come from each other. That cannot be, so"
                    " one declaration is wrong, and terms were followed only as far as where the"
                    " circle closes.",
                    n=len(circle),
                    named=named,
                ),
                locations=places(edges),
                evidence=(
                    Said("{origin}: {source}", origin=clip(edge.origin), source=clip(edge.source))
                    for edge in edges
                ),
                models=named,
            )
        )
    return tuple(found)
