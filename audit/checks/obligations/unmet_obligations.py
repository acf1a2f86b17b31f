# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""Something that an upstream's licence asks of a derivative is not in the release.

Six checks of one shape: which requirements each answers for stands in its rule. Duties that
come with somebody's code are the COP checks' and LIC008's.
"""

from audit.checks.case import Case
from audit.checks.make import clip, make_finding, strings
from audit.checks.obligations.upstream import (
    above,
    cited,
    facts_of,
    names,
    places,
    sure,
    tie,
)
from audit.provenance.ancestors import Ancestor
from audit.record.findings import Confidence, Finding, FindingStatus, Location, Severity
from audit.record.obligations import Duty, DutyState, EdgeRelation
from audit.record.said import Said, joined
from audit.rules import CheckRule

IDS = ("LIC011", "LIC012", "LIC013", "LIC014", "LIC015", "LIC016")
_ELSEWHERE = (EdgeRelation.CODE_DERIVED, EdgeRelation.DATA)
_LEAST = Said("the licence's own words")


def check(case: Case, rule: CheckRule) -> tuple[Finding, ...]:
    """Report one finding for each upstream licence, with every duty of this kind not met."""
    kinds = strings(rule, "requirements")
    grouped: dict[str, list[Duty]] = {}
    for duty in case.obligations.duties:
        if duty.check in kinds and duty.relation not in _ELSEWHERE and _is_open(duty):
            grouped.setdefault(duty.license, []).append(duty)
    ancestors = {ancestor.node.name: ancestor for ancestor in above(case)}
    return tuple(_finding(case, rule, grouped[key], ancestors) for key in sorted(grouped))


def _is_open(duty: Duty) -> bool:
    """Whether files show that it is not met, or could show it and do not decide."""
    if duty.state is DutyState.NOT_MET:
        return True
    return duty.state is DutyState.UNKNOWN and duty.question is None


def is_violated(duty: Duty) -> bool:
    """Whether files show that a duty nobody doubts is not met."""
    return duty.state is DutyState.NOT_MET and duty.settled and duty.gates


def _finding(
    case: Case, rule: CheckRule, duties: list[Duty], ancestors: dict[str, Ancestor]
) -> Finding:
    facts = facts_of(duties[0].license)
    concerned = [ancestors[name] for name in dict.fromkeys(duty.ancestor for duty in duties)]
    violated = [duty for duty in duties if is_violated(duty)]
    gates = any(duty.gates for duty in duties)
    named = names(concerned)
    asked = list(dict.fromkeys(duty.asked for duty in duties if duty.asked))
    return make_finding(
        rule,
        status=FindingStatus.VIOLATED if violated else FindingStatus.UNDETERMINED,
        severity=_severity(rule, violated or duties) if gates else Severity.INFO,
        confidence=sure(concerned) if violated else Confidence.MEDIUM,
        title=Said(
            "{title}: {license}, for {names}",
            title=Said.plain(rule.title),
            license=facts.name,
            names=named,
        ),
        message=_message(duties, concerned, facts.name, gates=gates),
        locations=_locations(case, duties, concerned),
        evidence=[_evidence(duty) for duty in duties],
        license=facts.name,
        source=facts.status.source,
        parents=named,
        asked=" / ".join(asked) or _LEAST,
        duties=cited((duty.text, duty.clause) for duty in _distinct(duties)),
    )


def _severity(rule: CheckRule, duties: list[Duty]) -> Severity:
    """Return the worst severity that the licence's row gives one of these duties."""
    rows = (row for row in facts_of(duties[0].license).obligations)
    said: dict[tuple[str, str], Severity] = {
        (row.id, row.clause): row.severity or rule.severity for row in rows
    }
    found = (said.get((duty.obligation, duty.clause), rule.severity) for duty in duties)
    return max(found, key=lambda severity: severity.rank)


def _distinct(duties: list[Duty]) -> list[Duty]:
    return list({duty.clause: duty for duty in duties}.values())


def _message(duties: list[Duty], concerned: list[Ancestor], name: str, *, gates: bool) -> Said:
    sentences = [
        Said(
            "{tie}, and the terms declared by the upstream are the {license}.",
            tie=tie(concerned),
            license=name,
        )
    ]
    for duty in _distinct(duties):
        asks = Said("Clause {clause} asks: {duty}", clause=duty.clause, duty=duty.text)
        sentences += [asks, Said("Here {reason}.", reason=clip(duty.reason, 300))]
    if not gates:
        sentences.append(Said("These facts were not checked against the licence's text."))
    return joined(" ", sentences)


def _locations(case: Case, duties: list[Duty], concerned: list[Ancestor]) -> list[Location]:
    near = [Location(path=p.path, line=p.line) for duty in duties for p in duty.passages]
    return near or places(a.path[0] for a in concerned) or list(case.card_place)


def _evidence(duty: Duty) -> Said:
    """Quote what was nearest, or say what was looked for; the reason is in the message."""
    nearest = duty.passages[0] if duty.passages else None
    if nearest is None or not nearest.matched:
        return Said(
            "{ancestor}: clause {clause}: {reason}",
            ancestor=clip(duty.ancestor),
            clause=duty.clause,
            reason=clip(duty.reason),
        )
    matched = clip(nearest.matched)
    if nearest.similarity is not None:
        matched = Said("{matched}, {share:share} alike", matched=matched, share=nearest.similarity)
    return Said(
        "{ancestor}: clause {clause}: {matched}",
        ancestor=clip(duty.ancestor),
        clause=duty.clause,
        matched=matched,
    )
