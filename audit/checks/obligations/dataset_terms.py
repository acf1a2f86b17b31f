# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""A declared data set is under non-commercial or unknown terms, and the release is not."""

from audit.checks.case import Case
from audit.checks.make import clip, listed, make_finding, severity_for
from audit.checks.obligations.upstream import above, places
from audit.licenses.expressions import symbols
from audit.obligations.terms import offers
from audit.provenance.ancestors import Ancestor
from audit.record.findings import Confidence, Finding, FindingStatus
from audit.record.obligations import EdgeRelation
from audit.record.said import Said
from audit.rules import CheckRule, license_facts

ID = "DAT001"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for non-commercial data sets, and one for those of unknown terms."""
    if not _offers_commercial_use(case):
        return ()
    data = [a for a in above(case) if a.path[-1].relation is EdgeRelation.DATA]
    limited = [a for a in data if _is_non_commercial(a.node.license)]
    unknown = [a for a in data if not a.node.is_known]
    found = []
    if limited:
        found.append(_limited(rule, limited))
    if unknown:
        found.append(_unknown(rule, unknown))
    return tuple(found)


def _offers_commercial_use(case: Case) -> bool:
    offered = [offer for offer in offers(case.licenses) if offer is not None]
    return bool(offered) and not all(_is_non_commercial(offer) for offer in offered)


def _is_non_commercial(expression: str) -> bool:
    known = (license_facts(symbol) for symbol in symbols(expression))
    return any(facts is not None and facts.non_commercial is not None for facts in known)


def _limited(rule: CheckRule, data: list[Ancestor]) -> Finding:
    named = listed(a.node.name for a in data)
    settled = any(a.settled for a in data)
    return make_finding(
        rule,
        status=FindingStatus.VIOLATED if settled else FindingStatus.UNDETERMINED,
        confidence=Confidence.MEDIUM,
        title=Said("Trained on {named}, whose terms are non-commercial", named=named),
        message=Said(
            "The card says that the data set {named} was used. The terms declared for it limit"
            " use to non-commercial purposes; this release's own terms do not. How far a data"
            " set's terms reach a model is not settled; this is to be explained by whoever"
            " releases it.",
            named=named,
        ),
        locations=places(a.path[0] for a in data),
        evidence=(
            Said(
                "{node}: {license}; {license_from}",
                node=a.node.name,
                license=a.node.license,
                license_from=clip(a.node.license_from),
            )
            for a in data
        ),
        datasets=named,
    )


def _unknown(rule: CheckRule, data: list[Ancestor]) -> Finding:
    named = listed(a.node.name for a in data)
    return make_finding(
        rule,
        status=FindingStatus.UNDETERMINED,
        severity=severity_for(rule, "severity_if_unknown"),
        title=Said("The terms of the data set {named} are not known", named=named),
        message=Said(
            "The card says that {named} was used. Neither the release nor the table of known"
            " data sets says under what terms, so whether they allow the use that this release"
            " offers cannot be told.",
            named=named,
        ),
        locations=places(a.path[0] for a in data),
        evidence=(
            Said("{node}: {license_from}", node=a.node.name, license_from=clip(a.node.license_from))
            for a in data
        ),
        datasets=named,
    )
