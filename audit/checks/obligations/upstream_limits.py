# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Limits that an upstream puts on use, and that no file shows to be kept or not.

Three checks of one shape: which restrictions each answers for stands in its rule. A policy
decides how much they weigh; what they ask is put as a question to a named person.
"""

from dataclasses import dataclass

from audit.checks.case import Case
from audit.checks.make import listed, make_finding, strings
from audit.checks.obligations.upstream import (
    cited,
    facts_of,
    models_above,
    names,
    places,
    sure,
    tie,
)
from audit.checks.obligations.upstream_terms import breaches
from audit.licenses.expressions import symbols
from audit.obligations.terms import Outcome
from audit.provenance.ancestors import Ancestor
from audit.record.findings import Finding, FindingStatus, Severity
from audit.record.obligations import Duty, DutyState
from audit.record.said import Said, joined
from audit.rules import CheckRule, LicenseFacts, license_facts
from audit.rules.facts import Restriction
from audit.rules.known_works import known_model

IDS = ("LIC017", "LIC018", "LIC019")
_QUESTIONS = "questions"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """What one licence limits, in the licence's terms, or what a person has to answer."""

    clause: str
    text: Said
    denied: bool = False


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each upstream licence that has such limits."""
    kinds = strings(rule, "restrictions")
    broken = {b.ancestor.node.name for b in breaches(case) if b.ruling.outcome is Outcome.VIOLATED}
    grouped: dict[str, list[Ancestor]] = {}
    for ancestor in models_above(case):
        for symbol in sorted(symbols(ancestor.node.license)):
            facts = license_facts(symbol)
            known = facts is not None and not (
                "non-commercial" in kinds and ancestor.node.name in broken
            )
            if facts is not None and known:
                grouped.setdefault(facts.id, []).append(ancestor)
    found = []
    for license_id in sorted(grouped):
        facts = facts_of(license_id)
        limits = _limits(case, rule, facts, grouped[license_id])
        if limits:
            found.append(_finding(rule, facts, grouped[license_id], limits))
    return tuple(found)


def _limits(
    case: Case, rule: CheckRule, facts: LicenseFacts, ancestors: list[Ancestor]
) -> list[_Limit]:
    kinds = strings(rule, "restrictions")
    limits = [
        _Limit(clause=r.clause, text=_valued(r.text, r.value, r.unit))
        for r in facts.restrictions
        if r.kind in kinds and r.clause not in _attested(case, facts) and _concerns(r, ancestors)
    ]
    if _QUESTIONS in kinds:
        concerned = {ancestor.node.name for ancestor in ancestors}
        limits += [
            _question(duty)
            for duty in case.obligations.duties
            if duty.license == facts.id and duty.ancestor in concerned and _unsettled(duty)
        ]
    return list(dict.fromkeys(limits))


def _concerns(restriction: Restriction, ancestors: list[Ancestor]) -> bool:
    """Whether a limit on multimodal models may be about one of these."""
    return restriction.only is None or not all(map(_is_text_only, ancestors))


def _is_text_only(ancestor: Ancestor) -> bool:
    declared = ancestor.upstream.parent if ancestor.upstream is not None else None
    listed = known_model(ancestor.node.name if declared is None else declared.name)
    return listed is not None and listed.row.is_text_only


def _attested(case: Case, facts: LicenseFacts) -> set[str]:
    """Return the clauses about which a named person has answered."""
    duties = case.obligations.duties
    return {duty.clause for duty in duties if duty.license == facts.id and duty.attested}


def _unsettled(duty: Duty) -> bool:
    if duty.attested:
        return duty.state is DutyState.NOT_MET
    return duty.state is DutyState.UNKNOWN and duty.question is not None


def _question(duty: Duty) -> _Limit:
    if duty.attested:
        text = Said("{duty} ({reason}.)", duty=duty.text, reason=duty.reason)
        return _Limit(clause=duty.clause, text=text, denied=True)
    asked = Said("{question} ({id})", question=duty.question or duty.text, id=duty.question_id)
    return _Limit(clause=duty.clause, text=asked)


def _valued(text: str, value: int | tuple[str, ...] | None, unit: str | None) -> Said:
    said = Said.plain(text)
    if isinstance(value, int):
        return Said(
            "{text:clause}: {value:count} {unit}.",
            text=said,
            value=value,
            unit=Said.plain(unit or ""),
        )
    if value is None:
        return said
    return Said("{text:clause}: {values}.", text=said, values=joined(", ", value))


def _finding(
    rule: CheckRule, facts: LicenseFacts, ancestors: list[Ancestor], limits: list[_Limit]
) -> Finding:
    denied = any(limit.denied for limit in limits)
    sentences = [
        Said(
            "{tie}, and the terms declared by the upstream are the {license}: {limits}",
            tie=tie(ancestors),
            license=facts.name,
            limits=cited((limit.text, limit.clause) for limit in limits),
        ),
        Said("By that answer this is not kept.")
        if denied
        else Said("No file shows whether this is kept."),
    ]
    if not facts.gates:
        sentences.append(Said("These facts were not checked against its text."))
    return make_finding(
        rule,
        status=FindingStatus.VIOLATED if denied else FindingStatus.UNDETERMINED,
        severity=None if facts.gates else Severity.INFO,
        confidence=sure(ancestors),
        title=Said(
            "{title}: {license}, for {names}",
            title=Said.plain(rule.title),
            license=facts.name,
            names=names(ancestors),
        ),
        message=joined(" ", sentences),
        locations=places(ancestor.path[0] for ancestor in ancestors),
        evidence=(
            Said("clause {clause}: {text}", clause=limit.clause, text=limit.text)
            for limit in limits
        ),
        license=facts.name,
        clauses=listed(limit.clause for limit in limits),
    )
