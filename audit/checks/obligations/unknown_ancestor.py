# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""An ancestor whose licence, or whose licence's terms, nobody here knows.

Declared bases whose folder is missing are BASE004's, references without a known licence
LIC010's; data sets are DAT001's.
"""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding
from audit.checks.obligations.upstream import models_above, names, places
from audit.licenses.expressions import symbols
from audit.provenance.ancestors import Ancestor
from audit.record.findings import Confidence, Finding, FindingStatus
from audit.record.obligations import EdgeRelation
from audit.record.said import Said
from audit.rules import CheckRule, license_facts

ID = "LIC021"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report, in one finding, every ancestor whose terms could not be followed."""
    dark = [a for a in models_above(case) if _is_dark(a) and not _is_reported(a)]
    if not dark:
        return ()
    named = names(dark)
    return (
        make_finding(
            rule,
            status=FindingStatus.UNDETERMINED,
            confidence=Confidence.HIGH,
            title=Said("The terms of {named} are not known", named=named),
            message=Said(
                "The release comes from {named}, and what its licence asks could not be looked"
                " up. Nothing was checked against those terms.",
                named=named,
            ),
            locations=places(edge for a in dark for edge in a.path),
            evidence=(Said("{node}: {why}", node=clip(a.node.name), why=_why(a)) for a in dark),
            parents=named,
        ),
    )


def _is_dark(ancestor: Ancestor) -> bool:
    ids = symbols(ancestor.node.license)
    return not ids or any(license_facts(symbol) is None for symbol in ids)


def _is_reported(ancestor: Ancestor) -> bool:
    direct = len(ancestor.path) == 1
    if ancestor.upstream is not None:
        return ancestor.relation is not EdgeRelation.DISTILL
    return direct and ancestor.carries_weights and not ancestor.node.is_known


def _why(ancestor: Ancestor) -> Said:
    node = ancestor.node
    if not node.is_known:
        return clip(node.license_from)
    return Said("{license} is not in the table of licence facts", license=node.license)
