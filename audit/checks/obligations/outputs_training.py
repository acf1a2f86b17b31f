# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Trained on outputs of a model whose terms do not let its outputs train other models.

No weights are shared then, so a comparison that finds nothing does not clear it.
"""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding, strings
from audit.checks.obligations.upstream import facts_of, models_above, names, places, sure
from audit.licenses.expressions import symbols
from audit.provenance.ancestors import Ancestor
from audit.record.findings import Finding, FindingStatus, Severity
from audit.record.obligations import EdgeRelation
from audit.record.said import Said, joined
from audit.rules import CheckRule, Restriction, license_facts

ID = "LIC020"


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each licence with such a restriction.

    A model made from the same family's weights is that model improved, not another one.
    """
    models = models_above(case)
    own = {family for a in models if a.carries_weights for family in _families(a)}
    grouped: dict[str, list[Ancestor]] = {}
    for ancestor in models:
        if ancestor.relation is EdgeRelation.DISTILL and not _families(ancestor) & own:
            for license_id in _restricting(ancestor, rule):
                grouped.setdefault(license_id, []).append(ancestor)
    return tuple(_finding(rule, key, grouped[key]) for key in sorted(grouped))


def _families(ancestor: Ancestor) -> set[str]:
    known = (license_facts(symbol) for symbol in symbols(ancestor.node.license))
    return {facts.family for facts in known if facts is not None}


def _restricting(ancestor: Ancestor, rule: CheckRule) -> list[str]:
    known = (license_facts(symbol) for symbol in sorted(symbols(ancestor.node.license)))
    return [facts.id for facts in known if facts is not None and _restrictions(facts.id, rule)]


def _restrictions(license_id: str, rule: CheckRule) -> list[Restriction]:
    kinds = strings(rule, "restrictions")
    return [r for r in facts_of(license_id).restrictions if r.kind in kinds]


def _finding(rule: CheckRule, license_id: str, ancestors: list[Ancestor]) -> Finding:
    facts, named = facts_of(license_id), names(ancestors)
    limits = _restrictions(license_id, rule)
    shown = joined(
        " ",
        (Said("Clause {clause}: {text}", clause=r.clause, text=Said.plain(r.text)) for r in limits),
    )
    settled = facts.gates and any(ancestor.settled for ancestor in ancestors)
    said = [edge for ancestor in ancestors for edge in ancestor.path]
    return make_finding(
        rule,
        status=FindingStatus.VIOLATED if settled else FindingStatus.UNDETERMINED,
        severity=None if facts.gates else Severity.INFO,
        confidence=sure(ancestors),
        title=Said("Trained on outputs of {named}, which its terms do not allow", named=named)
        if settled
        else Said(
            "Perhaps trained on outputs of {named}, which its terms do not allow", named=named
        ),
        message=Said(
            "The release says that outputs of {named} went into its training. The terms declared"
            " by the upstream are the {facts}. {shown} Shared weights are no condition of"
            " this, so a comparison of weights does not settle it.",
            named=named,
            facts=facts.name,
            shown=shown,
        ),
        locations=places(said),
        evidence=dict.fromkeys(clip(edge.origin) for edge in said),
        parents=named,
        license=facts.name,
    )
