# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""The release is offered under terms that an upstream's licence does not allow."""

from dataclasses import dataclass

from audit.checks.case import Case, ReferenceCase
from audit.checks.draft import clip, draft, listed
from audit.checks.lineage import declared, derives, status
from audit.obligations.terms import Outcome, Ruling, card_id, ruling
from audit.findings import Confidence, Finding, FindingStatus, Location
from audit.licenses.claims import LicenseEvidence
from audit.licenses.conclude import voices
from audit.licenses.expressions import NOASSERTION
from audit.rules import CheckRule

ID = "LIC010"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """One parent, what it is under, what the release offers, and the worst ruling."""

    reference: ReferenceCase
    parent: str
    offered: str
    ruling: Ruling


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each upstream licence that is not, or may not be, kept.

    Parents under one licence share a finding: they may be versions of one model.
    """
    grouped: dict[tuple[str, str, str], list[_Edge]] = {}
    for reference in case.references:
        if derives(reference) or declared(reference) is not None:
            edge = _edge(case, reference)
            if edge.ruling.outcome is not Outcome.ALLOWED:
                key = (edge.parent, edge.offered, edge.ruling.reason)
                grouped.setdefault(key, []).append(edge)
    return tuple(_finding(case, rule, grouped[key]) for key in sorted(grouped))


def _edge(case: Case, reference: ReferenceCase) -> _Edge:
    parent = _concluded(reference.licenses)
    found = [(offered, _rule(parent, offered)) for offered in _offers(case.licenses)]
    offered, worst = max(found, key=lambda pair: pair[1].outcome)
    return _Edge(
        reference=reference,
        parent=parent or NOASSERTION,
        offered=offered or NOASSERTION,
        ruling=worst,
    )


def _concluded(evidence: LicenseEvidence) -> str | None:
    concluded = evidence.concluded
    if concluded is None or concluded.expression == NOASSERTION:
        return None
    return concluded.expression


def _offers(evidence: LicenseEvidence) -> list[str | None]:
    """Return what the release is offered under: the conclusion, else each single voice."""
    concluded = _concluded(evidence)
    if concluded is not None:
        return [concluded]
    found = {c.expression for voice in voices(evidence.claims) for c in voice.claims}
    return [*sorted(found)] if found else [None]


def _rule(parent: str | None, offered: str | None) -> Ruling:
    if parent is None:
        return Ruling(outcome=Outcome.UNKNOWN, reason="the upstream's licence is not known")
    if offered is None:
        free = ruling(parent, NOASSERTION)
        if free.outcome is Outcome.ALLOWED:
            return free
        return Ruling(
            outcome=Outcome.UNKNOWN,
            reason="the licence of this release is not known",
            facts=free.facts,
        )
    return ruling(parent, offered)


def _finding(case: Case, rule: CheckRule, edges: list[_Edge]) -> Finding:
    edge = edges[0]
    names = listed(e.reference.inventory.name for e in edges)
    facts = edge.ruling.facts
    undeclared = [e.reference for e in edges if declared(e.reference) is None]
    settled = len(undeclared) < len(edges) or status(*undeclared) is FindingStatus.VIOLATED
    violated = edge.ruling.outcome is Outcome.VIOLATED and settled
    measured = any(derives(e.reference) for e in edges)
    return draft(
        rule,
        status=FindingStatus.VIOLATED if violated else FindingStatus.UNDETERMINED,
        confidence=Confidence.HIGH if violated and measured else Confidence.MEDIUM,
        title=_title(names, edge, violated=violated),
        message=_message(names, edge, tie=_tie(edges)),
        locations=_locations(case),
        evidence=[_evidence(e) for e in edges],
        parent_id="the upstream's licence, once it is known"
        if edge.parent == NOASSERTION
        else card_id(edge.parent),
        duties=" ".join(f"{o.text} [{o.clause}]" for o in facts.obligations)
        if facts is not None
        else "read its licence.",
    )


def _title(names: str, edge: _Edge, *, violated: bool) -> str:
    if violated:
        return f"Offered under {edge.offered}, which the terms of {names} do not allow"
    return f"Whether the terms of {names} are kept cannot be told"


def _tie(edges: list[_Edge]) -> str:
    """Say what makes the upstream one: exact evidence, calibrated evidence, or the card."""
    found = [e.reference for e in edges if derives(e.reference)]
    if not found:
        return "The card declares as its base"
    settled = status(*found) is FindingStatus.VIOLATED
    return f"The weights are {'' if settled else 'likely '}not independent of"


def _message(names: str, edge: _Edge, *, tie: str) -> str:
    terms = f"The terms declared by the upstream are {edge.parent}."
    if edge.parent == NOASSERTION:
        terms = "The upstream folder declares no licence that could be identified."
    offer = f"This release is offered under {edge.offered}."
    if edge.offered == NOASSERTION:
        offer = "What this release is offered under could not be identified."
    closing = "" if edge.ruling.outcome is Outcome.VIOLATED else "It cannot be decided: "
    reason = edge.ruling.reason
    return f"{tie} {names}. {terms} {offer} {closing}{reason[:1].upper()}{reason[1:]}."


def _evidence(edge: _Edge) -> str:
    relation = edge.reference.comparison.relation.value
    name = clip(edge.reference.inventory.name)
    return f"{name}: weights {relation}; declared terms {edge.parent}"


def _locations(case: Case) -> list[Location]:
    return [
        Location(path=claim.path, line=claim.line)
        for voice in voices(case.licenses.claims)
        for claim in voice.claims
        if claim.path is not None
    ]
