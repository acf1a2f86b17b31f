# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""An ancestor whose licence nobody here knows; a direct base of that kind weighs most.

A base that is named and cannot be looked up may forbid what the release grants. References
whose folder names no licence are LIC010's, and so are licences that the table does not have;
data sets are DAT001's.
"""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding, severity_for
from audit.checks.obligations.upstream import is_a_models, models_above, names, places, tie, told_of
from audit.checks.obligations.upstream_terms import breaches
from audit.licenses.expressions import symbols
from audit.provenance.ancestors import Ancestor
from audit.record.findings import Confidence, Finding, FindingStatus
from audit.record.said import Said
from audit.rules import CheckRule, license_facts

ID = "LIC021"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report the direct bases in one finding, and in another whatever lies further up."""
    reported = {breach.ancestor.node.name for breach in breaches(case)}
    above = models_above(case)
    if not any(a.carries_weights for a in above) and is_a_models(case):
        above = (*above, *told_of(case))
    dark = [a for a in above if _is_dark(a) and a.node.name not in reported]
    direct = [a for a in dark if len(a.path) == 1 and a.carries_weights]
    further = [a for a in dark if a not in direct]
    return tuple(
        _finding(rule, found, direct=found is direct) for found in (direct, further) if found
    )


def _finding(rule: CheckRule, dark: list[Ancestor], *, direct: bool) -> Finding:
    named = names(dark)
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED,
        severity=None if direct else severity_for(rule, "severity_if_further_up"),
        confidence=Confidence.HIGH,
        title=Said("The terms of {named} are not known", named=named),
        message=Said(
            "{tie}, and under which terms that may be passed on could not be looked up. Whether the"
            " release keeps them is open; the publisher of the base can answer.",
            tie=tie(dark),
        )
        if direct
        else Said(
            "The release comes from {named}, and what its licence asks could not be looked"
            " up. Nothing was checked against those terms.",
            named=named,
        ),
        locations=places(edge for a in dark for edge in (*a.path, *a.beside)),
        evidence=(Said("{node}: {why}", node=clip(a.node.name), why=_why(a)) for a in dark),
        parents=named,
    )


def _is_dark(ancestor: Ancestor) -> bool:
    ids = symbols(ancestor.node.license)
    return not ids or any(license_facts(symbol) is None for symbol in ids)


def _why(ancestor: Ancestor) -> Said:
    node = ancestor.node
    if not node.is_known:
        return clip(node.license_from)
    return Said("{license} is not in the table of licence facts", license=node.license)
